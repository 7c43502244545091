/* The scopes that a job asks for. */
#include "worker_jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "list.h"
#include "text.h"

#include "banned.h"

static struct sf_org org;

static int begin(void **state)
{
	static const char *const scopes[] = {"openid", "id", "api", "refresh_token"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(scopes); i++)
		assert_true(sf_list_add(&org.scopes, scopes[i]));
	return 0;
}

static int end(void **state)
{
	(void)state;
	sf_list_clear(&org.scopes);
	return 0;
}

static void scope_is(const char *given, bool want_refresh, const char *wanted)
{
	char buf[SF_TOKEN_SCOPE_SIZE];
	struct sf_text scope = SF_TEXT(buf);

	assert_true(sf_worker_jobs_scope(&org, given, want_refresh, &scope));
	assert_string_equal(buf, wanted);
}

static void the_orgs_scopes_lose_the_refresh_token_where_it_is_not_wanted(void **state)
{
	(void)state;
	scope_is(NULL, true, "openid id api refresh_token");
	scope_is(NULL, false, "openid id api");
}

static void given_scopes_count_instead_of_the_orgs(void **state)
{
	(void)state;
	scope_is("id, offline_access,api", true, "id offline_access api");
	scope_is("id, offline_access,api", false, "id api");
}

static void no_scope_left_is_a_failure(void **state)
{
	char buf[SF_TOKEN_SCOPE_SIZE];
	struct sf_text none = SF_TEXT(buf);

	(void)state;
	assert_false(sf_worker_jobs_scope(&org, "refresh_token", false, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_orgs_scopes_lose_the_refresh_token_where_it_is_not_wanted),
	    cmocka_unit_test(given_scopes_count_instead_of_the_orgs),
	    cmocka_unit_test(no_scope_left_is_a_failure),
	};

	return cmocka_run_group_tests_name("worker_jobs", tests, begin, end);
}
