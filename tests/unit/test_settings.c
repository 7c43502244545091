/* Flag, environment, the user's file and the system's file, in the order in which they count. */
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

#include "settings.h"
#include "text.h"

#include "banned.h"

static const char system_text[] = "[org acme]\n"
				  "login_url = https://acme.my.salesforce.com\n"
				  "client_id = system\n"
				  "[org other]\n"
				  "login_url = https://other.my.salesforce.com\n"
				  "client_id = other\n";

struct place {
	char dir[64];
	char system_file[128];
	char user_dir[128];
	char user_file[160];
};

static void clear_environment(void)
{
	static const char *const names[] = {"SFOAUTH_ORG", "SALESFORCE_CLIENT_ID",
	    "SALESFORCE_CLIENT_SECRET", "SALESFORCE_INSTANCE_URL", "GIT_TERMINAL_PROMPT",
	    "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0",
	    "SECRET_BACKEND", "SFOAUTH_CALLBACK", "API_HOST", "TERM", "NO_COLOR", "LC_ALL",
	    "LC_CTYPE", "LANG", "XDG_CONFIG_HOME"};

	for (size_t i = 0; i < SF_COUNT(names); i++)
		(void)unsetenv(names[i]);
}

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	*state = place;
	if (!place)
		return 1;
	(void)snprintf(place->dir, sizeof(place->dir), "/tmp/sfoauth-settings-XXXXXX");
	if (!mkdtemp(place->dir))
		return 1;
	(void)snprintf(place->system_file, sizeof(place->system_file), "%s/system", place->dir);
	(void)snprintf(place->user_dir, sizeof(place->user_dir), "%s/sfoauth", place->dir);
	(void)snprintf(
	    place->user_file, sizeof(place->user_file), "%s/sfoauth.conf", place->user_dir);
	clear_environment();
	return mkdir(place->user_dir, 0700) != 0 || setenv("XDG_CONFIG_HOME", place->dir, 1) != 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;

	if (getuid() == 0)
		(void)!seteuid(0);
	clear_environment();
	(void)unlink(place->system_file);
	(void)unlink(place->user_file);
	(void)rmdir(place->user_dir);
	const int left = rmdir(place->dir) != 0;
	free(place);
	return left;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static enum sf_err load(
    const struct place *place, bool may_read_user_file, struct sf_settings **ret)
{
	const struct sf_settings_params params = {
	    .system_file = place->system_file, .may_read_user_file = may_read_user_file};
	struct sf_error e;

	return sf_settings_load(&params, ret, &e);
}

/* A user's file is not for root: become somebody else, with all of the place. */
static void become_ordinary(const struct place *place)
{
	const uid_t nobody = 65534;

	if (geteuid() != 0)
		return;
	assert_int_equal(chown(place->dir, nobody, (gid_t)-1), 0);
	assert_int_equal(chown(place->user_dir, nobody, (gid_t)-1), 0);
	assert_int_equal(chown(place->user_file, nobody, (gid_t)-1), 0);
	assert_int_equal(chown(place->system_file, nobody, (gid_t)-1), 0);
	assert_int_equal(seteuid(nobody), 0);
}

static const struct sf_org *org_of(const struct sf_settings *s, const char *name)
{
	const struct sf_org *org = NULL;
	struct sf_error e;

	return sf_settings_org(s, name, &org, &e) == SF_OK ? org : NULL;
}

static void a_flag_beats_the_environment(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	const struct place *place = *state;

	write_file(place->system_file, system_text);
	assert_int_equal(setenv("SFOAUTH_ORG", "other", 1), 0);
	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_OK);
	assert_string_equal(org_of(s, NULL)->name, "other");
	assert_string_equal(org_of(s, "acme")->name, "acme");
	assert_null(org_of(s, "nobody"));
}

static void several_orgs_without_a_default_are_no_answer(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	const struct place *place = *state;

	write_file(place->system_file, system_text);
	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_OK);
	assert_null(org_of(s, NULL));
}

static void the_users_file_replaces_an_org_whole(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	SF_CLEANUP(sf_settings_freep) struct sf_settings *without = NULL;
	const struct place *place = *state;

	write_file(place->system_file, system_text);
	write_file(place->user_file, "[org acme]\nlogin_url = https://acme.my.salesforce.com\n"
				     "client_id = mine\n");
	become_ordinary(place);
	assert_int_equal(load(place, /* may_read_user_file= */ true, &s), SF_OK);
	assert_string_equal(org_of(s, "acme")->client_id, "mine");
	assert_int_equal(load(place, /* may_read_user_file= */ false, &without), SF_OK);
	assert_string_equal(org_of(without, "acme")->client_id, "system");
}

static void a_broken_file_is_a_failure_not_an_empty_one(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	const struct place *place = *state;

	write_file(place->system_file, "[org acme]\nnonsense = 1\n");
	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_E_CONFIG);
	assert_null(s);
}

static void salesforce_variables_make_an_org_only_without_files(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *alone = NULL;
	SF_CLEANUP(sf_settings_freep) struct sf_settings *with = NULL;
	const struct place *place = *state;

	assert_int_equal(setenv("SALESFORCE_CLIENT_ID", "env", 1), 0);
	assert_int_equal(setenv("SALESFORCE_INSTANCE_URL", "https://env.my.salesforce.com", 1), 0);
	assert_int_equal(setenv("SALESFORCE_CLIENT_SECRET", "hush", 1), 0);
	assert_int_equal(load(place, /* may_read_user_file= */ false, &alone), SF_OK);
	assert_true(alone->is_from_environment);
	assert_string_equal(org_of(alone, NULL)->client_id, "env");
	assert_int_equal(sf_secret_len(alone->client_secret), 4);
	write_file(place->system_file, system_text);
	assert_int_equal(setenv("SALESFORCE_CLIENT_SECRET", "hush", 1), 0);
	assert_int_equal(load(place, /* may_read_user_file= */ false, &with), SF_OK);
	assert_false(with->is_from_environment);
	assert_null(with->client_secret);
	assert_int_equal(with->config->org_count, 2);
}

static void the_client_secret_is_taken_out_of_the_environment(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	const struct place *place = *state;

	assert_int_equal(setenv("SALESFORCE_CLIENT_SECRET", "hush", 1), 0);
	const char *where = secure_getenv("SALESFORCE_CLIENT_SECRET");
	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_OK);
	assert_null(secure_getenv("SALESFORCE_CLIENT_SECRET"));
	assert_int_equal(where[0], '\0');
}

static void a_variable_cannot_smuggle_in_a_second_line(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	const struct place *place = *state;

	assert_int_equal(
	    setenv("SALESFORCE_CLIENT_ID", "env\nalso_for = https://evil.example", 1), 0);
	assert_int_equal(setenv("SALESFORCE_INSTANCE_URL", "https://env.my.salesforce.com", 1), 0);
	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_E_CONFIG);
}

static void the_keyring_gets_a_short_environment(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	const struct place *place = *state;
	bool has_home = false;

	assert_int_equal(setenv("SECRET_BACKEND", "file", 1), 0);
	assert_int_equal(setenv("LANG", "C.UTF-8", 1), 0);
	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_OK);
	for (size_t i = 0; s->keyring_environment[i] != NULL; i++) {
		assert_false(sf_text_starts(s->keyring_environment[i], "SECRET_"));
		has_home |= sf_text_starts(s->keyring_environment[i], "HOME=/");
	}
	assert_true(has_home);
	assert_true(s->is_utf8);
}

/* Callback and API_HOST as given, and the callback that comes of it; NULL: refused. */
static void api_host_takes_the_place_of_scheme_host_and_port(void **state)
{
	static const struct {
		const char *callback, *api_host, *wanted;
	} rows[] = {
	    {NULL, NULL, "http://localhost:1717/OauthRedirect"},
	    {"http://localhost:8080/back", NULL, "http://localhost:8080/back"},
	    {NULL, "https://box.example:8443", "https://box.example:8443/OauthRedirect"},
	    {"http://localhost:8080/back?x=1", "https://box.example/",
		"https://box.example/back?x=1"},
	    {"http://localhost:8080/back", "http://localhost:9", "http://localhost:9/back"},
	    {"http://localhost:8080/back", "box.example", NULL},
	    {"http://localhost:8080/back", "https://box.example/path", NULL},
	    {"http://localhost:8080/back", "https://ada@box.example", NULL},
	    {"http://localhost:8080/back", "http://box.example", NULL},
	    {"http://box.example/back", NULL, NULL},
	    {"http://localhost:1717/a\nlogin_url = https://evil.my.salesforce.com", NULL, NULL},
	    {NULL, "https://a\nlogin_url = https://evil.my.salesforce.com", NULL},
	};
	const struct place *place = *state;

	assert_int_equal(setenv("SALESFORCE_INSTANCE_URL", "https://env.my.salesforce.com", 1), 0);
	assert_int_equal(setenv("SALESFORCE_CLIENT_ID", "env", 1), 0);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
		enum sf_err r;

		(void)unsetenv("SFOAUTH_CALLBACK");
		(void)unsetenv("API_HOST");
		if (rows[i].callback)
			assert_int_equal(setenv("SFOAUTH_CALLBACK", rows[i].callback, 1), 0);
		if (rows[i].api_host)
			assert_int_equal(setenv("API_HOST", rows[i].api_host, 1), 0);
		r = load(place, /* may_read_user_file= */ false, &s);
		assert_int_equal(r, !rows[i].wanted ? SF_E_CONFIG : SF_OK);
		if (!rows[i].wanted)
			continue;
		assert_int_equal(s->config->orgs[0].callback.count, 1);
		assert_string_equal(s->config->orgs[0].callback.items[0], rows[i].wanted);
	}
}

static void api_host_does_not_touch_the_org_of_a_file(void **state)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;
	const struct place *place = *state;

	write_file(place->system_file, system_text);
	assert_int_equal(setenv("API_HOST", "https://box.example", 1), 0);
	assert_int_equal(setenv("SFOAUTH_CALLBACK", "https://box.example/x", 1), 0);
	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_OK);
	assert_string_equal(
	    org_of(s, "acme")->callback.items[0], "http://localhost:1717/OauthRedirect");
}

static void colours_are_for_terminals_that_have_them(void **state)
{
	static const struct {
		const char *term, *no_color;
		bool has_colour;
	} rows[] = {
	    {"xterm", NULL, true},
	    {"xterm", "", true},
	    {"xterm", "1", false},
	    {"dumb", NULL, false},
	    {NULL, NULL, false},
	};

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;

		clear_environment();
		if (rows[i].term)
			assert_int_equal(setenv("TERM", rows[i].term, 1), 0);
		if (rows[i].no_color)
			assert_int_equal(setenv("NO_COLOR", rows[i].no_color, 1), 0);
		assert_int_equal(load(*state, /* may_read_user_file= */ false, &s), SF_OK);
		assert_int_equal(s->has_colour, rows[i].has_colour);
	}
}

static bool may_git_ask(const struct place *place)
{
	SF_CLEANUP(sf_settings_freep) struct sf_settings *s = NULL;

	assert_int_equal(load(place, /* may_read_user_file= */ false, &s), SF_OK);
	return s->git_may_ask;
}

static void git_forbids_prompts_in_four_ways(void **state)
{
	const struct place *place = *state;
	char many[8192];

	assert_true(may_git_ask(place));
	assert_int_equal(setenv("GIT_TERMINAL_PROMPT", "0", 1), 0);
	assert_false(may_git_ask(place));
	assert_int_equal(setenv("GIT_TERMINAL_PROMPT", "1", 1), 0);
	assert_true(may_git_ask(place));
	assert_int_equal(
	    setenv("GIT_CONFIG_PARAMETERS", "'a.b=c' 'credential.interactive'='never'", 1), 0);
	assert_false(may_git_ask(place));
	assert_int_equal(setenv("GIT_CONFIG_PARAMETERS", "'credential.interactive=false'", 1), 0);
	assert_false(may_git_ask(place));
	assert_int_equal(setenv("GIT_CONFIG_PARAMETERS", "'credential.interactive='", 1), 0);
	assert_false(may_git_ask(place));
	/* What does not fit might say so further on. */
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_int_equal(setenv("GIT_CONFIG_PARAMETERS", many, 1), 0);
	assert_false(may_git_ask(place));
	assert_int_equal(setenv("GIT_CONFIG_PARAMETERS", "'credential.interactive=true'", 1), 0);
	assert_true(may_git_ask(place));
	assert_int_equal(setenv("GIT_TERMINAL_PROMPT", "", 1), 0);
	assert_false(may_git_ask(place));
	assert_int_equal(unsetenv("GIT_TERMINAL_PROMPT"), 0);
	assert_int_equal(setenv("GCM_INTERACTIVE", "Never", 1), 0);
	assert_false(may_git_ask(place));
	assert_int_equal(unsetenv("GCM_INTERACTIVE"), 0);
	assert_int_equal(setenv("GIT_CONFIG_COUNT", "1", 1), 0);
	assert_int_equal(setenv("GIT_CONFIG_KEY_0", "credential.interactive", 1), 0);
	assert_int_equal(setenv("GIT_CONFIG_VALUE_0", "false", 1), 0);
	assert_false(may_git_ask(place));
}

int main(void)
{
#define AT_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
	const struct CMUnitTest tests[] = {
	    AT_PLACE(a_flag_beats_the_environment),
	    AT_PLACE(several_orgs_without_a_default_are_no_answer),
	    AT_PLACE(the_users_file_replaces_an_org_whole),
	    AT_PLACE(a_broken_file_is_a_failure_not_an_empty_one),
	    AT_PLACE(salesforce_variables_make_an_org_only_without_files),
	    AT_PLACE(the_client_secret_is_taken_out_of_the_environment),
	    AT_PLACE(a_variable_cannot_smuggle_in_a_second_line),
	    AT_PLACE(the_keyring_gets_a_short_environment),
	    AT_PLACE(api_host_takes_the_place_of_scheme_host_and_port),
	    AT_PLACE(api_host_does_not_touch_the_org_of_a_file),
	    AT_PLACE(colours_are_for_terminals_that_have_them),
	    AT_PLACE(git_forbids_prompts_in_four_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
