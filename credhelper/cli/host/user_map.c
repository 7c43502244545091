/*
 * Proposes an account name for each Salesforce user and checks it against the others and against
 * the user database. Reads and writes no user_map file.
 */
#include "user_map.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sfid.h"
#include "text.h"

#include "banned.h"

#define SF_USER_MAP_MAX 65536       /* users */
#define SF_PASSWD_SIZE  (16 * 1024) /* of one entry of the user database */

void sf_user_map_clear(struct sf_user_map *users)
{
	free(users->list);
	*users = (struct sf_user_map){0};
}

bool sf_user_map_name(const char *username, char ret_name[static SF_USER_MAP_NAME_SIZE])
{
	struct sf_text text = sf_text_over(ret_name, SF_USER_MAP_NAME_SIZE);
	const size_t len = strcspn(username, "@");

	for (size_t i = 0; i < len; i++) {
		const char c = username[i] >= 'A' && username[i] <= 'Z'
				   ? (char)(username[i] - 'A' + 'a')
				   : username[i];

		/* A name of digits would be read as a uid, and one with a hyphen as an option. */
		if (i == 0 && ((c >= '0' && c <= '9') || c == '-'))
			sf_text_add_char(&text, '_');
		sf_text_add_char(&text, strchr("-_" SF_TEXT_LOWER_DIGITS, c) != NULL ? c : '_');
	}
	return len > 0 && !text.overflow;
}

bool sf_user_map_add(struct sf_user_map *users, const char *username, const char *id)
{
	struct sf_user *grown, user = {.state = SF_USER_MAP_READY};

	if (!sf_sfid_parse(id, "005", user.id) || !sf_text_is_printable(username) ||
	    !sf_text_copy(user.username, sizeof(user.username), username))
		return false;
	for (size_t i = 0; i < users->count; i++)
		if (strcmp(users->list[i].id, user.id) == 0)
			return true;
	grown = users->count < SF_USER_MAP_MAX
		    ? reallocarray(users->list, users->count + 1, sizeof(*grown))
		    : NULL;
	if (!grown)
		return false;
	if (!sf_user_map_name(username, user.name))
		user.name[0] = '\0';
	users->list = grown;
	users->list[users->count++] = user;
	return true;
}

/* By account name, then username, so that users who share a name are neighbours. */
static int compare(const void *a, const void *b)
{
	const struct sf_user *left = a, *right = b;
	const int by_name = strcmp(left->name, right->name);

	return by_name != 0 ? by_name : strcmp(left->username, right->username);
}

static bool has_same_name(const struct sf_user_map *users, size_t i, size_t j)
{
	return j < users->count && strcmp(users->list[i].name, users->list[j].name) == 0;
}

/* is_twice: another user has the same account name. */
static enum sf_user_map_state state_of(const struct sf_user *user, bool is_twice)
{
	char buf[SF_PASSWD_SIZE];
	struct passwd entry, *account = NULL;

	if (user->name[0] != '\0')
		(void)getpwnam_r(user->name, &entry, buf, sizeof(buf), &account);
	if (user->name[0] == '\0')
		return SF_USER_MAP_NO_NAME;
	if (is_twice)
		return SF_USER_MAP_TWICE;
	if (!account)
		return SF_USER_MAP_NO_ACCOUNT;
	return account->pw_uid == 0 ? SF_USER_MAP_ROOT : SF_USER_MAP_READY;
}

/* The domain of a username, with its "@"; "" if there is none. */
static const char *domain_of(const struct sf_user *user)
{
	const char *at = strrchr(user->username, '@');

	return at != NULL ? at : "";
}

static int compare_domains(const void *a, const void *b)
{
	return strcasecmp(domain_of(a), domain_of(b));
}

/*
 * The domain that more users have than any other, to ret. False: there is no such domain. People
 * choose their usernames: ada@other.example may be anybody.
 */
static bool find_usual_domain(struct sf_user_map *users, char ret[static SF_USER_MAP_TEXT_SIZE])
{
	const struct sf_user *list = users->list;
	size_t most = 0, run = 0;
	bool is_alone = false;

	qsort(users->list, users->count, sizeof(*users->list), compare_domains);
	for (size_t i = 0; i < users->count; i++) {
		run = i > 0 && compare_domains(&list[i - 1], &list[i]) == 0 ? run + 1 : 1;
		if (run < most)
			continue;
		is_alone = run > most;
		most = run;
		(void)!sf_text_copy(ret, SF_USER_MAP_TEXT_SIZE, domain_of(&list[i]));
	}
	return is_alone;
}

void sf_user_map_judge(struct sf_user_map *users)
{
	char usual[SF_USER_MAP_TEXT_SIZE] = "";
	bool has_usual;

	if (users->count == 0)
		return;
	has_usual = find_usual_domain(users, usual);
	qsort(users->list, users->count, sizeof(*users->list), compare);
	for (size_t i = 0; i < users->count; i++) {
		struct sf_user *user = &users->list[i];

		user->state = state_of(user,
		    (i > 0 && has_same_name(users, i, i - 1)) || has_same_name(users, i, i + 1));
		if (user->state == SF_USER_MAP_READY && has_usual &&
		    strcasecmp(domain_of(user), usual) != 0)
			user->state = SF_USER_MAP_OTHER_DOMAIN;
	}
}
