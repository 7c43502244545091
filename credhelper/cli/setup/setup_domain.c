/* Turns what people type for their org into a login_url, and a login_url into a section name. */
#include "setup_domain.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "sfhost.h"
#include "text.h"
#include "messages.h"

#include "banned.h"

/* Hosts of an org that serve pages but no OAuth endpoints, and the My Domain host that does. */
static const struct {
	const char *page, *login;
} faces[] = {
    {".lightning.force.com", ".my.salesforce.com"},
    {".my.salesforce-setup.com", ".my.salesforce.com"},
    {".file.force.com", ".my.salesforce.com"},
    {".lightning.crmforce.mil", ".my.salesforce.mil"},
};

/* A My Domain name without its suffix: "acme", or with a partition, "acme--dev.sandbox". */
static bool is_short(const char *host)
{
	static const char *const partitions[] = {
	    "sandbox", "scratch", "develop", "demo", "free", "patch", "trailblaze"};
	const char *dot = strchr(host, '.');

	if (!dot)
		return true;
	for (size_t i = 0; i < SF_COUNT(partitions); i++)
		if (strcasecmp(dot + 1, partitions[i]) == 0)
			return true;
	return false;
}

enum sf_err sf_setup_domain_login_url(
    const char *text, char ret_url[static SF_ORIGIN_SIZE], struct sf_error *e)
{
	char host[SF_ORIGIN_HOST_SIZE], url[SF_ORIGIN_SIZE];
	struct sf_text h = SF_TEXT(host), u = SF_TEXT(url);
	struct sf_origin origin;
	const char *at = text + strspn(text, " ");
	const char *tail = "";
	size_t len;

	/* The address bar of a browser may have shown http; Salesforce answers https alone. */
	if (sf_text_starts(at, "https://") || sf_text_starts(at, "http://"))
		at = strchr(at, ':') + strlen("://");
	/*
	 * Only the host counts: path, query and user info of a pasted address are dropped or
	 * refused.
	 */
	len = strspn(at, SF_TEXT_HOST);
	for (size_t i = 0; i < len; i++)
		(void)sf_text_add_char(&h, (char)tolower((unsigned char)at[i]));
	if (len == 0 || h.overflow || (at[len] == ' ' && at[len + strspn(at + len, " ")] != '\0') ||
	    (at[len] != '\0' && !strchr("/:? ", at[len])))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NO_ADDRESS, NULL);
	/* Only the name of a sandbox has two hyphens. */
	if (!strchr(host, '.') && strstr(host, "--"))
		tail = ".sandbox.my.salesforce.com";
	else if (is_short(host))
		tail = ".my.salesforce.com";
	for (size_t i = 0; i < SF_COUNT(faces); i++) {
		if (!sf_text_ends(host, faces[i].page))
			continue;
		host[strlen(host) - strlen(faces[i].page)] = '\0';
		tail = faces[i].login;
	}
	/* The port, with its colon. sf_origin_parse() checks the range. */
	len = at[len] == ':' ? strspn(at + len + 1, SF_TEXT_DIGITS) + 1 : 0;
	if (!sf_text_addf(
		&u, "https://%s%s%.*s", host, tail, (int)len, at + strspn(at, SF_TEXT_HOST)) ||
	    sf_origin_parse(url, &origin, e) != SF_OK)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_NO_ADDRESS, NULL);
	memcpy(ret_url, url, sizeof(url));
	return SF_OK;
}

bool sf_setup_domain_is_salesforce(const char *login_url)
{
	struct sf_origin origin;
	struct sf_error ignored;

	return sf_origin_parse(login_url, &origin, &ignored) == SF_OK &&
	       sf_sfhost_is_known(&origin);
}

void sf_setup_domain_name(const char *login_url, char *ret_name, size_t size)
{
	struct sf_text name = {.buf = ret_name, .size = size};
	const char *at = login_url + strlen("https://");

	ret_name[0] = '\0';
	for (; *at != '\0' && *at != '.' && *at != ':'; at++) {
		/* The host of a sandbox has two hyphens, acme--dev; the name gets one. */
		if (*at != '-' || at[1] != '-')
			(void)sf_text_add_char(&name, *at);
	}
	if (name.overflow || ret_name[0] == '\0')
		(void)!sf_text_copy(ret_name, size, "org");
}
