/* Every answer of Salesforce is put into its row by status and code, and no other text decides. */
#include "reply_class.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "answer_cases.h"

#include "banned.h"

static struct sf_reply_class read_as(
    enum sf_call call, unsigned status, bool is_html, const char *body)
{
	SF_CLEANUP(sf_http_reply_clear)
	struct sf_http_reply reply = {
	    .status = status, .is_html = is_html, .body = sf_secret_from(body, strlen(body))};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_reply_class answer;
	struct sf_error e;

	assert_non_null(reply.body);
	assert_int_equal(sf_reply_class_read(call, &reply, &answer, &json, &e), SF_OK);
	if (call != SF_ON_GET && call != SF_ON_REVOKE)
		assert_int_equal(json != NULL, answer.next == SF_NEXT_GO_ON);
	return answer;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		struct sf_reply_class answer =
		    read_as(cases[i].call, cases[i].status, /* is_html= */ false, cases[i].body);

		if (strcmp(answer.row, cases[i].row) != 0 || answer.failure != cases[i].failure ||
		    answer.next != cases[i].next)
			fail_msg("%u %s: row %s, failure %d, next %d", cases[i].status,
			    cases[i].body, answer.row, (int)answer.failure, (int)answer.next);
	}
}

/* Each row of the table is in a case, so that no row is without a reply that leads to it. */
static void test_every_row_is_met(void **state)
{
	static const struct {
		const char *name;
		unsigned calls;
	} rows[] = {
#define SF_REPLY_CLASS(row, calls, least, greatest, error, text, failure, next, app) {#row, calls},
#include "reply_class.def"
#undef SF_REPLY_CLASS
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		bool is_met = rows[i].calls == 0;

		for (size_t k = 0; !is_met && k < SF_COUNT(cases); k++)
			is_met = strcmp(cases[k].row, rows[i].name) == 0;
		if (!is_met)
			fail_msg("no reply leads to %s", rows[i].name);
	}
}

/* What is tried next rests on this, never on the name of a row. */
static void test_what_is_said_of_the_app(void **state)
{
	static const struct {
		enum sf_call call;
		unsigned status;
		const char *body;
		enum sf_app_fault app;
	} replies[] = {
	    {SF_ON_START, 400, ERROR_OF("invalid_request", "device flow is not enabled"),
		SF_APP_FAULT_FLOW},
	    {SF_ON_START, 400, ERROR_OF("unsupported_grant_type", ""), SF_APP_FAULT_FLOW},
	    {SF_ON_START, 403, ERROR_OF("heard_of_never", ""), SF_APP_FAULT_FLOW},
	    {SF_ON_AUTHORIZE, 400, ERROR_OF("unsupported_response_type", ""), SF_APP_FAULT_FLOW},
	    {SF_ON_PASSWORD, 400, ERROR_OF("unsupported_grant_type", ""), SF_APP_FAULT_FLOW},
	    {SF_ON_START, 400, ERROR_OF("invalid_client", ""), SF_APP_FAULT_PROOF},
	    {SF_ON_START, 400, ERROR_OF("invalid_client_id", ""), SF_APP_FAULT_UNKNOWN},
	    {SF_ON_START, 404, "", SF_APP_FAULT_FLOW},
	    {SF_ON_START, 405, "", SF_APP_FAULT_FLOW},
	    {SF_ON_START, 410, ERROR_OF("gone", ""), SF_APP_FAULT_FLOW},
	    {SF_ON_START, 406, "", SF_APP_FAULT_OTHER},
	    {SF_ON_START, 411, "", SF_APP_FAULT_OTHER},
	    {SF_ON_AUTHORIZE, 404, "", SF_APP_FAULT_OTHER},
	    {SF_ON_POLL, 404, "", SF_APP_FAULT_NONE},
	    {SF_ON_GET, 405, "", SF_APP_FAULT_NONE},
	    {SF_ON_START, 400, ERROR_OF("access_denied", ""), SF_APP_FAULT_NONE},
	    {SF_ON_START, 503, "", SF_APP_FAULT_NONE},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(replies); i++) {
		const struct sf_reply_class answer =
		    read_as(replies[i].call, replies[i].status, false, replies[i].body);

		if (answer.app != replies[i].app)
			fail_msg("%u %s: %s says %d of the app", replies[i].status, replies[i].body,
			    answer.row, (int)answer.app);
	}
}

/* Other statuses may be a proxy's page, which is no refusal of the app. */
static void test_missing_endpoint(void **state)
{
	static const unsigned gone[] = {404, 405, 410}, other[] = {400, 401, 403, 406, 411};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(gone); i++) {
		assert_int_equal(
		    read_as(SF_ON_START, gone[i], true, "<html>").app, SF_APP_FAULT_FLOW);
		assert_string_equal(read_as(SF_ON_POLL, gone[i], true, "<html>").row, "html");
		assert_string_equal(read_as(SF_ON_CODE, gone[i], true, "<html>").row, "html");
	}
	for (size_t i = 0; i < SF_COUNT(other); i++)
		assert_string_equal(read_as(SF_ON_START, other[i], true, "<html>").row, "html");
}

/* What a program is told of a failure rests on its exit code: 5 is later. */
static void test_later_is_5(void **state)
{
	static const struct {
		const char *name;
		enum sf_err failure;
		enum sf_next next;
	} rows[] = {
#define SF_REPLY_CLASS(row, calls, least, greatest, error, text, failure, next, app)               \
	{#row, SF_E_##failure, SF_NEXT_##next},
#include "reply_class.def"
#undef SF_REPLY_CLASS
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (rows[i].next == SF_NEXT_RETRY && sf_err_exit(rows[i].failure) != 5)
			fail_msg("%s may succeed later and does not say so", rows[i].name);
}

static void test_messages(void **state)
{
	char words[SF_REPLY_CLASS_WORDS_SIZE];
	struct sf_reply_class answer =
	    read_as(SF_ON_START, 400, false, ERROR_OF("never", "heard of \\u00e9t\\u00e9"));

	(void)state;
	sf_reply_class_words(&answer, words);
	assert_string_equal(words, "never: heard of ??t??");
	answer = read_as(SF_ON_START, 403, false, "{}");
	sf_reply_class_words(&answer, words);
	assert_string_equal(words, "HTTP 403");
	memset(answer.error, 'e', sizeof(answer.error) - 1);
	memset(answer.description, 'd', sizeof(answer.description) - 1);
	sf_reply_class_words(&answer, words);
	assert_true(strlen(words) < SF_REPLY_CLASS_WORDS_SIZE);
}

/* A callback's address says it, not a reply. */
static void test_of_words(void **state)
{
	static const struct {
		const char *error, *description, *row;
	} told[] = {
	    {"access_denied", "end-user denied authorization", "access_denied"},
	    {"OAUTH_APP_BLOCKED", "this app is blocked by admin", "app_blocked"},
	    {"authorization_pending", "", "other_error"},
	    {"", "", "other_error"},
	};
	struct sf_reply_class answer;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(told); i++) {
		sf_reply_class_of_words(
		    SF_ON_AUTHORIZE, told[i].error, told[i].description, &answer);
		assert_string_equal(answer.row, told[i].row);
		assert_int_equal(answer.next, SF_NEXT_STOP);
		assert_int_not_equal(answer.failure, SF_OK);
	}
}

static void test_wait(void **state)
{
	SF_CLEANUP(sf_http_reply_clear)
	struct sf_http_reply reply = {
	    .status = 503, .retry_s = 40, .is_html = true, .body = sf_secret_from("<p>", 3)};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_reply_class answer;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_reply_class_read(SF_ON_REFRESH, &reply, &answer, &json, &e), SF_OK);
	assert_int_equal(answer.retry_s, 40);
}

static void test_html_is_later(void **state)
{
	static const enum sf_call calls[] = {SF_ON_START, SF_ON_POLL, SF_ON_REFRESH, SF_ON_IDENTITY,
	    SF_ON_USERINFO, SF_ON_PASSWORD, SF_ON_CODE, SF_ON_AUTHORIZE, SF_ON_JWT, SF_ON_CLIENT,
	    SF_ON_INTROSPECT, SF_ON_GET, SF_ON_REVOKE};
	static const unsigned statuses[] = {200, 400, 401, 403, 404, 420, 429, 500, 503};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(calls); i++)
		for (size_t k = 0; k < SF_COUNT(statuses); k++) {
			struct sf_reply_class answer = read_as(calls[i], statuses[k],
			    /* is_html= */ true, "<html>invalid_grant Bad_OAuth_Token</html>");

			if (calls[i] == SF_ON_START && statuses[k] == 404)
				continue; /* test_missing_endpoint */
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
	struct sf_reply_class answer =
	    read_as(SF_ON_START, 400, false, ERROR_OF("a b\\u001b[31m", "\\u202ex 'quoted' \\n"));
	struct sf_error e;

	(void)state;
	assert_string_equal(answer.error, "");
	assert_int_equal(sf_reply_class_fail(&answer, &e), SF_E_APP);
	for (const char *at = e.detail; *at; at++)
		assert_true(*at >= 0x20 && *at < 0x7f);
}

static void test_form_error(void **state)
{
	struct sf_reply_class answer = read_as(
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
		struct sf_reply_class answer = read_as(SF_ON_POLL, 400, false, bodies[i]);
		struct sf_error e;

		assert_string_equal(answer.description, "no such code: ... sorry");
		(void)sf_reply_class_fail(&answer, &e);
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
		memcpy(at + blanks, DEVICE_CODE, sizeof(DEVICE_CODE));
		struct sf_reply_class answer = read_as(SF_ON_POLL, 400, false, body);

		assert_null(strchr(answer.description, 'M'));
	}
}

/* Of a refresh token that was sent. */
static void test_unspent(void **state)
{
	static const struct {
		unsigned status;
		bool is_html;
		const char *body;
		bool is_unspent;
	} refreshes[] = {
	    {400, false, "{\"error\":\"invalid_client\"}", true},
	    {403, true, "<html>", true},
	    {429, false, "", true},
	    {302, false, "", true},
	    {500, false, "x", true},
	    {503, true, "<html>", true},
	    {200, true, "<html>maintenance", true},
	    {502, true, "<html>", false},
	    {504, false, "", false},
	    {200, false, "{\"access_token\":", false},
	    {200, false, "{}", false},
	};
	const struct sf_reply_class none = {0};

	(void)state;
	assert_false(sf_reply_class_is_unspent(&none));
	for (size_t i = 0; i < SF_COUNT(refreshes); i++) {
		const struct sf_reply_class answer = read_as(
		    SF_ON_REFRESH, refreshes[i].status, refreshes[i].is_html, refreshes[i].body);

		assert_int_equal(sf_reply_class_is_unspent(&answer), refreshes[i].is_unspent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"every answer finds its row", test_rows, NULL, NULL, NULL},
	    {"no row is without a reply that leads to it", test_every_row_is_met, NULL, NULL, NULL},
	    {"what is said of the app is typed", test_what_is_said_of_the_app, NULL, NULL, NULL},
	    {"a page of a missing endpoint closes the device flow", test_missing_endpoint, NULL,
		NULL, NULL},
	    {"what may succeed later exits with 5", test_later_is_5, NULL, NULL, NULL},
	    {"what the server says is shown in plain characters, bounded", test_messages, NULL,
		NULL, NULL},
	    {"what a callback says is always a failure", test_of_words, NULL, NULL, NULL},
	    {"a wait that was asked for is kept", test_wait, NULL, NULL, NULL},
	    {"a page is later, whatever its words and (but for a missing endpoint) status",
		test_html_is_later, NULL, NULL, NULL},
	    {"a description alone neither grants nor kills", test_words_decide_nothing, NULL, NULL,
		NULL},
	    {"what was not taken is not spent; what a gateway or nobody answers may be",
		test_unspent, NULL, NULL, NULL},
	    {"hostile words reach the log escaped", test_hostile_error, NULL, NULL, NULL},
	    {"form-encoded errors are read", test_form_error, NULL, NULL, NULL},
	    {"a code that is given back is left out", test_no_secret_back, NULL, NULL, NULL},
	    {"and so is a piece of one, where the text is cut", test_no_piece_of_a_secret, NULL,
		NULL, NULL},
	};

	sf_json_start();
	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
