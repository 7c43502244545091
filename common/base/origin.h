/*
 * Web origins: scheme, host, port in one canonical spelling. The one place in the project that
 * compares hosts.
 * https only. Canonical text: "https://acme.my.salesforce.com:443": lower case, port always
 * present.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

#define SF_ORIGIN_HOST_SIZE 254 /* RFC 1035: 253 characters and a NUL */
#define SF_ORIGIN_SIZE      (8 + SF_ORIGIN_HOST_SIZE + 6)
#define SF_URL_MAX          2000

struct sf_origin {
	char host[SF_ORIGIN_HOST_SIZE]; /* lower case, no brackets: IPv6 literals are refused */
	uint16_t port;
	char text[SF_ORIGIN_SIZE]; /* the canonical text */
};

/*
 * A base URL: https://HOST[:PORT][/], nothing more. Refused: other schemes, user-info, upper
 * case in the scheme, a trailing dot,
 * an IPv6 or numeric host, empty labels, characters outside a-z A-Z 0-9 - and dot (punycode
 * passes, it is ASCII), a port that is not 1
 * to 65535 or written with leading zeros, path, query, fragment. Fails with CONFIG.
 */
SF_CHECKED enum sf_err sf_origin_parse(
    const char *url, struct sf_origin *ret_origin, struct sf_error *e);

/*
 * git's protocol and host values ("https", "acme.my.salesforce.com:443"): same rules, upper case
 * in the host is folded. False: not an origin of ours.
 */
SF_CHECKED bool sf_origin_from_git(
    const char *protocol, const char *host, struct sf_origin *ret_origin);

bool sf_origin_equal(const struct sf_origin *a, const struct sf_origin *b);

/*
 * Does an URL from the server (id, instance_url, verification_uri) lie on this origin? Exact
 * spelling: https, the host byte for byte in
 * lower case, no user-info, no trailing dot; a port only if the origin's is not 443 (then
 * exactly that). *ret_path, where not NULL, points
 * into url at its path ("" or "/..."). Query and fragment count as part of the path.
 */
bool sf_origin_holds(const struct sf_origin *origin, const char *url, const char **ret_path);

/*
 * The origin that an URL from the server lies on, where the URL is spelled as sf_origin_holds wants
 * it; *ret_path as there. False: it is no such URL.
 */
SF_CHECKED bool sf_origin_of_url(
    const char *url, struct sf_origin *ret_origin, const char **ret_path);
