/* The audit reasons of the rules. */
#include "rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "banned.h"

static void every_rule_has_a_name_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(sf_rule_name(SF_RULE_NONE), "ok");
	assert_string_equal(sf_rule_name(SF_RULE_ORG_MISMATCH), "org_mismatch");
	for (unsigned a = 0; a < SF_RULE_COUNT; a++)
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(
			    sf_rule_name((enum sf_rule)a), sf_rule_name((enum sf_rule)b));
	assert_string_equal(sf_rule_name(SF_RULE_COUNT), "bug");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_rule_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
