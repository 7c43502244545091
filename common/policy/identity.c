#include "identity.h"

#include <string.h>

#include "list.h"
#include "text.h"

#include "banned.h"

#define USER_PLACEHOLDER "{user}"
#define MAP_NAME_SIZE    65

const char *sf_rule_name(enum sf_rule rule)
{
	static const char *const names[SF_RULE_COUNT] = {[SF_RULE_NONE] = "ok",
#define X(name, reason) [SF_RULE_##name] = reason,
	    SF_IDENTITY_RULES(X)
#undef X
	};

	return rule < SF_RULE_COUNT ? names[rule] : "bug";
}

const char *sf_class_reason_name(enum sf_class_reason reason)
{
	static const char *const names[] = {
#define X(name, text) [SF_CLASS_REASON_##name] = text,
	    SF_IDENTITY_CLASS_REASONS(X)
#undef X
	};

	return reason < SF_COUNT(names) ? names[reason] : "bug";
}

/* --- mapping --- */

bool sf_identity_expand(const char *template_text, const char *name, char *ret, size_t size)
{
	const char *at = strstr(template_text, USER_PLACEHOLDER);
	struct sf_text text = sf_text_over(ret, size);

	return at && sf_text_is_printable(name) &&
	       sf_text_add_bytes(&text, template_text, (size_t)(at - template_text)) &&
	       sf_text_add(&text, name) && sf_text_add(&text, at + strlen(USER_PLACEHOLDER)) &&
	       sf_text_is_printable(ret);
}

/* One line of a map, len bytes: *ret_name is "" for a blank line or a comment. False: malformed. */
static bool map_line(const char *line, size_t len, char ret_name[static MAP_NAME_SIZE],
    char ret_id[static SF_SFID_SIZE])
{
	char id[SF_SFID_SIZE];
	size_t start = 0, name_len = 0, id_len = 0;

	ret_name[0] = '\0';
	while (start < len && (line[start] == ' ' || line[start] == '\t'))
		start++;
	while (len > start && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (start == len || line[start] == '#')
		return true;
	while (start + name_len < len && line[start + name_len] != ' ' &&
	       line[start + name_len] != '\t')
		name_len++;

	size_t id_start = start + name_len;

	while (id_start < len && (line[id_start] == ' ' || line[id_start] == '\t'))
		id_start++;
	id_len = len - id_start;
	if (name_len >= MAP_NAME_SIZE || id_len >= sizeof(id))
		return false;
	memcpy(id, line + id_start, id_len);
	id[id_len] = '\0';
	if (!sf_sfid_parse(id, "005", ret_id))
		return false;
	memcpy(ret_name, line + start, name_len);
	ret_name[name_len] = '\0';
	return true;
}

enum sf_err sf_identity_map_find(const char *text, size_t len, const char *name, bool *ret_found,
    char ret_id[static SF_SFID_SIZE], struct sf_error *e)
{
	char found_id[SF_SFID_SIZE] = "";
	unsigned line_no = 0;

	for (size_t at = 0; at < len;) {
		char line_name[MAP_NAME_SIZE], line_id[SF_SFID_SIZE];
		const char *line = text + at;
		const char *end = memchr(line, '\n', len - at);
		size_t line_len = end ? (size_t)(end - line) : len - at;

		at += line_len + 1;
		line_no++;
		if (!map_line(line, line_len, line_name, line_id))
			return SF_FAIL(e, SF_E_CONFIG, 0,
			    "user_map line %u: must be a name (up to %d bytes) and an id (005...)",
			    line_no, MAP_NAME_SIZE - 1);
		if (line_name[0] == '\0' || strcmp(line_name, name) != 0)
			continue;
		if (found_id[0] != '\0')
			return SF_FAIL(e, SF_E_CONFIG, 0,
			    "user_map line %u: a name stands there twice", line_no);
		memcpy(found_id, line_id, sizeof(found_id));
	}
	*ret_found = found_id[0] != '\0';
	memcpy(ret_id, found_id, sizeof(found_id));
	return SF_OK;
}

/* --- class --- */

static bool in_local_group(const struct sf_pam *policy, const struct sf_account *account)
{
	for (size_t i = 0; i < account->group_count; i++)
		if (sf_list_has(&policy->local_groups, account->groups[i]))
			return true;
	return false;
}

static bool is_mapped(const struct sf_pam *policy, const struct sf_account *account)
{
	char wanted[SF_FACTS_NAME_SIZE];

	if (policy->user_map[0] != '\0')
		return account->mapped_id;
	return sf_identity_expand(policy->username_template, account->name, wanted, sizeof(wanted));
}

enum sf_class sf_identity_class(
    const struct sf_pam *policy, const struct sf_account *account, enum sf_class_reason *ret_reason)
{
	const struct {
		bool holds;
		enum sf_class_reason reason;
		enum sf_class class_;
	} rows[] = {
	    {account->exists && account->uid == 0, SF_CLASS_REASON_LOW_UID, SF_CLASS_LOCAL},
	    {policy->services.count > 0 && !sf_list_has(&policy->services, account->service),
		SF_CLASS_REASON_SERVICE, SF_CLASS_LOCAL},
	    {sf_list_has(&policy->local_users, account->name), SF_CLASS_REASON_LOCAL_USER,
		SF_CLASS_LOCAL},
	    {account->exists && in_local_group(policy, account), SF_CLASS_REASON_LOCAL_GROUP,
		SF_CLASS_LOCAL},
	    {account->exists && account->uid < policy->min_uid, SF_CLASS_REASON_LOW_UID,
		SF_CLASS_LOCAL},
	    {!account->exists, SF_CLASS_REASON_UNKNOWN_USER, SF_CLASS_NOBODY},
	    {!account->pw_name || strcmp(account->pw_name, account->name) != 0,
		SF_CLASS_REASON_NAME_DIFFERS, SF_CLASS_NOBODY},
	    {sf_list_has(&policy->deny_users, account->name), SF_CLASS_REASON_DENY_USERS,
		SF_CLASS_NOBODY},
	    {!is_mapped(policy, account), SF_CLASS_REASON_UNMAPPED, SF_CLASS_NOBODY},
	};

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		if (!rows[i].holds)
			continue;
		*ret_reason = rows[i].reason;
		return rows[i].class_;
	}
	*ret_reason = SF_CLASS_REASON_NONE;
	return SF_CLASS_OURS;
}

/* --- the rules --- */

enum sf_rule sf_identity_first_factor(
    const struct sf_pam *policy, const char *service, const char *auth_info)
{
	if (policy->ssh_first_factor == SF_FIRST_FACTOR_NONE || strcmp(service, "sshd") != 0)
		return SF_RULE_NONE;
	/* One method a line; sshd writes them in the order in which they succeeded. */
	for (const char *line = auth_info; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sf_text_starts(line, "publickey "))
			return SF_RULE_NONE;
	}
	return SF_RULE_FIRST_FACTOR;
}

enum sf_rule sf_identity_address(const struct sf_origin *pinned, const char *verification_uri)
{
	return sf_origin_holds(pinned, verification_uri, NULL) ? SF_RULE_NONE
							       : SF_RULE_VERIFICATION_URI;
}

/* Is the address on one of the hosts where every org's people may log in? */
static bool is_login_host(const char *url, const char **ret_path)
{
	static const char *const hosts[] = {
	    "https://login.salesforce.com", "https://test.salesforce.com"};
	struct sf_origin origin;
	struct sf_error unused;

	for (size_t i = 0; i < SF_COUNT(hosts); i++)
		if (sf_origin_parse(hosts[i], &origin, &unused) == SF_OK &&
		    sf_origin_holds(&origin, url, ret_path))
			return true;
	return false;
}

/* Rule 2: both addresses. The ids in `id`'s path go to the caller for rules 3 and 4. */
static enum sf_rule decide_addresses(const struct sf_identity_ask *ask,
    char ret_org[static SF_SFID_SIZE], char ret_user[static SF_SFID_SIZE])
{
	const char *path = NULL;

	if (!sf_origin_holds(ask->pinned, ask->facts->instance_url, &path) ||
	    (path[0] != '\0' && strcmp(path, "/") != 0))
		return SF_RULE_INSTANCE_URL;
	if (!sf_origin_holds(ask->pinned, ask->facts->id_url, &path) &&
	    !is_login_host(ask->facts->id_url, &path))
		return SF_RULE_ID_URL;
	if (!sf_sfid_split(path, ret_org, ret_user))
		return SF_RULE_ID_URL;
	return SF_RULE_NONE;
}

/* Is id, in either length, the pinned organization? */
static bool is_org(const char *id, const char *pinned)
{
	char full[SF_SFID_SIZE];

	return sf_sfid_parse(id, "00D", full) && strcmp(full, pinned) == 0;
}

/* Rule 6. */
static bool fits_account(const struct sf_identity_ask *ask, const char *user_id)
{
	char wanted[SF_FACTS_NAME_SIZE];

	if (ask->policy->user_map[0] != '\0')
		return ask->account->mapped_id && strcmp(ask->account->mapped_id, user_id) == 0;
	return sf_identity_expand(
		   ask->policy->username_template, ask->account->name, wanted, sizeof(wanted)) &&
	       sf_text_equal_nocase(wanted, ask->facts->username);
}

/* Rule 7. */
static bool has_permission(const struct sf_pam *policy, const struct sf_facts *facts)
{
	for (size_t i = 0; i < facts->permission_count; i++)
		if (sf_list_has(&policy->require_permission, facts->permissions[i]))
			return true;
	return policy->require_permission.count == 0;
}

enum sf_rule sf_identity_decide(const struct sf_identity_ask *ask)
{
	const struct sf_facts *facts = ask->facts;
	char id_org[SF_SFID_SIZE], id_user[SF_SFID_SIZE], document_user[SF_SFID_SIZE];
	enum sf_rule rule = decide_addresses(ask, id_org, id_user);

	if (rule != SF_RULE_NONE)
		return rule;
	if (ask->organization_id[0] == '\0' || strcmp(id_org, ask->organization_id) != 0 ||
	    !is_org(facts->organization_id, ask->organization_id))
		return SF_RULE_ORG_MISMATCH;
	/* Only an opaque token names its organization; a JWT has no such prefix. */
	if (facts->token_prefix[0] != '\0' && !is_org(facts->token_prefix, ask->organization_id))
		return SF_RULE_ORG_MISMATCH;
	if (facts->asserted_user != SF_GIVEN_TRUE)
		return SF_RULE_NOT_ASSERTED;
	if (!sf_sfid_parse(facts->user_id, "005", document_user) ||
	    strcmp(document_user, id_user) != 0)
		return SF_RULE_USER_MISMATCH;
	if (facts->active != SF_GIVEN_TRUE)
		return SF_RULE_INACTIVE;
	if (!sf_list_has(&ask->policy->allow_user_types, facts->user_type))
		return SF_RULE_USER_TYPE;
	if (facts->integration_user == SF_GIVEN_TRUE)
		return SF_RULE_INTEGRATION_USER;
	/* A site user may carry the type STANDARD in a copied org: the token says it. */
	if (facts->community != SF_GIVEN_ABSENT)
		return SF_RULE_SITE_USER;
	if (!fits_account(ask, id_user))
		return SF_RULE_NOT_MAPPED;
	if (!has_permission(ask->policy, facts))
		return SF_RULE_PERMISSION;
	return SF_RULE_NONE;
}
