/*
 * One running request: the state of libcurl's callbacks, and why they ended it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "attr.h"
#include "err.h"
#include "http_reply.h"

struct sf_http_transfer {
	CURL *easy;
	const struct sf_http_request *request;
	struct sf_secret *body; /* borrowed: receives the body, unless it is streamed */
	int64_t deadline_ms;

	size_t head_len, sent, streamed; /* bytes of headers, of the form, of the streamed body */
	bool has_head;                   /* the empty line of the final header arrived */
	const char *broken;              /* static: the rule that the header breaks; NULL: none */
	enum sf_err stop;                /* why a callback ended the transfer; SF_OK: none did */
	int sys;                         /* errno at that time */
};

/*
 * Set the callbacks of transfer->easy, with the transfer as their context: it must not move while
 * the request runs. False: libcurl refuses an option.
 */
SF_CHECKED bool sf_http_transfer_attach(struct sf_http_transfer *transfer);

/*
 * The failure, if a callback ended the transfer or libcurl refused the response: TOO_LARGE, STORE
 * or ANSWER. SF_OK, with e unchanged: neither. words is libcurl's error text.
 */
SF_CHECKED enum sf_err sf_http_transfer_fail(
    const struct sf_http_transfer *transfer, CURLcode code, const char *words, struct sf_error *e);
