/*
 * A real gnome-keyring for one test program: it starts itself again inside dbus-run-session, with
 * a home of its own and an unlocked daemon that ends with its bus.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SF_INSIDE "SFOAUTH_TEST_INSIDE"

static inline int keyring_session_run(const char *const *argv, const char *const *environment)
{
	int status = 0;
	const pid_t child = fork();

	if (child == 0) {
		execve(
		    argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 127;
	return WEXITSTATUS(status);
}

static inline bool keyring_session_is_inside(void)
{
	return secure_getenv(SF_INSIDE) != NULL;
}

/* True: the tests ran inside, *ret_status is their result. False: there is no keyring here. */
static inline bool keyring_session_ran(const char *self, int *ret_status)
{
	static const char script[] =
	    "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 &&"
	    " gdbus wait --session --timeout 5 org.freedesktop.secrets && exec \"$0\"";
	char home[] = "/tmp/sfoauth-keyring-XXXXXX";
	char home_variable[64];
	static const char run[] = "/usr/bin/dbus-run-session";

	if (access(run, X_OK) != 0 || access("/usr/bin/gnome-keyring-daemon", X_OK) != 0 ||
	    access("/usr/bin/gdbus", X_OK) != 0 || !mkdtemp(home))
		return false;
	(void)snprintf(home_variable, sizeof(home_variable), "HOME=%s", home);
	const char *const start[] = {run, "--", "/bin/sh", "-c", script, self, NULL};
	const char *const environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", SF_INSIDE "=1",
	    home_variable, "CMOCKA_MESSAGE_OUTPUT=TAP", /* what tests/run reads */
	    NULL};
	const char *const clean[] = {"/bin/rm", "-rf", home, NULL};
	*ret_status = keyring_session_run(start, environment);
	(void)keyring_session_run(clean, environment);
	return true;
}
