#include "ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static const struct sf_ui_arg sign_in_args[] = {
    {"org", "acme"},
    {"account", "ada"},
    {"host", "web1"},
    {"rhost", "192.0.2.7"},
    {"uri", "https://acme.my.salesforce.com/setup/connect"},
};

static bool render(
    struct sf_text *text, enum sf_msg id, const struct sf_ui_arg *args, size_t arg_count)
{
	const struct sf_ui_message message = {id, SF_LANGUAGE_EN};

	return sf_ui_render(text, &message, args, arg_count);
}

static const struct {
	const char *id, *words;
} english[] =
    {
#define SF_MSG(id, text) {#id, text},
#include "messages.def"
#undef SF_MSG
},
  german[] = {
#define SF_MSG(id, text) {#id, text},
#include "messages.de.def"
#undef SF_MSG
};

static void a_message_holds_every_argument_and_no_brace(void **state)
{
	static const struct sf_ui_arg code = {"code", "ABCD-1234"}, ref = {"ref", "7K3F-Q2PD"};
	static const struct sf_ui_arg callback = {"callback", "http://localhost:1717/Oauth"};
	static const struct sf_ui_arg username = {"username", "ada@acme.example"};
	static const struct {
		const struct sf_ui_arg *args;
		size_t count;
	} rows[SF_MSG_COUNT] = {
	    [SF_MSG_SIGN_IN] = {sign_in_args, SF_COUNT(sign_in_args)},
	    [SF_MSG_DEVICE_PROMPT] = {&code, 1},
	    [SF_MSG_DEVICE_NOTICE] = {&code, 1},
	    [SF_MSG_PASTE_PROMPT] = {&callback, 1},
	    [SF_MSG_PASSWORD_PROMPT] = {&username, 1},
	    [SF_MSG_REFUSED] = {&ref, 1},
	};
	char buf[2048];

	(void)state;
	for (unsigned i = 0; i < SF_MSG_COUNT; i++) {
		for (unsigned language = 0; language < SF_LANGUAGE_COUNT; language++) {
			const struct sf_ui_message message = {(enum sf_msg)i, language};
			struct sf_text text = SF_TEXT(buf);

			assert_true(sf_ui_render(&text, &message, rows[i].args, rows[i].count));
			for (size_t j = 0; j < rows[i].count; j++)
				assert_non_null(strstr(buf, rows[i].args[j].value));
			assert_null(strpbrk(buf, "{}"));
		}
	}
}

static void every_message_is_translated_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(SF_COUNT(english), SF_MSG_COUNT);
	assert_int_equal(SF_COUNT(german), SF_MSG_COUNT);
	for (size_t i = 0; i < SF_MSG_COUNT; i++) {
		assert_string_equal(german[i].id, english[i].id);
		assert_string_not_equal(german[i].words, english[i].words);
	}
}

/* Arguments are as long as their names here: short ones. */
static void assert_shape(const char *words)
{
	while (*words != '\0') {
		size_t len = strcspn(words, "\n");

		assert_in_range(len, 0, 80);
		for (size_t i = 0; i < len; i++)
			assert_in_range(words[i], ' ', '~');
		words += len + (words[len] == '\n');
	}
}

static void messages_are_lines_of_ascii_that_fit_a_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_MSG_COUNT; i++) {
		assert_shape(english[i].words);
		assert_shape(german[i].words);
	}
}

static void rendering_appends(void **state)
{
	static const struct sf_ui_arg args[] = {{"ref", "7K3F-Q2PD"}};
	char buf[128];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_true(sf_text_add(&text, "> "));
	assert_true(render(&text, SF_MSG_REFUSED, args, SF_COUNT(args)));
	assert_true(sf_text_starts(buf, "> "));
	assert_non_null(strstr(buf, "7K3F-Q2PD"));
}

static void a_missing_argument_renders_nothing(void **state)
{
	char buf[2048];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_true(sf_text_add(&text, "before"));
	for (size_t i = 0; i < SF_COUNT(sign_in_args); i++) {
		struct sf_ui_arg args[SF_COUNT(sign_in_args)];
		size_t count = 0;

		for (size_t j = 0; j < SF_COUNT(sign_in_args); j++) {
			if (j != i)
				args[count++] = sign_in_args[j];
		}
		assert_false(render(&text, SF_MSG_SIGN_IN, args, count));
		assert_string_equal(buf, "before");
	}
}

static void an_argument_that_the_message_does_not_have_renders_nothing(void **state)
{
	static const struct sf_ui_arg args[] = {{"ref", "X"}, {"refs", "Y"}};
	char buf[128];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_false(render(&text, SF_MSG_REFUSED, args, SF_COUNT(args)));
	assert_string_equal(buf, "");
}

static void text_that_does_not_fit_renders_nothing(void **state)
{
	static const struct sf_ui_arg args[] = {{"ref", "7K3F-Q2PD"}};
	char buf[16];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_false(render(&text, SF_MSG_REFUSED, args, SF_COUNT(args)));
	assert_string_equal(buf, "");
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
		const struct sf_ui_arg args[] = {{"ref", rows[i].value}};
		char buf[256];
		struct sf_text text = SF_TEXT(buf);

		assert_true(render(&text, SF_MSG_REFUSED, args, SF_COUNT(args)));
		assert_non_null(strstr(buf, rows[i].shown));
		assert_true(sf_text_is_clean(buf, strlen(buf)));
	}
}

static void an_unclean_value_that_is_too_long_is_refused_not_cut(void **state)
{
	char value[400], buf[4096];
	const struct sf_ui_arg args[] = {{"ref", value}};
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	memset(value, '\x01', sizeof value);
	value[255] = '\0';
	assert_true(render(&text, SF_MSG_REFUSED, args, SF_COUNT(args)));
	assert_null(strstr(buf, "..."));
	value[255] = '\x01';
	value[256] = '\0';
	assert_false(render(&text, SF_MSG_REFUSED, args, SF_COUNT(args)));
}

static void an_unknown_message_or_language_renders_nothing(void **state)
{
	char buf[64];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_false(render(&text, SF_MSG_COUNT, NULL, 0));
	assert_false(sf_ui_render(
	    &text, &(struct sf_ui_message){SF_MSG_THIS_MACHINE, SF_LANGUAGE_COUNT}, NULL, 0));
	assert_string_equal(buf, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_message_holds_every_argument_and_no_brace),
	    cmocka_unit_test(every_message_is_translated_and_no_other),
	    cmocka_unit_test(messages_are_lines_of_ascii_that_fit_a_terminal),
	    cmocka_unit_test(rendering_appends),
	    cmocka_unit_test(a_missing_argument_renders_nothing),
	    cmocka_unit_test(an_argument_that_the_message_does_not_have_renders_nothing),
	    cmocka_unit_test(text_that_does_not_fit_renders_nothing),
	    cmocka_unit_test(a_value_cannot_draw_on_the_terminal_or_be_expanded_again),
	    cmocka_unit_test(an_unclean_value_that_is_too_long_is_refused_not_cut),
	    cmocka_unit_test(an_unknown_message_or_language_renders_nothing),
	};

	return cmocka_run_group_tests_name("ui", tests, NULL, NULL);
}
