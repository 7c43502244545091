/*
 * sfoauth api: one request to a path of Salesforce's API. The body of the reply goes to standard
 * output unchanged; on a terminal, control characters are escaped. Sends no header of the person's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd.h"
#include "file.h"
#include "rest.h"
#include "text.h"

#include "banned.h"

#define SF_SHOWN_MAX  ((size_t)64 * 1024 * 1024) /* the limit of the worker */
#define SF_PIECE_SIZE 16384

/* For SF_CLEANUP. */
static void free_text(char **text)
{
	free(*text);
}

/*
 * Show the body on a terminal, where a control character of the server could rewrite what is shown.
 * Line ends and tabs stay. "\u009b" means the same in a JSON string as the character itself. The
 * shell's prompt begins on a line of its own.
 */
static enum sf_err show_on_terminal(
    struct sf_rest *rest, const struct sf_worker_jobs_request *request, struct sf_error *e)
{
	SF_CLEANUP(free_text) char *text = NULL;
	size_t len = 0, count;
	enum sf_err r = sf_rest_text(rest, request, SF_SHOWN_MAX, &text, &len, e);

	for (size_t at = 0; r == SF_OK && at < len; at += count) {
		uint32_t code = 0;

		count = sf_text_char(text + at, len - at, &code);
		if (text[at] == '\n' || text[at] == '\t' ||
		    (count > 0 && sf_text_is_clean(text + at, count))) {
			(void)fwrite(text + at, 1, count > 0 ? count : 1, stdout);
			continue;
		}
		/* A byte that is not UTF-8 is shown as its value. */
		(void)printf("\\u%04x", count > 0 ? code : (unsigned char)text[at]);
		count = count > 0 ? count : 1;
	}
	if (r == SF_OK && len > 0 && text[len - 1] != '\n')
		(void)putchar('\n');
	return r;
}

/*
 * Copy what --data names to a file in memory, because a rejected token means to send it again. A
 * pipe could not be read twice. The limit is that of the worker, and is checked while reading: a
 * pipe has no length.
 */
static enum sf_err copy_data(int from, int to, struct sf_error *e)
{
	char piece[SF_PIECE_SIZE];
	size_t len = 0;
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_DATA_UNREADABLE,
			    SF_WITH({"why", strerror(errno)}));
		len += (size_t)n;
		if (len > SF_JOB_BODY_MAX)
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_DATA_TOO_LONG,
			    SF_WITH({"max", SF_NUMBER(SF_JOB_BODY_MAX >> 20)}));
		if (!sf_file_write_all(to, piece, (size_t)n))
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot copy the data");
	}
	return SF_OK;
}

/* Read --data: @FILE, @- for standard input, or the text itself; nothing without the option. */
static enum sf_err read_data(const char *data, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(sf_fd_closep) int fd = memfd_create("sfoauth-data", MFD_CLOEXEC);
	SF_CLEANUP(sf_fd_closep) int file = -1;
	enum sf_err r = SF_OK;

	if (fd < 0)
		return SF_FAIL(
		    e, SF_E_SYSTEM, errno, "cannot create a file in memory for the data");
	if (data && data[0] == '@' && strcmp(data, "@-") != 0) {
		file = open(data + 1, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_DATA_UNREADABLE,
			    SF_WITH({"why", strerror(errno)}));
	}
	if (data && data[0] == '@')
		r = copy_data(file < 0 ? STDIN_FILENO : file, fd, e);
	else if (data && !sf_file_write_all(fd, data, strlen(data)))
		r = SF_FAIL(e, SF_E_SYSTEM, errno, "cannot copy the data");
	if (r == SF_OK)
		*ret_fd = SF_TAKE_FD(fd);
	return r;
}

/*
 * Fill method and data from the options. Nobody is asked to sign in for a typing error. PUT is not
 * among the methods: records of the REST API take POST, PATCH and DELETE.
 */
static enum sf_err fill_request(
    const struct sf_options *o, struct sf_worker_jobs_request *request, struct sf_error *e)
{
	static const char *const methods[] = {"POST", "PATCH", "DELETE"};
	bool is_known = !o->method || strcmp(o->method, "GET") == 0;

	for (size_t i = 0; !is_known && i < SF_COUNT(methods); i++) {
		if (strcmp(o->method, methods[i]) == 0)
			request->method = methods[i];
	}
	if (!is_known && !request->method)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NO_SUCH_METHOD, NULL);

	const bool sends = request->method && strcmp(request->method, "DELETE") != 0;

	if (o->data && !sends)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_DATA_NEEDS_METHOD, NULL);
	return sends ? read_data(o->data, &request->data_fd, e) : SF_OK;
}

static void request_clear(struct sf_worker_jobs_request *request)
{
	sf_fd_closep(&request->data_fd);
}

/* A change whose reply did not come may have been made: it is for the person to look. */
static void tell_unknown(const struct sf_cmd *cmd, const struct sf_worker_jobs_request *request)
{
	if (request->method)
		sf_cmd_tell(cmd, SF_MESSAGE_MAY_BE_DONE, SF_WITH({"method", request->method}));
}

/*
 * The order matters: what the person typed is checked before a session begins, and the path before
 * a sign-in. Status 5 after a change does not mean that it was not made.
 */
enum sf_err sf_cmd_api(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_rest_clear) struct sf_rest rest = {0};
	SF_CLEANUP(request_clear)
	struct sf_worker_jobs_request request = {.data_fd = -1, .body_fd = STDOUT_FILENO};
	char path[SF_URL_MAX];
	enum sf_err r = fill_request(cmd->options, &request, e);

	if (r == SF_OK)
		r = sf_cmd_begin(cmd, NULL, e);
	if (r == SF_OK)
		r = sf_rest_path(cmd, cmd->options->argument, path, sizeof(path), e);
	if (r == SF_OK)
		r = sf_rest_begin(cmd, &rest, e);
	if (r != SF_OK)
		return r;
	request.path = path;
	/* The worker writes the body as it arrives; this process never holds it. */
	r = isatty(STDOUT_FILENO) ? show_on_terminal(&rest, &request, e)
				  : sf_rest_send(&rest, &request, e);
	sf_cmd_say_kept(cmd, rest.token);
	if (r == SF_E_UNAVAILABLE)
		tell_unknown(cmd, &request);
	if (r != SF_E_STORE)
		return r;
	/* The reader closed the pipe (`| head`): end like any program that writes to it. */
	if (e->sys == EPIPE)
		(void)raise(SIGPIPE);
	return SF_FAIL(e, SF_E_SYSTEM, e->sys, "cannot write to standard output");
}
