/* Salesforce's own hosts: the table of domain families, and who belongs to which. */
#include "sfhost.h"

#include <stddef.h>
#include <string.h>

#include "attr.h"
#include "text.h"

#include "banned.h"

#define PORT 443

/* The first family has a second ending for the My Domain hosts of its orgs. */
static const char *const domains[] = {"salesforce.com", "sfcrmproducts.cn", "salesforce.mil"};
static const char second_ending[] = ".my-salesforce.com";

static bool is_named(const struct sf_origin *host, const char *label, const char *domain)
{
	char name[SF_ORIGIN_HOST_SIZE];
	struct sf_text text = SF_TEXT(name);

	return sf_text_addf(&text, "%s.%s", label, domain) && strcmp(host->host, name) == 0;
}

static bool is_under(const struct sf_origin *host, const char *label, const char *domain)
{
	char ending[SF_ORIGIN_HOST_SIZE];
	struct sf_text text = SF_TEXT(ending);

	return sf_text_addf(&text, "%s.%s", label, domain) && sf_text_ends(host->host, ending);
}

/* The domain of the host's family; NULL where it has none. */
static const char *family_of(const struct sf_origin *host)
{
	for (size_t i = 0; i < SF_COUNT(domains); i++)
		if (is_under(host, "", domains[i]))
			return domains[i];
	return sf_text_ends(host->host, second_ending) ? domains[0] : NULL;
}

bool sf_sfhost_is_login_of(const struct sf_origin *host, const struct sf_origin *org)
{
	const char *family = family_of(org);

	return family && host->port == PORT &&
	       (is_named(host, "login", family) || is_named(host, "test", family));
}

bool sf_sfhost_is_login(const struct sf_origin *host)
{
	return sf_sfhost_is_login_of(host, host);
}

bool sf_sfhost_is_my_domain_of(const struct sf_origin *host, const struct sf_origin *login)
{
	const char *family = family_of(host);

	return family && family == family_of(login) && host->port == PORT &&
	       (is_under(host, ".my", family) || sf_text_ends(host->host, second_ending));
}
