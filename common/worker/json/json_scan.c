#include "json_scan.h"

#include <string.h>

#include "attr.h"
#include "json.h"

#include "banned.h"

struct scan {
	const char *at, *end;
	unsigned depth, values;
	const char *broken; /* which rule, for the log */
};

static bool refuse(struct scan *scan, const char *rule)
{
	if (!scan->broken)
		scan->broken = rule;
	return false;
}

static bool next_is(const struct scan *scan, char c)
{
	return scan->at < scan->end && *scan->at == c;
}

static void skip_space(struct scan *scan)
{
	while (
	    next_is(scan, ' ') || next_is(scan, '\t') || next_is(scan, '\n') || next_is(scan, '\r'))
		scan->at++;
}

static bool skip_word(struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, word, len) != 0)
		return refuse(scan, "a value is none of JSON's");
	scan->at += len;
	return true;
}

static bool skip_digits(struct scan *scan)
{
	const char *start = scan->at;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
		scan->at++;
	return scan->at > start || refuse(scan, "a number lacks a digit");
}

static bool skip_number(struct scan *scan)
{
	scan->at += next_is(scan, '-');
	if (next_is(scan, '0'))
		scan->at++;
	else if (!skip_digits(scan))
		return false;
	if (next_is(scan, '.')) {
		scan->at++;
		if (!skip_digits(scan))
			return false;
	}
	if (next_is(scan, 'e') || next_is(scan, 'E')) {
		scan->at++;
		scan->at += next_is(scan, '+') || next_is(scan, '-');
		return skip_digits(scan);
	}
	return true;
}

/* Four hex digits after \u. */
static bool scan_hex4(struct scan *scan, unsigned *ret_unit)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	unsigned unit = 0;

	if (scan->end - scan->at < 4)
		return refuse(scan, "an escape is cut");
	for (int i = 0; i < 4; i++) {
		const char *digit = memchr(digits, scan->at[i], sizeof(digits) - 1);

		if (!digit)
			return refuse(scan, "an escape is not hexadecimal");
		unit = unit * 16 + (unsigned)(digit - digits) % 16;
	}
	scan->at += 4;
	*ret_unit = unit;
	return true;
}

static bool skip_unicode(struct scan *scan)
{
	unsigned high = 0, low = 0;

	if (!scan_hex4(scan, &high))
		return false;
	if (high == 0)
		return refuse(scan, "a string holds a NUL");
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high > 0xdbff || scan->end - scan->at < 2 || scan->at[0] != '\\' || scan->at[1] != 'u')
		return refuse(scan, "a surrogate stands alone");
	scan->at += 2;
	if (!scan_hex4(scan, &low))
		return false;
	return (low >= 0xdc00 && low <= 0xdfff) || refuse(scan, "a surrogate stands alone");
}

/* One character of UTF-8 beyond ASCII: no overlong form, no surrogate, at most U+10FFFF. */
static bool skip_utf8(struct scan *scan)
{
	static const struct {
		unsigned char mask, lead;
		unsigned more, least;
	} forms[] = {{0xe0, 0xc0, 1, 0x80}, {0xf0, 0xe0, 2, 0x800}, {0xf8, 0xf0, 3, 0x10000}};
	unsigned char lead = (unsigned char)*scan->at;

	for (size_t i = 0; i < SF_COUNT(forms); i++) {
		unsigned code = (unsigned)lead & (unsigned char)~forms[i].mask;

		if ((lead & forms[i].mask) != forms[i].lead ||
		    (size_t)(scan->end - scan->at) <= forms[i].more)
			continue;
		for (unsigned k = 1; k <= forms[i].more; k++) {
			unsigned char c = (unsigned char)scan->at[k];

			if ((c & 0xc0) != 0x80)
				return refuse(scan, "not UTF-8");
			code = code << 6 | (c & 0x3fU);
		}
		if (code < forms[i].least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
			break;
		scan->at += forms[i].more + 1;
		return true;
	}
	return refuse(scan, "not UTF-8");
}

static bool skip_string(struct scan *scan)
{
	scan->at++;
	while (scan->at < scan->end) {
		unsigned char c = (unsigned char)*scan->at;

		if (c == '"') {
			scan->at++;
			return true;
		}
		if (c < 0x20 || c == 0x7f)
			return refuse(scan, "a string holds a control character");
		if (c >= 0x80) {
			if (!skip_utf8(scan))
				return false;
			continue;
		}
		scan->at++;
		if (c != '\\')
			continue;
		if (next_is(scan, 'u')) {
			scan->at++;
			if (!skip_unicode(scan))
				return false;
		} else if (scan->at < scan->end && *scan->at && strchr("\"\\/bfnrt", *scan->at)) {
			scan->at++;
		} else {
			return refuse(scan, "an escape is none of JSON's");
		}
	}
	return refuse(scan, "a string does not end");
}

static bool skip_value(
    struct scan *scan); /* a value holds values, at most SF_JSON_DEPTH_MAX deep */

/* NOLINTNEXTLINE(misc-no-recursion): skip_value counts the depth */
static bool skip_members(struct scan *scan, char close)
{
	scan->at++;
	if (++scan->depth > SF_JSON_DEPTH_MAX)
		return refuse(scan, "nested too deep");
	skip_space(scan);
	if (!next_is(scan, close)) {
		for (;;) {
			skip_space(scan);
			if (close == '}') {
				if (!next_is(scan, '"'))
					return refuse(scan, "a name is missing");
				if (!skip_string(scan))
					return false;
				skip_space(scan);
				if (!next_is(scan, ':'))
					return refuse(scan, "a colon is missing");
				scan->at++;
			}
			if (!skip_value(scan))
				return false;
			if (!next_is(scan, ','))
				break;
			scan->at++;
		}
		if (!next_is(scan, close))
			return refuse(scan, "an object or array does not end");
	}
	scan->at++;
	scan->depth--;
	return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): counts the depth */
static bool skip_value(struct scan *scan)
{
	bool fine;

	if (++scan->values > SF_JSON_VALUES_MAX)
		return refuse(scan, "too many values");
	skip_space(scan);
	if (next_is(scan, '{'))
		fine = skip_members(scan, '}');
	else if (next_is(scan, '['))
		fine = skip_members(scan, ']');
	else if (next_is(scan, '"'))
		fine = skip_string(scan);
	else if (next_is(scan, 't'))
		fine = skip_word(scan, "true");
	else if (next_is(scan, 'f'))
		fine = skip_word(scan, "false");
	else if (next_is(scan, 'n'))
		fine = skip_word(scan, "null");
	else
		fine = skip_number(scan);
	skip_space(scan);
	return fine;
}

bool sf_json_scan(const char *bytes, size_t len, const char **ret_rule, size_t *ret_at)
{
	struct scan scan = {.at = bytes, .end = bytes + len};

	if (skip_value(&scan) && scan.at != scan.end)
		refuse(&scan, "something follows the value");
	if (!scan.broken)
		return true;
	*ret_rule = scan.broken;
	*ret_at = (size_t)(scan.at - bytes);
	return false;
}
