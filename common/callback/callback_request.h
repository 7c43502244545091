/*
 * The header of one HTTP/1 request to the listener, parsed strictly: only the fields that the
 * listener uses. The sender is a browser, or any other program on this machine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Bytes. So many, because browsers send the cookies of all ports of localhost. */
#define SF_CALLBACK_REQUEST_HEAD_MAX 16384

enum sf_callback_request_state {
	SF_CALLBACK_REQUEST_MORE,  /* the header is incomplete: read more bytes */
	SF_CALLBACK_REQUEST_BAD,   /* not HTTP/1, or ambiguous */
	SF_CALLBACK_REQUEST_WHOLE, /* the header is complete */
};

/* The texts are not terminated; they point into the bytes that were parsed. */
struct sf_callback_request {
	bool is_get, is_options;
	bool asks_private_network; /* Access-Control-Request-Private-Network: true */
	const char *path, *query, *host;
	size_t path_len, query_len, host_len; /* query: without "?" */
};

/*
 * Parse the first len bytes of a request. Lines must end in CRLF. BAD: a target that does not begin
 * with "/", a control character, a folded header, blanks before a header's colon, a number of Host
 * fields other than one, too many fields or bytes. *ret_request is filled on WHOLE only.
 */
enum sf_callback_request_state sf_callback_request_read(
    const char *bytes, size_t len, struct sf_callback_request *ret_request);
