/* The PAM messages: their arguments, their translation, and values that could act on a terminal. */
#include "ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

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
static const struct sf_arg long_sign_in[] = {
    {"org", "acme-production-sandbox"},
    {"account", "ada.lovelace-byron"},
    {"host", "ip-10-123-45-167.eu-central-1.compute.internal"},
    {"rhost", "p200300e5f7123400abcd1234567890ef.dip0.t-ipconnect.de"},
    {"uri", "https://acme--sandbox.sandbox.my.salesforce.com/setup/connect"},
    {NULL, NULL},
};
static const struct sf_arg long_code[] = {{"code", "ABCD-EFGH-JKLM"}, {NULL, NULL}};
static const struct sf_arg long_callback[] = {
    {"callback", "https://acme--sandbox.sandbox.my.salesforce.com/services/oauth2/success"},
    {NULL, NULL},
};
static const struct sf_arg long_username[] = {
    {"username", "ada.lovelace-byron@engineering.acme.example"}, {NULL, NULL}};
static const struct sf_arg long_ref[] = {{"ref", "7K3F-Q2PD"}, {NULL, NULL}};
static const struct sf_arg long_seconds[] = {{"seconds", "4294967295"}, {NULL, NULL}};
static const struct sf_arg *const longest[SF_MSG_COUNT] = {
    [SF_MSG_SIGN_IN] = long_sign_in,
    [SF_MSG_DEVICE_PROMPT] = long_code,
    [SF_MSG_DEVICE_NOTICE] = long_code,
    [SF_MSG_PASTE_PROMPT] = long_callback,
    [SF_MSG_PASSWORD_PROMPT] = long_username,
    [SF_MSG_TIME_LEFT] = long_seconds,
    [SF_MSG_REFUSED] = long_ref,
};

static const char *render_longest(enum sf_msg id, unsigned language)
{
	static char buf[2048];
	const struct sf_ui_message message = {id, language};
	struct sf_text text = SF_TEXT(buf);

	assert_true(sf_ui_render(&text, &message, longest[id]));
	return buf;
}

static void a_message_holds_every_argument_and_no_brace(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SF_MSG_COUNT; i++) {
		for (unsigned language = 0; language < SF_LANGUAGE_COUNT; language++) {
			const char *words = render_longest((enum sf_msg)i, language);

			for (const struct sf_arg *arg = longest[i]; arg && arg->name; arg++)
				assert_non_null(strstr(words, arg->value));
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

static void an_unknown_message_or_language_renders_nothing(void **state)
{
	static const struct sf_ui_message unknown[] = {
	    {SF_MSG_COUNT, SF_LANGUAGE_EN}, {SF_MSG_THIS_MACHINE, SF_LANGUAGE_COUNT}};
	char buf[64];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	for (size_t i = 0; i < SF_COUNT(unknown); i++)
		assert_false(sf_ui_render(&text, &unknown[i], NULL));
	assert_string_equal(buf, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_message_holds_every_argument_and_no_brace),
	    cmocka_unit_test(every_message_is_translated_and_no_other),
	    cmocka_unit_test(messages_are_lines_of_ascii_that_fit_a_terminal),
	    cmocka_unit_test(an_unknown_message_or_language_renders_nothing),
	};

	return cmocka_run_group_tests_name("ui", tests, NULL, NULL);
}
