/* Whom our lines pass on must be asked by somebody; arguments are split as Linux-PAM does it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pam_stack.h"
#include "pam_stack_place.h"

#include "banned.h"

static void who_is_passed_on_must_be_asked_by_somebody(void **state)
{
	static const char ours[] =
	    "auth [success=done user_unknown=ignore default=die] pam_sfoauth.so\n";
	static const struct {
		const char *before, *behind;
		bool lets_in;
	} rows[] = {
	    {"", "", false},
	    {"", "auth required pam_permit.so\n", true},
	    {"", "auth required pam_unix.so\n", false},
	    {"",
		"auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
		"auth required pam_permit.so\nauth optional pam_cap.so\n",
		false},
	    {"", "auth sufficient pam_unix.so\nauth required pam_permit.so\n", true},
	    {"", "auth sufficient pam_unix.so\nauth required pam_deny.so\n", false},
	    {"",
		"auth [success=done user_unknown=ignore default=die] pam_unix.so\n"
		"auth required pam_permit.so\n",
		true},
	    {"", "auth optional pam_env.so\n", true},
	    {"auth required pam_env.so\n", "", true},
	    {"auth required pam_env.so\n", "auth required pam_unix.so\n", false},
	    {"auth sufficient pam_rootok.so\n", "auth required pam_unix.so\n", false},
	    {"", "auth sufficient pam_localuser.so\nauth required pam_unix.so\n", true},
	    {"",
		"auth [success=1 default=ignore] pam_localuser.so\nauth required pam_unix.so\n"
		"auth optional pam_permit.so\n",
		true},
	    {"", "auth [success=9] pam_permit.so\n", false},
	    {"",
		"auth required pam_unix.so\nauth [default=reset] pam_permit.so\n"
		"auth required pam_permit.so\n",
		true},
	    {"", "auth required pam_unix.so\nauth sufficient pam_permit.so\n", false},
	    {"", "account required pam_permit.so\nauth requisite pam_new.so\n", false},
	    {"", "auth [authinfo_unavail=ok default=bad] pam_new.so\n", false},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		(void)snprintf(text, sizeof(text), "%s%s%s", rows[i].before, ours, rows[i].behind);
		assert_int_equal(parse(text), SF_OK);
		if (sf_pam_stack_lets_in_unasked(&stack) != rows[i].lets_in)
			fail_msg("row %zu: %s", i, text);
	}
}

static void arguments_are_split_as_linux_pam_splits_them(void **state)
{
	char copy[SF_PAM_STACK_ARGS_SIZE];
	const char *words[3];

	(void)state;
	assert_int_equal(parse("auth required x.so  a=b\t[c d]e   [f"), SF_OK);
	assert_int_equal(sf_pam_stack_arguments(&stack.lines[0], copy, words, 3), 3);
	assert_string_equal(words[0], "a=b");
	assert_string_equal(words[1], "c d");
	assert_string_equal(words[2], "e");
	assert_int_equal(parse("auth required x.so"), SF_OK);
	assert_int_equal(sf_pam_stack_arguments(&stack.lines[0], copy, words, 3), 0);
}

static void a_substack_that_ends_early_lets_nobody_in(void **state)
{
	static const char *const subs[] = {
	    "auth sufficient pam_permit.so\nauth required pam_x.so\n",
	    "auth requisite pam_x.so\nauth required pam_permit.so\n"};
	struct sf_error e;

	(void)state;
	put("sshd",
	    "auth [user_unknown=ignore default=die] pam_sfoauth.so\nauth substack more\n"
	    "auth required pam_unix.so\n",
	    0644);
	for (size_t i = 0; i < SF_COUNT(subs); i++) {
		put("more", subs[i], 0644);
		assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_OK);
		assert_false(sf_pam_stack_lets_in_unasked(&stack));
	}
	put("sshd", "auth [user_unknown=ignore default=die] pam_sfoauth.so\nauth substack more\n",
	    0644);
	put("more", subs[0], 0644);
	assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_OK);
	assert_true(sf_pam_stack_lets_in_unasked(&stack));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_passed_on_must_be_asked_by_somebody),
	    cmocka_unit_test(arguments_are_split_as_linux_pam_splits_them),
	    cmocka_unit_test_setup_teardown(
		a_substack_that_ends_early_lets_nobody_in, make_directory, remove_directory),
	};

	return cmocka_run_group_tests_name("stack_ask", tests, NULL, NULL);
}
