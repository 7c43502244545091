/* The password flow: what is sent, what is refused, and how the token's life is learnt. */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

#include "banned.h"

#define JSON(status, body) status "|application/json;charset=UTF-8|" body
/* As witnessed: no refresh token, no scope. */
#define TOKEN                                                                                      \
	JSON("200", "{\"access_token\":\"00D5f000000Abcd!AQ\",\"instance_url\":"                   \
		    "\"https://acme.my.salesforce.com\",\"id\":\"https://login.salesforce.com/id/" \
		    "00D5f000000AbcdEAC/0055f00000EfGhiAAF\",\"token_type\":\"Bearer\","           \
		    "\"issued_at\":\"1700000000000\",\"signature\":\"x\"}")

/* Whoever types: says the same whenever asked. */
struct person {
	struct sf_ui ui;
	const char *word;
	size_t len;
	int asked;
};

static enum sf_err answer(
    struct sf_ui *ui, enum sf_ask what, struct sf_secret **ret_answer, struct sf_error *e)
{
	struct person *person = ui->context;

	assert_int_equal(what, SF_ASK_PASSWORD);
	person->asked++;
	if (!person->word)
		return SF_FAIL(e, SF_E_INTERRUPTED, 0, "gone");
	*ret_answer = sf_secret_from(person->word, person->len);
	return SF_OK;
}

static enum sf_err run(struct peer *peer, struct person *person, const char *callback,
    struct sf_grant *grant, struct sf_error *e)
{
	person->ui = (struct sf_ui){.ask = answer, .context = person};
	if (person->word && person->len == 0)
		person->len = strlen(person->word);
	*grant = (struct sf_grant){0};
	peer_open(peer, -1, 20);
	peer->params.ui = &person->ui;
	snprintf(peer->job.username, sizeof(peer->job.username), "ada@acme.example");
	snprintf(peer->job.callback, sizeof(peer->job.callback), "%s", callback);

	enum sf_err r = sf_flow_password_run(&peer->params, grant, e);

	peer_stop(peer);
	return r;
}

static void username_and_password_bring_an_access_token_alone(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person = {.word = "se&cret%TOKEN"};
	struct sf_error e;

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(peer, &person, "", &grant, &e), SF_OK);
	assert_int_equal(person.asked, 1);
	assert_string_equal(sf_secret_reveal(grant.token->access_token), "00D5f000000Abcd!AQ");
	assert_null(grant.token->refresh_token);
	assert_string_equal(grant.token->scope, "");
	assert_string_equal(grant.token->user_id, "0055f00000EfGhiAAF");
	assert_string_equal(peer_log(peer),
	    "1 POST /services/oauth2/token grant_type=password&username=ada%40acme.example&"
	    "password=se%26cret%25TOKEN&client_id=3MVG9.Test_App -\n");
}

static void a_configured_callback_is_sent(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person = {.word = "x"};
	struct sf_error e;

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(peer, &person, "http://localhost:1717/a", &grant, &e), SF_OK);
	assert_int_equal(peer_count(peer, "&redirect_uri=http%3A%2F%2Flocalhost%3A1717%2Fa"), 1);
}

static void a_no_is_not_tried_again(void **state)
{
	static const struct {
		const char *reply;
		enum sf_err failure;
	} rows[] = {
	    {JSON("400", "{\"error\":\"invalid_grant\",\"error_description\":\"authentication "
			 "failure\"}"),
		SF_E_DENIED},
	    {JSON("400", "{\"error\":\"invalid_client\"}"), SF_E_APP},
	    {"200|text/html|<html>", SF_E_UNAVAILABLE},
	    {"503|text/html|<html>", SF_E_UNAVAILABLE},
	    {"cut", SF_E_UNAVAILABLE},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
		struct person person = {.word = "wrong"};
		struct sf_error e = {0};

		peer_start(peer, "localhost", rows[i].reply, TOKEN, NULL);
		assert_int_equal(run(peer, &person, "", &grant, &e), rows[i].failure);
		assert_int_equal(peer_count(peer, "\n"), 1);
		assert_null(grant.token);
		assert_null(strstr(e.detail, "wrong"));
	}
}

static void nothing_is_sent_without_a_whole_password(void **state)
{
	static const struct {
		const char *word;
		size_t len;
		enum sf_err failure;
	} rows[] = {
	    {NULL, 0, SF_E_INTERRUPTED},
	    {"", 0, SF_E_DENIED},
	    {"a\0b", 3, SF_E_DENIED},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
		struct person person = {.word = rows[i].word, .len = rows[i].len};
		struct sf_error e;

		peer_start(peer, "localhost", TOKEN, NULL);
		assert_int_equal(run(peer, &person, "", &grant, &e), rows[i].failure);
		assert_int_equal(peer_count(peer, "\n"), 0);
	}
}

/* --- with an app that proves itself --- */

#define ID "https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF"
#define SIGNED                                                                                     \
	JSON("200", "{\"access_token\":\"x\",\"id\":\"" ID                                         \
		    "\",\"issued_at\":\"1795305600000\",\"signature\":"                            \
		    "\"dVjRnoIKWgoJrxfrkD7yBNoqQzz0JCT5xKTPqpYp5YQ=\"}")

static struct sf_client client_of(enum sf_client_auth auth)
{
	return (struct sf_client){
	    .auth = auth, .secret = sf_secret_from("0123456789ABCDEF0123456789ABCDEF", 32)};
}

static void an_app_proves_itself_in_the_body_or_in_the_header(void **state)
{
	static const struct {
		enum sf_client_auth auth;
		const char *part;
	} rows[] = {
	    {SF_CLIENT_AUTH_BODY, "&client_secret=0123456789ABCDEF0123456789ABCDEF -"},
	    {SF_CLIENT_AUTH_BASIC,
		"client_id=3MVG9.Test_App Basic "
		"M01WRzkuVGVzdF9BcHA6MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY=\n"},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_client_clear) struct sf_client client = client_of(rows[i].auth);
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
		SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_from("a=b", 3);
		SF_CLEANUP(sf_secret_freep) struct sf_secret *room = sf_secret_new(4096);
		SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
		struct sf_error e;

		assert_true(sf_secret_add_secret(room, form));
		peer_start(peer, "localhost", SIGNED, "200|application/json|{}", NULL);
		peer_open(peer, -1, 20);
		peer->params.client = &client;
		assert_int_equal(
		    sf_flow_post(&peer->params, SF_ON_PASSWORD, room, &json, &e), SF_OK);
		assert_int_equal(sf_flow_grant(&peer->params, json, &grant, &e), SF_OK);
		assert_int_equal(peer_count(peer, rows[i].part), 1);
		/* The next request on the connection carries nothing of it. */
		SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
		const struct sf_http_request plain = {.path = "/x"};

		assert_int_equal(sf_http_run(peer->http, &plain, &reply, &e), SF_OK);
		assert_int_equal(peer_count(peer, "GET /x - -\n"), 1);
		peer_stop(peer);
	}
}

static void a_signature_that_does_not_fit_is_no_grant(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_client_clear) struct sf_client client = client_of(SF_CLIENT_AUTH_BODY);
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	static const char body[] = "{\"access_token\":\"x\",\"id\":\"" ID
				   "\",\"issued_at\":\"1795305600001\",\"signature\":"
				   "\"dVjRnoIKWgoJrxfrkD7yBNoqQzz0JCT5xKTPqpYp5YQ=\"}";
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = sf_secret_from(body, strlen(body));
	struct sf_error e;

	peer_start(peer, "localhost", NULL);
	peer_open(peer, -1, 20);
	peer->params.client = &client;
	assert_int_equal(sf_json_parse(text, &json, &e), SF_OK);
	assert_int_equal(sf_flow_grant(&peer->params, json, &grant, &e), SF_E_ANSWER);
	/* Still known, so that it can be given back. */
	assert_non_null(grant.token->access_token);
	peer_stop(peer);
}

static uint64_t introspect(struct peer *peer, const struct sf_client *client, const char *reply)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	uint64_t expires_at = 7;

	token->access_token = sf_secret_from("00D!x", 5);
	peer_start(peer, "localhost", reply, NULL);
	peer_open(peer, -1, 20);
	peer->params.client = client;
	peer->answer = (struct sf_reply_class){.row = "kept"};
	sf_flow_introspect_run(&peer->params, token, &expires_at);
	assert_string_equal(peer->answer.row, "kept");
	peer_stop(peer);
	return expires_at;
}

static void the_life_of_a_token_is_learnt_where_the_app_may_ask(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_client_clear) struct sf_client client = client_of(SF_CLIENT_AUTH_BODY);
	const struct sf_client nobody = {.auth = SF_CLIENT_AUTH_NONE};
	const uint64_t soon = (uint64_t)sf_clock_wall_s() + 600;
	char good[128], odd[4][128];

	snprintf(good, sizeof(good), JSON("200", "{\"active\":true,\"exp\":%llu}"),
	    (unsigned long long)soon);
	snprintf(odd[0], sizeof(odd[0]), JSON("200", "{\"active\":false,\"exp\":%llu}"),
	    (unsigned long long)soon);
	snprintf(odd[1], sizeof(odd[1]), JSON("200", "{\"active\":true,\"exp\":%llu}"),
	    (unsigned long long)soon + 8ULL * 24 * 3600);
	snprintf(odd[2], sizeof(odd[2]), JSON("200", "{\"active\":true,\"exp\":1}"));
	snprintf(odd[3], sizeof(odd[3]), JSON("401", "{\"error\":\"invalid_client\"}"));
	assert_int_equal(introspect(peer, &client, good), soon);
	assert_int_equal(peer_count(peer, "POST /services/oauth2/introspect token=00D%21x&"
					  "token_type_hint=access_token&client_id="),
	    1);
	for (size_t i = 0; i < SF_COUNT(odd); i++)
		assert_int_equal(introspect(peer, &client, odd[i]), 0);
	assert_int_equal(introspect(peer, &client, "503|text/html|<html>"), 0);
	assert_int_equal(introspect(peer, &nobody, good), 0);
	assert_int_equal(peer_count(peer, "\n"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(username_and_password_bring_an_access_token_alone),
	    cmocka_unit_test(a_configured_callback_is_sent),
	    cmocka_unit_test(a_no_is_not_tried_again),
	    cmocka_unit_test(nothing_is_sent_without_a_whole_password),
	    cmocka_unit_test(an_app_proves_itself_in_the_body_or_in_the_header),
	    cmocka_unit_test(a_signature_that_does_not_fit_is_no_grant),
	    cmocka_unit_test(the_life_of_a_token_is_learnt_where_the_app_may_ask),
	};

	return cmocka_run_group_tests_name("flow_password", tests, peer_setup, peer_teardown);
}
