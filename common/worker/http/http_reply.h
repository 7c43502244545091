/*
 * What a request asks for and what came back.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "secret.h"

#define SF_HTTP_REPLY_MAX (256 * 1024)
#define SF_HTTP_BODY_MAX  (64 * 1024 * 1024) /* a body that is streamed to a descriptor */

struct sf_http_request {
	const char *path;               /* "/..." with query, printable, no spaces */
	const struct sf_secret *form;   /* POST with this body; NULL: GET */
	const struct sf_secret *bearer; /* NULL: none */
	const char *basic_user;         /* Authorization: Basic; NULL: none; not with bearer */
	const struct sf_secret *basic_password;
	bool is_named_user; /* Auth-Request-Type: a site's sign-in for programs */
	/*
	 * Written to mark_fd right before the first byte of the form leaves, and never without
	 * that: where there is no mark, the form was not sent. Fails with STORE, unsent, where it
	 * cannot be written.
	 */
	const char *mark; /* NULL: none */
	int mark_fd;
	bool streams; /* write a 2xx body to body_fd, not into the reply */
	int body_fd;
};

/* Write the mark, if there is one. False with errno: it cannot be written. */
SF_CHECKED bool sf_http_request_mark(const struct sf_http_request *request);

struct sf_http_reply {
	unsigned status;        /* 100 to 599 */
	uint32_t retry_s;       /* Retry-After, up to a day, also from a date; 0: not said */
	uint64_t date_s;        /* Date, s since the epoch; 0: not said */
	bool is_html;           /* as the server called it, or as it begins */
	struct sf_secret *body; /* "" where it was streamed; owned by the struct */
};
void sf_http_reply_clear(struct sf_http_reply *reply); /* for SF_CLEANUP */
/* HTML, as type (NULL: not told) calls it, or as the body begins? */
bool sf_http_reply_is_html(const char *type, const struct sf_secret *body);
