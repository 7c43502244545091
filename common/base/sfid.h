/*
 * Salesforce ids. 15 characters, or 18 with three check characters that make the id distinct
 * without regard to case. The first three tell the type: 00D is an organization, 005 a user.
 */
#pragma once

#include <stdbool.h>

#include "attr.h"

#define SF_SFID_SIZE 19 /* 18 characters and a NUL */
/*
 * Normalise an id of 15 or 18 characters (A-Z a-z 0-9) with this prefix to 18 characters. False: it
 * is no such id, or its check characters are wrong; ret is untouched.
 */
SF_CHECKED bool sf_sfid_parse(const char *id, const char *prefix, char ret[static SF_SFID_SIZE]);

/*
 * Split the path /id/ORG/USER of an identity URL into two normalised ids. Only a query may follow
 * USER. False: it is no such path.
 */
SF_CHECKED bool sf_sfid_split(
    const char *path, char ret_org[static SF_SFID_SIZE], char ret_user[static SF_SFID_SIZE]);
