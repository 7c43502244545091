/*
 * One request under way: what libcurl's callbacks count and refuse, and why it ended.
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
	struct sf_secret *body; /* borrowed: where the body goes, unless it is streamed */
	int64_t deadline_ms;

	size_t head_len, sent, streamed;
	bool has_head;      /* the empty line of a final head came */
	const char *broken; /* static: which rule the head breaks; NULL: none */
	enum sf_err stop;   /* why a callback ended it; SF_OK: none did */
	int sys;
};

/* Set the callbacks of transfer->easy, with the transfer as their context. */
SF_CHECKED bool sf_http_transfer_attach(struct sf_http_transfer *transfer);

/*
 * What is wrong where a callback ended the transfer or libcurl does not take the response, in e.
 * SF_OK, e untouched: neither. words are libcurl's.
 */
SF_CHECKED enum sf_err sf_http_transfer_fail(
    const struct sf_http_transfer *transfer, CURLcode code, const char *words, struct sf_error *e);
