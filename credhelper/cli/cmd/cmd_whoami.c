/*
 * sfoauth whoami: ask Salesforce's userinfo endpoint whose token this is, and print the reply. The
 * stored username is not trusted for that.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "json_out.h"
#include "text.h"
#include "worker_jobs.h"

#include "banned.h"

/* The word for a boolean that Salesforce may have left out. */
static enum sf_message word_of_given(enum sf_given given)
{
	return given == SF_GIVEN_ABSENT ? SF_MESSAGE_NOT_TOLD
	       : given == SF_GIVEN_TRUE ? SF_MESSAGE_YES
					: SF_MESSAGE_NO;
}

/*
 * Get a token and the facts that userinfo reports about it. If Salesforce rejects the token, it is
 * renewed once and the request repeated. *token is NULL at first; the caller frees it, also after a
 * failure.
 */
static enum sf_err get_facts(
    struct sf_cmd *cmd, struct sf_token **token, struct sf_facts *ret_facts, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *other = NULL;
	enum sf_err r = sf_session_token(&cmd->session, token, e);

	if (r == SF_OK)
		r = sf_worker_jobs_whois(&cmd->session.target, *token, ret_facts, &cmd->end, e);
	if (r != SF_E_SIGN_IN_NEEDED || !*token)
		return r;
	r = sf_session_replace(&cmd->session, *token, &other, e);
	if (r != SF_OK)
		return r;
	sf_token_freep(token);
	*token = SF_TAKE(other);
	return sf_worker_jobs_whois(&cmd->session.target, *token, ret_facts, &cmd->end, e);
}

/* Print the facts as text, one a line; permissions come last, because there may be many. */
static void print_facts(
    const struct sf_cmd *cmd, const struct sf_token *token, const struct sf_facts *facts)
{
	const bool has_scope = token->scope[0] != '\0';

	sf_message_print(stdout, SF_MESSAGE_WHOAMI,
	    SF_WITH({"username", facts->username}, {"user_id", facts->user_id},
		{"organization_id", facts->organization_id}, {"org", cmd->org->name},
		{"url", cmd->org->login_url}, {"user_type", facts->user_type},
		{"active", sf_message_row(word_of_given(facts->active))},
		{"scopes", has_scope ? token->scope : sf_message_row(SF_MESSAGE_NOT_TOLD)}));
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

enum sf_err sf_cmd_whoami(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_facts facts = {0};
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r == SF_OK)
		r = get_facts(cmd, &token, &facts, e);
	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	if (!cmd->options->is_json) {
		print_facts(cmd, token, &facts);
		return SF_OK;
	}
	out = sf_json_out_reply();
	sf_json_out_text(out, "status", "ok");
	sf_json_out_text(out, "org", cmd->org->name);
	sf_json_out_text(out, "login_url", cmd->org->login_url);
	sf_json_out_text(out, "username", facts.username);
	sf_json_out_text(out, "user_id", facts.user_id);
	sf_json_out_text(out, "organization_id", facts.organization_id);
	sf_json_out_text(out, "user_type", facts.user_type);
	if (facts.active != SF_GIVEN_ABSENT)
		sf_json_out_bool(out, "active", facts.active == SF_GIVEN_TRUE);
	add_words(out, "scopes", token->scope);
	sf_json_out_list(out, "permissions");
	for (size_t i = 0; i < facts.permission_count; i++)
		sf_json_out_append_text(out, "permissions", facts.permissions[i]);
	return sf_json_out_print(out, e);
}
