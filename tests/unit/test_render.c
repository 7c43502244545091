/* Arguments in rows of tables of words: a whole sentence or nothing, and nothing that draws. */
#include "render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static void an_argument_stands_where_its_name_was(void **state)
{
	char said[64];
	struct sf_text text = SF_TEXT(said);

	(void)state;
	assert_true(
	    sf_render(&text, "{a}: {b}{a}.", SF_WITH({"a", "1"}, {"b", "two"}, {"not used", "x"})));
	assert_string_equal(said, "1: two1.");
}

static void one_of_a_thing_is_told_from_many(void **state)
{
	static const struct {
		const char *count, *said;
	} rows[] = {{"0", "0 keys"}, {"1", "1 key"}, {"2", "2 keys"}, {"11", "11 keys"}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char said[64];
		struct sf_text text = SF_TEXT(said);

		assert_true(sf_render(&text, "{n} {n|key|keys}", SF_WITH({"n", rows[i].count})));
		assert_string_equal(said, rows[i].said);
	}
}

static void half_a_sentence_is_never_left(void **state)
{
	static const char *const broken[] = {
	    "ab {missing} c", "ab {a", "ab {", "ab {a|one}", "{a} does not fit in here"};
	char said[16];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(broken); i++) {
		struct sf_text text = SF_TEXT(said);

		assert_true(sf_text_add(&text, "> "));
		assert_false(sf_render(&text, broken[i], SF_WITH({"a", "A"})));
		assert_string_equal(said, "> ");
	}
}

static void a_value_cannot_draw_on_the_terminal_or_be_expanded_again(void **state)
{
	static const struct {
		const char *value, *shown;
	} rows[] = {
	    {"\x1b[2J", "\\x1b[2J"},
	    {"a\nb", "a\\x0ab"},
	    {"\xe2\x80\xae live", "\\xe2\\x80\\xae live"},
	    {"{ref}", "{ref}"},
	    {"it's \xc3\xa4", "it's \xc3\xa4"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char buf[256];
		struct sf_text text = SF_TEXT(buf);

		assert_true(sf_render(&text, "{ref}.", SF_WITH({"ref", rows[i].value})));
		assert_non_null(strstr(buf, rows[i].shown));
		assert_true(sf_text_is_clean(buf, strlen(buf)));
	}
}

static void a_long_value_is_escaped_whole_or_refused(void **state)
{
	char value[1001], buf[4008];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	memset(value, '\x01', sizeof(value));
	value[1000] = '\0';
	assert_true(sf_render(&text, "a {ref} z", SF_WITH({"ref", value})));
	assert_int_equal(strlen(buf), 4004);
	assert_true(sf_text_ends(buf, "\\x01\\x01 z"));

	struct sf_text full = SF_TEXT(buf);

	assert_false(sf_render(&full, "longer still {ref}", SF_WITH({"ref", value})));
	assert_string_equal(buf, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_argument_stands_where_its_name_was),
	    cmocka_unit_test(one_of_a_thing_is_told_from_many),
	    cmocka_unit_test(half_a_sentence_is_never_left),
	    cmocka_unit_test(a_value_cannot_draw_on_the_terminal_or_be_expanded_again),
	    cmocka_unit_test(a_long_value_is_escaped_whole_or_refused),
	};

	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
