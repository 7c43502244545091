/*
 * The structs and enums of a configuration: each row of config.def becomes a field. No functions.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flows.h"
#include "list.h"

#define SF_CONFIG_ORGS_MAX 32  /* orgs in all files together */
#define SF_CONFIG_LIST_MAX 256 /* items of one list */
#define SF_CONFIG_NAME_MAX 64  /* [org NAME]: A-Z a-z 0-9 - _ . */

/* Sign-ins that may begin per minute. */
struct sf_rate {
	uint32_t per_min;        /* on this host */
	uint32_t source_per_min; /* from one source address */
};

/* The enums are the indexes of the choices in config.def, in the same order. */

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
 * The types. A text is never NULL: it is "" if the key is not given and has no default. A given key
 * replaces the default of a list; further lines of a repeatable key add to it.
 *   TEXT      char *: printable ASCII
 *   URL       char *: canonical base URL without a final slash
 *   LINK      char *: https://..., printable, no fragment
 *   SFID      char *: organization id, normalised to 18 characters
 *   VERSION   char *: NN.N
 *   PATH      char *: absolute
 *   PROXY     char *: http://HOST:PORT
 *   TEMPLATE  char *: ASCII with {user} exactly once
 *   WORDS     struct sf_list: one value, split at spaces
 *   LIST      struct sf_list: repeatable, each value split at spaces
 *   URLS      struct sf_list: repeatable, of URL
 *   LINKS     struct sf_list: repeatable, of LINK or http://localhost...
 *   CHOICES   struct sf_list: one value, split at spaces and commas, of choices
 *   CHOICE    unsigned: index in choices
 *   NUMBER    uint32_t
 *   SECS      uint32_t: seconds; the field has the suffix _s
 *   BOOL      bool: yes or no; the field has the prefix is_
 *   RATE      struct sf_rate: "30/min, 6/min per source"; a missing part keeps its default
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
	/* In the order of the file. An org of the user's file replaces the system's in place. */
	struct sf_org *orgs;
	size_t org_count;
	bool has_pam;
	struct sf_pam pam; /* has defaults if has_pam is false */
};
