/*
 * sfoauth check-token: whose is the access token on standard input, and is it of the pinned org?
 * The building block of a gateway: a token carries no word about whom it is for, so that the org is
 * all that can be compared. Stores nothing, renews nothing.
 */
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "facts_out.h"
#include "owner.h"
#include "sfid.h"
#include "text.h"
#include "worker_jobs.h"

#include "banned.h"

#define SF_INPUT_MAX  (SF_TOKEN_ACCESS_MAX + 2) /* with a line end */
#define SF_PREFIX_LEN 15                        /* of an organization id, before "!" */

/* Read into the empty token; one line end after the input is not part of it. */
static enum sf_err read_token(
    const struct sf_target *target, struct sf_token *token, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	const char *bytes;
	size_t len;

	/* A terminal would show what is typed. */
	text = isatty(STDIN_FILENO) ? NULL : sf_secret_read(STDIN_FILENO, SF_INPUT_MAX);
	bytes = sf_secret_reveal(text);
	len = strcspn(bytes, "\r\n");
	if (len == 0 || sf_secret_len(text) - len > 2 || len > SF_TOKEN_ACCESS_MAX ||
	    strspn(bytes + len, "\r\n") != sf_secret_len(text) - len)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_CHECK_NO_TOKEN, NULL);
	token->access_token = sf_secret_from(bytes, len);
	if (token->access_token && (!sf_text_is_printable(sf_secret_reveal(token->access_token)) ||
				       memchr(bytes, ' ', len)))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_CHECK_NO_TOKEN, NULL);
	if (!token->access_token)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	memcpy(token->origin, target->origin.text, sizeof(token->origin));
	memset(token->generation, '0', SF_TOKEN_GENERATION_SIZE - 1);
	return SF_OK;
}

/* An opaque token, ORGID!REST, of another org is not even sent. A JWT does not show its org. */
static enum sf_err check_prefix(
    const struct sf_token *token, const char *pinned, struct sf_error *e)
{
	const char *text = sf_secret_reveal(token->access_token);
	char prefix[SF_PREFIX_LEN + 1], id[SF_SFID_SIZE];
	struct sf_text part = SF_TEXT(prefix);

	if (strcspn(text, "!") != SF_PREFIX_LEN || text[SF_PREFIX_LEN] != '!')
		return SF_OK;
	(void)sf_text_add_bytes(&part, text, SF_PREFIX_LEN);
	if (sf_owner_is_org(prefix, pinned))
		return SF_OK;
	return SF_FAIL_MESSAGE(e, SF_E_TOKEN_REFUSED, SF_MESSAGE_CHECK_OTHER_ORG,
	    SF_WITH({"id", sf_sfid_parse(prefix, "00D", id) ? id : "?"}, {"wanted", pinned}));
}

/* Salesforce's no, and a token that may not say whose it is, are one thing here: no valid token. */
static enum sf_err ask_owner(struct sf_cmd *cmd, const struct sf_token *token,
    struct sf_facts *ret_facts, struct sf_error *e)
{
	enum sf_err r =
	    sf_worker_jobs_ask_owner(&cmd->session.target, token, ret_facts, &cmd->end, e);

	if (r == SF_E_SIGN_IN_NEEDED || r == SF_E_DENIED || r == SF_E_SCOPE || r == SF_E_NOT_FOUND)
		return SF_FAIL_MESSAGE(e, SF_E_TOKEN_REFUSED, SF_MESSAGE_CHECK_DEAD, NULL);
	return r;
}

enum sf_err sf_cmd_check_token(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	struct sf_facts facts = {0};
	char pinned[SF_SFID_SIZE];
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (!token)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	if (r == SF_OK && !sf_sfid_parse(cmd->org->organization_id, "00D", pinned))
		return SF_FAIL_MESSAGE(
		    e, SF_E_CONFIG, SF_MESSAGE_CHECK_NOT_PINNED, SF_WITH({"org", cmd->org->name}));
	if (r == SF_OK)
		r = read_token(&cmd->session.target, token, e);
	if (r == SF_OK)
		r = check_prefix(token, pinned, e);
	if (r == SF_OK)
		r = ask_owner(cmd, token, &facts, e);
	if (r != SF_OK)
		return r;
	if (!sf_owner_is_org(facts.organization_id, pinned))
		return SF_FAIL_MESSAGE(e, SF_E_TOKEN_REFUSED, SF_MESSAGE_CHECK_OTHER_ORG,
		    SF_WITH({"id", facts.organization_id}, {"wanted", pinned}));
	if (facts.asserted_user != SF_GIVEN_TRUE || facts.active != SF_GIVEN_TRUE)
		return SF_FAIL_MESSAGE(e, SF_E_TOKEN_REFUSED, SF_MESSAGE_CHECK_NOT_OWN,
		    SF_WITH({"username", facts.username}));
	return sf_facts_out_print(cmd, /* scope= */ NULL, &facts, e);
}
