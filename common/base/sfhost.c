/* Salesforce's own hosts: the table of domain families, and which host belongs to which. */
#include "sfhost.h"

#include <stddef.h>
#include <string.h>

#include "attr.h"
#include "text.h"

#include "banned.h"

#define PORT 443
#define MY   ".my"

/*
 * The first family has a second ending for the My Domain hosts of its orgs. All endings begin with
 * a dot, so that evilsalesforce.com is in no family.
 */
static const char *const families[] = {".salesforce.com", ".sfcrmproducts.cn", ".salesforce.mil"};
static const char second_ending[] = ".my-salesforce.com";

/* The ending of the host's family; NULL: the host is not Salesforce's. */
static const char *family_of(const struct sf_origin *host)
{
	for (size_t i = 0; i < SF_COUNT(families); i++)
		if (sf_text_ends(host->host, families[i]))
			return families[i];
	return sf_text_ends(host->host, second_ending) ? families[0] : NULL;
}

/* Whether the host is exactly the label followed by the ending. */
static bool is_named(const struct sf_origin *host, const char *label, const char *ending)
{
	return sf_text_starts(host->host, label) && strcmp(host->host + strlen(label), ending) == 0;
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

const char *sf_sfhost_my_domain_ending(const struct sf_origin *host)
{
	const char *family = family_of(host);

	if (!family || sf_text_ends(host->host, second_ending))
		return family;

	/* NAME.my before the ending; NAME may contain dots, as in acme--dev.sandbox. */
	size_t label_len = strlen(host->host) - strlen(family);

	return label_len > strlen(MY) &&
		       memcmp(host->host + label_len - strlen(MY), MY, strlen(MY)) == 0
		   ? family
		   : NULL;
}

bool sf_sfhost_is_my_domain_of(const struct sf_origin *host, const struct sf_origin *login)
{
	const char *family = sf_sfhost_my_domain_ending(host);

	return family && family == family_of(login) && host->port == PORT;
}

bool sf_sfhost_is_known(const struct sf_origin *host)
{
	return sf_sfhost_is_login(host) || sf_sfhost_is_my_domain_of(host, host);
}
