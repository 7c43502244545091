/*
 * Resolves the host of a job, or its proxy, and formats the addresses for libcurl. Does not
 * connect.
 */
#include "resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "text.h"

#include "banned.h"

static void addrinfo_freep(struct addrinfo **list)
{
	if (*list)
		freeaddrinfo(*list);
}

static bool add_address(struct sf_text *text, const struct addrinfo *found)
{
	char address[INET6_ADDRSTRLEN];
	const void *bytes = NULL;
	bool is_v6 = found->ai_family == AF_INET6;

	if (is_v6)
		bytes = &((const struct sockaddr_in6 *)(const void *)found->ai_addr)->sin6_addr;
	else
		bytes = &((const struct sockaddr_in *)(const void *)found->ai_addr)->sin_addr;
	if (!inet_ntop(found->ai_family, bytes, address, sizeof(address)))
		return false;
	return sf_text_addf(text, is_v6 ? "[%s]" : "%s", address);
}

/* Split "http://HOST:PORT", the only form of a proxy that config.def allows. */
static bool split_proxy(
    const char *proxy, char ret_host[static SF_ORIGIN_HOST_SIZE], uint16_t *ret_port)
{
	const char *host = proxy + strlen("http://");
	const char *colon = sf_text_starts(proxy, "http://") ? strrchr(host, ':') : NULL;
	uint32_t port = 0;

	if (!colon || colon == host || (size_t)(colon - host) >= SF_ORIGIN_HOST_SIZE ||
	    !sf_text_u32(colon + 1, 1, UINT16_MAX, &port))
		return false;
	memcpy(ret_host, host, (size_t)(colon - host));
	ret_host[colon - host] = '\0';
	*ret_port = (uint16_t)port;
	return true;
}

/* Append the addresses, separated by commas. Ignores other families than IPv4 and IPv6. */
static enum sf_err list_addresses(
    struct sf_text *text, const struct addrinfo *list, struct sf_error *e)
{
	size_t count = 0;

	for (const struct addrinfo *at = list; at; at = at->ai_next) {
		if (at->ai_family != AF_INET && at->ai_family != AF_INET6)
			continue;
		if (count == SF_RESOLVE_ADDRESSES_MAX)
			break;
		if (count > 0)
			sf_text_add_char(text, ',');
		if (!add_address(text, at))
			return SF_FAIL(e, SF_E_UNAVAILABLE, 0, "cannot format an address");
		count++;
	}
	return count > 0 ? SF_OK : SF_FAIL(e, SF_E_UNAVAILABLE, 0, "the host has no address");
}

enum sf_err sf_resolve_entry(const struct sf_resolve_params *params, uint16_t *ret_port,
    char ret_entry[static SF_RESOLVE_ENTRY_SIZE], struct sf_error *e)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	SF_CLEANUP(addrinfo_freep) struct addrinfo *list = NULL;
	struct sf_text text = sf_text_over(ret_entry, SF_RESOLVE_ENTRY_SIZE);
	char proxy_host[SF_ORIGIN_HOST_SIZE];
	const char *host = params->origin->host;
	uint16_t port = params->origin->port;

	if (params->proxy[0] != '\0') {
		if (!split_proxy(params->proxy, proxy_host, &port))
			return SF_FAIL(e, SF_E_CONFIG, 0, "proxy must be http://HOST:PORT");
		host = proxy_host;
	}

	int r = getaddrinfo(host, NULL, &hints, &list);

	if (r != 0)
		return SF_FAIL(
		    e, SF_E_UNAVAILABLE, r, "cannot resolve %s: %s", host, gai_strerror(r));
	sf_text_addf(&text, "%s:%u:", host, (unsigned)port);
	*ret_port = port;
	return list_addresses(&text, list, e);
}
