/* How the doctor reads a PAM stack: includes, controls and what can overrule a line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pam_stack.h"
#include "pam_stack_place.h"

#include "banned.h"

static void a_word_for_a_control_is_what_linux_pam_makes_of_it(void **state)
{
	static const struct {
		const char *word;
		enum sf_pam_stack_action success, refused;
		bool refuses;
	} rows[] = {
	    {"required", SF_PAM_STACK_OK, SF_PAM_STACK_BAD, true},
	    {"requisite", SF_PAM_STACK_OK, SF_PAM_STACK_DIE, true},
	    {"sufficient", SF_PAM_STACK_DONE, SF_PAM_STACK_IGNORE, false},
	    {"optional", SF_PAM_STACK_OK, SF_PAM_STACK_IGNORE, false},
	    {"[success=done default=die]", SF_PAM_STACK_DONE, SF_PAM_STACK_DIE, true},
	    {"[default=die success=2]", SF_PAM_STACK_JUMP, SF_PAM_STACK_DIE, true},
	    {"[success=reset]", SF_PAM_STACK_RESET, SF_PAM_STACK_BAD, true},
	    {"[default=ignore auth_err=die]", SF_PAM_STACK_IGNORE, SF_PAM_STACK_DIE, false},
	    {"[default=bad system_err=ignore]", SF_PAM_STACK_BAD, SF_PAM_STACK_BAD, false},
	    {"[default=bad conv_err=1]", SF_PAM_STACK_BAD, SF_PAM_STACK_BAD, false},
	    {"[default=die buf_err=ignore]", SF_PAM_STACK_DIE, SF_PAM_STACK_DIE, false},
	    {"[default=die module_unknown=ignore]", SF_PAM_STACK_DIE, SF_PAM_STACK_DIE, false},
	    {"[success=done default=ignore default=die]", SF_PAM_STACK_DONE, SF_PAM_STACK_IGNORE,
		false},
	    {"[success = done \t default =die]", SF_PAM_STACK_DONE, SF_PAM_STACK_DIE, true},
	    {"[ success=done success=ok incomplete=die ]", SF_PAM_STACK_OK, SF_PAM_STACK_BAD, true},
	    {"Requisite", SF_PAM_STACK_OK, SF_PAM_STACK_DIE, true},
	    {"[]", SF_PAM_STACK_BAD, SF_PAM_STACK_BAD, true},
	    {"[success=ok\fdefault\v=\rdie]", SF_PAM_STACK_OK, SF_PAM_STACK_DIE, true},
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		(void)snprintf(text, sizeof(text), "auth %s pam_x.so a [b c]\n", rows[i].word);
		assert_int_equal(parse(text), SF_OK);
		assert_int_equal(stack.count, 1);
		assert_int_equal(stack.lines[0].actions[SF_PAM_STACK_SUCCESS], rows[i].success);
		assert_int_equal(stack.lines[0].actions[SF_PAM_STACK_AUTH_ERR], rows[i].refused);
		assert_int_equal(sf_pam_stack_refuses(&stack.lines[0]), rows[i].refuses);
	}
}

static void comments_blanks_continued_lines_and_paths_are_read(void **state)
{
	(void)state;
	assert_int_equal(parse("#%PAM-1.0\n\n \t# auth required pam_no.so\n"
			       "-session\toptional /lib/security/pam_a.so # auth\n"
			       "account [success=ok \\\n default=bad] \\\n pam_b.so arg\n"
			       "password required pam_c.so"),
	    SF_OK);
	assert_int_equal(stack.count, 3);
	assert_string_equal(stack.lines[0].module, "pam_a.so");
	assert_int_equal(stack.lines[0].phase, SF_PAM_STACK_SESSION);
	assert_int_equal(sf_pam_stack_find(&stack, SF_PAM_STACK_ACCOUNT, "pam_b.so"), 1);
	assert_int_equal(sf_pam_stack_find(&stack, SF_PAM_STACK_AUTH, "pam_b.so"), 3);
	assert_string_equal(stack.lines[2].file, "sshd");
	assert_string_equal(stack.lines[1].arguments, "arg");
	assert_string_equal(stack.lines[2].arguments, "");
}

static void a_comment_takes_no_line_along(void **state)
{
	static const struct {
		const char *text;
		size_t count;
	} rows[] = {
	    {"# old \\\nauth sufficient pam_permit.so\nauth required pam_b.so", 2},
	    {"auth required pam_a.so # old \\\nauth sufficient pam_permit.so\n", 2},
	    {"auth required pam_a.so \\ \t\n \n# between\n arg\nauth required pam_b.so\n", 2},
	    {"auth [success=done default=die]pam_permit.so\n\n#\n", 1},
	    {"auth required pam_a.so \\# old\nauth sufficient pam_permit.so\n", 2},
	    {"AUTH required pam_a.so\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		assert_int_equal(parse(rows[i].text), SF_OK);
		assert_int_equal(stack.count, rows[i].count);
	}
	assert_int_equal(parse(rows[0].text), SF_OK);
	assert_string_equal(stack.lines[0].module, "pam_permit.so");
	assert_int_equal(parse(rows[3].text), SF_OK);
	assert_string_equal(stack.lines[0].module, "pam_permit.so");
}

static void what_is_no_line_of_a_stack_is_refused(void **state)
{
	static const char *const bad[] = {"auth", "auth required", "nobody required pam_x.so",
	    "auth perhaps pam_x.so", "auth [success=done pam_x.so", "auth [success] pam_x.so",
	    "auth [success=0] pam_x.so",
	    "auth [success=done new_authtok_req=done default=die] pam_x.so",
	    "auth [Success=done] pam_x.so", "auth [success=OK] pam_x.so",
	    "auth [success=ok=die] pam_x.so", "auth [=ok] pam_x.so", "auth [success=] pam_x.so",
	    "auth required pam_x.so \\\n", "auth required pam_x.so \\",
	    "auth required pam_x.so \\\n# no more\n", "auth [success=perhaps] pam_x.so", "@include",
	    "@include missing", "auth include missing", "auth\frequired pam_x.so",
	    "auth required\vpam_x.so", "auth required pam_x.so\fx", "auth [success=ok]\rpam_x.so",
	    "\fauth required pam_x.so"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bad); i++)
		if (parse(bad[i]) != SF_E_CONFIG)
			fail_msg("taken: %s", bad[i]);
}

static void more_lines_than_anybody_needs_are_refused(void **state)
{
	static const char line[] = "auth required pam_x.so\n";
	char *text = malloc((SF_PAM_STACK_LINES_MAX + 1) * sizeof(line));
	struct sf_error e;

	(void)state;
	assert_non_null(text);
	for (size_t n = SF_PAM_STACK_LINES_MAX; n <= SF_PAM_STACK_LINES_MAX + 1; n++) {
		for (size_t i = 0; i < n; i++)
			memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
		assert_int_equal(sf_pam_stack_parse("/nowhere", "x", text, &stack, &e),
		    n > SF_PAM_STACK_LINES_MAX ? SF_E_CONFIG : SF_OK);
	}
	free(text);
}

static void what_can_overrule_a_line_is_found(void **state)
{
	static const char ours[] =
	    "account [success=ok user_unknown=ignore default=bad] pam_sfoauth.so\n";
	static const struct {
		const char *before, *behind;
		size_t at; /* among all; 9: none */
	} rows[] = {
	    {"", "", 9},
	    {"account required pam_a.so\n", "account sufficient pam_b.so\n", 9},
	    {"auth sufficient pam_a.so\n", "auth [default=reset] pam_b.so\n", 9},
	    {"account sufficient pam_a.so\n", "", 0},
	    {"account required pam_a.so\naccount [success=done] pam_b.so\n", "", 1},
	    {"account [default=1 success=ignore] pam_a.so\n", "", 0},
	    {"account [success=1] pam_a.so\naccount required pam_b.so\n", "", 9},
	    {"account [success=1 perm_denied=2] pam_a.so\naccount required pam_b.so\n", "", 0},
	    {"account [success=1] pam_a.so\nauth required pam_b.so\n", "", 0},
	    {"", "account [default=reset] pam_b.so\n", 1},
	    {"", "account required pam_b.so\naccount [auth_err=reset] pam_b.so\n", 2},
	    {"", "account [try_again=reset default=bad] pam_b.so\n", 1},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		size_t at = 0;

		(void)snprintf(text, sizeof(text), "%s%s%s", rows[i].before, ours, rows[i].behind);
		assert_int_equal(parse(text), SF_OK);
		at = sf_pam_stack_find(&stack, SF_PAM_STACK_ACCOUNT, "pam_sfoauth.so");
		if (sf_pam_stack_overruled(&stack, at, 0) !=
		    (rows[i].at == 9 ? stack.count : rows[i].at))
			fail_msg("row %zu", i);
	}
	(void)snprintf(text, sizeof(text), "auth [default=die] pam_x.so\nauth [default=reset] y\n");
	assert_int_equal(parse(text), SF_OK);
	assert_int_equal(sf_pam_stack_overruled(&stack, 0, 0), stack.count);
}

static void what_is_included_stands_in_its_place_and_knows_its_file(void **state)
{
	struct sf_error e;

	(void)state;
	put("sshd",
	    "auth required pam_a.so\n@include common\naccount include common\n"
	    "auth substack more\nauth required pam_z.so\n",
	    0644);
	put("common", "auth required pam_b.so\naccount required pam_c.so\n", 0644);
	put("more", "auth required pam_d.so\nsession required pam_e.so\n", 0644);
	assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_OK);
	assert_int_equal(stack.count, 6);
	assert_string_equal(stack.lines[1].module, "pam_b.so");
	assert_string_equal(stack.lines[1].file, "common");
	assert_string_equal(stack.lines[3].module, "pam_c.so");
	assert_string_equal(stack.lines[4].module, "pam_d.so");
	assert_string_equal(stack.lines[5].module, "pam_z.so");
	for (size_t i = 0; i < stack.count; i++)
		assert_int_equal(stack.lines[i].substack, i == 4);
	assert_int_equal(sf_pam_stack_find(&stack, SF_PAM_STACK_SESSION, "pam_e.so"), stack.count);
}

static void a_file_that_includes_itself_or_that_others_can_write_is_refused(void **state)
{
	struct sf_error e;

	(void)state;
	put("sshd", "@include sshd\n", 0644);
	assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_E_CONFIG);
	put("sshd", "@include common\n", 0644);
	put("common", "auth required pam_a.so\n", 0666);
	assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_E_CONFIG);
	assert_int_equal(sf_pam_stack_read(directory, "none", &stack, &e), SF_E_CONFIG);
	assert_int_equal(e.sys, ENOENT);
}

static void a_substack_ends_only_itself_and_is_one_step(void **state)
{
	struct sf_error e;

	(void)state;
	put("more", "auth required pam_d.so\nauth sufficient pam_e.so\n", 0644);
	put("sshd",
	    "auth [success=2] pam_a.so\nauth substack more\nauth required pam_b.so\n"
	    "auth [default=bad] pam_sfoauth.so\n",
	    0644);
	assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_OK);
	assert_int_equal(stack.count, 5);
	assert_int_equal(sf_pam_stack_overruled(&stack, 4, 0), stack.count);
	put("sshd",
	    "auth [success=2] pam_a.so\nauth substack more\n"
	    "auth [default=bad] pam_sfoauth.so\n",
	    0644);
	assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_OK);
	assert_int_equal(sf_pam_stack_overruled(&stack, 3, 0), 0);
}

static void an_include_that_is_not_there_is_not_a_service_that_is_not_there(void **state)
{
	struct sf_error e;

	(void)state;
	put("sshd", "auth required pam_a.so\n@include comon\n", 0644);
	assert_int_equal(sf_pam_stack_read(directory, "sshd", &stack, &e), SF_E_CONFIG);
	assert_int_equal(e.sys, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_word_for_a_control_is_what_linux_pam_makes_of_it),
	    cmocka_unit_test(comments_blanks_continued_lines_and_paths_are_read),
	    cmocka_unit_test(a_comment_takes_no_line_along),
	    cmocka_unit_test(what_is_no_line_of_a_stack_is_refused),
	    cmocka_unit_test(what_can_overrule_a_line_is_found),
	    cmocka_unit_test(more_lines_than_anybody_needs_are_refused),
	    cmocka_unit_test_setup_teardown(what_is_included_stands_in_its_place_and_knows_its_file,
		make_directory, remove_directory),
	    cmocka_unit_test_setup_teardown(
		a_substack_ends_only_itself_and_is_one_step, make_directory, remove_directory),
	    cmocka_unit_test_setup_teardown(
		an_include_that_is_not_there_is_not_a_service_that_is_not_there, make_directory,
		remove_directory),
	    cmocka_unit_test_setup_teardown(
		a_file_that_includes_itself_or_that_others_can_write_is_refused, make_directory,
		remove_directory),
	};

	return cmocka_run_group_tests_name("stack", tests, NULL, NULL);
}
