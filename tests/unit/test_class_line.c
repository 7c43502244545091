/* The debug line about a class is read back as it was written, and no other line is one. */
#include "class_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "log.h"

#include "banned.h"

static char logged[256];

static void keep_line(void *context, int level, const char *line)
{
	(void)context;
	(void)level;
	assert_true(sf_text_copy(logged, sizeof(logged), line));
}

static void each_class_and_reason_comes_back(void **state)
{
	static const enum sf_class_reason reasons[] = {
#define X(name, reason) SF_CLASS_REASON_##name,
	    SF_CLASS_REASONS(X)
#undef X
	};

	(void)state;
	sf_log_set_sink(keep_line, NULL);
	for (int account_class = SF_CLASS_LOCAL; account_class <= SF_CLASS_NOBODY;
	     account_class++) {
		for (size_t i = 0; i < SF_COUNT(reasons); i++) {
			const struct sf_class_line line = {.phase = "auth",
			    .account_class = (enum sf_class)account_class,
			    .reason = reasons[i]};
			struct sf_class_line got = {.phase = ""};
			char buffer[128];
			struct sf_text text = SF_TEXT(buffer);

			assert_true(sf_class_line_format(&line, &text));
			sf_log_line(7, "%s", buffer);
			assert_true(sf_class_line_parse(logged, &got));
			assert_string_equal(got.phase, "auth");
			assert_int_equal(got.account_class, account_class);
			assert_int_equal(got.reason, reasons[i]);
		}
	}
	sf_log_set_sink(NULL, NULL);
}

static void other_lines_are_none(void **state)
{
	static const char *const lines[] = {
	    "",
	    "class=local reason=low_uid phase=auth",
	    "sfoauth: class=local reason=low_uid",
	    "sfoauth: class=local reason=low_uid phase=",
	    "sfoauth: class=local reason=low_uid phase=auth and more",
	    "sfoauth: class=local reason=low_uid phase=auth-and-so-much-more",
	    "sfoauth: class=loca reason=low_uid phase=auth",
	    "sfoauth: class=local reason=because phase=auth",
	    "sfoauth: class= reason=low_uid phase=auth",
	    "sfoauth: auth: class 0 (low_uid)",
	    "sfoauth: result=denied ref=- reason=low_uid",
	};
	struct sf_class_line got = {.phase = "kept"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(lines); i++)
		if (sf_class_line_parse(lines[i], &got))
			fail_msg("\"%s\" was taken", lines[i]);
	assert_string_equal(got.phase, "kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_class_and_reason_comes_back),
	    cmocka_unit_test(other_lines_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
