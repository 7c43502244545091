/*
 * sfoauth whoami: ask Salesforce's userinfo endpoint whose token this is, and print the reply. The
 * stored username is not trusted for that.
 */
#include "cmd.h"
#include "facts_out.h"
#include "worker_jobs.h"

#include "banned.h"

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

enum sf_err sf_cmd_whoami(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_facts facts = {0};
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r == SF_OK)
		r = get_facts(cmd, &token, &facts, e);
	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	return sf_facts_out_print(cmd, token->scope, &facts, e);
}
