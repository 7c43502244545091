/*
 * Salesforce users as lines for a user_map: the account that each user would get, and why a line
 * cannot be used.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

#define SF_USER_MAP_NAME_SIZE 33 /* of an account name; useradd takes 32 characters */
#define SF_USER_MAP_TEXT_SIZE 97 /* of a Salesforce username */

enum sf_user_map_state {
	SF_USER_MAP_READY,
	SF_USER_MAP_NO_NAME,      /* the username yields no valid account name */
	SF_USER_MAP_TWICE,        /* another user would get the same account */
	SF_USER_MAP_NO_ACCOUNT,   /* this host has no such account */
	SF_USER_MAP_ROOT,         /* an account with uid 0, which the module never asks */
	SF_USER_MAP_OTHER_DOMAIN, /* the username is of another domain than most of them */
};

struct sf_user {
	char name[SF_USER_MAP_NAME_SIZE]; /* of the account */
	char id[19];                      /* of the Salesforce user, 18 characters */
	char username[SF_USER_MAP_TEXT_SIZE];
	enum sf_user_map_state state; /* READY, or why the line cannot be used */
};

struct sf_user_map {
	struct sf_user *list; /* owned */
	size_t count;
};
void sf_user_map_clear(struct sf_user_map *users); /* for SF_CLEANUP */

/*
 * Derive an account name: the username up to the @, in lower case, with _ for each character that
 * useradd refuses. False: nothing is left, or it is too long.
 */
SF_CHECKED bool sf_user_map_name(const char *username, char ret_name[static SF_USER_MAP_NAME_SIZE]);

/*
 * Add a user; a known id is ignored. False: no memory, more than 65,536 users, or id or username is
 * not valid.
 */
SF_CHECKED bool sf_user_map_add(struct sf_user_map *users, const char *username, const char *id);

/* Sort by account name and set each state. Asks the user database of this host. */
void sf_user_map_judge(struct sf_user_map *users);
