/*
 * The command's own words. Each sentence that it shows is a row of messages.def, and of
 * messages.de.def in German; words of failures are in err.def and advice.def, of refusals in
 * reason.def, of doctor's remedies in doctor.def. Which language: language.h.
 *
 * A row has its arguments in braces: "{host} has {count} {count|address|addresses}". The last form
 * is its second word where count is 1, else its third. tests/lint/words.py compares the arguments
 * that a row has with those that it is given.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "attr.h"
#include "err.h"
#include "language.h"
#include "text.h"
#include "ui.h"

enum sf_message {
#define SF_MESSAGE(id, text) SF_MESSAGE_##id,
#include "messages.def"
#undef SF_MESSAGE
	SF_MESSAGE_COUNT
};

/* Arguments, in any order: SF_WITH({"host", host}, {"count", SF_NUMBER(count)}). NULL for none. */
#define SF_WITH(...) ((const struct sf_ui_arg[]){__VA_ARGS__, {NULL, NULL}})

#define SF_MESSAGE_NUMBER_SIZE 21
/* A number as text, until the end of the block. */
#define SF_NUMBER(n)                                                                               \
	sf_message_number((uint64_t)(n), (char[SF_MESSAGE_NUMBER_SIZE]){0}, SF_MESSAGE_NUMBER_SIZE)
const char *sf_message_number(uint64_t number, char *ret, size_t size);

/* The row as it stands, in the person's language. Static. */
const char *sf_message_row(enum sf_message word);
const char *sf_message_row_in(enum sf_language language, enum sf_message word);

/*
 * Append the row with its arguments. A value that could steer a terminal is escaped. False, and
 * nothing is appended: it does not fit, or an argument is missing.
 */
SF_CHECKED bool sf_message_add(
    struct sf_text *text, enum sf_message word, const struct sf_ui_arg *args);
/* The same for a row of another table. */
SF_CHECKED bool sf_message_render(
    struct sf_text *text, const char *row, const struct sf_ui_arg *args);

/* Print the row. One that cannot be rendered is printed as it stands. */
void sf_message_print(FILE *stream, enum sf_message word, const struct sf_ui_arg *args);

/* SF_FAIL where the detail is for the person: "there is no subcommand 'x'". */
#define SF_FAIL_MESSAGE(e, code, word, args)                                                       \
	sf_message_fail((e), (code), __FILE_NAME__, (word), (args))
enum sf_err sf_message_fail(struct sf_error *e, enum sf_err code, const char *where,
    enum sf_message word, const struct sf_ui_arg *args);
