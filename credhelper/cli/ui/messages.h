/*
 * The sentences of the command. Each is a row of messages.def, and in German of messages.de.def;
 * err.def and advice.def have the sentences about failures, reason.def those about refusals, and
 * doctor.def the remedies of doctor. language.h chooses the language.
 *
 * tests/lint/words.py checks that each call gives a row the arguments that it has (render.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "attr.h"
#include "err.h"
#include "language.h"
#include "render.h"
#include "text.h"

enum sf_message {
#define SF_MESSAGE(id, text) SF_MESSAGE_##id,
#include "messages.def"
#undef SF_MESSAGE
	SF_MESSAGE_COUNT
};

#define SF_MESSAGE_NUMBER_SIZE 21
/* A number as text; lives until the end of the enclosing block. */
#define SF_NUMBER(n)                                                                               \
	sf_message_number((uint64_t)(n), (char[SF_MESSAGE_NUMBER_SIZE]){0}, SF_MESSAGE_NUMBER_SIZE)
const char *sf_message_number(uint64_t number, char *ret, size_t size);

/* The row with its braces, in the language of the environment or in the given one. Static. */
const char *sf_message_row(enum sf_message word);
const char *sf_message_row_in(enum sf_language language, enum sf_message word);

/* Append the row with its arguments (render.h). False, and nothing is appended: it does not fit. */
SF_CHECKED bool sf_message_add(
    struct sf_text *text, enum sf_message word, const struct sf_arg *args);

/* Print the row; if it cannot be rendered, print it with its braces. */
void sf_message_print(FILE *stream, enum sf_message word, const struct sf_arg *args);

/* SF_FAIL with a detail that the person reads: "there is no subcommand 'x'". */
#define SF_FAIL_MESSAGE(e, code, word, args)                                                       \
	sf_message_fail((e), (code), __FILE_NAME__, (word), (args))
enum sf_err sf_message_fail(struct sf_error *e, enum sf_err code, const char *where,
    enum sf_message word, const struct sf_arg *args);
