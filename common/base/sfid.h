/* Salesforce ids: 15 or 18 characters, the first three say of what. */
#pragma once

#include <stdbool.h>

#include "attr.h"

#define SF_SFID_SIZE 19
/*
 * A Salesforce id of 15 or 18 characters (A-Z a-z 0-9) with this prefix ("00D", "005") -> 18
 * characters. An 18-character one with a wrong checksum is refused.
 */
SF_CHECKED bool sf_sfid_parse(const char *id, const char *prefix, char ret[static SF_SFID_SIZE]);

/* Split /id/ORG/USER (a path, nothing after USER but an optional query) into two normalised ids. */
SF_CHECKED bool sf_sfid_split(
    const char *path, char ret_org[static SF_SFID_SIZE], char ret_user[static SF_SFID_SIZE]);
