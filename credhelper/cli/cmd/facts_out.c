/* Prints who a user is, as text or as one JSON object. Asks nobody. */
#include "facts_out.h"

#include <stdio.h>
#include <string.h>

#include "json_out.h"
#include "text.h"
#include "token.h"

#include "banned.h"

/* The word for a boolean that Salesforce may have left out. */
static enum sf_message word_of_given(enum sf_given given)
{
	return given == SF_GIVEN_ABSENT ? SF_MESSAGE_NOT_TOLD
	       : given == SF_GIVEN_TRUE ? SF_MESSAGE_YES
					: SF_MESSAGE_NO;
}

/* Print the facts as text, one a line; permissions come last, because there may be many. */
static void print_facts(const struct sf_cmd *cmd, const char *scope, const struct sf_facts *facts)
{
	sf_message_print(stdout, SF_MESSAGE_WHOAMI,
	    SF_WITH({"username", facts->username}, {"user_id", facts->user_id},
		{"organization_id", facts->organization_id}, {"org", cmd->org->name},
		{"url", cmd->org->login_url}, {"user_type", facts->user_type},
		{"active", sf_message_row(word_of_given(facts->active))}));
	if (scope)
		sf_message_print(stdout, SF_MESSAGE_WHOAMI_SCOPES,
		    SF_WITH({"scopes",
			scope[0] != '\0' ? scope : sf_message_row(SF_MESSAGE_NOT_TOLD)}));
	for (size_t i = 0; i < facts->permission_count; i++)
		sf_message_print(stdout,
		    i == 0 ? SF_MESSAGE_WHOAMI_PERMISSION : SF_MESSAGE_WHOAMI_PERMISSION_MORE,
		    SF_WITH({"permission", facts->permissions[i]}));
}

/* Add the words of a space-separated list, such as the scopes, as an array. */
static void add_words(struct sf_json_out *out, const char *key, const char *words)
{
	char word[SF_TOKEN_SCOPE_SIZE];

	sf_json_out_list(out, key);
	for (const char *p = words; *p != '\0'; p += strspn(p, " ")) {
		const size_t len = strcspn(p, " ");
		struct sf_text text = SF_TEXT(word);

		if (len > 0 && sf_text_add_bytes(&text, p, len))
			sf_json_out_append_text(out, key, word);
		p += len;
	}
}

/*
 * A value that Salesforce left out is left out of the JSON, too: false and "not told" are not the
 * same, and a program must be able to see which it is.
 */
enum sf_err sf_facts_out_print(
    const struct sf_cmd *cmd, const char *scope, const struct sf_facts *facts, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = NULL;

	if (!cmd->options->is_json) {
		print_facts(cmd, scope, facts);
		return SF_OK;
	}
	out = sf_json_out_reply();
	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "org", cmd->org->name);
	sf_json_out_text(out, "login_url", cmd->org->login_url);
	sf_json_out_text(out, "username", facts->username);
	sf_json_out_text(out, "user_id", facts->user_id);
	sf_json_out_text(out, "organization_id", facts->organization_id);
	sf_json_out_text(out, "user_type", facts->user_type);
	if (facts->active != SF_GIVEN_ABSENT)
		sf_json_out_bool(out, "active", facts->active == SF_GIVEN_TRUE);
	if (scope)
		add_words(out, "scopes", scope);
	sf_json_out_list(out, "permissions");
	for (size_t i = 0; i < facts->permission_count; i++)
		sf_json_out_append_text(out, "permissions", facts->permissions[i]);
	return sf_json_out_print(out, e);
}
