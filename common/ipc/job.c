/* Encode and decode the frames JOB, DONE and FAIL; every decoded value is checked. */
#include "job.h"

#include <limits.h>
#include <string.h>

#include "keyctl.h"
#include "text.h"

#include "banned.h"

void sf_job_clear(struct sf_job *job)
{
	job->token = sf_secret_free(job->token);
	job->passphrase = sf_secret_free(job->passphrase);
	sf_secret_wipe(job, sizeof(*job));
}

/* Put a text unless it is "". */
static void put_given(struct sf_frame *frame, enum sf_wire_tag tag, const char *text)
{
	if (text[0] != '\0')
		sf_wire_put_text(frame, tag, text);
}

void sf_job_to_frame(const struct sf_job *job, struct sf_frame *frame)
{
	sf_wire_begin(frame, SF_WIRE_JOB);
	sf_wire_put_u32(frame, SF_TAG_KIND, job->kind);
	sf_wire_put_text(frame, SF_TAG_LOGIN_URL, job->login_url);
	sf_wire_put_text(frame, SF_TAG_CLIENT_ID, job->client_id);
	put_given(frame, SF_TAG_SCOPE, job->scope);
	put_given(frame, SF_TAG_FLOW, job->flow);
	put_given(frame, SF_TAG_PROXY, job->proxy);
	put_given(frame, SF_TAG_CA_FILE, job->ca_file);
	sf_wire_put_u64(
	    frame, SF_TAG_DEADLINE_MS, job->deadline_ms > 0 ? (uint64_t)job->deadline_ms : 0);
	sf_wire_put_flag(frame, SF_TAG_KEEP, job->keep);
	sf_wire_put_u32(frame, SF_TAG_LIFE_S, job->life_s);
	if (job->also_count > SF_TOKEN_ALSO_MAX) {
		frame->overflow = true;
		return;
	}
	for (size_t i = 0; i < job->also_count; i++)
		sf_wire_put_text(frame, SF_TAG_ALSO, job->also[i]);
	put_given(frame, SF_TAG_PATH, job->path);
	put_given(frame, SF_TAG_METHOD, job->method);
	put_given(frame, SF_TAG_PARK, job->park);
	if (job->client_auth != SF_CLIENT_AUTH_NONE)
		sf_wire_put_u32(frame, SF_TAG_AUTH, job->client_auth);
	put_given(frame, SF_TAG_USERNAME, job->username);
	put_given(frame, SF_TAG_CALLBACK, job->callback);
	put_given(frame, SF_TAG_PROMPT, job->prompt);
	if (job->asks_first)
		sf_wire_put_flag(frame, SF_TAG_ASKS_FIRST, true);
	put_given(frame, SF_TAG_PERMISSION, job->permissions);
	put_given(frame, SF_TAG_SITE_URL, job->site_url);
	if (job->language != SF_LANGUAGE_EN)
		sf_wire_put_u32(frame, SF_TAG_LANGUAGE, job->language);
	if (job->passphrase)
		sf_wire_put_secret(frame, SF_TAG_PASSPHRASE, job->passphrase);
	if (job->token)
		sf_wire_put_secret(frame, SF_TAG_TOKEN, job->token);
}

/* Whether a text is printable ASCII without blanks. */
static bool is_word(const char *text)
{
	return sf_text_is_printable(text) && !strchr(text, ' ');
}

/* Besides GET, which "" stands for. */
static bool is_method(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PATCH") == 0 ||
	       strcmp(method, "DELETE") == 0;
}

static bool is_park(const char *name)
{
	return sf_text_is_printable(name) && sf_text_starts(name, SF_KEYCTL_PENDING);
}

/* The rule that a decoded job breaks; NULL: none. */
static const char *find_flaw(const struct sf_job *job)
{
	bool is_get = job->kind == SF_JOB_GET;
	bool needs_app =
	    job->kind == SF_JOB_LOGIN || job->kind == SF_JOB_REFRESH || job->kind == SF_JOB_PROBE;
	bool needs_token = job->kind == SF_JOB_REFRESH || job->kind == SF_JOB_WHOIS || is_get;
	struct sf_origin origin;
	struct sf_error ignored;

	if (sf_origin_parse(job->login_url, &origin, &ignored) != SF_OK)
		return "login_url is not a base URL";
	if (job->client_id[0] != '\0' ? !is_word(job->client_id) : needs_app)
		return "client_id is missing or not printable";
	if (job->scope[0] != '\0' && !sf_text_is_printable(job->scope))
		return "scope is not printable";
	if (job->permissions[0] != '\0' && !sf_text_is_printable(job->permissions))
		return "permissions are not printable";
	if (job->flow[0] != '\0' ? !is_word(job->flow) : job->kind == SF_JOB_LOGIN)
		return "flow is missing or not a word";
	if (job->proxy[0] != '\0' && !is_word(job->proxy))
		return "proxy is not printable";
	if (job->ca_file[0] != '\0' && job->ca_file[0] != '/')
		return "ca_file is not absolute";
	if (is_get ? !is_word(job->path) || job->path[0] != '/' || job->path[1] == '/'
		   : job->path[0] != '\0')
		return "path is not the path of a GET";
	if (job->method[0] != '\0' && !(is_get && is_method(job->method)))
		return "method is not known";
	if (job->park[0] != '\0' && !(job->kind == SF_JOB_REFRESH && is_park(job->park)))
		return "park is not the name of a pending token";
	if (job->username[0] != '\0' && !is_word(job->username))
		return "username is not printable";
	if (job->callback[0] != '\0' && !is_word(job->callback))
		return "callback is not printable";
	if (job->prompt[0] != '\0' && !sf_text_has_only(job->prompt, "_ " SF_TEXT_LOWER))
		return "prompt has other characters than a-z";
	if (job->site_url[0] != '\0' &&
	    (!is_word(job->site_url) || !sf_text_starts(job->site_url, "https://")))
		return "site_url is not https";
	if (needs_token && !job->token)
		return "the token is missing";
	for (size_t i = 0; i < job->also_count; i++)
		if (sf_origin_parse(job->also[i], &origin, &ignored) != SF_OK ||
		    strcmp(origin.text, job->also[i]) != 0)
			return "also is not a canonical origin";
	return NULL;
}

/* Read the texts. A missing field leaves "": find_flaw decides which may be missing. */
static enum sf_err read_texts(const struct sf_frame *frame, struct sf_job *job, struct sf_error *e)
{
	const struct {
		enum sf_wire_tag tag;
		char *ret;
		size_t size;
	} texts[] = {
	    {SF_TAG_LOGIN_URL, job->login_url, sizeof(job->login_url)},
	    {SF_TAG_CLIENT_ID, job->client_id, sizeof(job->client_id)},
	    {SF_TAG_SCOPE, job->scope, sizeof(job->scope)},
	    {SF_TAG_FLOW, job->flow, sizeof(job->flow)},
	    {SF_TAG_PROXY, job->proxy, sizeof(job->proxy)},
	    {SF_TAG_CA_FILE, job->ca_file, sizeof(job->ca_file)},
	    {SF_TAG_PATH, job->path, sizeof(job->path)},
	    {SF_TAG_METHOD, job->method, sizeof(job->method)},
	    {SF_TAG_PARK, job->park, sizeof(job->park)},
	    {SF_TAG_USERNAME, job->username, sizeof(job->username)},
	    {SF_TAG_CALLBACK, job->callback, sizeof(job->callback)},
	    {SF_TAG_PROMPT, job->prompt, sizeof(job->prompt)},
	    {SF_TAG_PERMISSION, job->permissions, sizeof(job->permissions)},
	    {SF_TAG_SITE_URL, job->site_url, sizeof(job->site_url)},
	};
	char extra[SF_ORIGIN_SIZE];

	for (size_t i = 0; i < SF_COUNT(texts); i++) {
		enum sf_err r =
		    sf_wire_opt_text(frame, texts[i].tag, texts[i].ret, texts[i].size, e);

		if (r != SF_OK)
			return r;
	}
	for (size_t i = 0;; i++) {
		bool found = false;
		bool fits = i < SF_TOKEN_ALSO_MAX;
		enum sf_err r = sf_wire_text_at(
		    frame, SF_TAG_ALSO, i, fits ? job->also[i] : extra, SF_ORIGIN_SIZE, &found, e);

		if (r != SF_OK || !found)
			return r;
		if (!fits)
			return SF_FAIL(e, SF_E_PROTOCOL, 0, "a job has more than %d origins",
			    SF_TOKEN_ALSO_MAX);
		job->also_count = i + 1;
	}
}

/* Unknown numbers of enums are refused: they index tables. */
static enum sf_err read_numbers(
    const struct sf_frame *frame, struct sf_job *job, struct sf_error *e)
{
	uint32_t kind = 0, auth = SF_CLIENT_AUTH_NONE, language = SF_LANGUAGE_EN;
	uint64_t deadline_ms = 0;
	enum sf_err r = sf_wire_u32(frame, SF_TAG_KIND, &kind, e);

	if (r == SF_OK)
		r = sf_wire_u64(frame, SF_TAG_DEADLINE_MS, &deadline_ms, e);
	if (r == SF_OK)
		r = sf_wire_flag(frame, SF_TAG_KEEP, &job->keep, e);
	if (r == SF_OK)
		r = sf_wire_u32(frame, SF_TAG_LIFE_S, &job->life_s, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_ASKS_FIRST))
		r = sf_wire_flag(frame, SF_TAG_ASKS_FIRST, &job->asks_first, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_AUTH))
		r = sf_wire_u32(frame, SF_TAG_AUTH, &auth, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_LANGUAGE))
		r = sf_wire_u32(frame, SF_TAG_LANGUAGE, &language, e);
	if (r != SF_OK)
		return r;
	if (auth >= SF_CLIENT_AUTH_COUNT)
		return SF_FAIL(
		    e, SF_E_PROTOCOL, 0, "client authentication %u is unknown", (unsigned)auth);
	if (language >= SF_LANGUAGE_COUNT)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "language %u is unknown", (unsigned)language);
	job->client_auth = (enum sf_client_auth)auth;
	job->language = (enum sf_language)language;
	if (kind < SF_JOB_LOGIN || kind > SF_JOB_PROBE || deadline_ms > INT64_MAX)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "a job of kind %u, or its deadline, is unknown",
		    (unsigned)kind);
	job->kind = (enum sf_job_kind)kind;
	job->deadline_ms = (int64_t)deadline_ms;
	return SF_OK;
}

enum sf_err sf_job_from_frame(
    const struct sf_frame *frame, struct sf_job *ret_job, struct sf_error *e)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	enum sf_err r = SF_OK;

	if (frame->type != SF_WIRE_JOB)
		return SF_FAIL(
		    e, SF_E_PROTOCOL, 0, "a frame of type %u is not a job", (unsigned)frame->type);
	r = read_numbers(frame, &job, e);
	if (r == SF_OK)
		r = read_texts(frame, &job, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_TOKEN))
		r = sf_wire_secret(frame, SF_TAG_TOKEN, &job.token, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_PASSPHRASE))
		r = sf_wire_secret(frame, SF_TAG_PASSPHRASE, &job.passphrase, e);
	if (r != SF_OK)
		return r;

	const char *flaw = find_flaw(&job);

	if (flaw)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "a job: %s", flaw);
	*ret_job = job;
	job.token = NULL;
	job.passphrase = NULL;
	return SF_OK;
}

/* --- DONE and FAIL --- */

const char *sf_token_state_name(enum sf_token_state state)
{
	static const char *const names[] = {
	    [SF_TOKEN_STATE_NONE] = "none",
	    [SF_TOKEN_STATE_KEPT] = "kept",
	    [SF_TOKEN_STATE_REVOKED] = "revoked",
	    [SF_TOKEN_STATE_ORPHANED] = "orphaned",
	};

	return state < SF_COUNT(names) ? names[state] : "orphaned";
}

void sf_job_result_to_frame(const struct sf_job_result *result, struct sf_frame *frame)
{
	bool failed = result->error.code != SF_OK;

	sf_wire_begin(frame, failed ? SF_WIRE_FAIL : SF_WIRE_DONE);
	if (failed) {
		const char *detail = result->error.detail;
		char escaped[SF_ERROR_DETAIL_SIZE];

		/* A detail may quote bytes from the network, and be cut within a character. */
		if (!sf_text_is_clean(detail, strlen(detail))) {
			sf_text_escape(escaped, sizeof(escaped), detail, strlen(detail));
			detail = escaped;
		}
		sf_wire_put_u32(frame, SF_TAG_ERR, result->error.code);
		put_given(frame, SF_TAG_ROW, result->row);
		if (result->app != SF_APP_FAULT_NONE)
			sf_wire_put_u32(frame, SF_TAG_APP, result->app);
		sf_wire_put_u32(
		    frame, SF_TAG_SYS, result->error.sys > 0 ? (uint32_t)result->error.sys : 0);
		put_given(frame, SF_TAG_DETAIL, detail);
	}
	sf_wire_put_u32(frame, SF_TAG_TOKEN_STATE, result->token);
	sf_wire_put_u32(frame, SF_TAG_LANDLOCK, result->landlock);
	sf_wire_put_u32(frame, SF_TAG_TRAPPED, result->trapped);
	put_given(frame, SF_TAG_CALL, result->call);
	sf_wire_put_u32(frame, SF_TAG_STATUS, result->status);
	sf_outcome_to_frame(&result->outcome, frame);
	if (!failed && result->expires_at > 0)
		sf_wire_put_u64(frame, SF_TAG_EXPIRES_AT, result->expires_at);
}

/* Read what only FAIL has. Numbers outside their enum are refused, as in read_numbers. */
static enum sf_err read_failure(
    const struct sf_frame *frame, struct sf_job_result *result, struct sf_error *e)
{
	uint32_t code = 0, sys = 0, app = SF_APP_FAULT_NONE;
	enum sf_err r = sf_wire_u32(frame, SF_TAG_ERR, &code, e);

	if (r == SF_OK)
		r = sf_wire_u32(frame, SF_TAG_SYS, &sys, e);
	if (r == SF_OK)
		r = sf_wire_opt_text(frame, SF_TAG_ROW, result->row, sizeof(result->row), e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_APP))
		r = sf_wire_u32(frame, SF_TAG_APP, &app, e);
	if (r == SF_OK)
		r = sf_wire_opt_text(
		    frame, SF_TAG_DETAIL, result->error.detail, sizeof(result->error.detail), e);
	if (r != SF_OK)
		return r;
	/* A FAIL frame with the code OK must not become a success. */
	if (code == SF_OK || code >= SF_ERR_COUNT || sys > INT_MAX)
		return SF_FAIL(
		    e, SF_E_PROTOCOL, 0, "a result has the unknown %s %u", "code", (unsigned)code);
	if (app >= SF_APP_FAULT_COUNT)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "a result has the unknown %s %u", "app fault",
		    (unsigned)app);
	result->app = (enum sf_app_fault)app;
	result->error.code = (enum sf_err)code;
	result->error.sys = (int)sys;
	result->error.where = "worker";
	return SF_OK;
}

enum sf_err sf_job_result_from_frame(
    const struct sf_frame *frame, struct sf_job_result *ret_result, struct sf_error *e)
{
	struct sf_job_result result = {0};
	uint32_t token = 0;
	enum sf_err r = SF_OK;

	if (frame->type == SF_WIRE_FAIL)
		r = read_failure(frame, &result, e);
	/* Fails for a frame of another type: it has no token state. */
	if (r == SF_OK)
		r = sf_wire_u32(frame, SF_TAG_TOKEN_STATE, &token, e);
	if (r == SF_OK)
		r = sf_wire_u32(frame, SF_TAG_LANDLOCK, &result.landlock, e);
	if (r == SF_OK)
		r = sf_wire_u32(frame, SF_TAG_TRAPPED, &result.trapped, e);
	if (r == SF_OK)
		r = sf_wire_opt_text(frame, SF_TAG_CALL, result.call, sizeof(result.call), e);
	if (r == SF_OK)
		r = sf_wire_u32(frame, SF_TAG_STATUS, &result.status, e);
	if (r == SF_OK && sf_wire_has(frame, SF_TAG_EXPIRES_AT))
		r = sf_wire_u64(frame, SF_TAG_EXPIRES_AT, &result.expires_at, e);
	if (r != SF_OK)
		return r;
	if (token > SF_TOKEN_STATE_ORPHANED)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "a result has the unknown %s %u", "token state",
		    (unsigned)token);
	if (result.call[0] != '\0' && !sf_text_has_only(result.call, "_" SF_TEXT_LOWER_DIGITS))
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "the name of a system call is not one");
	result.token = (enum sf_token_state)token;
	*ret_result = result;
	return SF_OK;
}
