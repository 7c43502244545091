/* The lines of the log: one line each, with no value that can forge a field or end its quotes. */
#include "log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define ALPHABET "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

struct heard {
	unsigned count;
	int level;
	char line[8192];
};

static void hear(void *context, int level, const char *line)
{
	struct heard *heard = context;

	heard->count++;
	heard->level = level;
	assert_true(sf_text_copy(heard->line, sizeof(heard->line), line));
}

static int set_sink(void **state)
{
	static struct heard heard;

	heard = (struct heard){0};
	*state = &heard;
	sf_log_set_sink(hear, &heard);
	return 0;
}

static int clear_sink(void **state)
{
	(void)state;
	sf_log_set_sink(NULL, NULL);
	return 0;
}

static void an_audit_line_has_all_fields_in_their_order(void **state)
{
	const struct heard *heard = *state;
	const struct sf_audit audit = {
	    .result = "denied",
	    .ref = "7K3F-Q2PD",
	    .reason = "org_mismatch",
	    .service = "sshd",
	    .phase = "auth",
	    .user = "kim",
	    .has_uid = true,
	    .uid = 1003,
	    .org = "acme",
	    .sf_id = "0055f00000EfGhiAAF",
	    .sf_user = "kim@acme.example",
	    .flow = "device",
	    .rhost = "192.0.2.7",
	    .token = "revoked",
	    .why = "the id is of org 00D000000000002EAA",
	};

	sf_audit(LOG_NOTICE, &audit);
	assert_int_equal(heard->count, 1);
	assert_int_equal(heard->level, LOG_NOTICE);
	assert_string_equal(heard->line,
	    "sfoauth: result=denied ref=7K3F-Q2PD reason=org_mismatch service=sshd phase=auth "
	    "user=kim uid=1003 org=acme sf_id=0055f00000EfGhiAAF sf_user='kim@acme.example' "
	    "flow=device rhost=192.0.2.7 token=revoked why='the id is of org 00D000000000002EAA'");
}

static void what_is_not_known_is_a_dash(void **state)
{
	const struct heard *heard = *state;
	const struct sf_audit audit = {.result = "", .sf_user = "", .uid = 5};

	sf_audit(LOG_INFO, &audit);
	assert_string_equal(heard->line,
	    "sfoauth: result=- ref=- reason=- service=- phase=- user=- uid=- org=- sf_id=- "
	    "sf_user=- flow=- rhost=- token=- why=-");
}

static void uid_0_and_the_largest_uid_are_printed(void **state)
{
	const struct heard *heard = *state;
	struct sf_audit audit = {.has_uid = true, .uid = 0};

	sf_audit(LOG_INFO, &audit);
	assert_non_null(strstr(heard->line, " uid=0 "));
	audit.uid = UINT32_MAX;
	sf_audit(LOG_INFO, &audit);
	assert_non_null(strstr(heard->line, " uid=4294967295 "));
}

static void a_bare_value_stays_one_word_whatever_it_holds(void **state)
{
	static const struct {
		const char *user, *printed;
	} rows[] = {
	    {"kim result=allowed", " user=kim\\x20result\\x3dallowed "},
	    {"kim'", " user=kim\\x27 "},
	    {"kim\"", " user=kim\\x22 "},
	    {"kim\\x20", " user=kim\\x5cx20 "},
	    {"kim\nsfoauth:", " user=kim\\x0asfoauth: "},
	    {"kim\t\x7f", " user=kim\\x09\\x7f "},
	    {"j\xc3\xbcrgen", " user=j\\xc3\\xbcrgen "},
	    {"a\xc2\xa0"
	     "b",
		" user=a\\xc2\\xa0b "},
	    {"-", " user=\\x2d "},
	    {"--", " user=-- "},
	    {"kim@acme.example", " user=kim@acme.example "},
	};
	const struct heard *heard = *state;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_audit audit = {.user = rows[i].user};

		sf_audit(LOG_INFO, &audit);
		assert_non_null(strstr(heard->line, rows[i].printed));
	}
}

static void a_quoted_value_cannot_end_its_quotes(void **state)
{
	const struct heard *heard = *state;
	const struct sf_audit audit = {
	    .sf_user = "x' token=kept why='", .why = "back\\slash \x1b[31m \xe2\x80\xae"};

	sf_audit(LOG_INFO, &audit);
	assert_non_null(strstr(heard->line, " sf_user='x\\x27 token=kept why=\\x27' flow=- "));
	assert_non_null(strstr(heard->line, " why='back\\x5cslash \\x1b[31m \\xe2\\x80\\xae'"));
}

static void long_values_are_cut_and_no_field_is_lost(void **state)
{
	static char wide[5000];
	const struct heard *heard = *state;
	const struct sf_audit audit = {wide, wide, wide, wide, wide, wide, true, UINT32_MAX, wide,
	    wide, wide, wide, wide, wide, wide};

	memset(wide, '\x01', sizeof(wide) - 1);
	sf_audit(LOG_INFO, &audit);
	assert_non_null(strstr(heard->line, "\\x01... uid=4294967295 org=\\x01"));
	assert_non_null(strstr(heard->line, "...' flow=\\x01"));
	assert_true(sf_text_ends(heard->line, "\\x01...'"));
	assert_non_null(strstr(heard->line, " why='"));
}

static void a_failure_is_logged_with_its_place_reason_and_number(void **state)
{
	const struct heard *heard = *state;
	struct sf_error e = {0};

	(void)SF_FAIL(&e, SF_E_CONFIG, 13, "cannot open %s", "/x\n/y");
	sf_log_error(&e);
	assert_int_equal(heard->level, sf_err_level(SF_E_CONFIG));
	assert_string_equal(heard->line, "sfoauth: test_log.c: cannot open "
					 "/x\\x0a/y (config, sys 13)");
	e = (struct sf_error){.code = SF_E_BUG};
	sf_log_error(&e);
	assert_string_equal(heard->line, "sfoauth: -:  (bug, sys 0)");
}

static void a_line_is_one_line(void **state)
{
	static char wide[8000];
	const struct heard *heard = *state;

	sf_log_line(LOG_WARNING, "user %s came %d times", "a\nb", 3);
	assert_int_equal(heard->level, LOG_WARNING);
	assert_string_equal(heard->line, "sfoauth: user a\\x0ab came 3 times");
	memset(wide, '\n', sizeof(wide) - 1);
	sf_log_line(LOG_WARNING, "%s", wide);
	assert_true(sf_text_starts(heard->line, "sfoauth: \\x0a"));
	assert_true(sf_text_ends(heard->line, "..."));
}

static void without_a_sink_nothing_happens(void **state)
{
	const struct heard *heard = *state;
	const struct sf_audit audit = {.result = "denied"};
	const struct sf_error e = {.code = SF_E_BUG};

	sf_log_set_sink(NULL, NULL);
	sf_audit(LOG_INFO, &audit);
	sf_log_error(&e);
	sf_log_line(LOG_INFO, "x");
	assert_int_equal(heard->count, 0);
}

/* Another login in the same host: sets its own sink, logs, and ends. */
static void *log_beside(void *argument)
{
	sf_log_set_sink(hear, argument);
	sf_log_line(LOG_INFO, "beside");
	sf_log_set_sink(NULL, NULL);
	return NULL;
}

static void a_login_in_another_thread_takes_no_line_away(void **state)
{
	static struct heard beside;
	const struct heard *heard = *state;
	pthread_t thread;

	beside = (struct heard){0};
	assert_int_equal(pthread_create(&thread, NULL, log_beside, &beside), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	sf_log_line(LOG_INFO, "here");
	assert_string_equal(beside.line, "sfoauth: beside");
	assert_int_equal(heard->count, 1);
	assert_string_equal(heard->line, "sfoauth: here");
}

static void references_are_readable_aloud_and_do_not_repeat(void **state)
{
	unsigned seen[sizeof(ALPHABET)] = {0};
	char ref[SF_LOG_REF_SIZE], last[SF_LOG_REF_SIZE] = "";

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		sf_log_new_ref(ref);
		assert_int_equal(strlen(ref), 9);
		assert_int_equal(ref[4], '-');
		assert_string_not_equal(ref, last);
		for (size_t j = 0; j < 9; j++) {
			const char *at = strchr(ALPHABET, ref[j]);

			assert_true(j == 4 || at != NULL);
			if (j != 4)
				seen[at - ALPHABET]++;
		}
		assert_true(sf_text_copy(last, sizeof(last), ref));
	}
	/* 16,000 characters: each of the 32 comes about 500 times. */
	for (size_t i = 0; i < sizeof(ALPHABET) - 1; i++)
		assert_in_range(seen[i], 300, 700);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_sink, clear_sink)
	const struct CMUnitTest tests[] = {
	    TEST(an_audit_line_has_all_fields_in_their_order),
	    TEST(what_is_not_known_is_a_dash),
	    TEST(uid_0_and_the_largest_uid_are_printed),
	    TEST(a_bare_value_stays_one_word_whatever_it_holds),
	    TEST(a_quoted_value_cannot_end_its_quotes),
	    TEST(long_values_are_cut_and_no_field_is_lost),
	    TEST(a_failure_is_logged_with_its_place_reason_and_number),
	    TEST(a_line_is_one_line),
	    TEST(without_a_sink_nothing_happens),
	    TEST(a_login_in_another_thread_takes_no_line_away),
	    TEST(references_are_readable_aloud_and_do_not_repeat),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
