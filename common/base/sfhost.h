/*
 * Salesforce's own hosts. There are three domain families: salesforce.com (whose orgs may also be
 * under my-salesforce.com), sfcrmproducts.cn (China) and salesforce.mil (US military). Each family
 * has two login hosts, which all its orgs share, and one My Domain host for each org.
 */
#pragma once

#include <stdbool.h>

#include "origin.h"

/* Is host a login host (login. or test., port 443) of the family that org's host belongs to? */
bool sf_sfhost_is_login_of(const struct sf_origin *host, const struct sf_origin *org);

/* Is host a login host of any family? */
bool sf_sfhost_is_login(const struct sf_origin *host);

/* Is host the My Domain (port 443) of some org of the family that the login host belongs to? */
bool sf_sfhost_is_my_domain_of(const struct sf_origin *host, const struct sf_origin *login);
