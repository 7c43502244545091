/*
 * What a browser, or anybody else on this machine, asks of the listener: the head of one HTTP/1
 * request, read strictly. Only what the listener must know of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define SF_VISIT_HEAD_MAX 16384 /* browsers send localhost's cookies of all ports along */

enum sf_visit_state {
	SF_VISIT_MORE, /* the head has not ended yet */
	SF_VISIT_BAD,  /* no head of HTTP/1, or one that could be read in two ways */
	SF_VISIT_WHOLE,
};

/* Points into the bytes that were read. */
struct sf_visit {
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
enum sf_visit_state sf_visit_read(const char *bytes, size_t len, struct sf_visit *ret_visit);
