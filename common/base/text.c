/* Bounded text, numbers, UTF-8 and escaping. ASCII rules do not depend on the locale. */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "banned.h"

struct sf_text sf_text_over(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct sf_text){.buf = buf, .size = size};
}

bool sf_text_add_bytes(struct sf_text *text, const char *bytes, size_t len)
{
	/* text->len < text->size always holds, so there is room for the NUL. */
	if (text->overflow || len > text->size - text->len - 1) {
		text->overflow = true;
		return false;
	}
	if (len > 0)
		memcpy(text->buf + text->len, bytes, len);
	text->len += len;
	text->buf[text->len] = '\0';
	return true;
}

bool sf_text_add(struct sf_text *text, const char *added)
{
	return sf_text_add_bytes(text, added, strlen(added));
}

bool sf_text_add_char(struct sf_text *text, char c)
{
	return sf_text_add_bytes(text, &c, 1);
}

bool sf_text_addf(struct sf_text *text, const char *format, ...)
{
	size_t room = text->size - text->len;
	va_list args;
	int wanted;

	if (text->overflow)
		return false;
	va_start(args, format);
	wanted = vsnprintf(text->buf + text->len, room, format, args);
	va_end(args);
	if (wanted < 0 || (size_t)wanted >= room) {
		text->buf[text->len] = '\0';
		text->overflow = true;
		return false;
	}
	text->len += (size_t)wanted;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool sf_text_add_percent(struct sf_text *text, const char *added, const char *kept)
{
	for (; *added != '\0'; added++) {
		const bool is_plain = is_alnum(*added) || strchr("-._~", *added) != NULL ||
				      strchr(kept, *added) != NULL;

		if (!sf_text_addf(
			text, is_plain ? "%c" : "%%%02X", (unsigned)(unsigned char)*added))
			return false;
	}
	return !text->overflow;
}

int sf_text_percent_byte(const char *bytes, size_t len)
{
	static const char hex[] = SF_TEXT_DIGITS "abcdef" SF_TEXT_DIGITS "ABCDEF";
	const char *high = len < 3 ? NULL : memchr(hex, bytes[1], sizeof(hex) - 1);
	const char *low = high ? memchr(hex, bytes[2], sizeof(hex) - 1) : NULL;

	return low ? (int)((high - hex) % 16 * 16 + (low - hex) % 16) : -1;
}

/* Parse a number of len digits. False: no digit, another character, or it exceeds 64 bits. */
static bool parse_digits(const char *text, size_t len, uint64_t *ret)
{
	uint64_t number = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i]) || __builtin_mul_overflow(number, 10U, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
			return false;
	}
	*ret = number;
	return true;
}

bool sf_text_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t number;

	if (!parse_digits(text, strlen(text), &number) || number < min || number > max)
		return false;
	*ret = number;
	return true;
}

bool sf_text_u32(const char *text, uint32_t min, uint32_t max, uint32_t *ret)
{
	uint64_t number;

	if (!sf_text_u64(text, min, max, &number))
		return false;
	*ret = (uint32_t)number;
	return true;
}

bool sf_text_duration(const char *text, uint32_t min_s, uint32_t max_s, uint32_t *ret_s)
{
	size_t len = strlen(text);
	uint64_t number, unit_s = 1;

	if (len == 0)
		return false;
	if (!is_digit(text[len - 1])) {
		switch (text[--len]) {
		case 's':
			break;
		case 'm':
			unit_s = 60;
			break;
		case 'h':
			unit_s = 3600;
			break;
		default:
			return false;
		}
	}
	if (!parse_digits(text, len, &number) || __builtin_mul_overflow(number, unit_s, &number) ||
	    number < min_s || number > max_s)
		return false;
	*ret_s = (uint32_t)number;
	return true;
}

bool sf_text_is_printable(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < 0x20 || *text > 0x7e)
			return false;
	}
	return true;
}

size_t sf_text_char(const char *bytes, size_t len, uint32_t *ret_code)
{
	/* By length: a smaller code has a shorter form, and an overlong one could hide a '/'. */
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)bytes[0];
	size_t count = first < 0x80   ? 1
		       : first < 0xc0 ? 0
		       : first < 0xe0 ? 2
		       : first < 0xf0 ? 3
				      : 4;
	uint32_t code = count == 1 ? first : first & (0x7fU >> count);

	if (count == 0 || first > 0xf4 || count > len)
		return 0;
	for (size_t i = 1; i < count; i++) {
		if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)bytes[i] & 0x3fU);
	}
	if (code < smallest[count] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return count;
}

/* The length of the character at bytes; 1 for a byte that belongs to no character. */
static size_t char_len(const char *bytes, size_t len)
{
	uint32_t code = 0;
	size_t count = sf_text_char(bytes, len, &code);

	return count > 0 ? count : 1;
}

size_t sf_text_columns(const char *bytes, size_t len)
{
	size_t columns = 0;

	for (size_t at = 0; at < len; at += char_len(bytes + at, len - at))
		columns++;
	return columns;
}

size_t sf_text_cut(const char *bytes, size_t len, size_t max)
{
	size_t at = 0;

	while (at < len && char_len(bytes + at, len - at) <= max - at)
		at += char_len(bytes + at, len - at);
	return at;
}

/*
 * Whether a character moves the cursor, ends a line, or changes the order in which text is shown:
 * C0 and C1 controls, line separators, bidirectional controls. With these a server or a log entry
 * could rewrite what is on a terminal.
 */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e ||
	       code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* The length of the clean character at bytes; 0: not clean, or not UTF-8. */
static size_t clean_char(const char *bytes, size_t len)
{
	uint32_t code = 0;
	size_t count = sf_text_char(bytes, len, &code);

	return count == 0 || is_control(code) ? 0 : count;
}

bool sf_text_is_clean(const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t count = clean_char(bytes + at, len - at);

		if (count == 0)
			return false;
		at += count;
	}
	return true;
}

static const char digits[] = SF_TEXT_DIGITS "abcdef";

bool sf_text_is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, digits) == len;
}

bool sf_text_has_only(const char *text, const char *allowed)
{
	return *text != '\0' && text[strspn(text, allowed)] == '\0';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool sf_text_equal_nocase(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

bool sf_text_starts(const char *text, const char *prefix)
{
	while (*prefix != '\0' && *text == *prefix) {
		text++;
		prefix++;
	}
	return *prefix == '\0';
}

bool sf_text_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), suffix_len = strlen(suffix);

	return len >= suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

/* Write the escaped form of the character at bytes; returns its length. *ret_taken: bytes used. */
static size_t escape_char(const char *bytes, size_t len, char ret[static 5], size_t *ret_taken)
{
	size_t count = clean_char(bytes, len);

	if (count == 0 || *bytes == '\'' || *bytes == '\\') {
		const char escaped[] = {
		    '\\', 'x', digits[(unsigned char)*bytes >> 4], digits[*bytes & 15]};

		*ret_taken = 1;
		memcpy(ret, escaped, sizeof(escaped));
		return sizeof(escaped);
	}
	memcpy(ret, bytes, count);
	*ret_taken = count;
	return count;
}

void sf_text_escape(char *ret, size_t size, const char *bytes, size_t len)
{
	size_t used = 0, cut = 0; /* cut: the last place between characters where "..." fits */

	for (size_t at = 0, taken = 0; at < len; at += taken) {
		char piece[5];
		size_t piece_len = escape_char(bytes + at, len - at, piece, &taken);

		if (piece_len > size - used - 1) {
			size_t dots = size - cut - 1 < 3 ? size - cut - 1 : 3;

			memcpy(ret + cut, "...", dots);
			used = cut + dots;
			break;
		}
		memcpy(ret + used, piece, piece_len);
		used += piece_len;
		if (used + 3 < size)
			cut = used;
	}
	ret[used] = '\0';
}

bool sf_text_random_hex(char *ret, size_t bytes)
{
	size_t done = 0;

	ret[0] = '\0';
	while (done < bytes) {
		unsigned char chunk[32];
		size_t want = bytes - done < sizeof(chunk) ? bytes - done : sizeof(chunk);
		ssize_t got = getrandom(chunk, want, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			ret[0] = '\0';
			return false;
		}
		for (size_t i = 0; i < (size_t)got; i++, done++) {
			ret[2 * done] = digits[chunk[i] >> 4];
			ret[2 * done + 1] = digits[chunk[i] & 15];
		}
	}
	ret[2 * bytes] = '\0';
	return true;
}

bool sf_text_copy(char *ret, size_t size, const char *text)
{
	struct sf_text copy = sf_text_over(ret, size);

	return sf_text_add(&copy, text);
}

static uint64_t fnv1a(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return (hash ^ 0xff) * UINT64_C(1099511628211);
}

uint64_t sf_text_hash(const char *first, const char *second)
{
	return fnv1a(fnv1a(UINT64_C(14695981039346656037), first), second);
}
