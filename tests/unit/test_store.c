/*
 * Every row of stores keeps the same contract. The desktop keyring is a real one where it can be
 * had: its program is found at its installed place alone, so root puts it there, in a mount
 * namespace of its own.
 */
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "clock.h"
#include "keyring_session.h"
#include "store.h"
#include "text.h"

#include "banned.h"

static const char key[] = "https://store-test.my.salesforce.com:443", ada[] = "ada@acme.example",
		  bob[] = "bob@acme.example";

static struct sf_settings settings;

static struct sf_store_params ask_for(const char *user)
{
	return (struct sf_store_params){.settings = &settings,
	    .key = key,
	    .app_key = key,
	    .app = "",
	    .user = user,
	    .has_kernel = true,
	    .has_own_git = true};
}

static struct sf_token *make_token(const char *user, const char *access, const char *refresh)
{
	struct sf_token *token = sf_token_new();

	assert_non_null(token);
	assert_true(sf_text_copy(token->origin, sizeof(token->origin), key));
	assert_true(sf_text_copy(token->username, sizeof(token->username), user));
	assert_true(sf_text_copy(token->org_id, sizeof(token->org_id), "00D5f000000AbcdEAC"));
	assert_true(sf_text_copy(token->user_id, sizeof(token->user_id), "0055f00000EfGhiAAF"));
	assert_true(sf_text_random_hex(token->generation, (sizeof(token->generation) - 1) / 2));
	token->issued_at_ms = (uint64_t)sf_clock_wall_s() * 1000;
	token->expires_at = (uint64_t)sf_clock_wall_s() + 600;
	token->access_token = sf_secret_from(access, strlen(access));
	if (refresh)
		token->refresh_token = sf_secret_from(refresh, strlen(refresh));
	return token;
}

static enum sf_store_state put(
    const struct sf_store *row, const char *user, const char *access, const char *refresh)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make_token(user, access, refresh);
	const struct sf_store_params params = ask_for(NULL);
	enum sf_store_state got = SF_STORE_LOCKED;
	struct sf_error e;

	assert_int_equal(row->put(&params, token, &got, &e), SF_OK);
	return got;
}

static struct sf_store_found find(const struct sf_store *row, const char *user)
{
	const struct sf_store_params params = ask_for(user);
	struct sf_store_found found;
	struct sf_error e;

	assert_int_equal(row->find(&params, &found, &e), SF_OK);
	return found;
}

static enum sf_store_state erase(const struct sf_store *row, const char *user)
{
	const struct sf_store_params params = ask_for(user);
	enum sf_store_state got = SF_STORE_LOCKED;
	struct sf_error e;

	assert_int_equal(row->erase(&params, &got, &e), SF_OK);
	return got;
}

/* Can the row be used here? The keyring needs a session, the kernel may forbid keys. */
static const struct sf_store *usable(void **state)
{
	const struct sf_store *row = *state;

	if (row->keeps_refresh && !settings.has_bus) {
		print_message("%s: needs root, gnome-keyring, dbus and gdbus\n", row->name);
		skip();
	}
	(void)erase(row, NULL);
	return row;
}

static void what_was_put_is_found_and_then_erased(void **state)
{
	const struct sf_store *row = usable(state);
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found again = {0};

	assert_int_equal(put(row, ada, "00D!a", "5Aep"), SF_STORE_DONE);
	found = find(row, NULL);
	assert_int_equal(found.state, SF_STORE_DONE);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.tokens[0]->username, ada);
	assert_string_equal(sf_secret_reveal(found.tokens[0]->access_token), "00D!a");
	assert_int_equal(found.tokens[0]->refresh_token != NULL, row->keeps_refresh);
	assert_int_equal(erase(row, ada), SF_STORE_DONE);
	again = find(row, NULL);
	assert_int_equal(again.state, SF_STORE_NONE);
	assert_int_equal(again.count, 0);
	assert_int_equal(erase(row, ada), SF_STORE_NONE);
}

static void a_refused_access_token_is_dropped_but_not_a_newer_one(void **state)
{
	const struct sf_store *row = usable(state);
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found refused = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found newer = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found kept = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found left = {0};
	const struct sf_store_params params = ask_for(NULL);
	struct sf_error e;

	assert_int_equal(put(row, ada, "00D!a", "5Aep"), SF_STORE_DONE);
	refused = find(row, ada);
	assert_int_equal(put(row, ada, "00D!b", "5Aep"), SF_STORE_DONE);
	newer = find(row, ada);
	assert_int_equal(row->drop(&params, refused.tokens[0], &e), SF_OK);
	kept = find(row, ada);
	assert_int_equal(kept.count, 1);
	assert_string_equal(sf_secret_reveal(kept.tokens[0]->access_token), "00D!b");
	assert_int_equal(row->drop(&params, newer.tokens[0], &e), SF_OK);
	left = find(row, ada);
	assert_int_equal(left.count, row->keeps_refresh ? 1 : 0);
	if (row->keeps_refresh) {
		assert_null(left.tokens[0]->access_token);
		assert_string_equal(sf_secret_reveal(left.tokens[0]->refresh_token), "5Aep");
	}
	(void)erase(row, ada);
}

static void with_kernel_cache_off_the_kernel_row_is_absent_and_untouched(void **state)
{
	const struct sf_store *row = sf_store_row(SF_STORE_ID_kernel);
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make_token(bob, "00D!b", NULL);
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found none = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found kept = {0};
	struct sf_store_params params = ask_for(NULL);
	enum sf_store_state got = SF_STORE_LOCKED;
	struct sf_error e;

	(void)state;
	assert_int_equal(put(row, ada, "00D!a", NULL), SF_STORE_DONE);
	params.has_kernel = false;
	params.wants_all = true;
	assert_int_equal(row->find(&params, &none, &e), SF_OK);
	assert_int_equal(none.state, SF_STORE_ABSENT);
	assert_int_equal(none.count, 0);
	assert_int_equal(row->put(&params, token, &got, &e), SF_OK);
	assert_int_equal(got, SF_STORE_ABSENT);
	got = SF_STORE_LOCKED;
	assert_int_equal(row->erase(&params, &got, &e), SF_OK);
	assert_int_equal(got, SF_STORE_ABSENT);
	kept = find(row, NULL);
	assert_int_equal(kept.count, 1);
	assert_string_equal(kept.tokens[0]->username, ada);
	assert_int_equal(erase(row, NULL), SF_STORE_DONE);
}

static void one_user_is_not_the_other(void **state)
{
	const struct sf_store *row = usable(state);
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found none = {0};

	assert_int_equal(put(row, ada, "00D!a", NULL), SF_STORE_DONE);
	none = find(row, bob);
	assert_int_equal(none.count, 0);
	assert_int_equal(put(row, bob, "00D!b", NULL), SF_STORE_DONE);
	found = find(row, bob);
	assert_int_equal(found.count, 1);
	assert_string_equal(sf_secret_reveal(found.tokens[0]->access_token), "00D!b");
	assert_int_equal(erase(row, bob), SF_STORE_DONE);
	assert_int_equal(erase(row, ada), SF_STORE_DONE);
}

static void a_later_token_replaces_the_earlier(void **state)
{
	const struct sf_store *row = usable(state);
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};

	assert_int_equal(put(row, ada, "00D!1", "5Aep1"), SF_STORE_DONE);
	assert_int_equal(put(row, ada, "00D!2", "5Aep2"), SF_STORE_DONE);
	found = find(row, ada);
	assert_int_equal(found.count, 1);
	assert_string_equal(sf_secret_reveal(found.tokens[0]->access_token), "00D!2");
	assert_int_equal(erase(row, ada), SF_STORE_DONE);
}

static void a_token_without_refresh_token_replaces_none_that_has_it(void **state)
{
	const struct sf_store *row = usable(state);
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};

	if (!row->keeps_refresh)
		return;
	assert_int_equal(put(row, ada, "00D!1", "5Aep1"), SF_STORE_DONE);
	assert_int_equal(put(row, ada, "00D!2", NULL), SF_STORE_NONE);
	found = find(row, ada);
	assert_string_equal(sf_secret_reveal(found.tokens[0]->refresh_token), "5Aep1");
	assert_string_equal(sf_secret_reveal(found.tokens[0]->access_token), "00D!1");
	assert_int_equal(erase(row, ada), SF_STORE_DONE);
}

/* Another app's parameters for the same origin. */
static struct sf_store_params ask_as(const char *app, bool takes_old)
{
	struct sf_store_params params = ask_for(ada);

	params.app = app;
	params.takes_old = takes_old;
	return params;
}

static void put_as(const struct sf_store *row, const char *app, const char *access)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make_token(ada, access, "5Aep");
	const struct sf_store_params params = ask_as(app, false);
	enum sf_store_state got = SF_STORE_LOCKED;
	struct sf_error e;

	assert_true(sf_text_copy(token->app, sizeof(token->app), app));
	assert_int_equal(row->put(&params, token, &got, &e), SF_OK);
	assert_int_equal(got, SF_STORE_DONE);
}

/* The access token that an app finds; "" for none. */
static void access_is(
    const struct sf_store *row, const struct sf_store_params *params, const char *wanted)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_error e;

	assert_int_equal(row->find(params, &found, &e), SF_OK);
	assert_int_equal(found.count, wanted[0] != '\0');
	if (found.count > 0)
		assert_string_equal(sf_secret_reveal(found.tokens[0]->access_token), wanted);
}

static void two_apps_of_one_origin_do_not_touch_each_others_tokens(void **state)
{
	const struct sf_store *row = usable(state);
	const struct sf_store_params a = ask_as("a", false), b = ask_as("b", false);
	enum sf_store_state got;
	struct sf_error e;

	put_as(row, "a", "00D!a");
	access_is(row, &b, "");
	assert_int_equal(row->erase(&b, &got, &e), SF_OK);
	assert_int_equal(got, SF_STORE_NONE);
	put_as(row, "b", "00D!b");
	access_is(row, &a, "00D!a");
	access_is(row, &b, "00D!b");
	assert_int_equal(row->erase(&b, &got, &e), SF_OK);
	access_is(row, &a, "00D!a");
	assert_int_equal(row->erase(&a, &got, &e), SF_OK);
	access_is(row, &a, "");
}

static void an_item_of_an_older_version_is_taken_over_where_its_app_is_certain(void **state)
{
	const struct sf_store *row = sf_store_row(SF_STORE_ID_secret_service);
	const struct sf_store_params a = ask_as("a", false), only = ask_as("a", true);
	const struct sf_store_params old = ask_as("", false), other = ask_as("b", true);
	struct sf_store_params gone = only;
	enum sf_store_state got;
	struct sf_error e;

	*state = (void *)(uintptr_t)row;
	(void)usable(state);
	put_as(row, "", "00D!old");
	access_is(row, &a, "");
	access_is(row, &only, "00D!old");
	access_is(row, &old, "00D!old");
	/* The new token takes the place of the old one. */
	gone.settings = &settings;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = make_token(ada, "00D!new", "5Aep");
	assert_true(sf_text_copy(token->app, sizeof(token->app), "a"));
	assert_int_equal(row->put(&gone, token, &got, &e), SF_OK);
	access_is(row, &a, "00D!new");
	access_is(row, &other, "");
	access_is(row, &old, "");
	assert_int_equal(row->erase(&only, &got, &e), SF_OK);
	access_is(row, &only, "");
}

static void without_a_bus_the_keyring_is_absent_and_nothing_is_started(void **state)
{
	const struct sf_store *row = sf_store_row(SF_STORE_ID_secret_service);
	const bool had_bus = settings.has_bus;
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};

	(void)state;
	settings.has_bus = false;
	found = find(row, NULL);
	assert_int_equal(found.state, SF_STORE_ABSENT);
	assert_int_equal(put(row, ada, "00D!a", "5Aep"), SF_STORE_ABSENT);
	assert_int_equal(erase(row, NULL), SF_STORE_ABSENT);
	settings.has_bus = had_bus;
}

static void every_state_has_a_word(void **state)
{
	(void)state;
	assert_string_equal(sf_store_state_name(SF_STORE_DONE), "ok");
	assert_string_equal(sf_store_state_name(SF_STORE_NONE), "empty");
	assert_string_equal(sf_store_state_name(SF_STORE_LOCKED), "locked");
	assert_string_equal(sf_store_state_name(SF_STORE_ABSENT), "absent");
	assert_string_equal(sf_store_state_name(SF_STORE_SILENT), "silent");
}

/* The built program at its installed place, for this process and its children alone. */
static bool install(void)
{
	char self[PATH_MAX], built[PATH_MAX + 32];
	char root[] = SF_LIBEXECDIR;
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *const make[] = {"/bin/mkdir", "-p", SF_LIBEXECDIR, NULL};
	const char *const copy[] = {"/bin/cp", built, SF_LIBEXECDIR "/sfoauth-keyring", NULL};

	if (geteuid() != 0 || n < 0)
		return false;
	self[n] = '\0';
	for (int i = 0; i < 3 && strrchr(self, '/') != NULL; i++)
		*strrchr(self, '/') = '\0';
	(void)snprintf(built, sizeof(built), "%s/sfoauth-keyring", self);
	/* The nearest directory above that exists is hidden behind an empty one. */
	while (access(root, F_OK) != 0 && strrchr(root, '/') > root)
		*strrchr(root, '/') = '\0';
	return access(built, X_OK) == 0 && strrchr(root, '/') > root && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", root, "tmpfs", 0, "mode=0755") == 0 &&
	       keyring_session_run(make, NULL) == 0 && keyring_session_run(copy, NULL) == 0;
}

static int run(void)
{
#define EACH(test)                                                                                 \
	{#test " (kernel)", test, NULL, NULL,                                                      \
	    (void *)(uintptr_t)sf_store_row(SF_STORE_ID_kernel)},                                  \
	{                                                                                          \
#test " (secret-service)", test, NULL, NULL,                                       \
		    (void *)(uintptr_t)sf_store_row(SF_STORE_ID_secret_service)                    \
	}
	const struct CMUnitTest tests[] = {
	    EACH(what_was_put_is_found_and_then_erased),
	    EACH(one_user_is_not_the_other),
	    EACH(a_later_token_replaces_the_earlier),
	    EACH(a_refused_access_token_is_dropped_but_not_a_newer_one),
	    EACH(a_token_without_refresh_token_replaces_none_that_has_it),
	    EACH(two_apps_of_one_origin_do_not_touch_each_others_tokens),
	    cmocka_unit_test(an_item_of_an_older_version_is_taken_over_where_its_app_is_certain),
	    cmocka_unit_test(without_a_bus_the_keyring_is_absent_and_nothing_is_started),
	    cmocka_unit_test(with_kernel_cache_off_the_kernel_row_is_absent_and_untouched),
	    cmocka_unit_test(every_state_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	static char home[PATH_MAX], bus[PATH_MAX];
	int status = 0;

	(void)argc;
	if (!keyring_session_is_inside())
		return install() && keyring_session_ran(argv[0], &status) ? status : run();
	(void)snprintf(home, sizeof(home), "HOME=%s", secure_getenv("HOME"));
	(void)snprintf(bus, sizeof(bus), "DBUS_SESSION_BUS_ADDRESS=%s",
	    secure_getenv("DBUS_SESSION_BUS_ADDRESS"));
	settings.home = home + strlen("HOME=");
	settings.keyring_environment[0] = home;
	settings.keyring_environment[1] = bus;
	settings.has_bus = true;
	return run();
}
