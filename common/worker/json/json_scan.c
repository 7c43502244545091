/*
 * Checks the bytes, numbers and limits of a JSON text, from left to right. It does not check the
 * structure: cJSON does.
 */
#include "json_scan.h"

#include <stdint.h>
#include <string.h>

#include "attr.h"
#include "json.h"
#include "text.h"

#include "banned.h"

struct scan {
	const char *at; /* the next byte */
	unsigned depth, values;
	const char *broken; /* the rule that is broken, for the log; NULL: none */
};

static bool refuse(struct scan *scan, const char *rule)
{
	scan->broken = rule;
	return false;
}

static size_t count_digits(const char *text)
{
	return strspn(text, SF_TEXT_DIGITS);
}

/*
 * The length of the number at text in bytes, 0 if it does not follow RFC 8259. cJSON uses
 * strtod(3), which accepts 01, 1. and -.5.
 */
static size_t number_len(const char *text)
{
	const char *at = text + (*text == '-');

	if (count_digits(at) == 0 || (*at == '0' && count_digits(at) > 1))
		return 0;
	at += count_digits(at);
	if (*at == '.') {
		if (count_digits(at + 1) == 0)
			return 0;
		at += 1 + count_digits(at + 1);
	}
	if (*at == 'e' || *at == 'E') {
		at += at[1] == '+' || at[1] == '-' ? 2 : 1;
		if (count_digits(at) == 0)
			return 0;
		at += count_digits(at);
	}
	return (size_t)(at - text);
}

/*
 * Skip one escape. cJSON reads \u with characters other than hex digits as \u0000, and decodes that
 * as a NUL, which ends its string: an attacker could hide the rest of a value.
 */
static bool skip_escape(struct scan *scan)
{
	if (scan->at[1] != 'u') {
		/* cJSON checks which escape it is; an escaped quote must not end the string. */
		scan->at += scan->at[1] == '\0' ? 1 : 2;
		return true;
	}
	scan->at += 2;
	if (strspn(scan->at, SF_TEXT_DIGITS "abcdefABCDEF") < 4)
		return refuse(scan, "an escape is not hexadecimal");
	if (strncmp(scan->at, "0000", 4) == 0)
		return refuse(scan, "a string holds a NUL");
	scan->at += 4;
	return true;
}

static bool skip_string(struct scan *scan)
{
	for (scan->at++; *scan->at != '"';) {
		const size_t len = strnlen(scan->at, 4); /* the longest UTF-8 character */
		uint32_t code = 0;

		if (len == 0)
			return refuse(scan, "a string does not end");
		if (*scan->at == '\\') {
			if (!skip_escape(scan))
				return false;
			continue;
		}

		const size_t taken = sf_text_char(scan->at, len, &code);

		if (taken == 0)
			return refuse(scan, "not UTF-8");
		if (code < 0x20 || code == 0x7f)
			return refuse(scan, "a string holds a control character");
		scan->at += taken;
	}
	scan->at++;
	return true;
}

/* Skip a string, a number or one byte of anything else. False: a rule is broken. */
static bool skip_one(struct scan *scan)
{
	const unsigned char c = (unsigned char)*scan->at;
	const bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';

	if (c == '"')
		return skip_string(scan);
	if (c == '-' || (c >= '0' && c <= '9')) {
		const size_t len = number_len(scan->at);

		scan->at += len;
		return len > 0 || refuse(scan, "a number is malformed");
	}
	/* Refuses a byte order mark too, and control characters that cJSON takes as white space. */
	if (c >= 0x7f || (c < 0x20 && !strchr("\t\r\n", c)))
		return refuse(scan, "a byte outside strings is not JSON");
	if (opens && ++scan->depth > SF_JSON_DEPTH_MAX)
		return refuse(scan, "nested too deep");
	/* Upper bound of the number of values: one, plus one for each opening bracket and comma. */
	if ((opens || c == ',') && ++scan->values >= SF_JSON_VALUES_MAX)
		return refuse(scan, "too many values");
	scan->depth -= closes && scan->depth > 0;
	scan->at++;
	return true;
}

bool sf_json_scan(const char *text, const char **ret_rule, size_t *ret_at)
{
	struct scan scan = {.at = text};

	while (*scan.at != '\0' && skip_one(&scan))
		;
	if (!scan.broken)
		return true;
	*ret_rule = scan.broken;
	*ret_at = (size_t)(scan.at - text);
	return false;
}
