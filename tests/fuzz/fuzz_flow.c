/*
 * Fuzzes the flows with any bytes as a server's replies to one job. The requests must stay well
 * formed, the module must be able to read the facts, and a written record must be readable.
 *
 * The input is the job and a line end: 'l' (login), 'd' (login without time), 'w' (whois), 'r'
 * (refresh), 'n' (all with an empty token). Then the replies, each STATUS TYPE BODY as in "400j{}",
 * separated by lines of one %. Type h is HTML, x no reply, t a certificate error. The linker
 * replaces sf_http_run with the function below.
 */
#include "flow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "facts_frame.h"
#include "probe.h"
#include "text.h"
#include "whois.h"

#include "banned.h"

#define SEPARATOR "\n%\n"
#define HEAD_LEN  4
#define SHORT_ID  "0055f00000EfGhi"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
enum sf_err __wrap_sf_http_run(struct sf_http *http, const struct sf_http_request *request,
    struct sf_http_reply *ret_reply, struct sf_error *e);

/* What the server has still to say, and whether the person is still there. */
static struct {
	const char *at;
	size_t left;
	unsigned shows;
} script;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_request(const struct sf_http_request *request)
{
	require(request->path[0] == '/' && sf_text_is_printable(request->path));
	require(!strchr(request->path, ' ') && (!request->form || !request->bearer));
	require(!request->streams);
	if (request->form)
		require(sf_text_has_only(sf_secret_reveal(request->form),
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%&=_"));
	if (request->bearer)
		require(sf_text_is_printable(sf_secret_reveal(request->bearer)));
}

enum sf_err __wrap_sf_http_run(struct sf_http *http, const struct sf_http_request *request,
    struct sf_http_reply *ret_reply, struct sf_error *e)
{
	const char *answer = script.at;
	const char *end = memmem(answer, script.left, SEPARATOR, strlen(SEPARATOR));
	size_t len = end ? (size_t)(end - answer) : script.left;
	size_t used = end ? len + strlen(SEPARATOR) : len;
	char digits[HEAD_LEN] = "";
	uint32_t status = 0;

	(void)http;
	require_request(request);
	script.at += used;
	script.left -= used;
	if (len >= HEAD_LEN)
		memcpy(digits, answer, HEAD_LEN - 1);
	if (!sf_text_u32(digits, 100, 599, &status) || answer[3] == 'x')
		return SF_FAIL(e, SF_E_UNAVAILABLE, 0, "no answer");
	if (answer[3] == 't')
		return SF_FAIL(e, SF_E_TLS, 0, "no trust");
	ret_reply->status = status;
	ret_reply->is_html = answer[3] == 'h';
	ret_reply->body = sf_secret_from(answer + HEAD_LEN, len - HEAD_LEN);
	return ret_reply->body ? SF_OK : SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
}

/* What is shown can be shown: it passes the frame that the module reads it from. */
static enum sf_err show(struct sf_ui *ui, const struct sf_show *what, struct sf_error *e)
{
	struct sf_frame frame, checked;
	struct sf_show back;

	(void)ui;
	script.shows++;
	sf_show_to_frame(what, &frame);
	require(sf_wire_check(frame.bytes, frame.len, &checked, e) == SF_OK);
	require(sf_show_from_frame(&checked, &back, e) == SF_OK);
	require(strcmp(what->user_code, back.user_code) == 0);
	return SF_OK;
}

static enum sf_err wait(struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e)
{
	(void)ui;
	(void)e;
	require(sf_clock_left_ms(deadline_ms) <= 600 * 1000);
	*ret_gone = script.left == 0;
	return SF_OK;
}

static void require_facts(const struct sf_facts *facts)
{
	struct sf_frame frame, checked;
	struct sf_facts back;
	struct sf_error e;

	sf_facts_to_frame(facts, &frame);
	require(!frame.overflow);
	require(sf_wire_check(frame.bytes, frame.len, &checked, &e) == SF_OK);
	require(sf_facts_from_frame(&checked, &back, &e) == SF_OK);
	require(strcmp(facts->id_url, back.id_url) == 0);
	require(strcmp(facts->username, back.username) == 0);
	require(facts->active == back.active && facts->permission_count == back.permission_count);
}

/* The record reads back, or it is never written. */
static void require_record(const struct sf_token *token)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *stored = NULL;
	SF_CLEANUP(sf_token_freep) struct sf_token *back = NULL;
	struct sf_error e;
	bool ours = false;

	require(token->access_token && strlen(token->generation) == 16);
	if (sf_token_format(token, &stored, &e) != SF_OK)
		return;
	require(sf_token_parse(stored, &ours, &back, &e) == SF_OK && ours);
	require(sf_secret_equal(token->access_token, back->access_token));
	/* login_url is a My Domain: only the job's own host, and who had the old one, get it. */
	for (size_t i = 0; i < back->also_count; i++)
		require(strcmp(back->also[i], "https://api.acme.example:443") == 0 ||
			strcmp(back->also[i], "https://acme--a.my.salesforce.com:443") == 0);
}

/* What the module reads of a failure. */
static void require_failure(enum sf_err r, const struct sf_error *error)
{
	const struct sf_job_result end = {.error = *error};
	struct sf_job_result back;
	struct sf_frame frame, checked;
	struct sf_error e;

	require(r != SF_OK && error->code == r);
	sf_job_result_to_frame(&end, &frame);
	require(sf_wire_check(frame.bytes, frame.len, &checked, &e) == SF_OK);
	require(sf_job_result_from_frame(&checked, &back, &e) == SF_OK && back.error.code == r);
}

static enum sf_err login(const struct sf_flow_params *params, struct sf_error *e)
{
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	sf_flow_run_fn *const run = sf_flow_find("device");
	struct sf_facts facts;
	struct sf_error ignored = {.code = SF_OK};

	require(run && !sf_flow_find("browse") && !sf_flow_find("auto"));

	enum sf_err r = run(params, &grant, e);

	require(r != SF_OK || (script.shows == 1 && grant.token));
	if (r != SF_OK) {
		if (grant.token)
			(void)!sf_flow_revoke(params, grant.token, &ignored);
		return r;
	}
	sf_whois_from_grant(&grant, &facts);
	require_facts(&facts);
	r = sf_whois_run(params, grant.token, &facts, e);
	if (r != SF_OK)
		return r;
	require_facts(&facts);
	memcpy(grant.token->username, facts.username, sizeof(grant.token->username));
	require_record(grant.token);
	if (sf_flow_revoke(params, grant.token, &ignored) != SF_OK)
		require_failure(ignored.code, &ignored);
	return SF_OK;
}

/* A stored token. */
static void fill_token(struct sf_token *token)
{
	require(sf_text_copy(
	    token->origin, sizeof(token->origin), "https://acme.my.salesforce.com:443"));
	require(sf_text_copy(token->generation, sizeof(token->generation), "0123456789abcdef"));
	require(sf_token_add_also(token, "https://acme--a.my.salesforce.com:443"));
	token->refresh_token = sf_secret_from("5Aep861", 7);
	token->access_token = sf_secret_from("00D5f000000Abcd!AQ", 18);
	require(sf_sfid_parse("00D5f000000Abcd", "00D", token->org_id));
	require(sf_sfid_parse(SHORT_ID, "005", token->user_id));
}

static enum sf_err stored(const struct sf_flow_params *params, bool refreshes, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = NULL;
	struct sf_facts facts = {0};
	enum sf_err r;

	if (!token)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
	fill_token(token);
	if (!refreshes) {
		r = sf_whois_run(params, token, &facts, e);
		if (r == SF_OK)
			require_facts(&facts);
		return r;
	}
	r = sf_flow_refresh_run(params, token, &fresh, e);
	if (r != SF_OK)
		return r;
	require_record(fresh);
	require(fresh->refresh_token && strcmp(fresh->user_id, token->user_id) == 0);
	require(strcmp(fresh->org_id, token->org_id) == 0);
	return SF_OK;
}

/* Where nothing is stored, nothing is asked. */
static enum sf_err empty(const struct sf_flow_params *params, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = NULL;
	struct sf_facts facts = {0};
	size_t left = script.left;

	if (!token)
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory");
	require(sf_flow_revoke(params, token, e) == SF_OK);
	require(sf_whois_run(params, token, &facts, e) == SF_OK);
	fill_token(token);
	token->access_token = sf_secret_free(token->access_token);
	token->refresh_token = sf_secret_free(token->refresh_token);
	require(sf_whois_run(params, token, &facts, e) == SF_E_SIGN_IN_NEEDED);
	require(sf_flow_refresh_run(params, token, &fresh, e) == SF_E_SIGN_IN_NEEDED);
	require(script.left == left);
	return e->code;
}

/* Nobody is shown anything, and what is told of it can be. */
static enum sf_err probe(const struct sf_flow_params *params, struct sf_error *e)
{
	struct sf_job_result end = {.error.code = SF_OK};
	struct sf_frame frame, checked;
	struct sf_error ignored;
	enum sf_err r = sf_probe_run(params, &end, e);

	require(script.shows == 0);
	sf_job_result_to_frame(&end, &frame);
	require(sf_wire_check(frame.bytes, frame.len, &checked, &ignored) == SF_OK);
	require(sf_outcome_from_frame(&checked, &end.outcome, &ignored) == SF_OK);
	return r;
}

static enum sf_err run(char job, const struct sf_flow_params *params, struct sf_error *e)
{
	if (job == 'n')
		return empty(params, e);
	if (job == 'p')
		return probe(params, e);
	return job == 'l' || job == 'd' ? login(params, e) : stored(params, job == 'r', e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sf_job job = {.client_id = "3MVG9.Test_App",
	    .scope = "openid id api",
	    .life_s = 7200,
	    .also = {"https://api.acme.example:443"},
	    .also_count = 1};
	struct sf_ui ui = {.show = show, .wait = wait};
	struct sf_reply_class answer;
	struct sf_origin origin;
	struct sf_error e = {.code = SF_OK};
	const struct sf_flow_params params = {.ui = &ui,
	    .job = &job,
	    .origin = &origin,
	    .deadline_ms = sf_clock_now_ms() + (size > 0 && data[0] == 'd' ? 0 : 600 * 1000),
	    .reply_class = &answer};
	enum sf_err r;

	if (size < 2 || data[1] != '\n' || !strchr("ldwrnp", data[0]) || data[0] == '\0')
		return 0;
	require(sf_origin_parse("https://acme.my.salesforce.com", &origin, &e) == SF_OK);
	script.at = (const char *)data + 2;
	script.left = size - 2;
	script.shows = 0;
	/* An odd length: only the permissions that matter are told. */
	require(
	    sf_text_copy(job.permissions, sizeof(job.permissions), size % 2 ? "x Hosts p20" : ""));
	sf_json_start();
	r = run((char)data[0], &params, &e);
	if (r != SF_OK)
		require_failure(r, &e);
	return 0;
}
