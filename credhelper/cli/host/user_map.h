/*
 * Salesforce users -> lines of a user_map: which account each would be, and why one may not be used
 * as it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

#define SF_USER_MAP_NAME_SIZE 33 /* of an account, as useradd takes it */
#define SF_USER_MAP_TEXT_SIZE 97 /* of a username */

enum sf_user_map_state {
	SF_USER_MAP_READY,
	SF_USER_MAP_NO_NAME,    /* nothing of the username can be an account's name */
	SF_USER_MAP_TWICE,      /* another user would have this account, too */
	SF_USER_MAP_NO_ACCOUNT, /* there is none here */
	SF_USER_MAP_ROOT,       /* uid 0, whom the module never asks */
};

struct sf_user {
	char name[SF_USER_MAP_NAME_SIZE]; /* of the account */
	char id[19];
	char username[SF_USER_MAP_TEXT_SIZE];
	enum sf_user_map_state state; /* why it is no line yet */
};

struct sf_user_map {
	struct sf_user *list; /* owned */
	size_t count;
};
void sf_user_map_clear(struct sf_user_map *users); /* for SF_CLEANUP */

/*
 * The account's name: what stands before the @, in small letters, with _ for what useradd does not
 * take. False: nothing is left.
 */
SF_CHECKED bool sf_user_map_name(const char *username, char ret_name[static SF_USER_MAP_NAME_SIZE]);

/* Add one. The same id once more is nothing new. False: no memory, or no id or username. */
SF_CHECKED bool sf_user_map_add(struct sf_user_map *users, const char *username, const char *id);

/* Fill the states. Sorts by name. */
void sf_user_map_judge(struct sf_user_map *users);
