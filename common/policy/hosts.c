/* Rule 2: the hosts of the addresses that Salesforce sends. No address is opened here. */
#include "hosts.h"

#include <stddef.h>
#include <string.h>

#include "sfhost.h"

#include "banned.h"

enum sf_rule sf_hosts_page(const struct sf_origin *login, const char *verification_uri)
{
	return sf_origin_holds(login, verification_uri, NULL) ? SF_RULE_NONE
							      : SF_RULE_VERIFICATION_URI;
}

enum sf_rule sf_hosts_instance(
    const struct sf_origin *login, const char *instance_url, struct sf_origin *ret_instance)
{
	struct sf_origin instance;
	const char *path = NULL;

	if (!sf_origin_of_url(instance_url, &instance, &path) ||
	    (path[0] != '\0' && strcmp(path, "/") != 0))
		return SF_RULE_INSTANCE_URL;
	/* A login host serves all orgs, so it can only be compared by family. */
	if (sf_sfhost_is_login(login) ? !sf_sfhost_is_my_domain_of(&instance, login)
				      : !sf_origin_equal(&instance, login))
		return SF_RULE_INSTANCE_URL;
	if (ret_instance)
		*ret_instance = instance;
	return SF_RULE_NONE;
}

enum sf_rule sf_hosts_id(const struct sf_origin *login, const char *id_url)
{
	struct sf_origin host;
	const char *path = NULL;

	if (!sf_origin_of_url(id_url, &host, &path) ||
	    (!sf_origin_equal(&host, login) && !sf_sfhost_is_login_of(&host, login)))
		return SF_RULE_ID_URL;
	return SF_RULE_NONE;
}
