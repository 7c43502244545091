/* A decoy code looks like one of Salesforce and passes the checks of a real one. */
#include "decoy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hosts.h"
#include "job.h"
#include "origin.h"

#include "banned.h"

#define LOGIN_URL "https://acme.my.salesforce.com"

static void a_decoy_passes_every_check_of_a_real_one(void **state)
{
	struct sf_origin pinned;
	struct sf_show decoy, got;
	struct sf_frame frame = {0};
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_origin_parse(LOGIN_URL, &pinned, &e), SF_OK);
	assert_int_equal(sf_decoy_show(LOGIN_URL, &decoy, &e), SF_OK);
	assert_int_equal(sf_hosts_page(&pinned, decoy.verification_uri), SF_RULE_NONE);
	sf_show_to_frame(&decoy, &frame);
	assert_int_equal(sf_show_from_frame(&frame, &got, &e), SF_OK);
	assert_string_equal(got.user_code, decoy.user_code);
}

static void no_two_decoys_have_the_same_code(void **state)
{
	struct sf_show a, b;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_decoy_show(LOGIN_URL, &a, &e), SF_OK);
	assert_int_equal(sf_decoy_show(LOGIN_URL, &b, &e), SF_OK);
	assert_int_equal(strlen(a.user_code), SF_DECOY_CODE_LEN);
	assert_string_not_equal(a.user_code, b.user_code);
}

/* A real code has no 0, O, 1 and I: one of them would tell a decoy from it. */
static void a_code_has_every_letter_of_a_real_one_sooner_or_later_and_no_other(void **state)
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	char seen[256] = {0};

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct sf_show show;
		struct sf_error e;

		assert_int_equal(sf_decoy_show(LOGIN_URL, &show, &e), SF_OK);
		for (const char *at = show.user_code; *at; at++) {
			assert_non_null(strchr(letters, *at));
			seen[(unsigned char)*at] = 1;
		}
	}
	for (const char *at = letters; *at; at++)
		assert_true(seen[(unsigned char)*at]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_decoy_passes_every_check_of_a_real_one),
	    cmocka_unit_test(no_two_decoys_have_the_same_code),
	    cmocka_unit_test(a_code_has_every_letter_of_a_real_one_sooner_or_later_and_no_other),
	};

	return cmocka_run_group_tests_name("decoy", tests, NULL, NULL);
}
