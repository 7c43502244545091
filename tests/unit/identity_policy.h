/* A policy and ids for the tests of identity. cmocka.h comes first. */
#pragma once

#include "config.h"
#include "text.h"

#define ORG15      "00D5f000000Abcd"
#define ORG18      "00D5f000000AbcdEAC"
#define ORG_CASE   "00D5f000000aBcdEAE" /* differs from ORG18 in case only */
#define USER18     "0055f00000EfGhiAAF"
#define USER15     "0055f00000EfGhi"
#define OTHER_USER "0055f00000EfGhjAAF"

static inline char *one(const char *text)
{
	static char copies[8][64];
	static unsigned next;
	char *copy = copies[next++ % 8];

	assert_true(sf_text_copy(copy, sizeof(copies[0]), text));
	return copy;
}

/* A list of one item, for as long as the test runs. */
#define LIST(item) ((struct sf_list){.items = (char *[]){one(item)}, .count = 1})

static inline struct sf_pam policy_of_template(void)
{
	struct sf_pam policy = {
	    .username_template = one("{user}@acme.example"),
	    .user_map = one(""),
	    .min_uid = 1000,
	};

	return policy;
}
