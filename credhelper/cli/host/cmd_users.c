/*
 * sfoauth users --permission NAME: prints lines for a user_map, one for each Salesforce user who
 * has a custom permission. Writes no file: an administrator checks the lines first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "rest.h"
#include "json_out.h"
#include "rest_records.h"
#include "user_map.h"

#include "banned.h"

#define SF_SOQL_SIZE   1536
#define SF_SETS_MAX    40 /* permission sets in one query; the length of its path is limited */
#define SF_REASON_SIZE 256

static void free_text(char **text)
{
	free(*text);
}

/* Takes one record into `into`. False: no memory, or the record lacks a field. */
typedef bool take_fn(const struct sf_rest_records *records, size_t index, void *into);

/*
 * Run a query and take every record of all parts. The records come from outside: a record of
 * another form ends the query.
 */
static enum sf_err run_query(
    struct sf_rest *rest, const char *soql, take_fn *take, void *into, struct sf_error *e)
{
	char next[SF_URL_MAX];
	enum sf_err r = sf_rest_query(rest->cmd, soql, next, sizeof(next), e);

	while (r == SF_OK && next[0] != '\0') {
		SF_CLEANUP(free_text) char *text = NULL;
		SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = NULL;
		size_t len = 0;

		r = sf_rest_text(rest, &(struct sf_worker_jobs_request){.path = next},
		    SF_REST_RECORDS_PART_MAX, &text, &len, e);
		if (r == SF_OK)
			r = sf_rest_records_parse(text, len, &records, e);
		if (r != SF_OK)
			return r;
		for (size_t i = 0; i < sf_rest_records_count(records); i++)
			if (!take(records, i, into))
				return SF_FAIL(
				    e, SF_E_ANSWER, 0, "a record lacks a field or has a bad value");
		next[0] = '\0';
		if (sf_rest_records_next(records) && sf_rest_records_count(records) > 0 &&
		    !sf_text_copy(next, sizeof(next), sf_rest_records_next(records)))
			return SF_FAIL(e, SF_E_BUG, 0, "the path of the next part does not fit");
	}
	return r;
}

/* The ids of permission sets, as a list in SOQL: 'ID','ID'. */
struct sets {
	char text[SF_SETS_MAX * sizeof("'0PS000000000000AAA',")];
	struct sf_text list;
	size_t count;
};

/*
 * Append the id of a permission set. If the list is full, it overflows, and find_users() fails: an
 * incomplete list would look like a complete one. The check of the id keeps quotes out of the
 * query.
 */
static bool take_set(const struct sf_rest_records *records, size_t index, void *into)
{
	struct sets *sets = into;
	const char *id = sf_rest_records_text(records, index, "ParentId");

	return id != NULL && strlen(id) == 18 && sf_text_has_only(id, SF_TEXT_ALNUM) &&
	       sf_text_addf(&sets->list, "%s'%s'", sets->count++ > 0 ? "," : "", id);
}

static bool take_user(const struct sf_rest_records *records, size_t index, void *into)
{
	const char *username = sf_rest_records_text(records, index, "Username");
	const char *id = sf_rest_records_text(records, index, "Id");

	return username != NULL && id != NULL && sf_user_map_add(into, username, id);
}

/*
 * The condition on a permission, "Name" or "PREFIX__Name" of a package. A developer name never has
 * two underscores in a row, so "__" ends the prefix. The letters are an allow-list, because the
 * name goes into a query.
 */
static enum sf_err permission_condition(
    const char *permission, struct sf_text *ret_condition, struct sf_error *e)
{
	const char *mark = strstr(permission, "__");
	const char *name = !mark ? permission : mark + 2;

	if (!sf_text_has_only(permission, "_" SF_TEXT_ALNUM) || name[0] == '\0' ||
	    mark == permission)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_USERS_BAD_PERMISSION, NULL);
	sf_text_addf(ret_condition, "DeveloperName = '%s'", name);
	if (mark)
		sf_text_addf(ret_condition, " AND NamespacePrefix = '%.*s'",
		    (int)(mark - permission), permission);
	if (ret_condition->overflow)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_USERS_LONG_PERMISSION, NULL);
	return SF_OK;
}

/*
 * Find the active users who have the permission. SOQL does not nest semi-joins, so this takes two
 * queries: first the permission sets with the permission (a profile has one as well), then the
 * users that have one of them.
 */
static enum sf_err find_users(
    struct sf_rest *rest, const char *permission, struct sf_user_map *users, struct sf_error *e)
{
	char condition[256], soql[SF_SOQL_SIZE];
	struct sf_text c = SF_TEXT(condition), s = SF_TEXT(soql);
	struct sets sets = {.count = 0};
	enum sf_err r = permission_condition(permission, &c, e);

	sets.list = SF_TEXT(sets.text);
	if (r != SF_OK)
		return r;
	sf_text_addf(&s,
	    "SELECT ParentId FROM SetupEntityAccess WHERE SetupEntityId IN "
	    "(SELECT Id FROM CustomPermission WHERE %s)",
	    condition);
	r = run_query(rest, soql, take_set, &sets, e);
	if (sets.list.overflow)
		return SF_FAIL_MESSAGE(e, SF_E_TOO_LARGE, SF_MESSAGE_USERS_TOO_MANY,
		    SF_WITH({"max", SF_NUMBER(SF_SETS_MAX)}, {"permission", permission}));
	if (r == SF_OK && sets.count == 0)
		return SF_FAIL_MESSAGE(e, SF_E_NOT_FOUND, SF_MESSAGE_USERS_NO_SET,
		    SF_WITH({"permission", permission}));
	s = SF_TEXT(soql);
	sf_text_addf(&s,
	    "SELECT Username, Id FROM User WHERE IsActive = true AND Id IN "
	    "(SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSetId IN (%s))",
	    sets.text);
	return r == SF_OK ? run_query(rest, soql, take_user, users, e) : r;
}

/* Append why the line cannot be used; nothing if it can. */
static void add_reason(struct sf_text *text, const struct sf_user *user)
{
	static const enum sf_message words[] = {
	    [SF_USER_MAP_NO_NAME] = SF_MESSAGE_USERS_NO_NAME,
	    [SF_USER_MAP_TWICE] = SF_MESSAGE_USERS_TWICE,
	    [SF_USER_MAP_NO_ACCOUNT] = SF_MESSAGE_USERS_NO_ACCOUNT,
	    [SF_USER_MAP_ROOT] = SF_MESSAGE_USERS_ROOT,
	    [SF_USER_MAP_OTHER_DOMAIN] = SF_MESSAGE_USERS_OTHER_DOMAIN,
	};

	if (user->state != SF_USER_MAP_READY)
		(void)!sf_message_add(text, words[user->state], SF_WITH({"name", user->name}));
}

/* Print a valid user_map. A line that cannot be used is a comment that gives the reason. */
static void show_lines(const struct sf_cmd *cmd, const struct sf_user_map *users)
{
	sf_message_print(stdout, SF_MESSAGE_USERS_HEAD,
	    SF_WITH({"org", cmd->org->name}, {"permission", cmd->options->permission}));
	for (size_t i = 0; i < users->count; i++) {
		const struct sf_user *user = &users->list[i];
		const bool is_ready = user->state == SF_USER_MAP_READY;
		char reason[SF_REASON_SIZE];
		struct sf_text text = SF_TEXT(reason);

		add_reason(&text, user);
		(void)printf("\n# %s%s%s\n%s%s %s\n", user->username, is_ready ? "" : ": ", reason,
		    is_ready ? "" : "#", user->name[0] != '\0' ? user->name : "?", user->id);
	}
}

static void fill_json(struct sf_json_out *out, const struct sf_user_map *users)
{
	sf_json_out_text(out, "status", "ok");
	sf_json_out_list(out, "users");
	for (size_t i = 0; i < users->count; i++) {
		const struct sf_user *user = &users->list[i];
		struct sf_json_out *row = sf_json_out_new();
		char reason[SF_REASON_SIZE];
		struct sf_text text = SF_TEXT(reason);

		add_reason(&text, user);
		sf_json_out_text(row, "name", user->name[0] != '\0' ? user->name : NULL);
		sf_json_out_text(row, "user_id", user->id);
		sf_json_out_text(row, "username", user->username);
		sf_json_out_text(row, "reason", reason[0] != '\0' ? reason : NULL);
		sf_json_out_append(out, "users", row);
	}
}

enum sf_err sf_cmd_users(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep)
	struct sf_json_out *out = cmd->options->is_json ? sf_json_out_reply() : NULL;
	SF_CLEANUP(sf_rest_clear) struct sf_rest rest = {0};
	SF_CLEANUP(sf_user_map_clear) struct sf_user_map users = {0};
	enum sf_err r;

	if (!cmd->options->permission)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_USERS_USAGE, NULL);
	r = sf_cmd_begin(cmd, NULL, e);
	if (r == SF_OK)
		r = sf_rest_begin(cmd, &rest, e);
	if (r == SF_OK)
		r = find_users(&rest, cmd->options->permission, &users, e);
	sf_cmd_say_kept(cmd, rest.token);
	if (r != SF_OK)
		return r;
	sf_user_map_judge(&users);
	if (out) {
		fill_json(out, &users);
		return sf_json_out_print(out, e);
	}
	show_lines(cmd, &users);
	return SF_OK;
}
