/* An account of this machine, as the rules see it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What the system knows of the account that wants in. All borrowed. */
struct sf_account {
	const char *name;          /* PAM_USER */
	bool exists;               /* in the user database */
	const char *pw_name;       /* as the database spells it; NULL if it does not exist */
	uid_t uid;                 /* valid if exists */
	const char *const *groups; /* names of all groups of the account */
	size_t group_count;
	const char *service; /* PAM_SERVICE */
	const char
	    *mapped_id; /* user_map: the 18-character user id of this name; NULL: none, or no map */
};
