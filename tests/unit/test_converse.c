#include "converse.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "file.h"
#include "text.h"

#include "banned.h"

/* What the host saw, and what it answers. */
struct host {
	int count;
	int style;
	char text[4096];
	const char *answer; /* NULL: none */
	int code;
};

static int converse(
    int count, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	struct host *host = data;

	host->count += count;
	host->style = messages[0]->msg_style;
	(void)snprintf(host->text, sizeof host->text, "%s", messages[0]->msg);
	if (host->code != PAM_SUCCESS)
		return host->code;
	*replies = calloc(1, sizeof **replies);
	if (host->answer)
		(*replies)->resp = strdup(host->answer);
	return PAM_SUCCESS;
}

/* A stack that is never run: only the conversation is used. */
static pam_handle_t *start(struct host *host)
{
	const struct pam_conv conv = {.conv = converse, .appdata_ptr = host};
	char dir[] = "/tmp/sf-test-pam-XXXXXX", path[40];
	struct sf_text text = SF_TEXT(path);
	pam_handle_t *pamh = NULL;
	int fd;

	assert_non_null(mkdtemp(dir));
	/* The one file that libpam wants in any case. */
	assert_true(sf_text_addf(&text, "%s/other", dir));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, "auth required pam_deny.so\n", 26));
	close(fd);
	assert_int_equal(pam_start_confdir("sshd", "kim", &conv, dir, &pamh), PAM_SUCCESS);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	return pamh;
}

static const struct sf_show show = {
    .verification_uri = "https://acme.my.salesforce.com/setup/connect", .user_code = "K7P2QW4Z"};

static enum sf_err ask(struct host *host, enum sf_converse_style style, bool *ret_typed)
{
	const struct sf_converse_ask asked = {.style = style,
	    .org = "acme",
	    .account = "kim",
	    .rhost = "198.51.100.7",
	    .show = &show};
	pam_handle_t *pamh = start(host);
	struct sf_error e;
	enum sf_err r = sf_converse_device(pamh, &asked, ret_typed, &e);

	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	return r;
}

static void sshd_and_cockpit_get_the_prompt_unless_told_otherwise(void **state)
{
	static const struct {
		enum sf_dialogue dialogue;
		const char *service;
		enum sf_converse_style style;
	} rows[] = {
	    {SF_DIALOGUE_AUTO, "sshd", SF_CONVERSE_PROMPT},
	    {SF_DIALOGUE_AUTO, "cockpit", SF_CONVERSE_PROMPT},
	    {SF_DIALOGUE_AUTO, "su", SF_CONVERSE_NOTICE},
	    {SF_DIALOGUE_AUTO, "sshd2", SF_CONVERSE_NOTICE},
	    {SF_DIALOGUE_NOTICE, "sshd", SF_CONVERSE_NOTICE},
	    {SF_DIALOGUE_PRESS_ENTER, "su", SF_CONVERSE_PROMPT},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		assert_int_equal(
		    sf_converse_style(rows[i].dialogue, rows[i].service), rows[i].style);
}

static void one_echo_off_prompt_says_it_all(void **state)
{
	struct host host = {.answer = ""};
	bool was_typed = true;
	char name[65] = "";

	(void)state;
	assert_int_equal(gethostname(name, sizeof name - 1), 0);
	assert_int_equal(ask(&host, SF_CONVERSE_PROMPT, &was_typed), SF_OK);
	assert_false(was_typed);
	assert_int_equal(host.count, 1);
	assert_int_equal(host.style, PAM_PROMPT_ECHO_OFF);
	assert_non_null(strstr(host.text, show.verification_uri));
	assert_non_null(strstr(host.text, show.user_code));
	assert_non_null(strstr(host.text, "acme"));
	assert_non_null(strstr(host.text, "kim"));
	assert_non_null(strstr(host.text, "198.51.100.7"));
	assert_non_null(strstr(host.text, name));
}

static void a_notice_is_one_message_without_a_prompt(void **state)
{
	struct host host = {.answer = NULL};
	bool was_typed = true;

	(void)state;
	assert_int_equal(ask(&host, SF_CONVERSE_NOTICE, &was_typed), SF_OK);
	assert_false(was_typed);
	assert_int_equal(host.count, 1);
	assert_int_equal(host.style, PAM_TEXT_INFO);
}

static void what_is_typed_before_enter_is_noticed(void **state)
{
	struct host host = {.answer = "secret"};
	bool was_typed = false;

	(void)state;
	assert_int_equal(ask(&host, SF_CONVERSE_PROMPT, &was_typed), SF_OK);
	assert_true(was_typed);
}

static void a_conversation_that_fails_is_a_failure(void **state)
{
	struct host failing = {.code = PAM_CONV_ERR}, silent = {.answer = NULL};
	bool was_typed = false;

	(void)state;
	assert_int_equal(ask(&failing, SF_CONVERSE_PROMPT, &was_typed), SF_E_CONVERSATION);
	assert_int_equal(ask(&silent, SF_CONVERSE_PROMPT, &was_typed), SF_E_CONVERSATION);
}

static void without_a_conversation_nothing_can_be_asked(void **state)
{
	const struct pam_conv none = {.conv = NULL};
	const struct sf_converse_ask asked = {
	    .org = "acme", .account = "kim", .rhost = "", .show = &show};
	struct host host = {.answer = ""};
	pam_handle_t *pamh = start(&host);
	struct sf_error e;
	bool was_typed;

	(void)state;
	assert_true(sf_converse_is_present(pamh));
	assert_int_equal(pam_set_item(pamh, PAM_CONV, &none), PAM_SUCCESS);
	assert_false(sf_converse_is_present(pamh));
	assert_int_equal(sf_converse_device(pamh, &asked, &was_typed, &e), SF_E_CONVERSATION);
	sf_converse_refused(pamh, "7K3F-Q2PD");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(host.count, 0);
}

static void names_from_outside_cannot_steer_the_terminal(void **state)
{
	const struct sf_converse_ask asked = {.style = SF_CONVERSE_NOTICE,
	    .org = "acme",
	    .account = "kim\033[2J",
	    .rhost = "evil\r\nAll is well",
	    .show = &show};
	struct host host = {.answer = NULL};
	pam_handle_t *pamh = start(&host);
	struct sf_error e;
	bool was_typed;

	(void)state;
	assert_int_equal(sf_converse_device(pamh, &asked, &was_typed, &e), SF_OK);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_null(strchr(host.text, '\033'));
	assert_null(strchr(host.text, '\r'));
	assert_null(strstr(host.text, "\nAll is well"));
}

static void a_refusal_is_one_error_message_with_its_reference(void **state)
{
	struct host host = {.answer = NULL};
	pam_handle_t *pamh = start(&host);

	(void)state;
	sf_converse_refused(pamh, "7K3F-Q2PD");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(host.count, 1);
	assert_int_equal(host.style, PAM_ERROR_MSG);
	assert_non_null(strstr(host.text, "7K3F-Q2PD"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sshd_and_cockpit_get_the_prompt_unless_told_otherwise),
	    cmocka_unit_test(one_echo_off_prompt_says_it_all),
	    cmocka_unit_test(a_notice_is_one_message_without_a_prompt),
	    cmocka_unit_test(what_is_typed_before_enter_is_noticed),
	    cmocka_unit_test(a_conversation_that_fails_is_a_failure),
	    cmocka_unit_test(without_a_conversation_nothing_can_be_asked),
	    cmocka_unit_test(names_from_outside_cannot_steer_the_terminal),
	    cmocka_unit_test(a_refusal_is_one_error_message_with_its_reference),
	};

	return cmocka_run_group_tests_name("converse", tests, NULL, NULL);
}
