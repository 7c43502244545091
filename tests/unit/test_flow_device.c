/* The device flow against a scripted server: its start, its polls and each way that it ends. */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "peer.h"

#include "banned.h"

#define JSON(status, body) status "|application/json|" body
#define START                                                                                      \
	JSON("200", "{\"device_code\":\"M01+/=\",\"user_code\":\"K7P2QW4Z\","                      \
		    "\"verification_uri\":\"https://localhost/setup/connect\",\"interval\":1}")
#define PENDING JSON("400", "{\"error\":\"authorization_pending\"}")
#define TOKEN                                                                                      \
	JSON("200",                                                                                \
	    "{\"access_token\":\"00D5f000000Abcd!AQ\",\"refresh_token\":\"5Aep\",\"scope\":"       \
	    "\"openid id\",\"id\":\"https://login.salesforce.com/id/00D5f000000AbcdEAC/"           \
	    "0055f00000EfGhiAAF\",\"instance_url\":\"https://acme.my.salesforce.com\","            \
	    "\"token_type\":\"Bearer\",\"issued_at\":\"1700000000000\",\"new_key\":[1]}")

/* A person's side: notes what is shown and how long is waited, goes away after so many waits. */
struct person {
	struct sf_ui ui;
	struct sf_show seen;
	int shows, waits, patience, last_wait_ms;
	bool sleeps;
};

static enum sf_err person_show(struct sf_ui *ui, const struct sf_show *show, struct sf_error *e)
{
	struct person *person = ui->context;

	(void)e;
	person->seen = *show;
	person->shows++;
	return SF_OK;
}

static enum sf_err person_wait(
    struct sf_ui *ui, int64_t deadline_ms, bool *ret_gone, struct sf_error *e)
{
	struct person *person = ui->context;

	(void)e;
	person->last_wait_ms = sf_clock_left_ms(deadline_ms);
	if (person->sleeps)
		sf_clock_sleep_until(deadline_ms);
	*ret_gone = ++person->waits > person->patience;
	return SF_OK;
}

static enum sf_err run_for(struct peer *peer, struct person *person, struct sf_grant *grant,
    int seconds, struct sf_error *e)
{
	*person = (struct person){
	    .ui = {.show = person_show, .wait = person_wait, .context = person},
	    .patience = 50,
	    .sleeps = seconds < 5, /* else the hours of a test are short */
	};
	*grant = (struct sf_grant){0};
	peer_open(peer, -1, seconds);
	peer->params.ui = &person->ui;

	enum sf_err r = sf_flow_device_run(&peer->params, grant, e);

	peer_stop(peer);
	return r;
}

static void test_grant(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", START, PENDING, TOKEN, NULL);
	assert_int_equal(run_for(peer, &person, &grant, 20, &e), SF_OK);
	assert_int_equal(person.shows, 1);
	assert_string_equal(person.seen.user_code, "K7P2QW4Z");
	assert_string_equal(person.seen.verification_uri, "https://localhost/setup/connect");
	assert_in_range(person.seen.life_s, 1, 19); /* 20 less what the start took */
	assert_string_equal(grant.token->org_id, "00D5f000000AbcdEAC");
	assert_string_equal(grant.token->user_id, "0055f00000EfGhiAAF");
	/* The instance is not login_url's host (rule 2): the token never goes there. */
	assert_int_equal(grant.token->also_count, 0);
	assert_string_equal(grant.instance_url, "https://acme.my.salesforce.com");
	assert_int_equal(grant.token->issued_at_ms, 1700000000000ULL);
	/* From its receipt: issued_at is long past by this clock. */
	assert_in_range(grant.token->expires_at, (uint64_t)sf_clock_wall_s() + 7100,
	    (uint64_t)sf_clock_wall_s() + 7200);
	assert_int_equal(strlen(grant.token->generation), 16);
	assert_int_equal(grant.community, SF_GIVEN_ABSENT);
	assert_string_equal(peer_log(peer),
	    "1 POST /services/oauth2/token response_type=device_code&"
	    "scope=openid%20id&client_id=3MVG9.Test_App -\n"
	    "1 POST /services/oauth2/token grant_type=device&"
	    "code=M01%2B%2F%3D&client_id=3MVG9.Test_App -\n"
	    "1 POST /services/oauth2/token grant_type=device&"
	    "code=M01%2B%2F%3D&client_id=3MVG9.Test_App -\n");
}

static const struct {
	const char *poll;
	enum sf_err failure;
	const char *row;
} ends[] = {
    {JSON("400", "{\"error\":\"access_denied\"}"), SF_E_DENIED, "access_denied"},
    {JSON("400", "{\"error\":\"invalid_grant\"}"), SF_E_EXPIRED, "code_over"},
    {JSON("400", "{\"error\":\"invalid_request\"}"), SF_E_EXPIRED, "code_over"},
    {JSON("400", "{\"error\":\"invalid_grant\",\"error_description\":\"device flow is not enabled "
		 "for the app\"}"),
	SF_E_APP, "device_flow_off"},
    {JSON("200", "{\"access_token\":5}"), SF_E_ANSWER, "ok"},
    {JSON("200", "{\"refresh_token\":\"x\"}"), SF_E_ANSWER, "ok"},
    {JSON("200", "{\"access_token\":\"x\",\"token_type\":\"DPoP\"}"), SF_E_ANSWER, "ok"},
};

static void test_ends(void **state)
{
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(ends); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
		struct person person;
		struct sf_error e;

		peer_start(peer, "localhost", START, ends[i].poll, TOKEN, NULL);
		assert_int_equal(run_for(peer, &person, &grant, 20, &e), ends[i].failure);
		assert_string_equal(peer->answer.row, ends[i].row);
		assert_int_equal(peer_count(peer, "grant_type=device"), 1);
	}
}

static void test_trouble_passes(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", START, "503|text/html|<html>", "cut",
	    JSON("400", "{\"error\":\"server_error\"}"), TOKEN, NULL);
	assert_int_equal(run_for(peer, &person, &grant, 20, &e), SF_OK);
	assert_non_null(grant.token->access_token);
	assert_int_equal(person.waits, 4);
	assert_int_equal(peer_count(peer, "grant_type=device"), 4);
}

static void test_slow_down(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", START, JSON("400", "{\"error\":\"slow_down\"}"), TOKEN, NULL);
	assert_int_equal(run_for(peer, &person, &grant, 20, &e), SF_OK);
	assert_true(person.last_wait_ms > 5500 && person.last_wait_ms <= 6000);
}

/* The wait that follows is the longer one, and only that. */
static void test_retry_after(void **state)
{
	static const char busy[] =
	    "rawHTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	SF_CLEANUP(sf_grant_clear) struct sf_grant later;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", START, busy, TOKEN, NULL);
	assert_int_equal(run_for(peer, &person, &grant, 30, &e), SF_OK);
	assert_in_range(person.last_wait_ms, 6000, 7000);
	peer_start(peer, "localhost", START, busy, PENDING, TOKEN, NULL);
	assert_int_equal(run_for(peer, &person, &later, 30, &e), SF_OK);
	assert_in_range(person.last_wait_ms, 0, 1000);
}

static void test_deadline(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant nobody, unreached;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", START, PENDING, PENDING, PENDING, NULL);
	assert_int_equal(run_for(peer, &person, &nobody, 2, &e), SF_E_EXPIRED);
	peer_start(peer, "localhost", START, PENDING, "503|text/plain|x", "503|text/plain|x", NULL);
	assert_int_equal(run_for(peer, &person, &unreached, 3, &e), SF_E_UNAVAILABLE);
}

static void test_start_fails(void **state)
{
	static const struct {
		const char *start;
		enum sf_err failure;
	} starts[] = {
	    {"200|text/html|<html>", SF_E_UNAVAILABLE},
	    {"503|text/html|<html>", SF_E_UNAVAILABLE},
	    {"404|text/html|<html>", SF_E_APP},
	    {"405|text/html|<html>", SF_E_APP},
	    {"410|text/html|<html>", SF_E_APP},
	    {"cut", SF_E_UNAVAILABLE},
	    {JSON("400", "{\"error\":\"invalid_client_id\"}"), SF_E_APP},
	    {JSON("200", "{}"), SF_E_ANSWER},
	    {JSON("200", "{\"device_code\":\"x\",\"user_code\":\"\\u001b[2J\",\"verification_uri\":"
			 "\"https://localhost/\"}"),
		SF_E_ANSWER},
	    {JSON("200", "{\"device_code\":\"x\",\"user_code\":\"ABCD\",\"verification_uri\":"
			 "\"https://localhost/ x\"}"),
		SF_E_ANSWER},
	    {JSON("200", "{\"device_code\":\"x\",\"user_code\":\"ABCD\",\"verification_uri\":"
			 "\"https://localhost/\",\"interval\":0}"),
		SF_E_ANSWER},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(starts); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
		struct person person;
		struct sf_error e;

		peer_start(peer, "localhost", starts[i].start, NULL);
		assert_int_equal(run_for(peer, &person, &grant, 20, &e), starts[i].failure);
		assert_int_equal(person.shows, 0);
		assert_int_equal(peer_count(peer, "\n"), 1);
	}
}

static void test_gone(void **state)
{
	struct peer *peer = *state;
	struct sf_grant grant = {0};
	struct person person = {
	    .ui = {.show = person_show, .wait = person_wait, .context = &person}};
	struct sf_error e;

	peer_start(peer, "localhost", START, TOKEN, NULL);
	peer_open(peer, -1, 20);
	peer->params.ui = &person.ui;
	assert_int_equal(sf_flow_device_run(&peer->params, &grant, &e), SF_E_INTERRUPTED);
	peer_stop(peer);
	assert_int_equal(peer_count(peer, "grant_type=device"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"an approved sign-in gives a token over one connection", test_grant, NULL, NULL, NULL},
	    {"a final answer ends the polls with its own failure", test_ends, NULL, NULL, NULL},
	    {"trouble that passes is polled through", test_trouble_passes, NULL, NULL, NULL},
	    {"slow_down adds five seconds", test_slow_down, NULL, NULL, NULL},
	    {"a poll that is asked to come back later does", test_retry_after, NULL, NULL, NULL},
	    {"at the deadline it is expired, or unavailable if it was so last", test_deadline, NULL,
		NULL, NULL},
	    {"a start that fails shows nothing and is not repeated", test_start_fails, NULL, NULL,
		NULL},
	    {"nobody waiting ends it before the next poll", test_gone, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("flow_device", tests, peer_setup, peer_teardown);
}
