/*
 * Words for people: messages by id with named arguments, and the way a flow shows something
 * while it runs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "language.h"
#include "secret.h"
#include "text.h"

enum sf_msg {
#define SF_MSG(id, text) SF_MSG_##id,
#include "messages.def"
#undef SF_MSG
	SF_MSG_COUNT
};

struct sf_ui_message {
	enum sf_msg id;
	unsigned language; /* enum sf_language */
};

struct sf_ui_arg {
	const char *name;  /* without braces */
	const char *value; /* made safe while rendering: sf_text_is_clean, otherwise escaped */
};

/*
 * Render the message into text. False if it does not fit, an argument is missing, or one was
 * given that the message does not have.
 */
SF_CHECKED bool sf_ui_render(struct sf_text *text, const struct sf_ui_message *message,
    const struct sf_ui_arg *args, size_t arg_count);

/* The same for words of another table. */
SF_CHECKED bool sf_ui_fill(
    struct sf_text *text, const char *message, const struct sf_ui_arg *args, size_t arg_count);

#define SF_UI_ADDRESS_SIZE 2048
#define SF_UI_CODE_SIZE    33 /* of a user_code */
#define SF_UI_CODE_MIN     4

/*
 * May a person be shown this user_code: 4 to 32 characters of A-Z 0-9 and -? Nothing else that a
 * server sends as a code reaches a terminal.
 */
SF_CHECKED bool sf_ui_is_code(const char *code);

/* What a flow shows: an address and a code to enter there (device), or an address alone. */
struct sf_show {
	char verification_uri[SF_UI_ADDRESS_SIZE];
	char user_code[SF_UI_CODE_SIZE]; /* "" where there is none */
	uint32_t life_s;                 /* how long the code lives */
};

/*
 * What a flow asks of the person, by a word in the frame ASK. Whoever asks them chooses the
 * words.
 */
enum sf_ask {
	SF_ASK_PASSWORD, /* "password": the password, and the security token right behind it */
	SF_ASK_CALLBACK, /* "callback": the address the browser ended at (paste) */
	SF_ASK_COUNT
};
#define SF_UI_RESPONSE_MAX 8192 /* bytes of an answer */

/* How a flow reaches the person, implemented by ui_wire (worker) and ui_tty (command). */
struct sf_ui {
	/* Show an address and a code; returns at once. */
	SF_CHECKED enum sf_err (*show)(
	    struct sf_ui *ui, const struct sf_show *show, struct sf_error *e);
	/* Wait until deadline_ms (clock.h), or until the person's side is gone (*ret_gone). */
	SF_CHECKED enum sf_err (*wait)(
	    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e);
	/*
	 * Ask, and wait for the answer until the flow's deadline. NULL where nobody can be asked.
	 * Fails with CONVERSATION (nobody answers), EXPIRED, INTERRUPTED.
	 */
	SF_CHECKED enum sf_err (*ask)(
	    struct sf_ui *ui, enum sf_ask what, struct sf_secret **ret_answer, struct sf_error *e);
	/*
	 * The command only, or NULL: called each second while what was shown is waited for, with
	 * the seconds that are left, and with 0 once it is over.
	 */
	void (*tick)(struct sf_ui *ui, uint32_t left_s);
	void *context;
};
