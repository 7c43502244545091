/*
 * Fuzzes the origin parser with any bytes as a configured URL, as git's host and as a URL from the
 * server: the three lines of the input. It must refuse them, or return the canonical form.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "origin.h"
#include "sfhost.h"
#include "text.h"

#include "banned.h"

#define LINE_SIZE 600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The next line of the input; "" past its end. A NUL or what does not fit ends it early. */
static void take_line(const uint8_t **data, size_t *size, char ret[static LINE_SIZE])
{
	const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
	size_t len = end ? (size_t)(end - *data) : *size;
	size_t kept = len < LINE_SIZE ? len : LINE_SIZE - 1;

	if (kept > 0)
		memcpy(ret, *data, kept);
	ret[kept] = '\0';
	*data = end ? end + 1 : *data + len;
	*size -= end ? len + 1 : len;
}

static void require_canonical(const struct sf_origin *origin)
{
	struct sf_origin back;
	struct sf_error e;

	require(sf_text_starts(origin->text, "https://") && origin->port != 0);
	require(sf_text_has_only(origin->host, "abcdefghijklmnopqrstuvwxyz0123456789-."));
	require(!sf_text_ends(origin->host, ".") && strstr(origin->text, origin->host));
	require(sf_origin_parse(origin->text, &back, &e) == SF_OK);
	require(sf_origin_equal(origin, &back) && strcmp(origin->text, back.text) == 0);
	require(!sf_sfhost_is_login(origin) || ((sf_text_starts(origin->host, "login.") ||
						    sf_text_starts(origin->host, "test.")) &&
						   origin->port == 443));
	require(!sf_sfhost_is_my_domain_of(origin, origin) || !sf_sfhost_is_login(origin));
}

/* What lies on an origin begins with it, and what follows cannot lengthen the host. */
static void require_held(const struct sf_origin *origin, const char *url)
{
	static const char scheme[] = "https://";
	struct sf_origin lies_on;
	const char *other_path = NULL, *path = NULL;
	const char *end = url + sizeof(scheme) - 1 + strlen(origin->host);
	char port[8];
	struct sf_text text = SF_TEXT(port);

	if (!sf_origin_holds(origin, url, &path)) {
		require(
		    !sf_origin_of_url(url, &lies_on, &path) || !sf_origin_equal(origin, &lies_on));
		return;
	}
	require(sf_origin_of_url(url, &lies_on, &other_path) && other_path == path);
	require(sf_origin_equal(origin, &lies_on));
	require(sf_origin_holds(origin, url, NULL));
	require(sf_text_starts(url, scheme));
	require(sf_text_starts(url + sizeof(scheme) - 1, origin->host));
	if (origin->port != 443) {
		require(sf_text_addf(&text, ":%u", (unsigned)origin->port));
		require(sf_text_starts(end, port));
		end += text.len;
	}
	require(path == end && (*path == '\0' || strchr("/?#", *path)));
	require(sf_text_is_printable(url) && !strchr(url, ' ') && !strchr(url, '\\'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char address[LINE_SIZE], host[LINE_SIZE], url[LINE_SIZE];
	struct sf_origin origin = {.text = ""}, from_git, pinned;
	struct sf_error e;

	take_line(&data, &size, address);
	take_line(&data, &size, host);
	take_line(&data, &size, url);
	require(sf_origin_parse("https://acme.my.salesforce.com", &pinned, &e) == SF_OK);
	require_held(&pinned, url);
	/* Nothing lies on an origin that is none. */
	require(!sf_origin_holds(&origin, url, NULL));
	if (sf_origin_from_git("https", host, &from_git)) {
		require_canonical(&from_git);
		require_held(&from_git, url);
		require(!sf_origin_from_git("http", host, &from_git));
	}
	if (sf_origin_parse(address, &origin, &e) != SF_OK)
		return 0;
	require_canonical(&origin);
	require_held(&origin, url);
	require(!sf_origin_holds(&origin, address, NULL) || sf_text_starts(address, "https://"));
	return 0;
}
