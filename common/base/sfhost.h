/*
 * Salesforce's own hosts. There are three domain families: salesforce.com (its orgs may also use
 * my-salesforce.com), sfcrmproducts.cn (China) and salesforce.mil (US military). Each family has
 * two login hosts, which all its orgs share, and one My Domain host for each org. A My Domain host
 * names one org; a login host names none.
 */
#pragma once

#include <stdbool.h>

#include "origin.h"

/* Whether host is a login host (login. or test., port 443) of the family of org's host. */
bool sf_sfhost_is_login_of(const struct sf_origin *host, const struct sf_origin *org);

/* Whether host is a login host of any family. */
bool sf_sfhost_is_login(const struct sf_origin *host);

/* Whether host is one of Salesforce's: a login host or the My Domain of an org, of any family. */
bool sf_sfhost_is_known(const struct sf_origin *host);

/*
 * The ending of the family of a My Domain host, on any port: ".salesforce.com". "login" or "test"
 * before it is a login host. NULL: host is no My Domain. Static.
 */
const char *sf_sfhost_my_domain_ending(const struct sf_origin *host);

/* Whether host is the My Domain (port 443) of any org of the family of the login host. */
bool sf_sfhost_is_my_domain_of(const struct sf_origin *host, const struct sf_origin *login);
