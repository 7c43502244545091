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
#define ACCEPTS_MAX                                                                                \
	4 /* of one listener in one round: each visitor is read before it is the oldest */

struct visitor {
	int fd; /* -1: free */
	int64_t deadline_ms;
	size_t len;
	char head[SF_CALLBACK_REQUEST_HEAD_MAX];
};

struct listener {
	const struct sf_listener_params *params;
	const char *path; /* of the callback */
	size_t path_len;
	const char *host; /* host and port of the callback */
	size_t host_len;
	struct visitor visitors[SF_LISTENER_VISITORS];
};

static void leave(struct visitor *visitor)
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
		leave(&(*listener)->visitors[i]);
	free(*listener);
	*listener = NULL;
}

/* http://HOST[:PORT]/PATH: the command took care that it is of this kind. */
static enum sf_err split_address(struct listener *listener, struct sf_error *e)
{
	static const char scheme[] = "http://";
	const char *address = listener->params->callback->address;

	if (!sf_text_starts(address, scheme))
		return SF_FAIL(e, SF_E_CONFIG, 0, "this callback cannot be listened to");
	listener->host = address + sizeof(scheme) - 1;
	listener->host_len = strcspn(listener->host, "/?");
	listener->path = listener->host + listener->host_len;
	listener->path_len = strcspn(listener->path, "?");
	/* A browser asks for "/" where there is no path. */
	if (listener->path_len == 0) {
		listener->path = "/";
		listener->path_len = 1;
	}
	return SF_OK;
}

static enum sf_err begin(
    const struct sf_listener_params *params, struct listener *listener, struct sf_error *e)
{
	listener->params = params;
	for (size_t i = 0; i < SF_LISTENER_VISITORS; i++)
		listener->visitors[i].fd = -1;
	/* Who went away between poll and accept must not stop us. */
	for (size_t i = 0; i < SF_COUNT(params->fds); i++)
		if (params->fds[i] >= 0 && fcntl(params->fds[i], F_SETFL, O_NONBLOCK) != 0)
			return SF_FAIL(e, SF_E_SYSTEM, errno, "a listener is no socket");
	return split_address(listener, e);
}

/* The free place, or the one of whoever is here longest. */
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
	leave(oldest);
	return oldest;
}

static void welcome(struct listener *listener, int listening_fd)
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

/* It fits into the buffer of a socket that nothing was written to, or nobody reads it. */
static void reply(int fd, const struct sf_text *response)
{
	(void)!send(fd, response->buf, response->len, MSG_NOSIGNAL);
}

void sf_listener_show(int fd, const struct sf_page *page)
{
	char buffer[SF_PAGE_SIZE];
	struct sf_text response = SF_TEXT(buffer);

	if (sf_page_render(page, &response))
		reply(fd, &response);
}

static void show_empty(int fd, const char *allow)
{
	char buffer[SF_PAGE_SIZE];
	struct sf_text response = SF_TEXT(buffer);

	if (sf_page_render_empty(allow, &response))
		reply(fd, &response);
}

static void turn_away(const struct listener *listener, int fd, const char *status)
{
	const struct sf_page page = {
	    .id = SF_PAGE_NOT_OURS, .language = listener->params->language, .status = status};

	sf_listener_show(fd, &page);
}

/* A name that was made to point here (DNS rebinding) is another Host. */
static bool is_our_host(const struct listener *listener, const struct sf_callback_request *visit)
{
	return visit->host_len == listener->host_len &&
	       strncasecmp(visit->host, listener->host, visit->host_len) == 0;
}

static bool is_path(const struct sf_callback_request *visit, const char *path, size_t len)
{
	return visit->path_len == len && memcmp(visit->path, path, len) == 0;
}

/* Who asks in the right way; ret_callback says whether it is ours. */
static enum sf_err answer(struct listener *listener, int fd,
    const struct sf_callback_request *visit, struct sf_callback *ret_callback, struct sf_error *e)
{
	static const char icon[] = "/favicon.ico";
	bool is_callback = is_path(visit, listener->path, listener->path_len);
	enum sf_err r = SF_OK;

	if (!is_our_host(listener, visit)) {
		turn_away(listener, fd, "421 Misdirected Request");
		return SF_OK;
	}
	if (visit->is_options && is_callback && visit->asks_private_network) {
		show_empty(fd, listener->params->login);
		return SF_OK;
	}
	if (visit->is_get && is_path(visit, icon, sizeof(icon) - 1)) {
		show_empty(fd, NULL);
		return SF_OK;
	}
	if (!visit->is_get || !is_callback) {
		turn_away(listener, fd, visit->is_get ? "404 Not Found" : "405 Method Not Allowed");
		return SF_OK;
	}
	r = sf_callback_query(
	    listener->params->callback, visit->query, visit->query_len, ret_callback, e);
	if (r == SF_OK && ret_callback->kind == SF_CALLBACK_FOREIGN)
		turn_away(listener, fd, "400 Bad Request");
	return r;
}

/* Something came from a visitor. *ret_fd: taken over, where it is our callback. */
static enum sf_err hear(struct listener *listener, struct visitor *visitor,
    struct sf_callback *ret_callback, int *ret_fd, struct sf_error *e)
{
	struct sf_callback_request visit;
	enum sf_err r = SF_OK;
	ssize_t n = recv(
	    visitor->fd, visitor->head + visitor->len, sizeof(visitor->head) - visitor->len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return SF_OK;
	if (n <= 0) {
		leave(visitor);
		return SF_OK;
	}
	visitor->len += (size_t)n;
	switch (sf_callback_request_read(visitor->head, visitor->len, &visit)) {
	case SF_CALLBACK_REQUEST_MORE:
		return SF_OK;
	case SF_CALLBACK_REQUEST_BAD:
		turn_away(listener, visitor->fd, "400 Bad Request");
		break;
	case SF_CALLBACK_REQUEST_WHOLE:
		r = answer(listener, visitor->fd, &visit, ret_callback, e);
		if (r == SF_OK && ret_callback->kind != SF_CALLBACK_FOREIGN)
			*ret_fd = SF_TAKE_FD(visitor->fd);
		break;
	}
	leave(visitor);
	return r;
}

/* Wait for the next that comes, or until somebody's time is over. */
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
			leave(&listener->visitors[i]);
	return SF_OK;
}

enum sf_err sf_listener_run(const struct sf_listener_params *params,
    struct sf_callback *ret_callback, int *ret_fd, struct sf_error *e)
{
	SF_CLEANUP(listener_freep) struct listener *listener = calloc(1, sizeof(*listener));
	struct pollfd polled[FIXED + SF_LISTENER_VISITORS];

	if (!listener)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a listener");

	enum sf_err r = begin(params, listener, e);

	*ret_fd = -1;
	*ret_callback = (struct sf_callback){.kind = SF_CALLBACK_FOREIGN};
	while (r == SF_OK && *ret_fd < 0) {
		r = wait_round(listener, polled, e);
		if (r != SF_OK)
			return r;
		if (polled[2].revents != 0)
			return SF_FAIL(e, SF_E_INTERRUPTED, 0, "nobody waits for the sign-in");
		for (size_t i = 0; r == SF_OK && *ret_fd < 0 && i < SF_LISTENER_VISITORS; i++)
			if (listener->visitors[i].fd >= 0 && polled[FIXED + i].revents != 0)
				r = hear(listener, &listener->visitors[i], ret_callback, ret_fd, e);
		/* New ones last: a place that is taken over now was not polled. */
		for (size_t i = 0; r == SF_OK && *ret_fd < 0 && i < SF_COUNT(params->fds); i++)
			if (polled[i].revents != 0)
				welcome(listener, params->fds[i]);
		if (r == SF_OK && *ret_fd < 0 && sf_clock_left_ms(params->deadline_ms) == 0)
			return SF_FAIL(e, SF_E_EXPIRED, 0, "the browser did not come back");
	}
	return r;
}
