/*
 * What a browser, or anybody else on this machine, asks of the listener: the head of one HTTP/1
 * request, read strictly. Only what the listener must know of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define SF_CALLBACK_REQUEST_HEAD_MAX                                                               \
	16384 /* browsers send localhost's cookies of all ports along */

enum sf_callback_request_state {
	SF_CALLBACK_REQUEST_MORE, /* the head has not ended yet */
	SF_CALLBACK_REQUEST_BAD,  /* no head of HTTP/1, or one that could be read in two ways */
	SF_CALLBACK_REQUEST_WHOLE,
};

/* Points into the bytes that were read. */
struct sf_callback_request {
	bool is_get, is_options;
	bool asks_private_network; /* Access-Control-Request-Private-Network: true */
	const char *path, *query, *host;
	size_t path_len, query_len, host_len; /* query: without "?" */
};

/*
 * Lines end in CRLF. BAD: a target that does not begin with "/", a NUL or other control character,
 * a folded header, blanks before a header's colon, not exactly one Host. *ret_visit is filled on
 * WHOLE.
 */
enum sf_callback_request_state sf_callback_request_read(
    const char *bytes, size_t len, struct sf_callback_request *ret_visit);
