/*
 * Words for people: messages by id with named arguments, and the interface by which a flow shows
 * and asks something while it runs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "language.h"
#include "render.h"
#include "secret.h"
#include "text.h"

enum sf_msg {
#define SF_MSG(id, text) SF_MSG_##id,
#include "dialogue.def"
#undef SF_MSG
	SF_MSG_COUNT
};

struct sf_ui_message {
	enum sf_msg id;
	unsigned language; /* enum sf_language */
};

/* sf_render (render.h) of the message. False, and text is unchanged: also if it is unknown. */
SF_CHECKED bool sf_ui_render(
    struct sf_text *text, const struct sf_ui_message *message, const struct sf_arg *args);

#define SF_UI_ADDRESS_SIZE 2048
#define SF_UI_CODE_SIZE    33 /* of a user_code */
#define SF_UI_CODE_MIN     4

/*
 * May a person be shown this user_code: 4 to 32 characters of A-Z 0-9 and -? Nothing else that a
 * server sends as a code reaches a terminal.
 */
SF_CHECKED bool sf_ui_is_code(const char *code);

/* What a flow shows: an address and a code to enter there (device), or only an address. */
struct sf_show {
	char verification_uri[SF_UI_ADDRESS_SIZE];
	char user_code[SF_UI_CODE_SIZE]; /* "" if there is none */
	uint32_t life_s;                 /* seconds until it expires */
};

/*
 * What a flow asks a person, as a word in the frame ASK. The program that asks chooses the words of
 * the question: the worker cannot make a prompt that asks for something else.
 */
enum sf_ask {
	SF_ASK_PASSWORD, /* "password": the password, directly followed by the security token */
	SF_ASK_CALLBACK, /* "callback": the address at which the browser ended (paste) */
	SF_ASK_COUNT
};
#define SF_UI_RESPONSE_MAX 8192 /* bytes */

/* How a flow reaches the person; ui_wire (worker) and tty_ui (command) implement it. */
struct sf_ui {
	/* Show an address and a code. Does not wait. */
	SF_CHECKED enum sf_err (*show)(
	    struct sf_ui *ui, const struct sf_show *show, struct sf_error *e);
	/* Wait until deadline_ms (clock.h), or until the person has gone (*ret_gone). */
	SF_CHECKED enum sf_err (*wait)(
	    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e);
	/*
	 * Ask, and wait for the response until the flow's deadline. The member is NULL if nobody
	 * can be asked. Fails with CONVERSATION (no response), EXPIRED, INTERRUPTED.
	 */
	SF_CHECKED enum sf_err (*ask)(
	    struct sf_ui *ui, enum sf_ask what, struct sf_secret **ret_answer, struct sf_error *e);
	/*
	 * In the command only, otherwise NULL: called every second while the flow waits for the
	 * person, with the seconds that are left, and with 0 when the wait is over.
	 */
	void (*tick)(struct sf_ui *ui, uint32_t left_s);
	void *context;
};
