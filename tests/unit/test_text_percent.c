/* Percent-encoding, one character at a time in both directions. */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "banned.h"

static void percent_encoding_leaves_only_unreserved_characters(void **state)
{
	char buf[1024];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_true(sf_text_add_percent(&text, "AZaz09-._~ +/?&=%\n\xc3\xa4", ""));
	assert_string_equal(buf, "AZaz09-._~%20%2B%2F%3F%26%3D%25%0A%C3%A4");
	text = SF_TEXT(buf);
	assert_true(sf_text_add_percent(&text, "/a b/?*,%", "/*,"));
	assert_string_equal(buf, "/a%20b/%3F*,%25");
}

static void a_percent_escape_is_two_hex_digits(void **state)
{
	(void)state;
	assert_int_equal(sf_text_percent_byte("%00", 3), 0);
	assert_int_equal(sf_text_percent_byte("%7fx", 4), 0x7f);
	assert_int_equal(sf_text_percent_byte("%aF", 3), 0xaf);
	assert_int_equal(sf_text_percent_byte("%Ff", 3), 0xff);
	assert_int_equal(sf_text_percent_byte("%41", 2), -1);
	assert_int_equal(sf_text_percent_byte("%4g", 3), -1);
	assert_int_equal(sf_text_percent_byte("%G4", 3), -1);
	assert_int_equal(sf_text_percent_byte("% 4", 3), -1);
	assert_int_equal(sf_text_percent_byte("%4\0", 3), -1);
}

static void percent_encoding_that_does_not_fit_is_refused(void **state)
{
	char buf[4];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_false(sf_text_add_percent(&text, "a b", ""));
	text = SF_TEXT(buf);
	assert_true(sf_text_add_percent(&text, " ", ""));
	assert_string_equal(buf, "%20");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(percent_encoding_leaves_only_unreserved_characters),
	    cmocka_unit_test(a_percent_escape_is_two_hex_digits),
	    cmocka_unit_test(percent_encoding_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests_name("percent", tests, NULL, NULL);
}
