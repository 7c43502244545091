/* A refresh and a revocation: rotation, the mark against a second use, and failures. */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "keyctl.h"
#include "park.h"
#include "peer.h"

#include "banned.h"

#define JSON(status, body) status "|application/json|" body
#define ID                                                                                         \
	"\"id\":\"https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF\","        \
	"\"instance_url\":\"https://acme.my.salesforce.com\",\"issued_at\":\"1700000000000\""

static struct sf_token *stored(const char *refresh_token)
{
	struct sf_token *token = sf_token_new();

	assert_non_null(token);
	memcpy(token->org_id, "00D5f000000AbcdEAC", sizeof(token->org_id));
	memcpy(token->user_id, "0055f00000EfGhiAAF", sizeof(token->user_id));
	memcpy(token->username, "ada@acme.example", sizeof("ada@acme.example"));
	memcpy(token->scope, "api", sizeof("api"));
	token->access_token = sf_secret_from("old", 3);
	if (refresh_token)
		token->refresh_token = sf_secret_from(refresh_token, strlen(refresh_token));
	return token;
}

static enum sf_err refresh(
    struct peer *peer, const char *reply, struct sf_token **ret_token, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *old = stored("5Aep+old");

	peer_start(peer, "localhost", reply, NULL);
	peer_open(peer, -1, 10);

	enum sf_err r = sf_flow_refresh_run(&peer->params, old, ret_token, e);

	peer_stop(peer);
	return r;
}

static void test_rotation(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	assert_int_equal(refresh(peer,
			     JSON("200", "{\"access_token\":\"new\",\"refresh_token\":\"5Aep-new\","
					 "\"expires_in\":60," ID "}"),
			     &token, &e),
	    SF_OK);
	assert_string_equal(sf_secret_reveal(token->access_token), "new");
	assert_string_equal(sf_secret_reveal(token->refresh_token), "5Aep-new");
	assert_string_equal(token->username, "ada@acme.example");
	assert_string_equal(token->scope, "api");
	/* From its receipt: issued_at is long past by this clock. */
	assert_in_range(
	    token->expires_at, (uint64_t)sf_clock_wall_s() + 30, (uint64_t)sf_clock_wall_s() + 60);
	assert_string_equal(peer_log(peer),
	    "1 POST /services/oauth2/token grant_type=refresh_token&"
	    "refresh_token=5Aep%2Bold&client_id=3MVG9.Test_App -\n");
}

/* The rest of the response is refused; the old refresh token is used up all the same. */
static void test_refused_rotation(void **state)
{
	static const char *const bodies[] = {
	    "{\"access_token\":\"new\",\"refresh_token\":\"5Aep-new\",\"id\":"
	    "\"https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhjAAF\"}",
	    "{\"access_token\":7,\"refresh_token\":\"5Aep-new\"," ID "}",
	    "{\"refresh_token\":\"5Aep-new\"," ID "}",
	    "{\"access_token\":\"new\",\"refresh_token\":\"5Aep-new\",\"token_type\":\"MAC\"," ID
	    "}",
	    "{\"access_token\":\"new\",\"refresh_token\":\"5Aep-new\",\"scope\":\"\\u00e9\"," ID
	    "}",
	};

	for (size_t i = 0; i < SF_COUNT(bodies); i++) {
		SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
		char reply[1024];
		struct sf_error e;

		(void)snprintf(reply, sizeof(reply), "200|application/json|%s", bodies[i]);
		assert_int_equal(refresh(*state, reply, &token, &e), SF_E_ANSWER);
		assert_non_null(token);
		assert_string_equal(sf_secret_reveal(token->refresh_token), "5Aep-new");
		assert_null(token->access_token);
		assert_string_equal(token->username, "ada@acme.example");
		assert_string_equal(token->user_id, "0055f00000EfGhiAAF");
		assert_string_not_equal(token->generation, "");
	}
}

static char park_name[64]; /* of this run alone: all of a user share the user keyring */

/* What other processes find parked, as text; "" if nothing is. */
static void read_parked(char ret[static SF_TOKEN_STORED_MAX])
{
	SF_CLEANUP(sf_keyctl_payload_wipe) struct sf_keyctl_payload payload;
	const long key = sf_keyctl_find(park_name);

	ret[0] = '\0';
	if (key <= 0 || !sf_keyctl_read(key, &payload))
		return;
	memcpy(ret, payload.bytes, payload.len);
	ret[payload.len] = '\0';
	assert_true(sf_keyctl_unlink(key));
}

/* Refresh with a place in the kernel; what is parked then. */
static void refresh_parks(
    struct peer *peer, const char *reply, char ret[static SF_TOKEN_STORED_MAX])
{
	SF_CLEANUP(sf_token_freep) struct sf_token *old = stored("5Aep+old");
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;
	long key = 0;

	memcpy(old->origin, "https://localhost:443", sizeof("https://localhost:443"));
	memcpy(old->generation, "0123456789abcdef", sizeof(old->generation));
	assert_int_equal(sf_park_open(park_name, old, &key, &e), SF_OK);
	if (key == 0) {
		print_message("needs a kernel keyring\n");
		skip();
	}
	/* Not before there is an answer. */
	assert_true(sf_keyctl_find(park_name) <= 0);
	peer_start(peer, "localhost", reply, NULL);
	peer_open(peer, -1, 10);
	peer->params.park = key;
	(void)!sf_flow_refresh_run(&peer->params, old, &token, &e);
	peer_stop(peer);
	read_parked(ret);
	sf_keyctl_forget(key);
}

static void test_parks(void **state)
{
	char text[SF_TOKEN_STORED_MAX];

	(void)snprintf(
	    park_name, sizeof(park_name), SF_KEYCTL_PENDING "flow-test-%d", (int)getpid());
	refresh_parks(*state,
	    JSON("200", "{\"access_token\":\"new\",\"refresh_token\":\"5Aep-new\"," ID "}"), text);
	assert_non_null(strstr(text, "\nrefresh_token=5Aep-new\n"));
	assert_non_null(strstr(text, "\naccess_token=new\n"));
	/* Refused: without the access token. */
	refresh_parks(*state,
	    JSON("200", "{\"access_token\":7,\"refresh_token\":\"5Aep-new\"," ID "}"), text);
	assert_non_null(strstr(text, "\nrefresh_token=5Aep-new\n"));
	assert_null(strstr(text, "\naccess_token="));
	/* Nothing new, nothing parked. */
	refresh_parks(*state, JSON("200", "{\"access_token\":\"new\"," ID "}"), text);
	assert_string_equal(text, "");
	refresh_parks(*state, JSON("400", "{\"error\":\"invalid_grant\"}"), text);
	assert_string_equal(text, "");
}

static void test_no_rotation(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	assert_int_equal(
	    refresh(peer, JSON("200", "{\"access_token\":\"new\"," ID "}"), &token, &e), SF_OK);
	assert_string_equal(sf_secret_reveal(token->refresh_token), "5Aep+old");
}

static void test_failures(void **state)
{
	static const struct {
		const char *reply;
		enum sf_err failure;
	} cases[] = {
	    {JSON("400", "{\"error\":\"invalid_grant\",\"error_description\":\"expired "
			 "access/refresh token\"}"),
		SF_E_SIGN_IN_NEEDED},
	    {JSON("400", "{\"error\":\"invalid_grant\",\"error_description\":\"token request is "
			 "already being processed\"}"),
		SF_E_BUSY},
	    {JSON("400", "{\"error\":\"invalid_grant\",\"error_description\":\"expired "
			 "authorization code\"}"),
		SF_E_BUSY},
	    {JSON("400", "{\"error\":\"invalid_client\"}"), SF_E_APP},
	    {"200|text/html|<html>", SF_E_UNAVAILABLE},
	    {"400|text/html|<html>", SF_E_UNAVAILABLE},
	    {"500|text/plain|x", SF_E_UNAVAILABLE},
	    {"cut", SF_E_UNAVAILABLE},
	    {JSON("200", "{\"access_token\":\"new\",\"id\":\"https://login.salesforce.com/id/"
			 "00D5f000000AbcdEAC/0055f00000EfKimAAF\"}"),
		SF_E_ANSWER},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
		struct sf_error e;

		assert_int_equal(refresh(peer, cases[i].reply, &token, &e), cases[i].failure);
		assert_null(token);
		assert_int_equal(peer_count(peer, "\n"), 1);
	}
}

/* The mark that a refresh leaves, in text; *ret_asked is how often the server was asked. */
static enum sf_err mark_of(struct peer *peer, const char *certificate, const char *reply, int fd,
    char text[static 64], unsigned *ret_asked)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *old = stored("5Aep+old");
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	peer_start(peer, certificate, reply, NULL);
	peer_open(peer, -1, 10);
	peer->params.mark = "0123456789abcdef";
	peer->params.mark_fd = fd;

	enum sf_err r = sf_flow_refresh_run(&peer->params, old, &token, &e);
	ssize_t len = pread(fd, text, 63, 0);

	peer_stop(peer);
	text[len > 0 ? len : 0] = '\0';
	*ret_asked = peer_count(peer, "\n");
	return r;
}

static void test_mark(void **state)
{
	static const struct {
		const char *certificate, *reply;
		enum sf_err r;
		const char *mark;
		unsigned asked;
	} cases[] = {
	    {"localhost", JSON("200", "{\"access_token\":\"new\"," ID "}"), SF_OK,
		"0123456789abcdef", 1},
	    {"localhost", "cut", SF_E_UNAVAILABLE, "0123456789abcdef", 1},
	    {"other.test", JSON("200", "{}"), SF_E_TLS, "", 0},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		char text[64];
		unsigned asked = 0;
		int fd = memfd_create("mark", MFD_CLOEXEC);

		assert_true(fd >= 0);
		assert_int_equal(
		    mark_of(peer, cases[i].certificate, cases[i].reply, fd, text, &asked),
		    cases[i].r);
		assert_string_equal(text, cases[i].mark);
		assert_int_equal(asked, cases[i].asked);
		close(fd);
	}
}

static void test_no_mark_no_request(void **state)
{
	char text[64];
	unsigned asked = 0;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_int_equal(mark_of(*state, "localhost",
			     JSON("200", "{\"access_token\":\"new\"," ID "}"), fd, text, &asked),
	    SF_E_STORE);
	assert_null(strstr(peer_log(*state), "refresh_token"));
	close(fd);
}

static void test_nothing_to_refresh(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_token_freep) struct sf_token *old = stored(NULL);
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	struct sf_error e;

	assert_int_equal(sf_flow_refresh_run(&peer->params, old, &token, &e), SF_E_SIGN_IN_NEEDED);
}

static void test_revoke(void **state)
{
	static const struct {
		const char *reply;
		enum sf_err result;
	} cases[] = {
	    {"200|text/plain|", SF_OK},
	    {"400|application/x-www-form-urlencoded|error=invalid_token", SF_OK},
	    {"400|application/x-www-form-urlencoded|error=unsupported_token_type", SF_E_ANSWER},
	    {"503|text/html|<html>", SF_E_UNAVAILABLE},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		SF_CLEANUP(sf_token_freep) struct sf_token *token = stored(i == 0 ? NULL : "5Aep");
		struct sf_error e;

		peer_start(peer, "localhost", cases[i].reply, NULL);
		peer_open(peer, -1, 10);
		assert_int_equal(sf_flow_revoke(&peer->params, token, &e), cases[i].result);
		peer_stop(peer);
		assert_int_equal(
		    peer_count(peer, i == 0 ? "revoke token=old -\n" : "revoke token=5Aep -\n"), 1);
	}
}

static void test_revoke_again(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	struct sf_error e;

	assert_non_null(token);
	token->access_token = sf_secret_from("old", 3);
	peer_start(peer, "localhost", "cut", "200|text/plain|", NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(sf_flow_revoke(&peer->params, token, &e), SF_OK);
	assert_int_equal(peer_count(peer, "revoke token=old -\n"), 2);
	peer_stop(peer);
	peer_start(peer, "localhost", "cut", "cut", "200|text/plain|", NULL);
	peer_open(peer, -1, 10);
	assert_int_equal(sf_flow_revoke(&peer->params, token, &e), SF_E_UNAVAILABLE);
	peer_stop(peer);
}

static void test_scope(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	static const char body[] = "{\"access_token\":\"x\",\"scope\":\"\u00e9t\u00e9\"}";
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = sf_secret_from(body, strlen(body));
	struct sf_error e;

	assert_int_equal(sf_json_parse(text, &json, &e), SF_OK);
	assert_int_equal(sf_flow_grant(&peer->params, json, &grant, &e), SF_E_ANSWER);
	assert_non_null(grant.token->access_token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"a rotated refresh token is adopted", test_rotation, NULL, NULL, NULL},
	    {"a rotated refresh token is kept if the rest is refused", test_refused_rotation, NULL,
		NULL, NULL},
	    {"a rotated refresh token is parked before the response is judged", test_parks, NULL,
		NULL, NULL},
	    {"without rotation the refresh token stays", test_no_rotation, NULL, NULL, NULL},
	    {"only a dead refresh token asks for a new sign-in", test_failures, NULL, NULL, NULL},
	    {"the mark is there exactly where the request has left", test_mark, NULL, NULL, NULL},
	    {"without the mark nothing is sent", test_no_mark_no_request, NULL, NULL, NULL},
	    {"nothing is sent without a refresh token", test_nothing_to_refresh, NULL, NULL, NULL},
	    {"a revocation whose connection dies is sent once more", test_revoke_again, NULL, NULL,
		NULL},
	    {"a scope that cannot be stored is no answer", test_scope, NULL, NULL, NULL},
	    {"revocation takes the refresh token, and a dead token is revoked", test_revoke, NULL,
		NULL, NULL},
	};

	return cmocka_run_group_tests_name("flow_refresh", tests, peer_setup, peer_teardown);
}
