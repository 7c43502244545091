/* flow = auto: when another flow is worth trying after the device flow was refused. */
#include "signin_auto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

static bool is_over(const char *row, enum sf_app_fault app)
{
	struct sf_job_result end = {.error = {.code = SF_E_APP}, .app = app};

	assert_true(sf_text_copy(end.row, sizeof(end.row), row));
	return sf_signin_auto_is_over(&end);
}

static void the_next_flow_is_tried_by_type_and_not_by_name(void **state)
{
	(void)state;
	assert_true(is_over("renamed", SF_APP_FAULT_FLOW));
	assert_true(is_over("renamed", SF_APP_FAULT_OTHER));
	assert_false(is_over("renamed", SF_APP_FAULT_PROOF));
	assert_false(is_over("renamed", SF_APP_FAULT_UNKNOWN));
	assert_false(is_over("device_flow_off", SF_APP_FAULT_NONE));
	assert_false(is_over("other_error", SF_APP_FAULT_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_next_flow_is_tried_by_type_and_not_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
