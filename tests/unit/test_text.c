/* Text functions: copies, numbers, cleanness, hex and UTF-8, at their limits. */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static void text_that_fits_exactly_is_taken_and_one_more_byte_is_not(void **state)
{
	char buf[5];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_string_equal(buf, "");
	assert_true(sf_text_add(&text, "ab"));
	assert_true(sf_text_addf(&text, "%d", 12));
	assert_string_equal(buf, "ab12");
	assert_int_equal(text.len, 4);
	assert_true(sf_text_add(&text, ""));
	assert_false(sf_text_add_char(&text, 'x'));
	assert_string_equal(buf, "ab12");
}

static void an_overflow_stays_and_every_later_add_fails(void **state)
{
	char buf[4];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_true(sf_text_add_char(&text, 'a'));
	assert_false(sf_text_addf(&text, "%s", "bcd"));
	assert_true(text.overflow);
	assert_string_equal(buf, "a");
	assert_false(sf_text_add(&text, ""));
	assert_false(sf_text_add_bytes(&text, "b", 1));
	assert_false(sf_text_addf(&text, "b"));
	assert_false(sf_text_add_percent(&text, "", ""));
	assert_string_equal(buf, "a");
}

static void a_number_is_digits_between_its_limits(void **state)
{
	static const struct {
		const char *text;
		uint32_t min, max;
		bool good;
		uint32_t number;
	} rows[] = {
	    {"0", 0, 9, true, 0},
	    {"9", 1, 9, true, 9},
	    {"1", 1, 9, true, 1},
	    {"10", 1, 9, false, 0},
	    {"0", 1, 9, false, 0},
	    {"4294967295", 0, UINT32_MAX, true, UINT32_MAX},
	    {"4294967296", 0, UINT32_MAX, false, 0},
	    {"18446744073709551616", 0, UINT32_MAX, false, 0},
	    {"18446744073709551617", 0, UINT32_MAX, false, 0},
	    {"99999999999999999999999999", 0, UINT32_MAX, false, 0},
	    {"", 0, 9, false, 0},
	    {"-1", 0, 9, false, 0},
	    {"+1", 0, 9, false, 0},
	    {" 1", 0, 9, false, 0},
	    {"1 ", 0, 9, false, 0},
	    {"0x1", 0, 9, false, 0},
	    {"1.0", 0, 9, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		uint32_t number = 77;

		assert_int_equal(
		    sf_text_u32(rows[i].text, rows[i].min, rows[i].max, &number), rows[i].good);
		assert_int_equal(number, rows[i].good ? rows[i].number : 77);
	}
}

static void a_long_number_reaches_up_to_64_bits(void **state)
{
	uint64_t number = 0;

	(void)state;
	assert_true(sf_text_u64("18446744073709551615", 0, UINT64_MAX, &number));
	assert_true(number == UINT64_MAX);
	assert_false(sf_text_u64("18446744073709551616", 0, UINT64_MAX, &number));
	assert_false(sf_text_u64("5", 6, 7, &number));
	assert_false(sf_text_u64("8", 6, 7, &number));
	assert_true(number == UINT64_MAX);
}

static void a_duration_has_an_optional_unit(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t s;
	} rows[] = {
	    {"90", true, 90},
	    {"90s", true, 90},
	    {"5m", true, 300},
	    {"24h", true, 86400},
	    {"59", false, 0},
	    {"60", true, 60},
	    {"1m", true, 60},
	    {"86401", false, 0},
	    {"25h", false, 0},
	    {"", false, 0},
	    {"s", false, 0},
	    {"5d", false, 0},
	    {"5 m", false, 0},
	    {"5mm", false, 0},
	    {"-5m", false, 0},
	    {"1.5h", false, 0},
	    {"18446744073709551615h", false, 0},
	    {"5124095576030432h", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		uint32_t s = 77;

		assert_int_equal(sf_text_duration(rows[i].text, 60, 86400, &s), rows[i].good);
		assert_int_equal(s, rows[i].good ? rows[i].s : 77);
	}
}

static void printable_is_ascii_from_space_to_tilde(void **state)
{
	char byte[2] = "";

	(void)state;
	assert_false(sf_text_is_printable(""));
	for (int i = 1; i < 256; i++) {
		byte[0] = (char)i;
		assert_int_equal(sf_text_is_printable(byte), i >= 0x20 && i <= 0x7e);
	}
}

static size_t encode_utf8(uint32_t code, char ret[static 4])
{
	static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = count - 1; i > 0; i--, code >>= 6)
		ret[i] = (char)(0x80 | (code & 0x3f));
	ret[0] = (char)(marks[count] | code);
	return count;
}

/* The list is written out here, not computed as the code does. */
static bool is_refused(uint32_t code)
{
	static const uint32_t refused[] = {0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b,
	    0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};

	for (size_t i = 0; i < SF_COUNT(refused); i++) {
		if (refused[i] == code)
			return true;
	}
	return code <= 0x1f || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff);
}

static void clean_is_every_character_but_controls_bidi_and_line_ends(void **state)
{
	char bytes[4];

	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		size_t len = encode_utf8(code, bytes);

		if (sf_text_is_clean(bytes, len) == is_refused(code))
			fail_msg("U+%04x", code);
	}
}

static void bytes_that_are_not_utf8_are_not_clean(void **state)
{
	static const char *const rows[] = {
	    "\x80",
	    "\xbf",
	    "\xc0\x80",
	    "\xc1\xbf",
	    "\xe0\x80\x80",
	    "\xe0\x9f\xbf",
	    "\xf0\x80\x80\x80",
	    "\xf0\x8f\xbf\xbf",
	    "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80",
	    "\xff",
	    "\xfe",
	    "\xc3",
	    "\xe2\x82",
	    "\xf0\x9f\x98",
	    "\xc3(",
	    "\xe2(\xac",
	    "\xe2\x82(",
	    "\xed\xa0\x80",
	    "\xed\xbf\xbf",
	    "\xf8\x88\x80\x80\x80",
	    "good \xc3\xa4 then \x80",
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		assert_false(sf_text_is_clean(rows[i], strlen(rows[i])));
	/* The second byte is there, but not ours. */
	assert_false(sf_text_is_clean("\xc3\xa4", 1));
	assert_false(sf_text_is_clean("a\0b", 3));
	assert_true(sf_text_is_clean("", 0));
	assert_true(sf_text_is_clean("J\xc3\xbcrgen \xf0\x9f\x98\x80 it's", 17));
}

static void hex_is_lower_case_and_exactly_as_long_as_asked(void **state)
{
	(void)state;
	assert_true(sf_text_is_hex("0123456789abcdef", 16));
	assert_false(sf_text_is_hex("0123456789abcdef", 15));
	assert_false(sf_text_is_hex("0123456789abcdef", 17));
	assert_false(sf_text_is_hex("0123456789abcdeF", 16));
	assert_false(sf_text_is_hex("0123456789abcdeg", 16));
	assert_false(sf_text_is_hex("../../../etc/abc", 16));
}

static void allow_lists_take_only_their_characters(void **state)
{
	(void)state;
	assert_true(sf_text_has_only("abba", "ab"));
	assert_false(sf_text_has_only("abc", "ab"));
	assert_false(sf_text_has_only("", "ab"));
}

static void case_is_ignored_for_ascii_letters_alone(void **state)
{
	(void)state;
	assert_true(sf_text_equal_nocase("Ada@ACME.example", "ada@acme.EXAMPLE"));
	assert_true(sf_text_equal_nocase("", ""));
	assert_false(sf_text_equal_nocase("ada", "adam"));
	assert_false(sf_text_equal_nocase("adam", "ada"));
	assert_false(sf_text_equal_nocase("[", "{"));
	assert_false(sf_text_equal_nocase("@", "`"));
	assert_false(sf_text_equal_nocase("\xc3\x84", "\xc3\xa4"));
	assert_false(sf_text_equal_nocase("k", "\xe2\x84\xaa"));
}

static void beginnings_and_ends_are_compared_whole(void **state)
{
	(void)state;
	assert_true(sf_text_starts("abc", "ab"));
	assert_true(sf_text_starts("abc", ""));
	assert_false(sf_text_starts("a", "ab"));
	assert_false(sf_text_starts("xab", "ab"));
	assert_true(sf_text_ends("abc", "bc"));
	assert_true(sf_text_ends("abc", ""));
	assert_false(sf_text_ends("c", "bc"));
	assert_false(sf_text_ends("bcx", "bc"));
}

static void escaping_leaves_clean_text_and_shows_all_else_as_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *escaped;
	} rows[] = {
	    {"", 0, ""},
	    {"plain \"text\"", 12, "plain \"text\""},
	    {"it's", 4, "it\\x27s"},
	    {"a\\b", 3, "a\\x5cb"},
	    {"a\nb\0c\x1b[", 7, "a\\x0ab\\x00c\\x1b["},
	    {"\xc3\xa4\xff", 3, "\xc3\xa4\\xff"},
	    {"\xe2\x80\xae", 3, "\\xe2\\x80\\xae"},
	    {"\xc3", 1, "\\xc3"},
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		sf_text_escape(buf, sizeof(buf), rows[i].bytes, rows[i].len);
		assert_string_equal(buf, rows[i].escaped);
	}
}

static void an_escaped_copy_is_cut_between_characters(void **state)
{
	static const struct {
		size_t size;
		const char *bytes, *escaped;
	} rows[] = {
	    {1, "abc", ""},
	    {2, "abc", "."},
	    {4, "abc", "abc"},
	    {4, "abcd", "..."},
	    {6, "abcde", "abcde"},
	    {6, "abcdef", "ab..."},
	    {8, "ab\nc", "ab\\x0ac"},
	    {7, "ab\nc", "ab..."},
	    {7, "a\xc3\xa4\xc3\xa4\xc3\xa4", "a\xc3\xa4..."},
	    {6, "a\xc3\xa4\xc3\xa4\xc3\xa4", "a..."},
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		memset(buf, '#', sizeof(buf));
		sf_text_escape(buf, rows[i].size, rows[i].bytes, strlen(rows[i].bytes));
		assert_string_equal(buf, rows[i].escaped);
		assert_int_equal(buf[rows[i].size], '#');
	}
}

static void random_hex_has_its_length_and_does_not_repeat(void **state)
{
	char a[81], b[81];

	(void)state;
	assert_true(sf_text_random_hex(a, 40));
	assert_true(sf_text_random_hex(b, 40));
	assert_true(sf_text_is_hex(a, 80));
	assert_true(sf_text_is_hex(b, 80));
	assert_string_not_equal(a, b);
	assert_true(sf_text_random_hex(a, 0));
	assert_string_equal(a, "");
}

static void a_copy_is_whole_or_empty(void **state)
{
	char buf[4];

	(void)state;
	assert_true(sf_text_copy(buf, sizeof(buf), "abc"));
	assert_string_equal(buf, "abc");
	assert_false(sf_text_copy(buf, sizeof(buf), "abcd"));
	assert_string_equal(buf, "");
}

static void characters_are_counted_and_never_cut(void **state)
{
	/* 1, 2, 3, 4 bytes, a lone continuation, a lead that is cut */
	static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\x80\xe2\x82";
	static const size_t cuts[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 12, 13, 13};
	const size_t len = sizeof(text) - 1;

	(void)state;
	assert_int_equal(sf_text_columns(text, 0), 0);
	assert_int_equal(sf_text_columns(text, len), 7);
	assert_int_equal(sf_text_columns(text, 10), 4);
	for (size_t max = 0; max < SF_COUNT(cuts); max++)
		assert_int_equal(sf_text_cut(text, len, max), cuts[max]);
	assert_int_equal(sf_text_cut("ab", 1, 5), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(characters_are_counted_and_never_cut),
	    cmocka_unit_test(text_that_fits_exactly_is_taken_and_one_more_byte_is_not),
	    cmocka_unit_test(an_overflow_stays_and_every_later_add_fails),
	    cmocka_unit_test(a_number_is_digits_between_its_limits),
	    cmocka_unit_test(a_long_number_reaches_up_to_64_bits),
	    cmocka_unit_test(a_duration_has_an_optional_unit),
	    cmocka_unit_test(printable_is_ascii_from_space_to_tilde),
	    cmocka_unit_test(clean_is_every_character_but_controls_bidi_and_line_ends),
	    cmocka_unit_test(bytes_that_are_not_utf8_are_not_clean),
	    cmocka_unit_test(hex_is_lower_case_and_exactly_as_long_as_asked),
	    cmocka_unit_test(allow_lists_take_only_their_characters),
	    cmocka_unit_test(case_is_ignored_for_ascii_letters_alone),
	    cmocka_unit_test(beginnings_and_ends_are_compared_whole),
	    cmocka_unit_test(escaping_leaves_clean_text_and_shows_all_else_as_bytes),
	    cmocka_unit_test(an_escaped_copy_is_cut_between_characters),
	    cmocka_unit_test(random_hex_has_its_length_and_does_not_repeat),
	    cmocka_unit_test(a_copy_is_whole_or_empty),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
