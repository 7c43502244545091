/* A text is broken before column 80, by characters and not by bytes. */
#include "wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

static void free_text(char **text)
{
	free(*text);
}

static void wraps_to(const char *head, size_t indent, const char *text, const char *wanted)
{
	SF_CLEANUP(free_text) char *out = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&out, &size);

	assert_non_null(file);
	sf_wrap_print(file, head, indent, text);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(out, wanted);
}

#define TEN   "123456789 "
#define TEN_X "123456789x"

static void a_line_ends_at_the_last_space_before_column_80(void **state)
{
	(void)state;
	wraps_to("", 0, "short", "short\n");
	wraps_to("", 0, "", "\n");
	wraps_to("", 0, TEN TEN TEN TEN TEN TEN TEN "1234567890",
	    TEN TEN TEN TEN TEN TEN TEN "1234567890\n");
	wraps_to("", 2, TEN TEN TEN TEN TEN TEN TEN "12345678901",
	    TEN TEN TEN TEN TEN TEN "123456789\n  12345678901\n");
	wraps_to("head ", 5, "a  b", "head a b\n");
}

static void a_character_is_a_column_and_a_long_word_stands_alone(void **state)
{
	static const char word[] = TEN_X TEN_X TEN_X TEN_X TEN_X TEN_X TEN_X TEN_X "xyz";

	(void)state;
	wraps_to("✓ ", 2, TEN TEN TEN TEN TEN TEN TEN "12345678",
	    "✓ " TEN TEN TEN TEN TEN TEN TEN "12345678\n");
	wraps_to("", 1, "a " TEN_X " b", "a " TEN_X " b\n");
	char text[128], wanted[128];
	struct sf_text t = SF_TEXT(text), w = SF_TEXT(wanted);

	assert_true(sf_text_addf(&t, "a %s b", word) && sf_text_addf(&w, "a\n %s\n b\n", word));
	wraps_to("", 1, text, wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_ends_at_the_last_space_before_column_80),
	    cmocka_unit_test(a_character_is_a_column_and_a_long_word_stands_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
