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
#include "dialogue.def"
#undef SF_MSG
},
  german[] = {
#define SF_MSG(id, text) {#id, text},
#include "dialogue.de.def"
#undef SF_MSG
};

/* Each message with arguments as long as they get, but for addresses: those are what they are. */
static const struct sf_ui_arg long_sign_in[] = {
    {"org", "acme-production-sandbox"},
    {"account", "ada.lovelace-byron"},
    {"host", "ip-10-123-45-167.eu-central-1.compute.internal"},
    {"rhost", "p200300e5f7123400abcd1234567890ef.dip0.t-ipconnect.de"},
    {"uri", "https://acme--sandbox.sandbox.my.salesforce.com/setup/connect"},
};
static const struct sf_ui_arg long_code = {"code", "ABCD-EFGH-JKLM"};
static const struct sf_ui_arg long_callback = {
    "callback", "https://acme--sandbox.sandbox.my.salesforce.com/services/oauth2/success"};
static const struct sf_ui_arg long_username = {
    "username", "ada.lovelace-byron@engineering.acme.example"};
static const struct sf_ui_arg long_ref = {"ref", "7K3F-Q2PD"};
static const struct {
	const struct sf_ui_arg *args;
	size_t count;
} longest[SF_MSG_COUNT] = {
    [SF_MSG_SIGN_IN] = {long_sign_in, SF_COUNT(long_sign_in)},
    [SF_MSG_DEVICE_PROMPT] = {&long_code, 1},
    [SF_MSG_DEVICE_NOTICE] = {&long_code, 1},
    [SF_MSG_PASTE_PROMPT] = {&long_callback, 1},
    [SF_MSG_PASSWORD_PROMPT] = {&long_username, 1},
    [SF_MSG_REFUSED] = {&long_ref, 1},
};

static const char *render_longest(enum sf_msg id, unsigned language)
{
	static char buf[2048];
	const struct sf_ui_message message = {id, language};
	struct sf_text text = SF_TEXT(buf);

	assert_true(sf_ui_render(&text, &message, longest[id].args, longest[id].count));
	return buf;
}

static void a_message_holds_every_argument_and_no_brace(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SF_MSG_COUNT; i++) {
		for (unsigned language = 0; language < SF_LANGUAGE_COUNT; language++) {
			const char *words = render_longest((enum sf_msg)i, language);

			for (size_t j = 0; j < longest[i].count; j++)
				assert_non_null(strstr(words, longest[i].args[j].value));
			assert_null(strpbrk(words, "{}"));
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

static void messages_are_lines_of_ascii_that_fit_a_terminal(void **state)
{
	(void)state;
	for (unsigned i = 0; i < (unsigned)SF_MSG_COUNT * SF_LANGUAGE_COUNT; i++) {
		const enum sf_msg id = (enum sf_msg)(i / SF_LANGUAGE_COUNT);
		const char *words = render_longest(id, i % SF_LANGUAGE_COUNT);

		while (*words != '\0') {
			size_t len = strcspn(words, "\n");

			assert_in_range(len, 0, 80);
			for (size_t j = 0; j < len; j++)
				assert_in_range(words[j], ' ', '~');
			words += len + (words[len] == '\n');
		}
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
	memset(value, '\x01', sizeof(value));
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
