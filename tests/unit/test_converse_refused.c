/* What a person who is not let in reads. */
#include "converse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "converse_host.h"

#include "banned.h"

static void a_refusal_is_one_error_message_with_its_reference(void **state)
{
	struct host host = {.answer = NULL};
	pam_handle_t *pamh = start(&host);

	(void)state;
	sf_converse_refused(pamh, "sshd", SF_LANGUAGE_EN, SF_E_DENIED, "7K3F-Q2PD");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(host.count, 1);
	assert_int_equal(host.style, PAM_ERROR_MSG);
	assert_non_null(strstr(host.text, "7K3F-Q2PD"));
}

static void a_refusal_explains_what_says_nothing_about_the_account(void **state)
{
	static const struct {
		enum sf_err code;
		const char *words;
	} rows[] = {
	    {SF_E_RATE, "Try again in a minute."},
	    {SF_E_UNAVAILABLE, "cannot be reached"},
	    {SF_E_EXPIRED, "not finished in time"},
	    {SF_E_PASSWORD_TYPED, "saved password"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct host host = {.answer = NULL};
		pam_handle_t *pamh = start(&host);

		sf_converse_refused(pamh, "sshd", SF_LANGUAGE_EN, rows[i].code, "7K3F-Q2PD");
		assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
		assert_int_equal(host.count, 1);
		assert_non_null(strstr(host.text, rows[i].words));
		assert_non_null(strstr(host.text, " \nNot let in. Reference 7K3F-Q2PD."));
	}
}

static void cockpit_gets_a_refusal_on_one_line(void **state)
{
	struct host host = {.answer = NULL};
	pam_handle_t *pamh = start(&host);

	(void)state;
	sf_converse_refused(pamh, "cockpit", SF_LANGUAGE_EN, SF_E_PASSWORD_TYPED, "7K3F-Q2PD");
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_null(strpbrk(host.text, "\n\"\\"));
	assert_non_null(strstr(host.text, ". Not let in. Reference 7K3F-Q2PD."));
}

static void a_wait_is_announced_without_a_refusal(void **state)
{
	struct host host = {.answer = NULL};
	pam_handle_t *pamh = start(&host);

	(void)state;
	sf_converse_wait(pamh, "sudo", SF_LANGUAGE_EN);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
	assert_int_equal(host.count, 1);
	assert_int_equal(host.style, PAM_ERROR_MSG);
	assert_string_equal(
	    host.text, "Many people are signing in. Please wait, up to 20 seconds.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_refusal_is_one_error_message_with_its_reference),
	    cmocka_unit_test(a_refusal_explains_what_says_nothing_about_the_account),
	    cmocka_unit_test(cockpit_gets_a_refusal_on_one_line),
	    cmocka_unit_test(a_wait_is_announced_without_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
