/* What the module says and asks over PAM's conversation, and what it makes of each answer. */
#include "converse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "converse_host.h"
#include "text.h"

#include "banned.h"

#define URI      "https://acme.my.salesforce.com/setup/connect"
#define CODE     "K7P2QW4Z"
#define CALLBACK "http://localhost:1717/OauthRedirect"
#define USERNAME "kim@acme.example"

static enum sf_err ask_as(
    struct host *host, const struct sf_converse_ask *asked, struct sf_secret **ret_answer)
{
	pam_handle_t *pamh = start(host);
	struct sf_error e;
	enum sf_err r;

	r = sf_converse_ask(pamh, asked, ret_answer, &e);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	return r;
}

static enum sf_err ask(
    struct host *host, enum sf_msg message, const char *value, struct sf_secret **ret_answer)
{
	const struct sf_converse_ask asked = {.message = message,
	    .service = "sshd",
	    .org = "acme",
	    .account = "kim",
	    .rhost = "198.51.100.7",
	    .uri = URI,
	    .value = value};

	return ask_as(host, &asked, ret_answer);
}

static void sshd_and_cockpit_get_the_prompt_unless_told_otherwise(void **state)
{
	static const struct {
		enum sf_dialogue dialogue;
		const char *service;
		enum sf_msg message;
	} rows[] = {
	    {SF_DIALOGUE_AUTO, "sshd", SF_MSG_DEVICE_PROMPT},
	    {SF_DIALOGUE_AUTO, "cockpit", SF_MSG_DEVICE_PROMPT},
	    {SF_DIALOGUE_AUTO, "su", SF_MSG_DEVICE_NOTICE},
	    {SF_DIALOGUE_AUTO, "sshd2", SF_MSG_DEVICE_NOTICE},
	    {SF_DIALOGUE_NOTICE, "sshd", SF_MSG_DEVICE_NOTICE},
	    {SF_DIALOGUE_PRESS_ENTER, "su", SF_MSG_DEVICE_PROMPT},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		assert_int_equal(
		    sf_converse_device(rows[i].dialogue, rows[i].service), rows[i].message);
}

static void one_prompt_says_it_all(void **state)
{
	static const struct {
		enum sf_msg message;
		int style;
		const char *value;
	} rows[] = {
	    {SF_MSG_DEVICE_PROMPT, PAM_PROMPT_ECHO_OFF, CODE},
	    {SF_MSG_PASTE_PROMPT, PAM_PROMPT_ECHO_ON, CALLBACK},
	};
	char name[65] = "";

	(void)state;
	assert_int_equal(gethostname(name, sizeof(name) - 1), 0);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
		struct host host = {.answer = ""};

		assert_int_equal(ask(&host, rows[i].message, rows[i].value, &answer), SF_OK);
		assert_int_equal(sf_secret_len(answer), 0);
		assert_int_equal(host.count, 1);
		assert_int_equal(host.style, rows[i].style);
		assert_non_null(strstr(host.text, URI));
		assert_non_null(strstr(host.text, rows[i].value));
		assert_non_null(strstr(host.text, "acme"));
		assert_non_null(strstr(host.text, "kim"));
		assert_non_null(strstr(host.text, "198.51.100.7"));
		assert_non_null(strstr(host.text, name));
	}
}

/* What a client shows that drops line ends. */
static void drop_line_ends(const char *text, char *ret, size_t size)
{
	size_t len = 0;

	for (; *text != '\0' && len + 1 < size; text++)
		if (*text != '\n')
			ret[len++] = *text;
	ret[len] = '\0';
}

static void words_stay_apart_where_a_client_drops_line_ends(void **state)
{
	static const struct {
		enum sf_msg message;
		const char *value;
	} rows[] = {
	    {SF_MSG_DEVICE_PROMPT, CODE},
	    {SF_MSG_DEVICE_NOTICE, CODE},
	    {SF_MSG_PASTE_PROMPT, CALLBACK},
	    {SF_MSG_PASSWORD_PROMPT, USERNAME},
	};
	char flat[4096];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
		struct host host = {.answer = ""};

		assert_int_equal(ask(&host, rows[i].message, rows[i].value, &answer), SF_OK);
		for (const char *at = host.text; (at = strchr(at, '\n')); at++)
			assert_true(at > host.text && at[-1] == ' ');
		drop_line_ends(host.text, flat, sizeof(flat));
		if (rows[i].message == SF_MSG_DEVICE_PROMPT)
			assert_non_null(strstr(flat, CODE "  Press Enter"));
	}
}

static void a_notice_is_one_message_without_a_prompt(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	struct host host = {.answer = NULL};

	(void)state;
	assert_int_equal(ask(&host, SF_MSG_DEVICE_NOTICE, CODE, &answer), SF_OK);
	assert_null(answer);
	assert_int_equal(host.count, 1);
	assert_int_equal(host.style, PAM_TEXT_INFO);
}

/*
 * su and sudo -S write notices to standard output, which may be a file; errors to standard
 * error. cockpit answers the first prompt that does not echo with the password of its form.
 */
static void some_services_get_another_style(void **state)
{
	static const struct {
		const char *service;
		enum sf_msg message;
		int style;
	} rows[] = {
	    {"su", SF_MSG_DEVICE_NOTICE, PAM_ERROR_MSG},
	    {"su-l", SF_MSG_DEVICE_NOTICE, PAM_ERROR_MSG},
	    {"sudo", SF_MSG_DEVICE_NOTICE, PAM_ERROR_MSG},
	    {"sudo-i", SF_MSG_DEVICE_NOTICE, PAM_ERROR_MSG},
	    {"login", SF_MSG_DEVICE_NOTICE, PAM_TEXT_INFO},
	    {"gdm-password", SF_MSG_DEVICE_NOTICE, PAM_TEXT_INFO},
	    {"cockpit", SF_MSG_DEVICE_PROMPT, PAM_PROMPT_ECHO_ON},
	    {"cockpit", SF_MSG_PASSWORD_PROMPT, PAM_PROMPT_ECHO_OFF},
	    {"sshd", SF_MSG_DEVICE_PROMPT, PAM_PROMPT_ECHO_OFF},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
		const struct sf_converse_ask asked = {.message = rows[i].message,
		    .service = rows[i].service,
		    .org = "acme",
		    .account = "kim",
		    .rhost = "",
		    .uri = URI,
		    .value = CODE};
		struct host host = {.answer = "x"};

		assert_int_equal(ask_as(&host, &asked, &answer), SF_OK);
		assert_int_equal(host.style, rows[i].style);
	}
}

static void the_answer_is_what_was_typed(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	struct host host = {.answer = "secret"};

	(void)state;
	assert_int_equal(ask(&host, SF_MSG_DEVICE_PROMPT, CODE, &answer), SF_OK);
	assert_string_equal(sf_secret_reveal(answer), "secret");
}

static void a_password_is_asked_for_without_echo_and_by_its_username(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	struct host host = {.answer = "secret"};

	(void)state;
	assert_int_equal(ask(&host, SF_MSG_PASSWORD_PROMPT, USERNAME, &answer), SF_OK);
	assert_string_equal(sf_secret_reveal(answer), "secret");
	assert_int_equal(host.count, 1);
	assert_int_equal(host.style, PAM_PROMPT_ECHO_OFF);
	assert_non_null(strstr(host.text, USERNAME));
	assert_null(strstr(host.text, URI));
}

/* A stack that has a password needs a stack that runs: tests/e2e/46-password.sh. */
static void where_the_stack_has_no_password_one_is_asked_for_or_not(void **state)
{
	static const struct {
		enum sf_first_pass first_pass;
		int prompts;
		enum sf_err want;
	} rows[] = {
	    {SF_FIRST_PASS_NONE, 1, SF_OK},
	    {SF_FIRST_PASS_TRY, 1, SF_OK},
	    {SF_FIRST_PASS_USE, 0, SF_E_DENIED},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
		struct host host = {.answer = "typed"};
		const struct sf_converse_ask asked = {.message = SF_MSG_PASSWORD_PROMPT,
		    .service = "sshd",
		    .rhost = "",
		    .value = USERNAME,
		    .first_pass = rows[i].first_pass};

		assert_int_equal(ask_as(&host, &asked, &answer), rows[i].want);
		assert_int_equal(host.count, rows[i].prompts);
		assert_int_equal(sf_secret_len(answer) > 0, rows[i].want == SF_OK);
	}
}

static void an_answer_without_end_is_refused(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	char many[SF_UI_RESPONSE_MAX + 2];
	struct host host = {.answer = many};

	(void)state;
	memset(many, 'x', sizeof(many));
	many[SF_UI_RESPONSE_MAX + 1] = '\0';
	assert_int_equal(ask(&host, SF_MSG_PASTE_PROMPT, CALLBACK, &answer), SF_E_CONVERSATION);
	assert_null(answer);
	many[SF_UI_RESPONSE_MAX] = '\0';
	assert_int_equal(ask(&host, SF_MSG_PASTE_PROMPT, CALLBACK, &answer), SF_OK);
	assert_int_equal(sf_secret_len(answer), SF_UI_RESPONSE_MAX);
}

static void a_conversation_that_fails_is_a_failure(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	struct host failing = {.code = PAM_CONV_ERR}, silent = {.answer = NULL};

	(void)state;
	assert_int_equal(ask(&failing, SF_MSG_DEVICE_PROMPT, CODE, &answer), SF_E_CONVERSATION);
	assert_int_equal(
	    ask(&silent, SF_MSG_PASSWORD_PROMPT, USERNAME, &answer), SF_E_CONVERSATION);
	assert_null(answer);
}

static void without_a_conversation_nothing_can_be_asked(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	const struct pam_conv none = {.conv = NULL};
	const struct sf_converse_ask asked = {.message = SF_MSG_DEVICE_PROMPT,
	    .service = "sshd",
	    .org = "acme",
	    .account = "kim",
	    .rhost = "",
	    .uri = URI,
	    .value = CODE};
	struct host host = {.answer = ""};
	pam_handle_t *pamh = start(&host);
	struct sf_error e;

	(void)state;
	assert_true(sf_converse_is_present(pamh));
	assert_int_equal(pam_set_item(pamh, PAM_CONV, &none), PAM_SUCCESS);
	assert_false(sf_converse_is_present(pamh));
	assert_int_equal(sf_converse_ask(pamh, &asked, &answer, &e), SF_E_CONVERSATION);
	sf_converse_refused(pamh, "sshd", SF_LANGUAGE_EN, SF_E_DENIED, "7K3F-Q2PD");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(host.count, 0);
}

static void names_from_outside_cannot_steer_the_terminal(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	const struct sf_converse_ask asked = {.message = SF_MSG_DEVICE_NOTICE,
	    .service = "sshd",
	    .org = "acme",
	    .account = "kim\033[2J",
	    .rhost = "evil\r\nAll is well",
	    .uri = URI,
	    .value = CODE};
	struct host host = {.answer = NULL};

	(void)state;
	assert_int_equal(ask_as(&host, &asked, &answer), SF_OK);
	assert_null(strchr(host.text, '\033'));
	assert_null(strchr(host.text, '\r'));
	assert_null(strstr(host.text, "\nAll is well"));
}

static void less_time_than_usual_is_said(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	struct sf_converse_ask asked = {.message = SF_MSG_DEVICE_NOTICE,
	    .service = "sshd",
	    .org = "acme",
	    .account = "kim",
	    .rhost = "",
	    .uri = URI,
	    .value = CODE};
	struct host host = {.answer = NULL};

	(void)state;
	assert_int_equal(ask_as(&host, &asked, &answer), SF_OK);
	assert_null(strstr(host.text, "seconds left"));
	asked.left_s = 48;
	assert_int_equal(ask_as(&host, &asked, &answer), SF_OK);
	assert_non_null(strstr(host.text, "You have 48 seconds left."));
}

static void the_configured_language_is_spoken(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *answer = NULL;
	const struct sf_converse_ask asked = {.message = SF_MSG_DEVICE_NOTICE,
	    .service = "sshd",
	    .language = SF_LANGUAGE_DE,
	    .org = "acme",
	    .account = "kim",
	    .rhost = "",
	    .uri = URI,
	    .value = CODE};
	struct host host = {.answer = NULL};
	pam_handle_t *pamh = start(&host);

	(void)state;
	sf_converse_refused(pamh, "sshd", SF_LANGUAGE_DE, SF_E_DENIED, "7K3F-Q2PD");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_non_null(strstr(host.text, "Kein Zugang"));
	assert_int_equal(ask_as(&host, &asked, &answer), SF_OK);
	assert_non_null(strstr(host.text, "Anmeldung"));
	assert_non_null(strstr(host.text, "von diesem Rechner"));
	assert_non_null(strstr(host.text, "sobald Sie"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sshd_and_cockpit_get_the_prompt_unless_told_otherwise),
	    cmocka_unit_test(one_prompt_says_it_all),
	    cmocka_unit_test(words_stay_apart_where_a_client_drops_line_ends),
	    cmocka_unit_test(a_notice_is_one_message_without_a_prompt),
	    cmocka_unit_test(some_services_get_another_style),
	    cmocka_unit_test(the_answer_is_what_was_typed),
	    cmocka_unit_test(a_password_is_asked_for_without_echo_and_by_its_username),
	    cmocka_unit_test(where_the_stack_has_no_password_one_is_asked_for_or_not),
	    cmocka_unit_test(an_answer_without_end_is_refused),
	    cmocka_unit_test(a_conversation_that_fails_is_a_failure),
	    cmocka_unit_test(without_a_conversation_nothing_can_be_asked),
	    cmocka_unit_test(names_from_outside_cannot_steer_the_terminal),
	    cmocka_unit_test(less_time_than_usual_is_said),
	    cmocka_unit_test(the_configured_language_is_spoken),
	};

	return cmocka_run_group_tests_name("converse", tests, NULL, NULL);
}
