/*
 * Name resolution: once for each job, before the sandbox, which has no name service.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "err.h"
#include "origin.h"

#define SF_RESOLVE_ADDRESSES_MAX 16
#define SF_RESOLVE_ENTRY_SIZE    (SF_ORIGIN_HOST_SIZE + 8 + SF_RESOLVE_ADDRESSES_MAX * 50)

struct sf_resolve_params {
	const struct sf_origin *origin;
	const char *proxy; /* "http://HOST:PORT": resolved instead of the origin; "" = none */
};

/*
 * Resolve the host and write an entry for CURLOPT_RESOLVE: "HOST:PORT:ADDRESS,ADDRESS,...", with
 * IPv4 and IPv6 addresses in the system's order, at most SF_RESOLVE_ADDRESSES_MAX. *ret_port is the
 * port to connect to. Blocks as long as the system's resolver does. Fails with UNAVAILABLE (sys is
 * getaddrinfo's code) or CONFIG (proxy).
 */
SF_CHECKED enum sf_err sf_resolve_entry(const struct sf_resolve_params *params, uint16_t *ret_port,
    char ret_entry[static SF_RESOLVE_ENTRY_SIZE], struct sf_error *e);
