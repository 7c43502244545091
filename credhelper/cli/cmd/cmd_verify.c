/*
 * sfoauth verify: try sign-in, userinfo, query, refresh and revoke against Salesforce, and print a
 * row for each. Changes nothing but the stored token, and never revokes a real one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_checks.h"
#include "cmd.h"
#include "rest.h"
#include "json_out.h"
#include "rest_records.h"
#include "text.h"
#include "worker_jobs.h"

#include "banned.h"

#define SF_SAID_SIZE       2048
#define SF_QUERY_REPLY_MAX (256U << 10) /* bytes; the reply has one record with one field */
#define SF_NOT_A_TOKEN_MAX 128

/*
 * State of one run: results so far, and where rows go. A failed check does not end the run, except
 * the sign-in: an administrator wants all that is wrong at once.
 */
struct verify {
	struct sf_cmd *cmd;
	struct sf_json_out *out; /* NULL: text on standard output */
	struct sf_rest rest;     /* has a token once try_sign_in returned true */
	unsigned tried, failed;  /* checks; skipped ones are in neither */
	enum sf_err first;       /* error of the first failed check: the exit status */
};

/* Count a result; keep the error of the first failure. */
static void count(struct verify *v, enum sf_check_result result, enum sf_err reason)
{
	v->tried += result != SF_CHECK_SKIPPED;
	v->failed += result == SF_CHECK_FAILED;
	if (result == SF_CHECK_FAILED && v->first == SF_OK)
		v->first = reason;
}

/* Count and print a check. */
static void show(struct verify *v, const struct sf_check *check)
{
	count(v, check->result, check->reason);
	sf_report_checks_show(v->cmd, check, v->out);
}

/* Print a passed check; word and args say what was found. */
static void show_ok(
    struct verify *v, const char *name, enum sf_message word, const struct sf_arg *args)
{
	char said[SF_SAID_SIZE];
	struct sf_text text = SF_TEXT(said);
	const bool fits = sf_message_add(&text, word, args);

	show(v,
	    &(struct sf_check){
		.name = name, .result = SF_CHECK_OK, .said = fits ? said : sf_message_row(word)});
}

/* Print a failed check; e gives the detail and the remedy. */
static void show_failed(struct verify *v, const char *name, const struct sf_error *e)
{
	count(v, SF_CHECK_FAILED, e->code);
	sf_report_checks_show_failed(v->cmd, name, e, v->out);
}

/* Get a token, stored or new. False: failed, and the other checks make no sense. */
static bool try_sign_in(struct verify *v)
{
	const struct sf_token *token;
	struct sf_error e;

	if (sf_session_token(&v->cmd->session, &v->rest.token, &e) != SF_OK) {
		show_failed(v, "sign-in", &e);
		return false;
	}
	/* Not every flow's reply names the scopes. */
	token = v->rest.token;
	if (token->scope[0] != '\0')
		show_ok(v, "sign-in", SF_MESSAGE_VERIFY_SIGN_IN,
		    SF_WITH({"username", token->username}, {"scopes", token->scope}));
	else
		show_ok(v, "sign-in", SF_MESSAGE_VERIFY_SIGN_IN_NO_SCOPES,
		    SF_WITH({"username", token->username}));
	return true;
}

/* Ask userinfo. If Salesforce rejects the token, renew it once and ask again. */
static enum sf_err get_facts(struct verify *v, struct sf_facts *ret_facts, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *other = NULL;
	struct sf_session *session = &v->cmd->session;
	enum sf_err r =
	    sf_worker_jobs_whois(&session->target, v->rest.token, ret_facts, &v->cmd->end, e);

	if (r != SF_E_SIGN_IN_NEEDED)
		return r;
	r = sf_session_replace(session, v->rest.token, &other, e);
	if (r != SF_OK)
		return r;
	sf_token_freep(&v->rest.token);
	v->rest.token = SF_TAKE(other);
	return sf_worker_jobs_whois(&session->target, v->rest.token, ret_facts, &v->cmd->end, e);
}

/* Whose token is it, and is that user active? */
static void try_userinfo(struct verify *v)
{
	struct sf_facts facts = {0};
	struct sf_error e;
	enum sf_err r = get_facts(v, &facts, &e);

	if (r == SF_OK && facts.active == SF_GIVEN_FALSE)
		r = SF_FAIL_MESSAGE(&e, SF_E_DENIED, SF_MESSAGE_VERIFY_INACTIVE,
		    SF_WITH({"username", facts.username}));
	if (r != SF_OK) {
		show_failed(v, "userinfo", &e);
		return;
	}
	show_ok(v, "userinfo", SF_MESSAGE_VERIFY_USER,
	    SF_WITH({"user_id", facts.user_id}, {"organization_id", facts.organization_id},
		{"user_type", facts.user_type}));
}

/* For SF_CLEANUP. */
static void free_text(char **text)
{
	free(*text);
}

/*
 * A request that Salesforce does not accept is wrong as a matter of the command line in `query` and
 * `api`, where a person wrote it. Here it is ours: it counts as a refusal that nobody knows.
 */
static enum sf_err as_own_request(struct sf_cmd *cmd, struct sf_error *e)
{
	if (e->code != SF_E_USAGE || cmd->end.row[0] == '\0')
		return e->code;
	e->code = cmd->end.error.code = SF_E_DENIED;
	(void)!sf_text_copy(cmd->end.row, sizeof(cmd->end.row), "other_error");
	return e->code;
}

/*
 * Query the user's own record, which every user with API access may read, so that a failure means
 * no access. Fails with SCOPE if the token lacks `api` or no record comes, and as rest.h says.
 */
static enum sf_err query_own_record(struct verify *v, struct sf_error *e)
{
	SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = NULL;
	SF_CLEANUP(free_text) char *reply = NULL;
	const struct sf_token *token = v->rest.token;
	char soql[128], path[SF_URL_MAX];
	struct sf_text text = SF_TEXT(soql);
	size_t len = 0;
	enum sf_err r;

	/* Without `api` the request would fail, too; say which scope is missing. */
	if (token->scope[0] != '\0' && !sf_token_has_scope(token, "api"))
		return SF_FAIL_MESSAGE(
		    e, SF_E_SCOPE, SF_MESSAGE_VERIFY_NEEDS_API, SF_WITH({"scopes", token->scope}));
	if (!sf_text_addf(&text, "SELECT Id FROM User WHERE Id = '%s'", token->user_id))
		return SF_FAIL(e, SF_E_BUG, 0, "the id of a user is too long");
	r = sf_rest_query(v->cmd, soql, path, sizeof(path), e);
	if (r == SF_OK)
		r = sf_rest_text(&v->rest, &(struct sf_worker_jobs_request){.path = path},
		    SF_QUERY_REPLY_MAX, &reply, &len, e);
	if (r != SF_OK)
		return as_own_request(v->cmd, e);
	r = sf_rest_records_parse(reply, len, &records, e);
	if (r == SF_OK && sf_rest_records_count(records) != 1)
		return SF_FAIL_MESSAGE(e, SF_E_SCOPE, SF_MESSAGE_VERIFY_NO_RECORD, NULL);
	return r;
}

static void try_query(struct verify *v)
{
	struct sf_error e;

	if (query_own_record(v, &e) == SF_OK)
		show_ok(v, "query", SF_MESSAGE_VERIFY_RECORD,
		    SF_WITH({"version", v->cmd->org->api_version}));
	else
		show_failed(v, "query", &e);
}

/*
 * Is a refresh token in the keyring? Without one try_refresh must not drop the access token: only a
 * sign-in could replace it. *ret_state: the keyring's. Shows no unlock dialog.
 */
static enum sf_err has_refresh_token(
    const struct verify *v, bool *ret_has, enum sf_store_state *ret_state, struct sf_error *e)
{
	SF_CLEANUP(sf_store_found_clear) struct sf_store_found found = {0};
	struct sf_store_params params = sf_store_ask_of(&v->cmd->session.target);
	enum sf_err r;

	params.user = v->rest.token->username;
	params.may_prompt = false;
	r = sf_store_row(SF_STORE_HOME)->find(&params, &found, e);
	*ret_has = r == SF_OK && found.count > 0 && found.tokens[0]->refresh_token != NULL;
	*ret_state = found.state;
	return r;
}

/* Renew the access token with the refresh token, and check that the new one was stored. */
static void try_refresh(struct verify *v)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *other = NULL;
	struct sf_session *session = &v->cmd->session;
	enum sf_store_state state = SF_STORE_ABSENT;
	bool has_token = false;
	struct sf_error e;
	enum sf_err r = has_refresh_token(v, &has_token, &state, &e);

	if (r == SF_OK && !has_token) {
		show(v, &(struct sf_check){.name = "refresh",
			    .result = SF_CHECK_SKIPPED,
			    .said = sf_message_row(state == SF_STORE_NONE || state == SF_STORE_DONE
						       ? SF_MESSAGE_VERIFY_NO_REFRESH_TOKEN
						       : SF_MESSAGE_VERIFY_NO_KEYRING),
			    .remedy = sf_message_row(SF_MESSAGE_VERIFY_LASTING)});
		return;
	}
	/* No sign-in instead: that would succeed without having used the refresh token. */
	session->params.signin.ui = NULL;
	if (r == SF_OK)
		r = sf_session_replace(session, v->rest.token, &other, &e);
	if (r == SF_OK && session->kept_in_keyring != SF_STORE_DONE && session->is_refreshed)
		r = SF_FAIL_MESSAGE(&e, SF_E_STORE, SF_MESSAGE_VERIFY_NOT_STORED, NULL);
	if (r != SF_OK) {
		show_failed(v, "refresh", &e);
		return;
	}
	sf_token_freep(&v->rest.token);
	v->rest.token = SF_TAKE(other);
	show_ok(v, "refresh", SF_MESSAGE_VERIFY_REFRESHED, NULL);
}

/*
 * Send the revocation endpoint a text that is not a token. A reply proves that `logout` can reach
 * it; a real token would be gone. The text begins with the org id, as tokens do.
 */
static void try_revoke(struct verify *v)
{
	static const char not_a_token[] = "!sfoauth.verify.asks.whether.revocation.can.be.reached";
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_copy(v->rest.token);
	struct sf_error e;
	enum sf_err r = SF_OK;

	if (token) {
		sf_secret_free(token->access_token);
		token->refresh_token = sf_secret_free(token->refresh_token);
		token->access_token = sf_secret_new(SF_NOT_A_TOKEN_MAX);
	}
	if (!token || !token->access_token ||
	    !sf_secret_add_text(token->access_token, token->org_id) ||
	    !sf_secret_add_text(token->access_token, not_a_token))
		r = SF_FAIL(&e, SF_E_NOMEM, 0, "no memory for a token");
	if (r == SF_OK)
		r = sf_worker_jobs_revoke(&v->cmd->session.target, token, &v->cmd->end, &e);
	if (r == SF_OK)
		show_ok(v, "revoke", SF_MESSAGE_VERIFY_REVOKES, NULL);
	else
		show_failed(v, "revoke", &e);
}

/* For SF_CLEANUP. out is NULL if main prints it together with the failure. */
static void verify_clear(struct verify *v)
{
	sf_rest_clear(&v->rest);
	sf_json_out_freep(&v->out);
}

/*
 * The checks go from the token outwards, and revocation comes last: it is the only one that could
 * do harm if it were sent the wrong text.
 */
enum sf_err sf_cmd_verify(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(verify_clear) struct verify v = {.cmd = cmd, .rest = {.cmd = cmd}};
	enum sf_err r = sf_cmd_begin(cmd, NULL, e);

	if (r != SF_OK)
		return r;
	if (cmd->options->is_json)
		v.out = sf_json_out_reply();
	else
		(void)printf("%s  %s\n", cmd->org->name, cmd->org->login_url);
	sf_json_out_text(v.out, "org", cmd->org->name);
	sf_json_out_text(v.out, "login_url", cmd->org->login_url);
	if (try_sign_in(&v)) {
		sf_json_out_text(v.out, "username", v.rest.token->username);
		sf_json_out_text(v.out, "scope", v.rest.token->scope);
		try_userinfo(&v);
		try_query(&v);
		try_refresh(&v);
		try_revoke(&v);
		sf_cmd_say_kept(cmd, v.rest.token);
	}
	if (v.failed > 0) {
		*cmd->ret_partial = SF_TAKE(v.out);
		return SF_FAIL_MESSAGE(e, v.first, SF_MESSAGE_CHECKS_FAILED,
		    SF_WITH({"failed", SF_NUMBER(v.failed)}, {"tried", SF_NUMBER(v.tried)}));
	}
	sf_json_out_text(v.out, "status", "ok");
	return !v.out ? SF_OK : sf_json_out_print(v.out, e);
}
