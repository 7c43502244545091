/* The module's audit line is read back as it was written; every reason has words and a remedy. */
#include "audit_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <string.h>

#include <cmocka.h>

#include "identity.h"
#include "log.h"
#include "reason.h"

#include "banned.h"

#define LINE                                                                                       \
	"sfoauth: result=denied ref=7K3F-Q2PD reason=not_mapped service=sshd phase=auth user=kim " \
	"uid=1003 org=acme sf_id=0055f00000EfGhiAAF sf_user='ada@acme.example' flow=device "       \
	"rhost=192.0.2.1 token=revoked why='rule not_mapped does not hold'"

static void take_line(void *context, int level, const char *line)
{
	(void)level;
	assert_true(sf_text_copy(context, 4096, line));
}

static void an_audit_line_reads_as_it_was_written(void **state)
{
	const struct sf_audit audit = {
	    .result = "error",
	    .ref = "2345-6789",
	    .reason = "config",
	    .service = "sshd",
	    .phase = "auth",
	    .user = "a b'=\\",
	    .has_uid = true,
	    .uid = 7,
	    .sf_user = "o'hara \\ x\n",
	    .why = "line 3: \x1b[2J = '",
	};
	struct sf_audit_line refusal;
	char line[4096];

	(void)state;
	sf_log_set_sink(take_line, line);
	sf_audit(LOG_NOTICE, &audit);
	sf_log_set_sink(NULL, NULL);
	assert_true(sf_audit_line_parse(line, &refusal));
	assert_string_equal(refusal.ref, "2345-6789");
	assert_string_equal(refusal.user, "a\\x20b\\x27\\x3d\\x5c");
	assert_string_equal(refusal.uid, "7");
	assert_string_equal(refusal.org, "-");
	/* Readable again, but for what a terminal must not see. */
	assert_string_equal(refusal.sf_user, "o'hara \\ x\\x0a");
	assert_string_equal(refusal.why, "line 3: \\x1b[2J = '");
}

static void what_is_not_a_whole_line_of_the_module_is_refused(void **state)
{
	static const char *const lines[] = {
	    "",
	    "sfoauth:",
	    "sfoauth: result=denied",
	    " " LINE,
	    LINE " ",
	    LINE " more=1",
	    "sfoauth: result=denied ref=x reason=x service=x phase=x user=\x1b[2J uid=1 org=x "
	    "sf_id=x sf_user=x flow=x rhost=x token=x why=x",
	    LINE "\x1b[2J",
	    "sfoauth: ref=7K3F-Q2PD result=denied reason=x service=x phase=x user=x uid=1 org=x "
	    "sf_id=x sf_user=x flow=x rhost=x token=x why=x",
	    "sfoauth: result=denied ref= reason=x service=x phase=x user=x uid=1 org=x sf_id=x "
	    "sf_user=x flow=x rhost=x token=x why=x",
	    "sfoauth: result=denied ref=x reason=x service=x phase=x user=x=y uid=1 org=x sf_id=x "
	    "sf_user=x flow=x rhost=x token=x why=x",
	    "sfoauth: result=denied ref=x reason=x service=x phase=x user=x uid=1 org=x sf_id=x "
	    "sf_user='x flow=x rhost=x token=x why=x",
	    "sfoauth: result=denied ref=x reason=x service=x phase=x user=x  uid=1 org=x sf_id=x "
	    "sf_user=x flow=x rhost=x token=x why=x",
	};
	struct sf_audit_line refusal;

	(void)state;
	assert_true(sf_audit_line_parse(LINE, &refusal));
	for (size_t i = 0; i < SF_COUNT(lines); i++)
		if (sf_audit_line_parse(lines[i], &refusal))
			fail_msg("taken: %s", lines[i]);
}

static void a_value_that_is_too_long_is_refused(void **state)
{
	char line[8192];
	struct sf_text text = SF_TEXT(line);
	struct sf_audit_line refusal;

	(void)state;
	sf_text_add(&text, "sfoauth: result=");
	for (int i = 0; i < SF_AUDIT_LINE_VALUE_SIZE; i++)
		sf_text_add_char(&text, 'x');
	assert_true(sf_text_add(&text, strchr(LINE, ' ') + strlen(" result=denied")));
	assert_false(sf_audit_line_parse(line, &refusal));
}

static void words_of(
    const char *reason, const char *why, char sentence[static 4096], char remedy[static 4096])
{
	struct sf_text s = sf_text_over(sentence, 4096), r = sf_text_over(remedy, 4096);
	struct sf_audit_line refusal;

	assert_true(sf_audit_line_parse(LINE, &refusal));
	assert_true(sf_text_copy(refusal.reason, sizeof(refusal.reason), reason));
	assert_true(sf_text_copy(refusal.why, sizeof(refusal.why), why));
	assert_true(sf_audit_line_words(&refusal, &s, &r));
}

static void a_rule_is_told_with_the_names_of_the_line(void **state)
{
	char sentence[4096], remedy[4096];

	(void)state;
	words_of("not_mapped", "-", sentence, remedy);
	assert_non_null(strstr(sentence, "ada@acme.example"));
	assert_non_null(strstr(sentence, "kim"));
	assert_non_null(strstr(remedy, "kim 0055f00000EfGhiAAF"));
}

static void tell_every_reason(void)
{
	char sentence[4096], remedy[4096];
	const struct sf_reason *row;

	for (size_t i = 0; (row = sf_reason_row(SF_LANGUAGE_EN, i)) != NULL; i++) {
		words_of(row->name, "-", sentence, remedy);
		assert_true(sentence[0] != '\0');
		assert_null(strpbrk(sentence, "{}"));
		assert_null(strpbrk(remedy, "{}"));
	}
	words_of("of_tomorrow", "-", sentence, remedy);
	assert_non_null(strstr(sentence, "of_tomorrow"));
}

static void every_reason_can_be_told(void **state)
{
	(void)state;
	tell_every_reason();
}

static void every_reason_can_be_told_in_german(void **state)
{
	char sentence[4096], remedy[4096];

	(void)state;
	assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
	tell_every_reason();
	words_of("not_mapped", "-", sentence, remedy);
	assert_non_null(strstr(sentence, "ada@acme.example hat die Anmeldung bestätigt"));
	assert_non_null(strstr(remedy, "kim 0055f00000EfGhiAAF"));
	words_of("rate", "-", sentence, remedy);
	assert_non_null(strstr(sentence, "192.0.2.1"));
	words_of("tls", "-", sentence, remedy);
	assert_non_null(strstr(sentence, "Der Server konnte nicht beweisen"));
	words_of("app", "device: HTTP 400; answer device_flow_off", sentence, remedy);
	assert_non_null(strstr(sentence, "ist für diese App nicht eingeschaltet"));
	assert_true(sf_text_starts(remedy, "Im Setup von Salesforce: "));
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
}

static void what_the_line_does_not_know_is_told_so(void **state)
{
	char sentence[256], remedy[512];
	struct sf_text s = SF_TEXT(sentence), r = SF_TEXT(remedy);
	struct sf_audit_line refusal;

	(void)state;
	assert_true(sf_audit_line_parse(LINE, &refusal));
	assert_true(sf_text_copy(refusal.reason, sizeof(refusal.reason), "inactive"));
	assert_true(sf_text_copy(refusal.sf_user, sizeof(refusal.sf_user), "-"));
	assert_true(sf_audit_line_words(&refusal, &s, &r));
	assert_true(sf_text_starts(sentence, "(unknown) "));
}

static void an_answer_of_salesforces_is_told_by_its_row(void **state)
{
	char sentence[4096], remedy[4096], plain[4096];

	(void)state;
	words_of("app", "-", plain, remedy);
	words_of("app", "device: HTTP 400; answer device_flow_off", sentence, remedy);
	assert_string_not_equal(sentence, plain);
	assert_non_null(strstr(remedy, "Enable Device Flow"));
	words_of("app", "answer device_flow_off; no Landlock, seccomp alone", sentence, remedy);
	assert_non_null(strstr(remedy, "Enable Device Flow"));
	/* A detail may quote the network; the module's own word comes last. */
	words_of(
	    "app", "HTTP 400 'x; answer access_denied'; answer device_flow_off", sentence, remedy);
	assert_non_null(strstr(remedy, "Enable Device Flow"));
	/* What Salesforce said is no row. */
	words_of("app", "it said answer device_flow_off", sentence, remedy);
	assert_string_equal(sentence, plain);
	words_of("app", "answer no_such_row", sentence, remedy);
	assert_string_equal(sentence, plain);
}

static void a_reference_is_taken_as_people_type_it(void **state)
{
	static const char *const good[] = {"7K3F-Q2PD", "7k3f-q2pd", "7K3FQ2PD", "7k3fq2pd"};
	static const char *const bad[] = {"", "7K3F", "7K3F-Q2P", "7K3F-Q2PDX", "7K3F--Q2PD",
	    "7K3-FQ2PD", "0K3F-Q2PD", "7K3F-Q2P1", "-7K3FQ2PD", "7K3F-Q2PD-", "7K3F Q2PD", "$(x)"};
	char ref[SF_AUDIT_LINE_REF_SIZE];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(good); i++) {
		assert_true(sf_audit_line_ref(good[i], ref));
		assert_string_equal(ref, "7K3F-Q2PD");
	}
	for (size_t i = 0; i < SF_COUNT(bad); i++)
		if (sf_audit_line_ref(bad[i], ref))
			fail_msg("taken: %s", bad[i]);
}

/* No org is at hand where a log is read: its callbacks are told where to find. */
static void a_remedy_never_ends_in_nothing(void **state)
{
	char sentence[4096], remedy[4096];

	(void)state;
	words_of("app", "answer device_flow_gone; HTTP 400", sentence, remedy);
	assert_non_null(strstr(remedy, "Callback URL: the value of callback in the org's section"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_audit_line_reads_as_it_was_written),
	    cmocka_unit_test(what_is_not_a_whole_line_of_the_module_is_refused),
	    cmocka_unit_test(a_value_that_is_too_long_is_refused),
	    cmocka_unit_test(a_rule_is_told_with_the_names_of_the_line),
	    cmocka_unit_test(every_reason_can_be_told),
	    cmocka_unit_test(every_reason_can_be_told_in_german),
	    cmocka_unit_test(what_the_line_does_not_know_is_told_so),
	    cmocka_unit_test(an_answer_of_salesforces_is_told_by_its_row),
	    cmocka_unit_test(a_reference_is_taken_as_people_type_it),
	    cmocka_unit_test(a_remedy_never_ends_in_nothing),
	};

	if (setenv("LC_ALL", "C", 1) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
