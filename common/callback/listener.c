/*
 * The HTTP server for the browser's callback: one thread, poll(2), at most SF_LISTENER_VISITORS
 * connections. Does not create the sockets: they come from the command.
 */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "text.h"
#include "callback_request.h"

#include "banned.h"

#define FIXED 3 /* polled besides the visitors: two listeners and watch_fd */
/* Connections accepted from one listener in one round: so few that none is dropped unread. */
#define ACCEPTS_MAX 4

/* One connection. */
struct visitor {
	int fd; /* -1: unused */
	int64_t deadline_ms;
	size_t len;                              /* bytes received */
	char head[SF_CALLBACK_REQUEST_HEAD_MAX]; /* may have a code: wiped */
};

struct listener {
	const struct sf_listener_params *params;
	const char *path; /* of the callback */
	size_t path_len;
	const char *host; /* host and port of the callback */
	size_t host_len;
	struct visitor visitors[SF_LISTENER_VISITORS];
};

static void close_visitor(struct visitor *visitor)
{
	if (visitor->fd >= 0)
		close(visitor->fd);
	visitor->fd = -1;
	sf_secret_wipe(visitor->head, visitor->len);
	visitor->len = 0;
}

static void listener_freep(struct listener **listener)
{
	if (!*listener)
		return;
	for (size_t i = 0; i < SF_LISTENER_VISITORS; i++)
		close_visitor(&(*listener)->visitors[i]);
	free(*listener);
	*listener = NULL;
}

/*
 * Find host and path in the callback http://HOST[:PORT]/PATH, whose form the command has checked.
 */
static enum sf_err split_address(struct listener *listener, struct sf_error *e)
{
	static const char scheme[] = "http://";
	const char *address = listener->params->callback->address;

	if (!sf_text_starts(address, scheme))
		return SF_FAIL(e, SF_E_CONFIG, 0, "the callback does not begin with http://");
	listener->host = address + sizeof(scheme) - 1;
	listener->host_len = strcspn(listener->host, "/?");
	listener->path = listener->host + listener->host_len;
	listener->path_len = strcspn(listener->path, "?");
	/* A browser requests "/" if the callback has no path. */
	if (listener->path_len == 0) {
		listener->path = "/";
		listener->path_len = 1;
	}
	return SF_OK;
}

static enum sf_err init_listener(
    const struct sf_listener_params *params, struct listener *listener, struct sf_error *e)
{
	listener->params = params;
	for (size_t i = 0; i < SF_LISTENER_VISITORS; i++)
		listener->visitors[i].fd = -1;
	/* Non-blocking: accept must not wait if the browser closed its connection after poll. */
	for (size_t i = 0; i < SF_COUNT(params->fds); i++)
		if (params->fds[i] >= 0 && fcntl(params->fds[i], F_SETFL, O_NONBLOCK) != 0)
			return SF_FAIL(
			    e, SF_E_SYSTEM, errno, "cannot make listener %zu non-blocking", i);
	return split_address(listener, e);
}

/*
 * An unused visitor, or the oldest one, closed. Idle connections of another local user cannot keep
 * the browser out.
 */
static struct visitor *make_room(struct listener *listener)
{
	struct visitor *oldest = &listener->visitors[0];

	for (size_t i = 0; i < SF_LISTENER_VISITORS; i++) {
		struct visitor *visitor = &listener->visitors[i];

		if (visitor->fd < 0)
			return visitor;
		if (visitor->deadline_ms < oldest->deadline_ms)
			oldest = visitor;
	}
	close_visitor(oldest);
	return oldest;
}

static void accept_visitors(struct listener *listener, int listening_fd)
{
	for (int i = 0; i < ACCEPTS_MAX; i++) {
		int fd = accept4(listening_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;

		struct visitor *visitor = make_room(listener);

		visitor->fd = fd;
		visitor->deadline_ms = sf_clock_now_ms() + SF_LISTENER_VISIT_S * 1000LL;
	}
}

/*
 * Send a response, best effort. It fits into the empty send buffer of the socket; a browser that
 * has gone does not need it.
 */
static void send_response(int fd, const struct sf_text *response)
{
	(void)!send(fd, response->buf, response->len, MSG_NOSIGNAL);
}

void sf_listener_show(int fd, const struct sf_page *page)
{
	char buffer[SF_PAGE_SIZE];
	struct sf_text response = SF_TEXT(buffer);

	if (sf_page_render(page, &response))
		send_response(fd, &response);
}

static void send_empty(int fd, const char *allow)
{
	char buffer[SF_PAGE_SIZE];
	struct sf_text response = SF_TEXT(buffer);

	if (sf_page_render_empty(allow, &response))
		send_response(fd, &response);
}

/* Show the page for requests that do not belong to this sign-in. */
static void refuse_visitor(const struct listener *listener, int fd, const char *status)
{
	const struct sf_page page = {
	    .id = SF_PAGE_NOT_OURS, .language = listener->params->language, .status = status};

	sf_listener_show(fd, &page);
}

/* Against DNS rebinding: a page whose name resolves to this machine sends its own name as Host. */
static bool is_our_host(const struct listener *listener, const struct sf_callback_request *request)
{
	return request->host_len == listener->host_len &&
	       strncasecmp(request->host, listener->host, request->host_len) == 0;
}

static bool is_path(const struct sf_callback_request *request, const char *path, size_t len)
{
	return request->path_len == len && memcmp(request->path, path, len) == 0;
}

/* Reply to a complete request, except to our callback: its page comes after the code exchange. */
static enum sf_err handle_request(struct listener *listener, int fd,
    const struct sf_callback_request *request, struct sf_callback *ret_callback, struct sf_error *e)
{
	static const char icon[] = "/favicon.ico";
	bool is_callback = is_path(request, listener->path, listener->path_len);
	enum sf_err r = SF_OK;

	if (!is_our_host(listener, request)) {
		refuse_visitor(listener, fd, "421 Misdirected Request");
		return SF_OK;
	}
	if (request->is_options && is_callback && request->asks_private_network) {
		send_empty(fd, listener->params->login);
		return SF_OK;
	}
	if (request->is_get && is_path(request, icon, sizeof(icon) - 1)) {
		send_empty(fd, NULL);
		return SF_OK;
	}
	if (!request->is_get || !is_callback) {
		refuse_visitor(
		    listener, fd, request->is_get ? "404 Not Found" : "405 Method Not Allowed");
		return SF_OK;
	}
	r = sf_callback_query(
	    listener->params->callback, request->query, request->query_len, ret_callback, e);
	if (r == SF_OK && ret_callback->kind == SF_CALLBACK_FOREIGN)
		refuse_visitor(listener, fd, "400 Bad Request");
	return r;
}

/*
 * Read from a visitor and handle its request once it is complete. If it is our callback, *ret_fd
 * takes over the connection; otherwise the visitor is closed.
 */
static enum sf_err read_visitor(struct listener *listener, struct visitor *visitor,
    struct sf_callback *ret_callback, int *ret_fd, struct sf_error *e)
{
	struct sf_callback_request request;
	enum sf_err r = SF_OK;
	ssize_t n = recv(
	    visitor->fd, visitor->head + visitor->len, sizeof(visitor->head) - visitor->len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return SF_OK;
	if (n <= 0) {
		close_visitor(visitor);
		return SF_OK;
	}
	visitor->len += (size_t)n;
	switch (sf_callback_request_read(visitor->head, visitor->len, &request)) {
	case SF_CALLBACK_REQUEST_MORE:
		return SF_OK;
	case SF_CALLBACK_REQUEST_BAD:
		refuse_visitor(listener, visitor->fd, "400 Bad Request");
		break;
	case SF_CALLBACK_REQUEST_WHOLE:
		r = handle_request(listener, visitor->fd, &request, ret_callback, e);
		if (r == SF_OK && ret_callback->kind != SF_CALLBACK_FOREIGN)
			*ret_fd = SF_TAKE_FD(visitor->fd);
		break;
	}
	close_visitor(visitor);
	return r;
}

/*
 * Wait for the next event, or until the next deadline of a visitor or of the sign-in. Closes
 * visitors whose time is over.
 */
static enum sf_err wait_round(struct listener *listener,
    struct pollfd polled[static FIXED + SF_LISTENER_VISITORS], struct sf_error *e)
{
	const struct sf_listener_params *params = listener->params;
	int64_t until_ms = params->deadline_ms;

	polled[0] = (struct pollfd){.fd = params->fds[0], .events = POLLIN};
	polled[1] = (struct pollfd){.fd = params->fds[1], .events = POLLIN};
	polled[2] = (struct pollfd){.fd = params->watch_fd};
	for (size_t i = 0; i < SF_LISTENER_VISITORS; i++) {
		const struct visitor *visitor = &listener->visitors[i];

		polled[FIXED + i] = (struct pollfd){.fd = visitor->fd, .events = POLLIN};
		if (visitor->fd >= 0 && visitor->deadline_ms < until_ms)
			until_ms = visitor->deadline_ms;
	}
	if (poll(polled, FIXED + SF_LISTENER_VISITORS, sf_clock_left_ms(until_ms)) < 0 &&
	    errno != EINTR)
		return SF_FAIL(e, SF_E_SYSTEM, errno, "cannot wait for the browser");
	for (size_t i = 0; i < SF_LISTENER_VISITORS; i++)
		if (listener->visitors[i].fd >= 0 && polled[FIXED + i].revents == 0 &&
		    sf_clock_left_ms(listener->visitors[i].deadline_ms) == 0)
			close_visitor(&listener->visitors[i]);
	return SF_OK;
}

enum sf_err sf_listener_run(const struct sf_listener_params *params,
    struct sf_callback *ret_callback, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(listener_freep) struct listener *listener = calloc(1, sizeof(*listener));
	struct pollfd polled[FIXED + SF_LISTENER_VISITORS];

	if (!listener)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a listener");

	enum sf_err r = init_listener(params, listener, e);

	*ret_fd = -1;
	*ret_callback = (struct sf_callback){.kind = SF_CALLBACK_FOREIGN};
	while (r == SF_OK && *ret_fd < 0) {
		r = wait_round(listener, polled, e);
		if (r != SF_OK)
			return r;
		if (polled[2].revents != 0)
			return SF_FAIL(e, SF_E_INTERRUPTED, 0, "the caller ended the sign-in");
		for (size_t i = 0; r == SF_OK && *ret_fd < 0 && i < SF_LISTENER_VISITORS; i++)
			if (listener->visitors[i].fd >= 0 && polled[FIXED + i].revents != 0)
				r = read_visitor(
				    listener, &listener->visitors[i], ret_callback, ret_fd, e);
		/* Accept last: an entry that is reused now was not polled in this round. */
		for (size_t i = 0; r == SF_OK && *ret_fd < 0 && i < SF_COUNT(params->fds); i++)
			if (polled[i].revents != 0)
				accept_visitors(listener, params->fds[i]);
		if (r == SF_OK && *ret_fd < 0 && sf_clock_left_ms(params->deadline_ms) == 0)
			return SF_FAIL(e, SF_E_EXPIRED, 0, "no callback came in time");
	}
	return r;
}
