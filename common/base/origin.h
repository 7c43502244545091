/*
 * Web origins (RFC 6454): scheme, host and port in one canonical spelling. Only this file and
 * sfhost.h compare hosts. The scheme is always https. The canonical text is in lower case and
 * always has a port: "https://acme.my.salesforce.com:443".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"

#define SF_ORIGIN_HOST_SIZE 254                           /* RFC 1035: 253 characters and a NUL */
#define SF_ORIGIN_SIZE      (8 + SF_ORIGIN_HOST_SIZE + 6) /* "https://", host and NUL, ":65535" */
#define SF_URL_MAX          2000                          /* size of arrays for URLs, with NUL */

struct sf_origin {
	char host[SF_ORIGIN_HOST_SIZE]; /* lower case, no brackets: IPv6 literals are refused */
	uint16_t port;
	char text[SF_ORIGIN_SIZE]; /* the canonical text */
};

/*
 * Parse a base URL: https://HOST[:PORT][/] and nothing more. Fails with CONFIG on: another scheme
 * or upper case in it; user-info; a trailing dot, an empty label, an IPv6 or IPv4 address, a
 * character other than a-z A-Z 0-9 - and dot (punycode is ASCII and passes) in the host; a port
 * outside 1 to 65535 or with leading zeros; a path, query or fragment.
 */
SF_CHECKED enum sf_err sf_origin_parse(
    const char *url, struct sf_origin *ret_origin, struct sf_error *e);

/*
 * The origin of git's attributes protocol and host ("https", "acme.my.salesforce.com:443"), by the
 * same rules. False: not an https origin.
 */
SF_CHECKED bool sf_origin_from_git(
    const char *protocol, const char *host, struct sf_origin *ret_origin);

bool sf_origin_equal(const struct sf_origin *a, const struct sf_origin *b);

/*
 * Whether a URL that a server sent (id, instance_url, verification_uri) lies on this origin. Its
 * spelling must be exact: https, the host in lower case, no user-info, no trailing dot; no port if
 * the port is 443, otherwise exactly the origin's. Only printable ASCII, no space, no backslash.
 * *ret_path, unless NULL, points into url at its path ("" or "/..."), query and fragment included.
 */
bool sf_origin_holds(const struct sf_origin *origin, const char *url, const char **ret_path);

/*
 * The origin of a URL that a server sent, if its spelling is what sf_origin_holds requires;
 * *ret_path as there. False: it is not.
 */
SF_CHECKED bool sf_origin_of_url(
    const char *url, struct sf_origin *ret_origin, const char **ret_path);
