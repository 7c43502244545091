/*
 * Bounded text: a builder over the caller's array, numbers with limits, allow-lists, escaping.
 * What does not fit is refused, never shortened, unless a function says so.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"

struct sf_text {
	char *buf;     /* the caller's array; always NUL-terminated */
	size_t size;   /* of the array, at least 1 */
	size_t len;    /* without NUL */
	bool overflow; /* once true, stays true; every later add fails */
};

/* A builder over a char array: `char buf[64]; struct sf_text t = SF_TEXT(buf);` */
#define SF_TEXT(array) sf_text_over((array), sizeof(array))
struct sf_text sf_text_over(char *buf, size_t size);

/* Append. False, and overflow is set, if it did not fit. Checking the last call is enough. */
bool sf_text_add(struct sf_text *text, const char *added);
bool sf_text_add_bytes(struct sf_text *text, const char *bytes, size_t len);
bool sf_text_add_char(struct sf_text *text, char c);
SF_PRINTF(2, 3) bool sf_text_addf(struct sf_text *text, const char *format, ...);
/* RFC 3986: all but A-Z a-z 0-9 - . _ ~ and the characters in kept becomes %XX. */
bool sf_text_add_percent(struct sf_text *text, const char *added, const char *kept);
/*
 * The byte, 0 to 255, of the escape %XX that begins at bytes; -1: it has fewer than two hex digits
 * within len. The caller has seen the %.
 */
int sf_text_percent_byte(const char *bytes, size_t len);

/* Decimal numbers: digits only, whole text, min <= *ret <= max. False otherwise, *ret untouched. */
SF_CHECKED bool sf_text_u32(const char *text, uint32_t min, uint32_t max, uint32_t *ret);
SF_CHECKED bool sf_text_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
/* 90, 90s, 5m, 24h -> seconds. */
SF_CHECKED bool sf_text_duration(const char *text, uint32_t min_s, uint32_t max_s, uint32_t *ret_s);

/* ASCII only; the locale has no say. */
bool sf_text_is_printable(const char *text); /* 0x20 to 0x7e, not empty */
/*
 * The length of the UTF-8 sequence at bytes (RFC 3629: shortest form, no surrogates, up to
 * U+10FFFF), 0 if it is none. len is at least 1.
 */
size_t sf_text_char(const char *bytes, size_t len, uint32_t *ret_code);
/* The characters in len bytes, each a column of a terminal; a byte that is in none counts, too. */
size_t sf_text_columns(const char *bytes, size_t len);
/* How many of len bytes fit into max, cut between characters. */
size_t sf_text_cut(const char *bytes, size_t len, size_t max);
bool sf_text_is_clean(const char *bytes,
    size_t len); /* valid UTF-8 without control characters or bidi controls; may be empty */
bool sf_text_is_hex(const char *text, size_t len); /* exactly len of 0-9 a-f */

/* Sets of characters, each the end of the next, so that the linker keeps one text for all. */
#define SF_TEXT_DIGITS       "0123456789"
#define SF_TEXT_UPPER_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" SF_TEXT_DIGITS
#define SF_TEXT_HOST         ".abcdefghijklmnopqrstuvwxyz-" SF_TEXT_UPPER_DIGITS
bool sf_text_has_only(
    const char *text, const char *allowed); /* every character is in allowed; not empty */
bool sf_text_equal_nocase(const char *a, const char *b); /* A-Z equal a-z, all else byte for byte */
bool sf_text_starts(const char *text, const char *prefix);
bool sf_text_ends(const char *text, const char *suffix);

/*
 * Copy for showing or logging: printable ASCII and clean UTF-8 stay, everything else becomes \xHH;
 * the quote ' and the backslash are escaped too. Cut with "..." where the array ends.
 */
void sf_text_escape(char *ret, size_t size, const char *bytes, size_t len);

/*
 * len random bytes as 2*len hex digits and a NUL, from getrandom(2). False if the kernel gives
 * none.
 */
SF_CHECKED bool sf_text_random_hex(char *ret, size_t bytes);

/* Copy a whole string; false and ret is "" if it does not fit. */
SF_CHECKED bool sf_text_copy(char *ret, size_t size, const char *text);
