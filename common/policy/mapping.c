/* The text of a user_map, username_template, and which of them applies. Reads no file. */
#include "mapping.h"

#include <string.h>

#include "facts.h"
#include "text.h"

#include "banned.h"

#define USER_PLACEHOLDER "{user}"
#define MAP_NAME_SIZE    65 /* an account name of 64 bytes and a NUL */

bool sf_mapping_expand(const char *template_text, const char *name, char *ret, size_t size)
{
	const char *at = strstr(template_text, USER_PLACEHOLDER);
	struct sf_text text = sf_text_over(ret, size);

	return at && sf_text_is_printable(name) &&
	       sf_text_add_bytes(&text, template_text, (size_t)(at - template_text)) &&
	       sf_text_add(&text, name) && sf_text_add(&text, at + strlen(USER_PLACEHOLDER)) &&
	       sf_text_is_printable(ret);
}

/* Parse one line of a map. ret_name is "" for a blank line or a comment. False: malformed. */
static bool parse_map_line(const char *line, size_t len, char ret_name[static MAP_NAME_SIZE],
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

enum sf_err sf_mapping_find(const char *text, size_t len, const char *name, bool *ret_found,
    char ret_id[static SF_SFID_SIZE], struct sf_error *e)
{
	char found_id[SF_SFID_SIZE] = "";
	unsigned line_no = 0;

	/* Reads on after the name is found: the map must be valid as a whole. */
	for (size_t at = 0; at < len;) {
		char line_name[MAP_NAME_SIZE], line_id[SF_SFID_SIZE];
		const char *line = text + at;
		const char *end = memchr(line, '\n', len - at);
		size_t line_len = end ? (size_t)(end - line) : len - at;

		at += line_len + 1;
		line_no++;
		if (!parse_map_line(line, line_len, line_name, line_id))
			return SF_FAIL(e, SF_E_CONFIG, 0,
			    "user_map line %u: must be a name (up to %d bytes) and an id (005...)",
			    line_no, MAP_NAME_SIZE - 1);
		if (line_name[0] == '\0' || strcmp(line_name, name) != 0)
			continue;
		if (found_id[0] != '\0')
			return SF_FAIL(e, SF_E_CONFIG, 0,
			    "user_map line %u: the name is there twice", line_no);
		memcpy(found_id, line_id, sizeof(found_id));
	}
	*ret_found = found_id[0] != '\0';
	memcpy(ret_id, found_id, sizeof(found_id));
	return SF_OK;
}

/* The username that the policy's template makes for an account. False: see sf_mapping_expand. */
static bool expand_for(const struct sf_pam *policy, const struct sf_account *account,
    char ret[static SF_FACTS_NAME_SIZE])
{
	return sf_mapping_expand(policy->username_template, account->name, ret, SF_FACTS_NAME_SIZE);
}

bool sf_mapping_has(const struct sf_pam *policy, const struct sf_account *account)
{
	char wanted[SF_FACTS_NAME_SIZE];

	if (policy->user_map[0] != '\0')
		return account->mapped_id;
	return expand_for(policy, account, wanted);
}

bool sf_mapping_fits(const struct sf_pam *policy, const struct sf_account *account,
    const char *user_id, const char *username)
{
	char wanted[SF_FACTS_NAME_SIZE];

	if (policy->user_map[0] != '\0')
		return account->mapped_id && strcmp(account->mapped_id, user_id) == 0;
	/* Salesforce does not distinguish usernames by case. */
	return expand_for(policy, account, wanted) && sf_text_equal_nocase(wanted, username);
}
