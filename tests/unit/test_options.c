/* The command line of sfoauth: what is accepted, what is refused, and the help texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
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

static void what_stands_behind_two_dashes_is_the_commands_alone(void **state)
{
	struct sf_options o;
	struct sf_error e;
	const char *const argv[] = {
	    "sfoauth", "exec", "--quiet", "--", "sf", "--json", "--", "x", NULL};

	(void)state;
	assert_int_equal(sf_options_parse(8, (char *const *)(uintptr_t)argv, &o, &e), SF_OK);
	assert_true(o.is_quiet);
	assert_false(o.is_json);
	assert_int_equal(o.word_count, 0);
	assert_ptr_equal(o.rest, argv + 4);
	assert_string_equal(o.rest[0], "sf");
	assert_null(o.rest[4]);
}

static void a_command_without_words_or_dashes_is_refused(void **state)
{
	struct sf_options o;
	struct sf_error e;
	const char *const nothing[] = {"sfoauth", "exec", "--", NULL};

	(void)state;
	assert_int_equal(PARSE(&o, &e, "exec"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "exec", "true"), SF_E_USAGE);
	assert_int_equal(
	    sf_options_parse(3, (char *const *)(uintptr_t)nothing, &o, &e), SF_E_USAGE);
}

static void a_word_may_be_left_out_where_help_says_so(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "use"), SF_OK);
	assert_null(o.argument);
	assert_int_equal(PARSE(&o, &e, "use", "acme", "--clear"), SF_OK);
	assert_string_equal(o.argument, "acme");
	assert_true(o.is_clear);
	assert_int_equal(PARSE(&o, &e, "use", "acme", "more"), SF_E_USAGE);
}

/* A name from column 3, what it is from column 22; a long name alone, and what it is below. */
static void check_line(const char *line)
{
	const size_t len = strcspn(line, "\n");
	size_t columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)line[i] & 0xc0) != 0x80;
	assert_true(columns <= 80);
	if (len <= 21 || strncmp(line, "  ", 2) != 0)
		return;
	if (line[20] != ' ') {
		assert_int_equal(strspn(line + len + 1, " "), 21);
		return;
	}
	assert_int_not_equal(line[21], ' ');
	for (size_t i = 0; i < 21; i++)
		assert_true((unsigned char)line[i] < 0x80);
}

static void every_row_fits_a_terminal_and_its_column_in_each_language(void **state)
{
	static const char *const locales[] = {"C", "de_DE.UTF-8"};
	char buf[4096];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(locales); i++) {
		assert_int_equal(setenv("LC_ALL", locales[i], 1), 0);
		for (int command = 0; command < SF_COMMAND_COUNT; command++) {
			struct sf_text text = SF_TEXT(buf);

			assert_true(sf_options_help((enum sf_command)command, &text));
			assert_int_equal(
			    strncmp(buf, i == 0 ? "Usage: " : "Aufruf: ", i == 0 ? 7 : 8), 0);
			for (const char *line = buf; *line != '\0'; line += strcspn(line, "\n") + 1)
				check_line(line);
		}
	}
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
}

static void what_is_wrong_is_said_in_the_persons_language(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "token", "--org"), SF_E_USAGE);
	assert_string_equal(e.detail, "--org needs a value: NAME");
	assert_int_equal(PARSE(&o, &e, "exec"), SF_E_USAGE);
	assert_string_equal(e.detail, "exec needs -- COMMAND [ARGUMENT]...");
	assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
	assert_int_equal(PARSE(&o, &e, "exec"), SF_E_USAGE);
	assert_string_equal(e.detail, "exec braucht -- BEFEHL [ARGUMENT]...");
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
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

static void version_stands_without_a_subcommand(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "--version"), SF_OK);
	assert_true(o.is_version);
	assert_int_equal(PARSE(&o, &e, "token", "--version"), SF_E_USAGE);
	assert_string_equal(e.detail, "token has no option --version");
	assert_int_equal(PARSE(&o, &e, "--version", "token"), SF_E_USAGE);
}

static void help_is_a_word_as_well(void **state)
{
	struct sf_options o;
	struct sf_error e;

	(void)state;
	assert_int_equal(PARSE(&o, &e, "help"), SF_OK);
	assert_true(o.is_help && o.command == SF_COMMAND_NONE);
	assert_int_equal(PARSE(&o, &e, "help", "exec"), SF_OK);
	assert_true(o.is_help && o.command == SF_COMMAND_EXEC);
	assert_int_equal(PARSE(&o, &e, "-h"), SF_OK);
	assert_true(o.is_help);
	assert_int_equal(PARSE(&o, &e, "token", "-h"), SF_OK);
	assert_true(o.is_help && o.command == SF_COMMAND_TOKEN);
	assert_int_equal(PARSE(&o, &e, "help", "nonsense"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "help", "exec", "x"), SF_E_USAGE);
	assert_int_equal(PARSE(&o, &e, "use", "help"), SF_OK);
	assert_false(o.is_help);
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
	    cmocka_unit_test(what_stands_behind_two_dashes_is_the_commands_alone),
	    cmocka_unit_test(a_command_without_words_or_dashes_is_refused),
	    cmocka_unit_test(a_word_may_be_left_out_where_help_says_so),
	    cmocka_unit_test(every_row_fits_a_terminal_and_its_column_in_each_language),
	    cmocka_unit_test(what_is_wrong_is_said_in_the_persons_language),
	    cmocka_unit_test(min_life_has_bounds),
	    cmocka_unit_test(a_path_may_start_with_a_dash_after_two),
	    cmocka_unit_test(help_needs_nothing_else_and_names_every_option_of_its_own),
	    cmocka_unit_test(help_is_a_word_as_well),
	    cmocka_unit_test(version_stands_without_a_subcommand),
	    cmocka_unit_test(help_of_all_hides_what_is_internal),
	};

	return setenv("LC_ALL", "C", 1) != 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
