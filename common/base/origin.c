/* Web origins: one spelling of scheme, host and port; whether a URL lies on an origin. No DNS. */
#include "origin.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#include "banned.h"

#define SCHEME       "https://"
#define DEFAULT_PORT 443

/* A host character in lower case; '\0' for any other character. */
static char host_char(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.')
		return c;
	return '\0';
}

/*
 * Whether all labels have 1 to 63 characters and no hyphen at either end. The last label must not
 * be a number: then the host would be an IPv4 address in one of its spellings.
 */
static bool labels_are_valid(const char *host)
{
	size_t start = 0;
	bool numeric = true;

	for (size_t i = 0;; i++) {
		char c = host[i];

		if (c != '.' && c != '\0') {
			numeric = numeric && c >= '0' && c <= '9';
			continue;
		}
		if (i == start || i - start > 63 || host[start] == '-' || host[i - 1] == '-')
			return false;
		if (c == '\0')
			return !numeric;
		start = i + 1;
		numeric = true;
	}
}

/* Parse a port of len digits. A leading zero is refused, so that every port has one spelling. */
static bool parse_port(const char *digits, size_t len, uint16_t *ret_port)
{
	char text[6];
	uint32_t port = 0;

	if (len == 0 || len >= sizeof(text) || digits[0] == '0')
		return false;
	memcpy(text, digits, len);
	text[len] = '\0';
	if (!sf_text_u32(text, 1, UINT16_MAX, &port))
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

/* Parse HOST or HOST:PORT of len bytes. False: *ret_origin is untouched. */
static bool parse_authority(const char *authority, size_t len, struct sf_origin *ret_origin)
{
	struct sf_origin origin = {.port = DEFAULT_PORT};
	size_t host_len = len;
	const char *colon = memchr(authority, ':', len);

	if (colon) {
		host_len = (size_t)(colon - authority);
		if (!parse_port(colon + 1, len - host_len - 1, &origin.port))
			return false;
	}
	if (host_len == 0 || host_len >= sizeof(origin.host))
		return false;
	for (size_t i = 0; i < host_len; i++) {
		origin.host[i] = host_char(authority[i]);
		if (origin.host[i] == '\0')
			return false;
	}
	if (!labels_are_valid(origin.host))
		return false;

	struct sf_text text = SF_TEXT(origin.text);

	if (!sf_text_addf(&text, SCHEME "%s:%u", origin.host, (unsigned)origin.port))
		return false;
	*ret_origin = origin;
	return true;
}

enum sf_err sf_origin_parse(const char *url, struct sf_origin *ret_origin, struct sf_error *e)
{
	if (!sf_text_starts(url, SCHEME))
		return SF_FAIL(e, SF_E_CONFIG, 0, "an address must start with " SCHEME);

	const char *authority = url + strlen(SCHEME);
	size_t len = strlen(authority);

	if (len > 0 && authority[len - 1] == '/')
		len--;
	if (!parse_authority(authority, len, ret_origin))
		return SF_FAIL(e, SF_E_CONFIG, 0,
		    "an address must be " SCHEME "HOST or " SCHEME "HOST:PORT and nothing more");
	return SF_OK;
}

bool sf_origin_from_git(const char *protocol, const char *host, struct sf_origin *ret_origin)
{
	return strcmp(protocol, "https") == 0 && parse_authority(host, strlen(host), ret_origin);
}

bool sf_origin_equal(const struct sf_origin *a, const struct sf_origin *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

bool sf_origin_holds(const struct sf_origin *origin, const char *url, const char **ret_path)
{
	char prefix[SF_ORIGIN_SIZE];
	struct sf_text text = SF_TEXT(prefix);
	bool fits = origin->port == DEFAULT_PORT ? sf_text_addf(&text, SCHEME "%s", origin->host)
						 : sf_text_add(&text, origin->text);

	/* A zeroed origin has no host; its prefix would match every URL. */
	if (!fits || origin->host[0] == '\0' || !sf_text_starts(url, prefix))
		return false;

	const char *path = url + text.len;

	/*
	 * The authority must end here. Otherwise https://acme.example would match
	 * https://acme.example.evil.example, https://acme.example@evil.example and other ports.
	 */
	if (*path != '\0' && *path != '/' && *path != '?' && *path != '#')
		return false;
	/* Browsers read a backslash as a slash. */
	if (path[strcspn(path, " \\")] != '\0' || !sf_text_is_printable(url))
		return false;
	if (ret_path)
		*ret_path = path;
	return true;
}

bool sf_origin_of_url(const char *url, struct sf_origin *ret_origin, const char **ret_path)
{
	struct sf_origin origin;

	if (!sf_text_starts(url, SCHEME))
		return false;

	const char *authority = url + strlen(SCHEME);

	if (!parse_authority(authority, strcspn(authority, "/?#"), &origin) ||
	    !sf_origin_holds(&origin, url, ret_path))
		return false;
	*ret_origin = origin;
	return true;
}
