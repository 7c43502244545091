/*
 * Authorization code with PKCE, in a browser on the same machine. The command opens the address in
 * the browser; Salesforce redirects the browser to our listener on localhost.
 */
#include "flow_code.h"

#include <sys/socket.h>

#include "file.h"
#include "listener.h"
#include "page.h"
#include "text.h"
#include "wire.h"

#include "banned.h"

/* For many errors Salesforce shows a page and does not redirect: row no_callback explains that. */
static enum sf_err explain_timeout(const struct sf_flow_params *params, enum sf_err r)
{
	if (r == SF_E_EXPIRED)
		*params->reply_class = (struct sf_reply_class){
		    .next = SF_NEXT_STOP, .failure = SF_E_EXPIRED, .row = "no_callback"};
	return r;
}

/* fd if it is a listening socket, else -1: if none was passed, the number may be another socket. */
static int listener_or_none(int fd)
{
	int listens = 0;
	socklen_t size = sizeof(listens);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens ? fd : -1;
}

static void show_result_page(const struct sf_flow_params *params, int fd, enum sf_err r)
{
	const enum sf_language language = params->job->language;
	const struct sf_page fine = {
	    .id = SF_PAGE_SIGNED_IN, .language = language, .status = "200 OK"};
	const struct sf_page failed = {
	    .id = SF_PAGE_FAILED,
	    .language = language,
	    .status = "200 OK",
	    .reason = sf_err_sentence_in(language, r),
	};

	sf_listener_show(fd, r == SF_OK ? &fine : &failed);
}

enum sf_err sf_flow_browser_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_flow_code_clear) struct sf_flow_code code = {0};
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	SF_CLEANUP(sf_fd_closep) int fd = -1;
	char login[SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(login);
	enum sf_err r = sf_flow_code_begin(params, &code, e);
	const struct sf_callback_params expected = sf_flow_code_expects(params, &code);
	const struct sf_listener_params listener = {
	    .fds = {listener_or_none(SF_WIRE_BODY_FD), listener_or_none(SF_WIRE_MORE_FD)},
	    .watch_fd = SF_WIRE_FD,
	    .callback = &expected,
	    .login = login,
	    .language = params->job->language,
	    .deadline_ms = params->deadline_ms,
	};

	sf_text_addf(&text, "https://%s", params->origin->host);
	if (r == SF_OK && listener.fds[0] < 0 && listener.fds[1] < 0)
		return SF_FAIL(
		    e, SF_E_CONFIG, 0, "no listener on descriptor 6 or 7 for the flow browser");
	if (r == SF_OK)
		r = params->ui->show(params->ui, &code.show, e);
	if (r == SF_OK)
		r = explain_timeout(params, sf_listener_run(&listener, &callback, &fd, e));
	if (r != SF_OK)
		return r;
	r = sf_flow_code_finish(params, &code, &callback, grant, e);
	show_result_page(params, fd, r);
	return r;
}
