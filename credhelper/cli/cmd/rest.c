/*
 * One request to the API, repeated once with a new token if Salesforce rejects the first. The
 * worker speaks HTTP; this process only hands it a path and descriptors.
 */
#include "rest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "text.h"
#include "worker_jobs.h"

#include "banned.h"

#define UNAUTHORIZED 401 /* HTTP */

void sf_rest_clear(struct sf_rest *rest)
{
	sf_token_freep(&rest->token);
}

enum sf_err sf_rest_begin(struct sf_cmd *cmd, struct sf_rest *ret_rest, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	enum sf_err r = sf_session_token(&cmd->session, &token, e);

	if (r != SF_OK)
		return r;
	/* An unknown scope ("") is tried: Salesforce then decides. */
	if (token->scope[0] != '\0' && !sf_token_has_scope(token, "api"))
		return SF_FAIL_MESSAGE(
		    e, SF_E_SCOPE, SF_MESSAGE_NEEDS_API, SF_WITH({"scopes", token->scope}));
	*ret_rest = (struct sf_rest){.cmd = cmd, .token = SF_TAKE(token)};
	return SF_OK;
}

/*
 * Strict on purpose: the path goes behind the org's host with the token in a header, so whatever
 * could name another host or split the request is refused, not repaired.
 */
enum sf_err sf_rest_path(
    const struct sf_cmd *cmd, const char *text, char *ret_path, size_t size, struct sf_error *e)
{
	static const char mark[] = "{version}";
	struct sf_text path = sf_text_over(ret_path, size);
	const char *p = text;

	/* "//host/path" is a URL with another host, which must not get the token. */
	if (p[0] != '/' || p[1] == '/')
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_PATH_ONE_SLASH, NULL);
	for (const char *found; (found = strstr(p, mark)) != NULL; p = found + strlen(mark)) {
		sf_text_add_bytes(&path, p, (size_t)(found - p));
		sf_text_add(&path, cmd->org->api_version);
	}
	if (!sf_text_add(&path, p))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_PATH_TOO_LONG,
		    SF_WITH({"max", SF_NUMBER(SF_URL_MAX)}));
	if (!sf_text_is_printable(ret_path) || strchr(ret_path, ' '))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_PATH_NOT_PLAIN, NULL);
	return SF_OK;
}

enum sf_err sf_rest_query(
    const struct sf_cmd *cmd, const char *soql, char *ret_path, size_t size, struct sf_error *e)
{
	static const char blank[] = " \n\t";
	struct sf_text path = sf_text_over(ret_path, size);

	/* White space is kept by the encoder and then becomes "+", which is shorter than %20. */
	sf_text_addf(&path, "/services/data/v%s/query?q=", cmd->org->api_version);
	sf_text_add_percent(&path, soql, "*, \n\t");
	for (char *c = ret_path; (c = strpbrk(c, blank)) != NULL;)
		*c = '+';
	if (path.overflow)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_SOQL_TOO_LONG,
		    SF_WITH({"max", SF_NUMBER(SF_URL_MAX)}));
	return SF_OK;
}

/* Send the request with the current token. The worker has read the data before: rewind the file. */
static enum sf_err send_once(
    struct sf_rest *rest, const struct sf_worker_jobs_request *request, struct sf_error *e)
{
	struct sf_cmd *cmd = rest->cmd;

	if (request->data_fd > 0 && lseek(request->data_fd, 0, SEEK_SET) < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot rewind the data");
	return sf_worker_jobs_get(&cmd->session.target, rest->token, request, &cmd->end, e);
}

/*
 * A changed record is never changed twice: after a lost connection it is unknown whether Salesforce
 * did it, so only a reply that denies it leads to a second request.
 */
enum sf_err sf_rest_send(
    struct sf_rest *rest, const struct sf_worker_jobs_request *request, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *renewed = NULL;
	struct sf_cmd *cmd = rest->cmd;
	enum sf_err r = send_once(rest, request, e);

	/* Only after a rejected token, for which no body was written: body_fd is still empty. */
	if (r != SF_E_SIGN_IN_NEEDED || rest->is_replaced ||
	    (request->method && cmd->end.status != UNAUTHORIZED))
		return r;
	rest->is_replaced = true;
	r = sf_session_replace(&cmd->session, rest->token, &renewed, e);
	if (r != SF_OK)
		return r;
	sf_token_freep(&rest->token);
	rest->token = SF_TAKE(renewed);
	return send_once(rest, request, e);
}

/* Read the whole file into memory. pread: the worker has moved the shared file position. */
static enum sf_err read_body(
    int fd, size_t max, char **ret_text, size_t *ret_len, struct sf_error *e)
{
	struct stat st;
	char *text;
	size_t len = 0;

	if (fstat(fd, &st) != 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot get the length of a reply");
	if (st.st_size < 0 || (size_t)st.st_size > max)
		return SF_FAIL(e, SF_E_TOO_LARGE, 0, "the reply is longer than %zu bytes", max);
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a reply");
	while (len < (size_t)st.st_size) {
		const ssize_t n = pread(fd, text + len, (size_t)st.st_size - len, (off_t)len);

		if (n <= 0) {
			free(text);
			return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot read a reply");
		}
		len += (size_t)n;
	}
	text[len] = '\0';
	*ret_text = text;
	*ret_len = len;
	return SF_OK;
}

enum sf_err sf_rest_text(struct sf_rest *rest, const struct sf_worker_jobs_request *request,
    size_t max, char **ret_text, size_t *ret_len, struct sf_error *e)
{
	/* A file in memory, not a pipe: the worker writes it before anybody reads. */
	SF_CLEANUP(sf_fd_closep) int fd = memfd_create("sfoauth-reply", MFD_CLOEXEC);
	struct sf_worker_jobs_request to_memory = *request;
	enum sf_err r;

	if (fd < 0)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot create a file in memory for a reply");
	to_memory.body_fd = fd;
	r = sf_rest_send(rest, &to_memory, e);
	return r == SF_OK ? read_body(fd, max, ret_text, ret_len, e) : r;
}
