/*
 * Fills each job of the worker besides LOGIN, runs it, and checks its result. worker_client.c talks
 * to the worker.
 */
#include "worker_jobs.h"

#include <string.h>

#include "signin_check.h"
#include "clock.h"
#include "file.h"
#include "worker_client.h"
#include "client_auth.h"
#include "messages.h"
#include "owner.h"

#include "banned.h"

#define SF_REFRESH_MS (30 * 1000)
#define SF_REVOKE_MS  (10 * 1000)
#define SF_GET_MS     (300 * 1000)
#define SF_WHOIS_MS   (30 * 1000)

enum sf_err sf_worker_jobs_fill(const struct sf_target *target, enum sf_job_kind kind, int64_t ms,
    struct sf_job *job, struct sf_error *e)
{
	const struct sf_org *org = target->org;
	struct sf_origin origin;
	bool fits = org->also_for.count <= SF_TOKEN_ALSO_MAX;

	*job = (struct sf_job){.kind = kind,
	    .life_s = org->session_timeout_s,
	    .language = sf_language_of_environment()};
	job->deadline_ms = sf_clock_now_ms() + ms;
	fits = fits && sf_text_copy(job->login_url, sizeof(job->login_url), org->login_url) &&
	       sf_text_copy(job->client_id, sizeof(job->client_id), org->client_id) &&
	       sf_text_copy(job->proxy, sizeof(job->proxy), org->proxy) &&
	       sf_text_copy(job->ca_file, sizeof(job->ca_file), org->ca_file);
	for (size_t i = 0; fits && i < org->also_for.count; i++) {
		if (sf_origin_parse(org->also_for.items[i], &origin, e) != SF_OK)
			return e->code;
		fits = sf_text_copy(job->also[job->also_count++], SF_ORIGIN_SIZE, origin.text);
	}
	if (!fits)
		return SF_FAIL_MESSAGE(e, SF_E_CONFIG, SF_MESSAGE_E_ORG_TOO_LONG,
		    SF_WITH({"org", org->name}, {"max", SF_NUMBER(SF_TOKEN_ALSO_MAX)}));
	return SF_OK;
}

/* sf_worker_client_run, but ret_result may be NULL. */
static enum sf_err run(const struct sf_worker_client_params *params, struct sf_token **ret_token,
    struct sf_job_result *ret_result, struct sf_error *e)
{
	struct sf_job_result unwanted = {0};

	return sf_worker_client_run(params, ret_token, ret_result ? ret_result : &unwanted, e);
}

/* Salesforce issues a refresh token for either name. */
static bool is_refresh_scope(const char *word, size_t len)
{
	static const char *const names[] = {"refresh_token", "offline_access"};

	for (size_t i = 0; i < SF_COUNT(names); i++) {
		if (strlen(names[i]) == len && strncmp(names[i], word, len) == 0)
			return true;
	}
	return false;
}

/* Append one scope, unless it is empty or an unwanted request for a refresh token. */
static bool add_word(struct sf_text *scope, const char *word, size_t len, bool want_refresh)
{
	if (len == 0 || (!want_refresh && is_refresh_scope(word, len)))
		return true;
	if (scope->len > 0 && !sf_text_add_char(scope, ' '))
		return false;
	return sf_text_add_bytes(scope, word, len);
}

bool sf_worker_jobs_scope(
    const struct sf_org *org, const char *given, bool want_refresh, struct sf_text *scope)
{
	const struct sf_list *scopes = &org->scopes;
	const char *p = given;
	bool fits = true;

	for (; p != NULL && *p != '\0' && fits; p += strspn(p, " ,")) {
		const size_t len = strcspn(p, " ,");

		fits = add_word(scope, p, len, want_refresh);
		p += len;
	}
	for (size_t i = 0; !given && fits && i < scopes->count; i++)
		fits = add_word(scope, scopes->items[i], strlen(scopes->items[i]), want_refresh);
	return fits && scope->len > 0 && sf_text_is_printable(scope->buf);
}

/*
 * What a refused refresh leaves: the old token with the new refresh token, and nothing else of what
 * the worker wrote. NULL: the refresh token is the old one.
 */
static enum sf_err keep_refresh_token(const struct sf_token *old, struct sf_token *fresh,
    struct sf_token **ret_kept, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *kept = NULL;

	*ret_kept = NULL;
	if (!fresh || !fresh->refresh_token ||
	    sf_secret_equal(fresh->refresh_token, old->refresh_token))
		return SF_OK;
	kept = sf_token_copy(old);
	if (!kept)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a token");
	kept->access_token = sf_secret_free(kept->access_token);
	sf_secret_freep(&kept->refresh_token);
	kept->refresh_token = SF_TAKE(fresh->refresh_token);
	memcpy(kept->generation, fresh->generation, sizeof(kept->generation));
	kept->issued_at_ms++;
	*ret_kept = SF_TAKE(kept);
	return SF_OK;
}

/* Without rotation the response has no refresh token, and the old one stays valid. */
static enum sf_err take_fresh(const struct sf_token *old, struct sf_token **token,
    struct sf_token **ret_token, struct sf_error *e)
{
	if (!(*token)->refresh_token)
		(*token)->refresh_token = sf_secret_copy(old->refresh_token);
	if (!(*token)->refresh_token)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a refresh token");
	*ret_token = SF_TAKE(*token);
	return SF_OK;
}

enum sf_err sf_worker_jobs_refresh(const struct sf_target *target,
    const struct sf_worker_jobs_refresh_params *refresh, struct sf_token **ret_token,
    bool *ret_dead, struct sf_job_result *ret_result, struct sf_error *e)
{
	const struct sf_token *old = refresh->old;
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_fd_closep) int secret_fd = -1;
	struct sf_job_result result = {0};
	struct sf_worker_client_params params = {
	    .job = &job,
	    .body_fd = refresh->mark_fd,
	    .lock_fd = refresh->lock_fd,
	};
	struct sf_error ignored;
	enum sf_err r = sf_worker_jobs_fill(target, SF_JOB_REFRESH, SF_REFRESH_MS, &job, e);

	*ret_dead = false;
	*ret_token = NULL;
	if (!sf_text_copy(job.park, sizeof(job.park), refresh->park))
		job.park[0] = '\0';
	if (r == SF_OK)
		r = sf_client_auth_open(target, &job, &secret_fd, e);
	params.secret_fd = secret_fd;
	if (r == SF_OK)
		r = sf_token_format(old, &job.token, e);
	if (r == SF_OK) {
		r = run(&params, &token, &result, e);
		if (ret_result)
			*ret_result = result;
	}
	*ret_dead = r != SF_OK && result.error.code == r && result.token == SF_TOKEN_STATE_REVOKED;
	if (r == SF_OK)
		r = sf_signin_check_refreshed(old, &job, token, e);
	if (r != SF_OK) {
		(void)!keep_refresh_token(old, token, ret_token, &ignored);
		return r;
	}
	if (result.expires_at > 0)
		token->expires_at = result.expires_at;
	return take_fresh(old, &token, ret_token, e);
}

enum sf_err sf_worker_jobs_revoke(const struct sf_target *target, const struct sf_token *token,
    struct sf_job_result *ret_result, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *none = NULL;
	const struct sf_worker_client_params params = {.job = &job, .body_fd = -1};
	enum sf_err r = sf_worker_jobs_fill(target, SF_JOB_REVOKE, SF_REVOKE_MS, &job, e);

	if (r == SF_OK)
		r = sf_token_format(token, &job.token, e);
	if (r == SF_OK)
		r = run(&params, &none, ret_result, e);
	return r;
}

enum sf_err sf_worker_jobs_get(const struct sf_target *target, const struct sf_token *token,
    const struct sf_worker_jobs_request *request, struct sf_job_result *ret_result,
    struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *none = NULL;
	const struct sf_worker_client_params params = {.job = &job,
	    .body_fd = request->body_fd,
	    .secret_fd = request->method ? request->data_fd : -1};
	enum sf_err r = sf_worker_jobs_fill(target, SF_JOB_GET, SF_GET_MS, &job, e);

	if (r == SF_OK && request->method &&
	    !sf_text_copy(job.method, sizeof(job.method), request->method))
		return SF_FAIL(e, SF_E_BUG, 0, "a method is too long");
	if (r == SF_OK && !sf_text_copy(job.path, sizeof(job.path), request->path))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_PATH_TOO_LONG,
		    SF_WITH({"max", SF_NUMBER(SF_URL_MAX)}));
	if (r == SF_OK)
		r = sf_token_format(token, &job.token, e);
	if (r == SF_OK)
		r = run(&params, &none, ret_result, e);
	return r;
}

/* Do the facts belong to the owner of the token? Rules 3 and 4 of the policy. */
static bool is_own(const struct sf_token *token, const struct sf_facts *facts)
{
	struct sf_owner owner;

	memcpy(owner.org_id, token->org_id, sizeof(owner.org_id));
	memcpy(owner.user_id, token->user_id, sizeof(owner.user_id));
	return sf_owner_check(&owner, facts) == SF_RULE_NONE;
}

enum sf_err sf_worker_jobs_ask_owner(const struct sf_target *target, const struct sf_token *token,
    struct sf_facts *ret_facts, struct sf_job_result *ret_result, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_token_freep) struct sf_token *none = NULL;
	const struct sf_worker_client_params params = {
	    .job = &job, .body_fd = -1, .ret_facts = ret_facts};
	enum sf_err r = sf_worker_jobs_fill(target, SF_JOB_WHOIS, SF_WHOIS_MS, &job, e);

	if (r == SF_OK)
		r = sf_token_format(token, &job.token, e);
	if (r == SF_OK)
		r = run(&params, &none, ret_result, e);
	return r;
}

enum sf_err sf_worker_jobs_whois(const struct sf_target *target, const struct sf_token *token,
    struct sf_facts *ret_facts, struct sf_job_result *ret_result, struct sf_error *e)
{
	enum sf_err r = sf_worker_jobs_ask_owner(target, token, ret_facts, ret_result, e);

	if (r == SF_OK && !is_own(token, ret_facts))
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, SF_MESSAGE_E_OTHER_TOKEN,
		    SF_WITH({"username", token->username}));
	return r;
}
