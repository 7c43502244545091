#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "options.h"

#include "banned.h"

#define PARSE(options, e, ...)                                                                     \
	sf_options_parse((int)SF_COUNT(((const char *[]){"sfoauth", __VA_ARGS__})),                \
	    (char *const *)(uintptr_t)(const char *[]){"sfoauth", __VA_ARGS__}, (options), (e))

static void options_stand_before_and_after_the_subcommand(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(
	    PARSE(&o, &e, "-o", "acme", "api", "--json", "/services/data", "--user=ada@x"), SF_OK);
	assert_int_equal(o.command, SF_COMMAND_API);
	assert_string_equal(o.org, "acme");
	assert_string_equal(o.user, "ada@x");
	assert_string_equal(o.argument, "/services/data");
	assert_true(o.is_json);
}

static void what_is_not_understood_is_refused(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "tokens"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "x"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "--nope"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "--org"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "--org="), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "--json=yes"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "--formatx", "raw"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "api"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "api", "/a", "/b"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "--json"), SF_E_USAGE);
}

static void an_option_of_another_subcommand_is_refused(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "token", "--scopes", "api"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "status", "--all"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "login", "--scopes", "api", "--no-refresh"), SF_OK);
	assert_true(o.no_refresh);
}

static void min_life_has_bounds(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "token", "--min-life", "5m"), SF_OK);
	assert_int_equal(o.min_life_s, 300);
	assert_int_equal(PARSE(&o, &e, "token", "--min-life", "0"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "--min-life", "25h"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "token", "--min-life", "-1"), SF_E_USAGE);
}

static void a_path_may_start_with_a_dash_after_two(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "api", "--", "-x"), SF_OK);
	assert_string_equal(o.argument, "-x");
}

static void help_needs_nothing_else_and_names_every_option_of_its_own(void **state)
{
	struct sf_options o;
	struct sf_error e;
	char buf[4096];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_int_equal(PARSE(&o, &e, "api", "--help"), SF_OK);
	assert_true(o.is_help);
	assert_true(sf_options_help(SF_COMMAND_LOGIN, &text));
	assert_non_null(strstr(buf, "--scopes"));
	assert_non_null(strstr(buf, "--no-refresh"));
	assert_non_null(strstr(buf, "-o, --org"));
	assert_null(strstr(buf, "--format"));
}

static void help_of_all_hides_what_is_internal(void **state)
{
	char buf[4096];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	assert_true(sf_options_help(SF_COMMAND_NONE, &text));
	assert_non_null(strstr(buf, "  logout"));
	assert_null(strstr(buf, "  git"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_stand_before_and_after_the_subcommand),
	    cmocka_unit_test(what_is_not_understood_is_refused),
	    cmocka_unit_test(an_option_of_another_subcommand_is_refused),
	    cmocka_unit_test(min_life_has_bounds),
	    cmocka_unit_test(a_path_may_start_with_a_dash_after_two),
	    cmocka_unit_test(help_needs_nothing_else_and_names_every_option_of_its_own),
	    cmocka_unit_test(help_of_all_hides_what_is_internal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
