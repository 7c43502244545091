/*
 * Runs a program without a shell and reads its output, with limits in time and size. Does not
 * interpret the output.
 */
#include "run_output.h"

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
#include "text.h"

#include "banned.h"

#define SF_WORDS_SIZE 16384 /* all words together, each with its NUL */

/* Start the program. fds: its standard output and standard error; the latter -1: inherit ours. */
static bool start_program(char *const *argv, char *const *envp, const int *fds, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	bool is_started;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	is_started = posix_spawn_file_actions_addopen(
			 &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
		     posix_spawn_file_actions_adddup2(&actions, fds[0], STDOUT_FILENO) == 0 &&
		     (fds[1] < 0 ||
			 posix_spawn_file_actions_adddup2(&actions, fds[1], STDERR_FILENO) == 0) &&
		     posix_spawn(ret_pid, argv[0], &actions, NULL, argv, envp) == 0;
	posix_spawn_file_actions_destroy(&actions);
	return is_started;
}

/* Read until end of file. False: size bytes or more, limit_ms exceeded, or a read error. */
static bool read_all(int fd, int limit_ms, char *ret_out, size_t size, size_t *ret_len)
{
	const int64_t deadline_ms = sf_clock_now_ms() + limit_ms;
	size_t len = 0;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		const int left_ms = sf_clock_left_ms(deadline_ms);
		const int ready = left_ms > 0 ? poll(&p, 1, left_ms) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		/* A full buffer is a failure even at end of file: half an output is not used. */
		if (ready <= 0 || len == size - 1)
			return false;
		const ssize_t n = read(fd, ret_out + len, size - 1 - len);
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

/* posix_spawn wants char *, not const: copy each word into text. False: too many, or too long. */
static bool copy_words(const char *const *words, struct sf_text *text,
    char *ret_words[static SF_RUN_OUTPUT_ARGS_MAX + 1])
{
	size_t count = 0;

	for (; count < SF_RUN_OUTPUT_ARGS_MAX && words[count] != NULL; count++) {
		ret_words[count] = text->buf + text->len;
		sf_text_add_bytes(text, words[count], strlen(words[count]) + 1);
	}
	ret_words[count] = NULL;
	return count > 0 && !words[count] && !text->overflow;
}

/* Wait for the program's end; kill it first if its output was not read to the end. */
static enum sf_err wait_for_end(
    pid_t pid, bool is_read, const char *name, int *ret_status, struct sf_error *e)
{
	int status = 0;

	if (!is_read)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!is_read || !WIFEXITED(status))
		return SF_FAIL(
		    e, SF_E_SYSTEM, 0, "%s failed, printed too much or took too long", name);
	*ret_status = WEXITSTATUS(status);
	return SF_OK;
}

/*
 * The output is read to its end before the program is waited for: it could not end while the pipe
 * is full. The child gets its end by dup2; all other descriptors are O_CLOEXEC.
 */
enum sf_err sf_run_output(const struct sf_run_output_params *params, char *ret_out, size_t size,
    size_t *ret_len, int *ret_status, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int in = -1;
	SF_CLEANUP(sf_fd_closep) int out = -1;
	char words[SF_WORDS_SIZE], *argv[SF_RUN_OUTPUT_ARGS_MAX + 1], *none[] = {NULL};
	char *const *envp = params->environment != NULL ? params->environment : none;
	struct sf_text text = SF_TEXT(words);
	int ends[2];
	pid_t pid = 0;

	*ret_len = 0;
	ret_out[0] = '\0';
	char *const *given = params->argv ? params->argv : argv;

	if ((!params->argv && !copy_words(params->words, &text, argv)) ||
	    pipe2(ends, O_CLOEXEC) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot prepare to run %s",
		    params->argv ? params->argv[0] : params->words[0]);
	in = ends[0];
	out = ends[1];
	if (!start_program(given, envp, (const int[]){out, params->takes_errors ? out : -1}, &pid))
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot start %s", given[0]);
	/* Only the program may hold the writing end, or read_all would never see end of file. */
	sf_fd_closep(&out);
	return wait_for_end(
	    pid, read_all(in, params->limit_ms, ret_out, size, ret_len), given[0], ret_status, e);
}
