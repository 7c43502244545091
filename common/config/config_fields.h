/*
 * What a configuration holds: the structs and enums that the rows of config.def become. No
 * functions.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flows.h"
#include "list.h"

#define SF_CONFIG_ORGS_MAX 32
#define SF_CONFIG_LIST_MAX 256
#define SF_CONFIG_NAME_MAX 64 /* [org NAME]: A-Z a-z 0-9 - _ . */

struct sf_rate {
	uint32_t per_min;        /* on this host */
	uint32_t source_per_min; /* by one source */
};

enum sf_org_auth {
	SF_ORG_AUTH_AUTO,
	SF_ORG_AUTH_NONE,
	SF_ORG_AUTH_BODY,
	SF_ORG_AUTH_BASIC,
	SF_ORG_AUTH_PRIVATE_KEY_JWT
};
enum sf_org_site { SF_ORG_SITE_HEADER, SF_ORG_SITE_BODY };
enum sf_org_secret { SF_ORG_SECRET_NONE, SF_ORG_SECRET_KEYRING };
enum sf_first_factor { SF_FIRST_FACTOR_NONE, SF_FIRST_FACTOR_PUBLICKEY };
enum sf_dialogue { SF_DIALOGUE_AUTO, SF_DIALOGUE_PRESS_ENTER, SF_DIALOGUE_NOTICE };
enum sf_session_token { SF_SESSION_TOKEN_OFF, SF_SESSION_TOKEN_ACCESS };
enum sf_account_check { SF_ACCOUNT_CHECK_OFF };

/*
 * Field types. Texts are never NULL: a key that is not given and has no default is "". Durations
 * get the suffix _s.
 *   TEXT      char *, printable ASCII            URL    char *, canonical base URL without a
 *   final slash
 *   WORDS     struct sf_list, split at spaces    URLS   struct sf_list of URL, repeatable
 *   LIST      struct sf_list, repeatable; a value may hold several words (a given key replaces
 *   the default)
 *   CHOICE    unsigned, index in choices         CHOICES struct sf_list, split at spaces and
 *   commas, each one of choices
 *   LINK      char *, https://... or http://localhost..., printable, no fragment
 *   LINKS     struct sf_list of LINK, repeatable
 *   SFID      char *, normalised to 18           SECS   uint32_t, with suffix _s
 *   NUMBER    uint32_t                           BOOL   bool (yes, no), with prefix is_
 *   VERSION   char *, NN.N                       PATH   char *, absolute
 *   PROXY     char *, http://HOST:PORT           TEMPLATE char *, holds {user} exactly once, ASCII
 *   RATE      struct sf_rate: "30/min, 6/min per source", either part may be missing and keeps
 *   its default
 */
#define SF_FIELD_TEXT(key)     char *key;
#define SF_FIELD_URL(key)      char *key;
#define SF_FIELD_LINK(key)     char *key;
#define SF_FIELD_LINKS(key)    struct sf_list key;
#define SF_FIELD_SFID(key)     char *key;
#define SF_FIELD_VERSION(key)  char *key;
#define SF_FIELD_PATH(key)     char *key;
#define SF_FIELD_PROXY(key)    char *key;
#define SF_FIELD_TEMPLATE(key) char *key;
#define SF_FIELD_WORDS(key)    struct sf_list key;
#define SF_FIELD_URLS(key)     struct sf_list key;
#define SF_FIELD_LIST(key)     struct sf_list key;
#define SF_FIELD_CHOICES(key)  struct sf_list key;
#define SF_FIELD_CHOICE(key)   unsigned key;
#define SF_FIELD_SECS(key)     uint32_t key##_s;
#define SF_FIELD_NUMBER(key)   uint32_t key;
#define SF_FIELD_BOOL(key)     bool is_##key;
#define SF_FIELD_RATE(key)     struct sf_rate key;

struct sf_org {
	char *name; /* of the section */
#define SF_KEY_org(key, TYPE) SF_FIELD_##TYPE(key)
#define SF_KEY_pam(key, TYPE)
#define SF_KEY(section, key, TYPE, ...) SF_KEY_##section(key, TYPE)
#include "config.def"
#undef SF_KEY_org
#undef SF_KEY_pam
};

struct sf_pam {
#define SF_KEY_org(key, TYPE)
#define SF_KEY_pam(key, TYPE) SF_FIELD_##TYPE(key)
#include "config.def"
#undef SF_KEY_org
#undef SF_KEY_pam
#undef SF_KEY
};

struct sf_config {
	/* In file order; a user file's org replaces the system's of the same name in place. */
	struct sf_org *orgs;
	size_t org_count;
	bool has_pam;
	struct sf_pam pam; /* defaults where has_pam is false */
};
