/* A local account: the facts about it that the rules use. Plain data; the module looks it up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All pointers are borrowed. */
struct sf_account {
	const char *name;    /* PAM_USER */
	bool exists;         /* in the user database */
	const char *pw_name; /* its spelling in the user database; NULL if it does not exist */
	uid_t uid;           /* valid if exists */
	const char *const *groups; /* names of all groups of the account */
	size_t group_count;
	const char *service;       /* PAM_SERVICE */
	bool is_host_unprivileged; /* the host process is not root, so it cannot log anybody in */
	bool is_called_by_root;    /* real uid 0, and no remote host: root itself, at su */
	/* The user id that user_map has for this name, 18 characters; NULL: none, or no map. */
	const char *mapped_id;
};
