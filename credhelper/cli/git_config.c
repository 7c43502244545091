#include "git_config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "settings_git.h"
#include "text.h"

#include "banned.h"

#define SF_GIT_DEADLINE_MS 5000
#define SF_GIT_ARGS_MAX    8

/* git's configuration depends on the environment that git gave us. */
extern char **environ;

static bool start(char *const *argv, int out, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	bool is_started;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	is_started = posix_spawn_file_actions_addopen(
			 &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
		     posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) == 0 &&
		     posix_spawn(ret_pid, argv[0], &actions, NULL, argv, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	return is_started;
}

/* All that is printed. False: too much, too late, or broken. */
static bool read_all(int fd, char *ret_out, size_t *ret_len)
{
	const int64_t deadline_ms = sf_clock_now_ms() + SF_GIT_DEADLINE_MS;
	size_t len = 0;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		const int left_ms = (int)sf_clock_left_ms(deadline_ms);
		const int ready = left_ms > 0 ? poll(&p, 1, left_ms) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || len == SF_GIT_CONFIG_SIZE - 1)
			return false;
		const ssize_t n = read(fd, ret_out + len, SF_GIT_CONFIG_SIZE - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		len += (size_t)n;
		ret_out[len] = '\0';
		*ret_len = len;
		if (n == 0)
			return true;
	}
}

enum sf_err sf_git_config_run(const char *const *args, char ret_out[static SF_GIT_CONFIG_SIZE],
    size_t *ret_len, int *ret_status, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int out = -1;
	SF_CLEANUP(sf_fd_closep) int in = -1;
	char text[SF_GIT_CONFIG_SIZE], *argv[SF_GIT_ARGS_MAX + 4];
	struct sf_text t = SF_TEXT(text);
	int ends[2], status = 0;
	size_t argc = 0;
	pid_t pid = 0;

	/* posix_spawn takes no constant: a copy of each word. */
	for (size_t i = 0; i < SF_GIT_ARGS_MAX + 3; i++) {
		static const char *const first[] = {SF_GIT, "config", "-z"};
		const char *word = i < SF_COUNT(first) ? first[i] : args[i - SF_COUNT(first)];

		if (word == NULL)
			break;
		argv[argc++] = text + t.len;
		sf_text_add_bytes(&t, word, strlen(word) + 1);
	}
	argv[argc] = NULL;
	if (t.overflow || pipe2(ends, O_CLOEXEC) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "git config cannot be prepared");
	in = ends[0];
	out = ends[1];
	if (!start(argv, out, &pid))
		return SF_FAIL(e, SF_E_SYSTEM, errno, "%s cannot be started", SF_GIT);
	sf_fd_closep(&out);
	out = -1;
	const bool is_read = read_all(in, ret_out, ret_len);
	if (!is_read)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!is_read || !WIFEXITED(status))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "git config did not end well");
	*ret_status = WEXITSTATUS(status);
	return SF_OK;
}

/* "KEY\nVALUE"; a key that stands alone is true. */
static void take(const char *entry, struct sf_git_config *config)
{
	static const char org[] = "credential.sfoauthorg\n";
	static const char interactive[] = "credential.interactive\n";

	if (sf_text_starts(entry, org)) {
		/* A name that does not fit is no org's. */
		if (!sf_text_copy(config->org, sizeof(config->org), entry + strlen(org)))
			config->org[0] = '\0';
	} else if (sf_text_starts(entry, interactive)) {
		config->forbids_asking = sf_settings_git_is_false(entry + strlen(interactive));
	}
}

void sf_git_config_of(const char *url, struct sf_git_config *ret_config)
{
	const char *const args[] = {"--get-urlmatch", "credential", url, NULL};
	char out[SF_GIT_CONFIG_SIZE];
	struct sf_git_config config = {.forbids_asking = false};
	struct sf_error ignored;
	size_t len = 0;
	int status = 0;

	if (sf_git_config_run(args, out, &len, &status, &ignored) == SF_OK && status == 0) {
		for (size_t at = 0; at < len; at += strlen(out + at) + 1)
			take(out + at, &config);
	}
	*ret_config = config;
}
