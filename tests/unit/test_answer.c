#include "answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static struct sf_answer read_as(enum sf_call call, unsigned status, bool is_html, const char *body)
{
	SF_CLEANUP(sf_http_reply_clear)
	struct sf_http_reply reply = {
	    .status = status, .is_html = is_html, .body = sf_secret_from(body, strlen(body))};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_answer answer;
	struct sf_error e;

	assert_non_null(reply.body);
	assert_int_equal(sf_answer_read(call, &reply, &answer, &json, &e), SF_OK);
	if (call != SF_ON_GET && call != SF_ON_REVOKE)
		assert_int_equal(json != NULL, answer.next == SF_NEXT_GO_ON);
	return answer;
}

#define ERROR_OF(error, text) "{\"error\":\"" error "\",\"error_description\":\"" text "\"}"

static const struct {
	enum sf_call call;
	unsigned status;
	const char *body, *row;
	enum sf_err failure;
	enum sf_next next;
} cases[] = {
    {SF_ON_POLL, 400, ERROR_OF("authorization_pending", "x"), "pending", SF_E_DENIED, SF_NEXT_WAIT},
    {SF_ON_POLL, 400, ERROR_OF("slow_down", ""), "slow_down", SF_E_DENIED, SF_NEXT_SLOW_DOWN},
    {SF_ON_POLL, 400, ERROR_OF("access_denied", ""), "access_denied", SF_E_DENIED, SF_NEXT_STOP},
    {SF_ON_POLL, 400, ERROR_OF("invalid_grant", ""), "code_over", SF_E_EXPIRED, SF_NEXT_STOP},
    {SF_ON_POLL, 400, ERROR_OF("invalid_request", ""), "code_over", SF_E_EXPIRED, SF_NEXT_STOP},
    {SF_ON_POLL, 400, ERROR_OF("server_error", ""), "server_error", SF_E_UNAVAILABLE,
	SF_NEXT_RETRY},
    {SF_ON_POLL, 400, ERROR_OF("invalid_grant", "Device Flow is not enabled for the app"),
	"device_flow_off", SF_E_APP, SF_NEXT_STOP},
    {SF_ON_START, 400, ERROR_OF("invalid_grant", "device flow is not enabled for the app"),
	"device_flow_off", SF_E_APP, SF_NEXT_STOP},
    {SF_ON_START, 400, ERROR_OF("invalid_client_id", ""), "unknown_app", SF_E_APP, SF_NEXT_STOP},
    {SF_ON_START, 400, ERROR_OF("never_heard_of", ""), "other_error", SF_E_APP, SF_NEXT_STOP},
    {SF_ON_POLL, 400, ERROR_OF("never_heard_of", ""), "other_error", SF_E_DENIED, SF_NEXT_STOP},
    {SF_ON_REFRESH, 400, ERROR_OF("invalid_grant", "expired access/refresh token"), "refresh_dead",
	SF_E_SIGN_IN_NEEDED, SF_NEXT_STOP},
    {SF_ON_REFRESH, 400, ERROR_OF("invalid_grant", "token request is already being processed"),
	"refresh_race", SF_E_BUSY, SF_NEXT_RETRY},
    {SF_ON_REFRESH, 400, ERROR_OF("invalid_grant", "expired authorization code"), "refresh_race",
	SF_E_BUSY, SF_NEXT_RETRY},
    {SF_ON_REFRESH, 400, ERROR_OF("invalid_grant", "ip restricted or invalid login hours"),
	"network_policy", SF_E_DENIED, SF_NEXT_STOP},
    {SF_ON_REFRESH, 400, ERROR_OF("invalid_client", ""), "app_credentials", SF_E_APP, SF_NEXT_STOP},
    {SF_ON_REFRESH, 500, ERROR_OF("invalid_grant", ""), "server_trouble", SF_E_UNAVAILABLE,
	SF_NEXT_RETRY},
    {SF_ON_IDENTITY, 403, "Bad_OAuth_Token", "session_expired", SF_E_SIGN_IN_NEEDED, SF_NEXT_STOP},
    {SF_ON_USERINFO, 403, "No_Access", "forbidden", SF_E_SCOPE, SF_NEXT_STOP},
    {SF_ON_GET, 401, "[{\"errorCode\":\"INVALID_SESSION_ID\",\"message\":\"Session expired\"}]",
	"session_expired", SF_E_SIGN_IN_NEEDED, SF_NEXT_STOP},
    {SF_ON_GET, 403, "[{\"errorCode\":\"REQUEST_LIMIT_EXCEEDED\",\"message\":\"x\"}]",
	"request_limit", SF_E_UNAVAILABLE, SF_NEXT_RETRY},
    {SF_ON_GET, 404, "[]", "not_found", SF_E_NOT_FOUND, SF_NEXT_STOP},
    {SF_ON_GET, 200, "anything", "ok", SF_OK, SF_NEXT_GO_ON},
    {SF_ON_REVOKE, 200, "", "ok", SF_OK, SF_NEXT_GO_ON},
    {SF_ON_REVOKE, 400, "error=invalid_token&error_description=a+b%21", "already_dead",
	SF_E_SIGN_IN_NEEDED, SF_NEXT_GO_ON},
    {SF_ON_REVOKE, 400, "error=unsupported_token_type&error_description=x", "not_revocable",
	SF_E_ANSWER, SF_NEXT_STOP},
    {SF_ON_POLL, 302, "", "redirect", SF_E_ANSWER, SF_NEXT_STOP},
    {SF_ON_IDENTITY, 200, "[1]", "not_json", SF_E_ANSWER, SF_NEXT_STOP},
    {SF_ON_IDENTITY, 200, "{\"a\":1}", "ok", SF_OK, SF_NEXT_GO_ON},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		struct sf_answer answer =
		    read_as(cases[i].call, cases[i].status, /* is_html= */ false, cases[i].body);

		if (strcmp(answer.row, cases[i].row) != 0 || answer.failure != cases[i].failure ||
		    answer.next != cases[i].next)
			fail_msg("%u %s: row %s, failure %d, next %d", cases[i].status,
			    cases[i].body, answer.row, (int)answer.failure, (int)answer.next);
	}
}

static void test_html_is_later(void **state)
{
	static const enum sf_call calls[] = {
	    SF_ON_START, SF_ON_POLL, SF_ON_REFRESH, SF_ON_IDENTITY, SF_ON_USERINFO};
	static const unsigned statuses[] = {200, 400, 401, 403, 404, 420, 429, 500, 503};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(calls); i++)
		for (size_t k = 0; k < SF_COUNT(statuses); k++) {
			struct sf_answer answer = read_as(calls[i], statuses[k],
			    /* is_html= */ true, "<html>invalid_grant Bad_OAuth_Token</html>");

			assert_int_equal(answer.failure, SF_E_UNAVAILABLE);
			assert_int_equal(answer.next, SF_NEXT_RETRY);
		}
}

static void test_words_decide_nothing(void **state)
{
	(void)state;
	/* The same words without the error that they belong to. */
	assert_int_equal(
	    read_as(SF_ON_REFRESH, 400, false, ERROR_OF("x", "expired access/refresh token"))
		.failure,
	    SF_E_APP);
	assert_int_equal(
	    read_as(SF_ON_POLL, 400, false, ERROR_OF("x", "authorization_pending")).next,
	    SF_NEXT_STOP);
	assert_int_equal(
	    read_as(SF_ON_REFRESH, 400, false, ERROR_OF("INVALID_GRANT", "")).failure, SF_E_APP);
}

static void test_hostile_error(void **state)
{
	struct sf_answer answer =
	    read_as(SF_ON_START, 400, false, ERROR_OF("a b\\u001b[31m", "\\u202ex 'quoted' \\n"));
	struct sf_error e;

	(void)state;
	assert_string_equal(answer.error, "");
	assert_int_equal(sf_answer_fail(&answer, &e), SF_E_APP);
	for (const char *at = e.detail; *at; at++)
		assert_true(*at >= 0x20 && *at < 0x7f);
}

static void test_form_error(void **state)
{
	struct sf_answer answer = read_as(
	    SF_ON_REVOKE, 400, false, "x=1&error_description=dead+%26+gone%&error=invalid_token");

	(void)state;
	assert_string_equal(answer.error, "invalid_token");
	assert_string_equal(answer.description, "dead & gone");
	answer =
	    read_as(SF_ON_REVOKE, 400, false, "error=invalid_token&error_description=a+%26%41");
	assert_string_equal(answer.description, "a &A");
}

#define DEVICE_CODE "M01WWTRPMDJoUlRhTFFsdHA5QzNFVjZfR0RC"

static void test_no_secret_back(void **state)
{
	static const char *const bodies[] = {
	    ERROR_OF(DEVICE_CODE DEVICE_CODE, "no such code: " DEVICE_CODE ", sorry"),
	    "[{\"errorCode\":\"x\",\"message\":\"no such code: " DEVICE_CODE ", sorry\"}]",
	    "error=x&error_description=no+such+code%3a+" DEVICE_CODE "%2c+sorry",
	    "no such code: " DEVICE_CODE ", sorry",
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bodies); i++) {
		struct sf_answer answer = read_as(SF_ON_POLL, 400, false, bodies[i]);
		struct sf_error e;

		assert_string_equal(answer.description, "no such code: ... sorry");
		(void)sf_answer_fail(&answer, &e);
		assert_null(strstr(e.detail, "M01WW"));
	}
}

/* A word that begins before the end of what is read, and ends after it. */
static void test_no_piece_of_a_secret(void **state)
{
	char body[1600] = "error=x&error_description=";

	(void)state;
	for (size_t blanks = 230; blanks < 1100; blanks++) {
		char *at = body + strlen("error=x&error_description=");

		memset(at, '+', blanks);
		memcpy(at + blanks, DEVICE_CODE, sizeof DEVICE_CODE);
		struct sf_answer answer = read_as(SF_ON_POLL, 400, false, body);

		assert_null(strchr(answer.description, 'M'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"every answer finds its row", test_rows, NULL, NULL, NULL},
	    {"a page is later, whatever its status and words", test_html_is_later, NULL, NULL,
		NULL},
	    {"a description alone neither grants nor kills", test_words_decide_nothing, NULL, NULL,
		NULL},
	    {"hostile words reach the log escaped", test_hostile_error, NULL, NULL, NULL},
	    {"form-encoded errors are read", test_form_error, NULL, NULL, NULL},
	    {"a code that is given back is left out", test_no_secret_back, NULL, NULL, NULL},
	    {"and so is a piece of one, where the text is cut", test_no_piece_of_a_secret, NULL,
		NULL, NULL},
	};

	sf_json_start();
	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
