/* The program itself, from the build tree, with a real gnome-keyring. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "keyring_session.h"
#include "secret.h"
#include "spawn.h"
#include "text.h"
#include "wire.h"

#include "banned.h"

#define ANSWER_MS 8000

static const char origin[] = "https://acme.my.salesforce.com:443", ada[] = "ada@acme.example",
		  bob[] = "bob@acme.example";
static char program[PATH_MAX];
static char home_variable[PATH_MAX + 8], bus_variable[PATH_MAX + 32];

static bool find_program(void)
{
	char self[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return false;
	self[n] = '\0';
	for (int i = 0; i < 3; i++) {
		char *slash = strrchr(self, '/');

		if (!slash)
			return false;
		*slash = '\0';
	}
	return snprintf(program, sizeof(program), "%s/sfoauth-keyring", self) <
		   (int)sizeof(program) &&
	       access(program, X_OK) == 0;
}

/* Send request; the answer's first frame, its token in *ret_token if it is an item. */
static enum sf_wire_type ask(
    const struct sf_frame *request, const char *const *environment, char *ret_token, size_t size)
{
	const struct sf_spawn_params spawn = {
	    .path = program, .environment = environment, .fds = {-1, -1, -1, -1, -1}};
	SF_CLEANUP(sf_child_killp) struct sf_child child = {.fd = -1};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *token = NULL;
	SF_CLEANUP(sf_frame_wipep) struct sf_frame answer;
	const int64_t deadline_ms = sf_clock_now_ms() + ANSWER_MS;
	struct sf_error e;

	assert_int_equal(sf_spawn(&spawn, &child, &e), SF_OK);
	assert_int_equal(sf_wire_send(child.fd, request, deadline_ms, &e), SF_OK);
	assert_int_equal(sf_wire_recv(child.fd, deadline_ms, &answer, &e), SF_OK);
	if (answer.type == SF_WIRE_ITEM) {
		assert_int_equal(sf_wire_secret(&answer, SF_TAG_TOKEN, &token, &e), SF_OK);
		assert_true(sf_text_copy(ret_token, size, sf_secret_reveal(token)));
	}
	return answer.type;
}

static bool may_prompt;

static enum sf_wire_type call(enum sf_wire_type type, const char *from, const char *user,
    const char *put, char *ret_token, size_t size)
{
	const char *const environment[] = {home_variable, bus_variable, NULL};
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *token = NULL;

	sf_wire_begin(&frame, type);
	sf_wire_put_text(&frame, SF_TAG_ORIGIN, from);
	if (user)
		sf_wire_put_text(&frame, SF_TAG_USERNAME, user);
	if (put) {
		token = sf_secret_from(put, strlen(put));
		sf_wire_put_text(&frame, SF_TAG_LABEL, "a test's item (sfoauth)");
		sf_wire_put_secret(&frame, SF_TAG_TOKEN, token);
	}
	sf_wire_put_flag(&frame, SF_TAG_MAY_PROMPT, may_prompt);
	return ask(&frame, environment, ret_token, size);
}

static enum sf_wire_type find(const char *from, const char *user, char *ret_token, size_t size)
{
	return call(SF_WIRE_FIND, from, user, NULL, ret_token, size);
}

static enum sf_wire_type store(const char *from, const char *user, const char *put)
{
	return call(SF_WIRE_STORE, from, user, put, NULL, 0);
}

static enum sf_wire_type erase(const char *from, const char *user)
{
	return call(SF_WIRE_ERASE, from, user, NULL, NULL, 0);
}

/* The least that is a token. */
#define TOKEN(access)                                                                              \
	"sfoauth=1\norigin=https://acme.my.salesforce.com:443\nissued_at_ms=1\nexpires_at=1\n"     \
	"generation=0123456789abcdef\naccess_token=" access "\n"

static int empty(void **state)
{
	(void)state;
	(void)erase(origin, NULL);
	return 0;
}

static void what_is_stored_is_found_with_and_without_user(void **state)
{
	char token[256] = "";

	(void)state;
	assert_int_equal(find(origin, NULL, token, sizeof(token)), SF_WIRE_NONE);
	assert_int_equal(store(origin, ada, TOKEN("one")), SF_WIRE_DONE);
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_ITEM);
	assert_string_equal(token, TOKEN("one"));
	token[0] = '\0';
	assert_int_equal(find(origin, NULL, token, sizeof(token)), SF_WIRE_ITEM);
	assert_string_equal(token, TOKEN("one"));
	assert_int_equal(find(origin, bob, token, sizeof(token)), SF_WIRE_NONE);
}

static void a_second_store_replaces_the_first(void **state)
{
	char token[256] = "";

	(void)state;
	assert_int_equal(store(origin, ada, TOKEN("one")), SF_WIRE_DONE);
	assert_int_equal(store(origin, ada, TOKEN("two")), SF_WIRE_DONE);
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_ITEM);
	assert_string_equal(token, TOKEN("two"));
	assert_int_equal(erase(origin, ada), SF_WIRE_DONE);
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_NONE);
}

static void another_port_is_another_origin(void **state)
{
	char token[256] = "";

	(void)state;
	assert_int_equal(
	    store("https://acme.my.salesforce.com:8443", ada, TOKEN("8443")), SF_WIRE_DONE);
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_NONE);
	assert_int_equal(erase(origin, NULL), SF_WIRE_NONE);
	assert_int_equal(erase("https://acme.my.salesforce.com:8443", NULL), SF_WIRE_DONE);
}

static void erasing_one_user_leaves_the_other(void **state)
{
	char token[256] = "";

	(void)state;
	assert_int_equal(store(origin, ada, TOKEN("a")), SF_WIRE_DONE);
	assert_int_equal(store(origin, bob, TOKEN("b")), SF_WIRE_DONE);
	assert_int_equal(erase(origin, ada), SF_WIRE_DONE);
	assert_int_equal(find(origin, NULL, token, sizeof(token)), SF_WIRE_ITEM);
	assert_string_equal(token, TOKEN("b"));
	assert_int_equal(erase(origin, NULL), SF_WIRE_DONE);
	assert_int_equal(erase(origin, NULL), SF_WIRE_NONE);
}

static void what_is_no_token_is_told_and_never_erased(void **state)
{
	char token[256] = "";

	(void)state;
	assert_int_equal(store(origin, ada, "sfoauth=2\n"), SF_WIRE_DONE);
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_ITEM);
	assert_string_equal(token, "sfoauth=2\n");
	assert_int_equal(erase(origin, ada), SF_WIRE_NONE);
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_ITEM);
	assert_int_equal(store(origin, ada, TOKEN("one")), SF_WIRE_DONE);
	assert_int_equal(erase(origin, ada), SF_WIRE_DONE);
}

static void a_bus_that_is_not_there_is_no_keyring(void **state)
{
	const char *const environment[] = {
	    home_variable, "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus", NULL};
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	(void)state;
	sf_wire_begin(&frame, SF_WIRE_FIND);
	sf_wire_put_text(&frame, SF_TAG_ORIGIN, origin);
	sf_wire_put_flag(&frame, SF_TAG_MAY_PROMPT, false);
	assert_int_equal(ask(&frame, environment, NULL, 0), SF_WIRE_NO_KEYRING);
}

static void a_frame_that_is_not_for_the_keyring_gets_no_answer(void **state)
{
	const char *const environment[] = {home_variable, bus_variable, NULL};
	SF_CLEANUP(sf_frame_wipep) struct sf_frame frame;

	(void)state;
	sf_wire_begin(&frame, SF_WIRE_VERDICT);
	sf_wire_put_flag(&frame, SF_TAG_YES, true);
	assert_int_equal(ask(&frame, environment, NULL, 0), SF_WIRE_END);
}

/* Locked is not empty, also for items that are there; nothing is stored, nothing prompts. Last. */
static void a_locked_keyring_says_so(void **state)
{
	const char *const lock[] = {"/usr/bin/gdbus", "call", "--session", "-d",
	    "org.freedesktop.secrets", "-o", "/org/freedesktop/secrets", "-m",
	    "org.freedesktop.Secret.Service.Lock", "['/org/freedesktop/secrets/collection/login']",
	    NULL};
	char token[256] = "";

	(void)state;
	assert_int_equal(store(origin, ada, TOKEN("one")), SF_WIRE_DONE);
	assert_int_equal(keyring_session_run(lock, (const char *const *)(uintptr_t)environ), 0);
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_LOCKED);
	assert_int_equal(store(origin, ada, TOKEN("two")), SF_WIRE_LOCKED);
	assert_int_equal(erase(origin, ada), SF_WIRE_LOCKED);
}

/* Without a display the dialog fails at once. After NO_KEYRING a new sign-in would start. */
static void a_keyring_that_nobody_unlocks_stays_locked(void **state)
{
	char token[256] = "";

	(void)state;
	may_prompt = true;
	assert_int_equal(find(origin, ada, token, sizeof(token)), SF_WIRE_LOCKED);
	assert_int_equal(store(origin, ada, TOKEN("two")), SF_WIRE_LOCKED);
	assert_int_equal(erase(origin, ada), SF_WIRE_LOCKED);
	may_prompt = false;
}

static void a_keyring_is_needed(void **state)
{
	(void)state;
	print_message("needs gnome-keyring, dbus, gdbus and the built sfoauth-keyring\n");
	skip();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest none[] = {cmocka_unit_test(a_keyring_is_needed)};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(what_is_stored_is_found_with_and_without_user, empty),
	    cmocka_unit_test_setup(a_second_store_replaces_the_first, empty),
	    cmocka_unit_test_setup(another_port_is_another_origin, empty),
	    cmocka_unit_test_setup(erasing_one_user_leaves_the_other, empty),
	    cmocka_unit_test_setup(what_is_no_token_is_told_and_never_erased, empty),
	    cmocka_unit_test(a_bus_that_is_not_there_is_no_keyring),
	    cmocka_unit_test(a_frame_that_is_not_for_the_keyring_gets_no_answer),
	    cmocka_unit_test(a_locked_keyring_says_so),
	    cmocka_unit_test(a_keyring_that_nobody_unlocks_stays_locked),
	};
	int status = 0;

	(void)argc;
	if (!find_program())
		return cmocka_run_group_tests(none, NULL, NULL);
	if (!keyring_session_is_inside())
		return keyring_session_ran(argv[0], &status)
			   ? status
			   : cmocka_run_group_tests(none, NULL, NULL);
	(void)snprintf(home_variable, sizeof(home_variable), "HOME=%s", secure_getenv("HOME"));
	(void)snprintf(bus_variable, sizeof(bus_variable), "DBUS_SESSION_BUS_ADDRESS=%s",
	    secure_getenv("DBUS_SESSION_BUS_ADDRESS"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
