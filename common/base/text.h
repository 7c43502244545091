/*
 * Bounded text: a builder over an array of the caller, numbers with limits, allow-lists, escaping.
 * Text that does not fit is refused, never shortened, unless the function says so.
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
	bool overflow; /* an add did not fit; every later one fails, too */
};

/* A builder over a char array: `char buf[64]; struct sf_text t = SF_TEXT(buf);` */
#define SF_TEXT(array) sf_text_over((array), sizeof(array))
struct sf_text sf_text_over(char *buf, size_t size);

/*
 * Append. False: it does not fit; the text is unchanged and overflow is set. It is enough to check
 * the last of several calls.
 */
bool sf_text_add(struct sf_text *text, const char *added);
bool sf_text_add_bytes(struct sf_text *text, const char *bytes, size_t len);
bool sf_text_add_char(struct sf_text *text, char c);
SF_PRINTF(2, 3) bool sf_text_addf(struct sf_text *text, const char *format, ...);
/* Percent-encode (RFC 3986): all but A-Z a-z 0-9 - . _ ~ and those in kept become %XX. */
bool sf_text_add_percent(struct sf_text *text, const char *added, const char *kept);
/*
 * Decode the escape %XX at bytes: 0 to 255, or -1 if two hex digits do not follow within len. The
 * caller has checked that bytes[0] is the %.
 */
int sf_text_percent_byte(const char *bytes, size_t len);

/*
 * Parse a decimal number: the whole text, digits only (no sign, no spaces), min <= *ret <= max.
 * False: it is no such number, and *ret is untouched.
 */
SF_CHECKED bool sf_text_u32(const char *text, uint32_t min, uint32_t max, uint32_t *ret);
SF_CHECKED bool sf_text_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
/* Parse a duration: 90, 90s, 5m, 24h. Likewise, in seconds. */
SF_CHECKED bool sf_text_duration(const char *text, uint32_t min_s, uint32_t max_s, uint32_t *ret_s);

/* Whether all characters are printable ASCII, 0x20 to 0x7e. False for "". */
bool sf_text_is_printable(const char *text);
/*
 * Decode the UTF-8 sequence at bytes (RFC 3629: shortest form, no surrogates, up to U+10FFFF) and
 * return its length in bytes; 0: it is invalid. len is at least 1.
 */
size_t sf_text_char(const char *bytes, size_t len, uint32_t *ret_code);
/*
 * The columns that len bytes take on a terminal: one for each character (wide characters are not
 * known here), and one for each byte that belongs to no character.
 */
size_t sf_text_columns(const char *bytes, size_t len);
/* How many of len bytes fit into max bytes if cut between characters. */
size_t sf_text_cut(const char *bytes, size_t len, size_t max);
/* Whether bytes are UTF-8 without control characters and bidirectional controls. True if empty. */
bool sf_text_is_clean(const char *bytes, size_t len);
bool sf_text_is_hex(const char *text, size_t len); /* exactly len characters, all 0-9 a-f */

/*
 * Sets of characters, the only ones that are written out. Where one set ends as another does, the
 * linker keeps one text for both.
 */
#define SF_TEXT_DIGITS       "0123456789"
#define SF_TEXT_UPPER_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" SF_TEXT_DIGITS
#define SF_TEXT_LOWER        "abcdefghijklmnopqrstuvwxyz"
#define SF_TEXT_LOWER_DIGITS SF_TEXT_LOWER SF_TEXT_DIGITS
#define SF_TEXT_ALNUM        SF_TEXT_LOWER SF_TEXT_UPPER_DIGITS
#define SF_TEXT_NAME         "-_" SF_TEXT_ALNUM /* of a PAM service, of an OAuth error */
#define SF_TEXT_HOST         "-." SF_TEXT_ALNUM
/* 32 that are read aloud and typed without a mistake: no 0 and O, no 1 and I. */
#define SF_TEXT_READABLE "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
/* Whether every character is in allowed. False for "". */
bool sf_text_has_only(const char *text, const char *allowed);
/* Whether both are equal if A-Z and a-z count as equal; all else byte for byte. */
bool sf_text_equal_nocase(const char *a, const char *b);
bool sf_text_starts(const char *text, const char *prefix);
bool sf_text_ends(const char *text, const char *suffix);

/*
 * Copy bytes from outside for a terminal or a log. Clean UTF-8 is copied; every other byte, the
 * quote ' and the backslash become \xHH. If it does not fit into size (at least 1), it is cut
 * between characters and ends with "...".
 */
void sf_text_escape(char *ret, size_t size, const char *bytes, size_t len);

/*
 * Write random bytes from getrandom(2) as 2 * bytes hex digits and a NUL. False: the kernel gives
 * none, and ret is "".
 */
SF_CHECKED bool sf_text_random_hex(char *ret, size_t bytes);

/* Copy a whole string into size bytes. False: it does not fit, and ret is "". */
SF_CHECKED bool sf_text_copy(char *ret, size_t size, const char *text);

/*
 * A hash of two texts: FNV-1a, 64 bits, with a separator behind each. Not cryptographic: a caller
 * must not depend on two texts having two hashes.
 */
uint64_t sf_text_hash(const char *first, const char *second);
