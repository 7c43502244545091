/*
 * A request and its reply, as plain structs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "secret.h"

#define SF_HTTP_REPLY_MAX (256 * 1024)       /* bytes of a body in memory */
#define SF_HTTP_BODY_MAX  (64 * 1024 * 1024) /* bytes of a body that is written to a descriptor */

struct sf_http_request {
	const char *path;               /* "/..." with query, printable, no spaces */
	const struct sf_secret *form;   /* body of a POST (form.h); NULL: GET */
	const char *method;             /* POST, PATCH, DELETE; NULL: by form */
	bool is_json;                   /* the form is JSON, for the API */
	const struct sf_secret *bearer; /* NULL: none */
	const char *basic_user;         /* Authorization: Basic; NULL: none; not with bearer */
	const struct sf_secret *basic_password;
	bool closes;        /* a long pause follows: close the connection after the reply */
	bool is_named_user; /* send Auth-Request-Type: Named-User, for a site's sign-in */
	/*
	 * Text that is written to mark_fd right before the first byte of the form is sent, and only
	 * then: no mark means that the form was not sent. If it cannot be written, nothing is sent
	 * and the request fails with STORE.
	 */
	const char *mark; /* NULL: none */
	int mark_fd;
	bool streams; /* write the body of a 2xx reply to body_fd, not into the reply */
	int body_fd;
};

/* Write the mark, if the request has one. False: it cannot be written; errno has the reason. */
SF_CHECKED bool sf_http_request_mark(const struct sf_http_request *request);

struct sf_http_reply {
	unsigned status;        /* 100 to 599 */
	uint32_t retry_s;       /* Retry-After as a duration, at most a day; 0: none */
	uint64_t date_s;        /* Date, s since the epoch; 0: none */
	bool is_html;           /* by Content-Type, or by the first character of the body */
	struct sf_secret *body; /* "" if it was streamed; owned by the struct */
};
void sf_http_reply_clear(struct sf_http_reply *reply); /* for SF_CLEANUP */
/* Is it HTML, by Content-Type (NULL: not sent) or because the body begins with "<"? */
bool sf_http_reply_is_html(const char *type, const struct sf_secret *body);
