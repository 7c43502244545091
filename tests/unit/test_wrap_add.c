/* Wrapped text in a buffer. */
#include "wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static void lines_end_between_words(void **state)
{
	static const struct {
		const char *lead, *text, *wrapped;
	} rows[] = {
	    {"a: ", "", "a: \n"},
	    {"sfoauth: ", "Short.", "sfoauth: Short.\n"},
	    {"",
		"123456789 123456789 123456789 123456789 "
		"123456789 123456789 123456789 1234567890",
		"123456789 123456789 123456789 123456789 "
		"123456789 123456789 123456789 1234567890"
		"\n"},
	    {"",
		"123456789 123456789 123456789 123456789 "
		"123456789 123456789 123456789 1234567890"
		" next",
		"123456789 123456789 123456789 123456789 "
		"123456789 123456789 123456789 1234567890"
		"\nnext\n"},
	    {"ab: ",
		"123456789 123456789 123456789 "
		"123456789 123456789 123456789 123456789 123456"
		" next line",
		"ab: "
		"123456789 123456789 123456789 "
		"123456789 123456789 123456789 123456789 123456"
		"\n    next line\n"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_wrap paragraph = {.head = rows[i].lead,
		    .indent = sf_wrap_columns(rows[i].lead),
		    .text = rows[i].text};
		char buf[512];
		struct sf_text text = SF_TEXT(buf);

		assert_true(sf_wrap_add(&paragraph, &text));
		assert_string_equal(buf, rows[i].wrapped);
	}
}

static void umlauts_take_one_column(void **state)
{
	char umlauts[2 * 76 + 1] = "", buf[512];
	const struct sf_wrap paragraph = {.head = "ab: ", .indent = 4, .text = umlauts};
	struct sf_text text = SF_TEXT(buf), words = SF_TEXT(umlauts);

	(void)state;
	for (unsigned i = 0; i < 37; i++)
		assert_true(sf_text_add(&words, "ä"));
	assert_true(sf_text_add(&words, " "));
	for (unsigned i = 0; i < 38; i++)
		assert_true(sf_text_add(&words, "ä"));
	assert_true(sf_wrap_add(&paragraph, &text));
	assert_int_equal(text.len, strlen(umlauts) + 5);
	assert_true(strchr(buf, '\n') == buf + text.len - 1);
}

static void what_cannot_be_broken_stays_whole(void **state)
{
	char word[101] = "", buf[512];
	const struct sf_wrap alone = {.head = "a: ", .indent = 3, .text = word},
			     lines = {.head = "a: ",
				 .indent = 3,
				 .text = "These:\n    http://one\n    http://two"};
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	assert_true(sf_wrap_add(&alone, &text));
	assert_non_null(strstr(buf, word));
	text = SF_TEXT(buf);
	assert_true(sf_wrap_add(&lines, &text));
	assert_string_equal(buf, "a: These:\n    http://one\n    http://two\n");
}

static void a_terminal_may_be_narrower(void **state)
{
	const struct sf_wrap paragraph = {
	    .head = "a: ", .indent = 3, .text = "one two three", .columns = 11};
	static const struct {
		const char *text, *narrow;
	} rows[] = {
	    {"one two three four\n", "one two\nthree four\n"},
	    {"   one two three\nx\n", "   one two\n   three\nx\n"},
	    {"   [x]  one two\n", "   [x]  one\n   two\n"},
	    {"  sfoauth setup a b c d\n", "  sfoauth setup a b c d\n"},
	    {"https://acme.example/x y\n\n", "https://acme.example/x\ny\n\n"},
	    {"äöü äöü äöü äöü", "äöü äöü äöü\näöü"},
	    {"type it: ", "type it: "},
	};
	char buf[512];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_true(sf_wrap_add(&paragraph, &text));
	assert_string_equal(buf, "a: one two\n   three\n");
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		text = SF_TEXT(buf);
		assert_true(sf_wrap_narrow(rows[i].text, 11, &text));
		/* Blanks at the end of a line are not seen. */
		for (char *blank; (blank = strstr(buf, " \n")) != NULL;)
			memmove(blank, blank + 1, strlen(blank));
		assert_string_equal(buf, rows[i].narrow);
	}
	text = sf_text_over(buf, 8);
	assert_false(sf_wrap_narrow(rows[0].text, 11, &text));
}

static void what_does_not_fit_is_refused(void **state)
{
	static const struct sf_wrap paragraph = {.head = "a: ", .indent = 3, .text = "four"};
	char buf[8];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_false(sf_wrap_add(&paragraph, &text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_end_between_words),
	    cmocka_unit_test(umlauts_take_one_column),
	    cmocka_unit_test(what_cannot_be_broken_stays_whole),
	    cmocka_unit_test(a_terminal_may_be_narrower),
	    cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests_name("wrap_add", tests, NULL, NULL);
}
