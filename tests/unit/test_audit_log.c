/* The time of a log line, and which lines of a log are audit lines. */
#include "audit_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

#define TAIL                                                                                       \
	" reason=not_mapped service=sshd phase=auth user=kim uid=1 org=acme sf_id=- sf_user=- "    \
	"flow=- rhost=- token=- why=-"
#define AUDIT(ref) "pam_sfoauth(sshd:auth): sfoauth: result=denied ref=" ref TAIL
#define REF        "7K3F-Q2PD"

static const struct sf_audit_log_query of_ref = {.ref = REF};

static void the_time_is_that_of_either_form(void **state)
{
	static const struct {
		const char *line, *when;
	} rows[] = {
	    {"2026-11-22T08:43:56+0000 host sshd[1]: " AUDIT(REF), "2026-11-22T08:43:56+0000"},
	    {"2026-11-22T08:43:56.123456+01:00 host sshd[1]: " AUDIT(REF),
		"2026-11-22T08:43:56+01:00"},
	    {"Nov  2 08:43:56 host sshd[1]: " AUDIT(REF), "Nov  2 08:43:56"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_audit_log_entry entry;

		assert_true(sf_audit_log_line(rows[i].line, &of_ref, &entry));
		assert_string_equal(entry.when, rows[i].when);
		assert_string_equal(entry.audit.user, "kim");
	}
}

static void other_lines_are_none(void **state)
{
	static const char *const lines[] = {
	    "",
	    "2026-11-22T08:43:56+0000 host sshd[1]: " AUDIT("2222-3333"),
	    "2026-11-22T08:43:56+0000 host sshd[1]: sfoauth: result=denied ref=" REF TAIL,
	    "2026-11-22T08:43:56+0000 host sshd[1]: " AUDIT(REF) " ",
	    "2026-11-22T08:43:56+0000 host sudo[1]:  eve : COMMAND=/bin/ls " AUDIT(REF),
	    "2026-11-22T08:43:56+0000 host sudo: eve : COMMAND=/bin/ls x: " AUDIT(REF),
	    "    2026-11-22T08:43:56+0000 host sshd[1]: " AUDIT(REF),
	    "               host sshd[1]: " AUDIT(REF),
	    "2026-11-22T08:43:56+0000 host sshd[1]: pam_sfoauth(sshd:auth) x): sfoauth: "
	    "result=denied ref=" REF TAIL,
	    "2026-11-22T08:43:56+0000 " AUDIT(REF),
	    "Nov  2 08:43:56",
	    "2026-11-22T08:43:56+0000 host sshd[1]: Not let in. Reference " REF ".",
	    "2026-11-22T08:43:56+0000-and-so-on-for-longer-than-a-time host sshd[1]: " AUDIT(REF),
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(lines); i++) {
		struct sf_audit_log_entry entry;

		if (sf_audit_log_line(lines[i], &of_ref, &entry))
			fail_msg("taken: %s", lines[i]);
	}
}

static void a_query_is_for_a_reference_an_account_or_any_refusal(void **state)
{
	static const char of_kim[] = "Nov  2 08:43:56 host su[1]: " AUDIT("2222-3333");
	static const char allowed[] = "Nov  2 08:43:56 host su[1]: " AUDIT("-");
	struct sf_audit_log_entry entry;

	(void)state;
	assert_true(sf_audit_log_line(of_kim, &(struct sf_audit_log_query){.user = "kim"}, &entry));
	assert_string_equal(entry.audit.ref, "2222-3333");
	assert_true(sf_audit_log_line(of_kim, &(struct sf_audit_log_query){.ref = NULL}, &entry));
	assert_false(sf_audit_log_line(of_kim, &(struct sf_audit_log_query){.user = "ki"}, &entry));
	assert_false(sf_audit_log_line(of_kim, &of_ref, &entry));
	assert_false(sf_audit_log_line(allowed, &(struct sf_audit_log_query){.ref = NULL}, &entry));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_time_is_that_of_either_form),
	    cmocka_unit_test(other_lines_are_none),
	    cmocka_unit_test(a_query_is_for_a_reference_an_account_or_any_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
