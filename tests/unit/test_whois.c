/* What userinfo says about a person: facts, permissions, and answers that are refused. */
#include "whois.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

#include "banned.h"

#define JSON(status, body) status "|application/json|" body
#define SAME_USER          "\"user_id\":\"0055f00000EfGhiAAF\""
#define USERINFO           JSON("200", "{" SAME_USER ",\"is_salesforce_integration_user\":false}")
#define IDENTITY                                                                                   \
	JSON("200",                                                                                \
	    "{\"asserted_user\":true,\"user_id\":\"0055f00000EfGhiAAF\",\"active\":true,"          \
	    "\"organization_id\":\"00D5f000000AbcdEAC\",\"user_type\":\"STANDARD\",\"username\":"  \
	    "\"ada@acme.example\",\"custom_permissions\":{\"Linux_Login\":true,\"Other\":false},"  \
	    "\"addr_city\":null}")

static enum sf_job_kind job_kind = SF_JOB_LOGIN;

static enum sf_err ask_whois_for(struct peer *peer, const char *permissions, const char *identity,
    const char *userinfo, struct sf_facts *facts, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();

	assert_non_null(token);
	memcpy(token->org_id, "00D5f000000AbcdEAC", sizeof(token->org_id));
	memcpy(token->user_id, "0055f00000EfGhiAAF", sizeof(token->user_id));
	token->access_token = sf_secret_from("00D5f000000Abcd!AQ", 18);
	memset(facts, 0, sizeof(*facts));
	peer_start(peer, "localhost", identity, userinfo, NULL);
	peer_open(peer, -1, 10);
	assert_true(
	    sf_text_copy(peer->job.permissions, sizeof(peer->job.permissions), permissions));
	peer->job.kind = job_kind;

	enum sf_err r = sf_whois_run(&peer->params, token, facts, e);

	peer_stop(peer);
	return r;
}

static enum sf_err ask_whois(struct peer *peer, const char *identity, const char *userinfo,
    struct sf_facts *facts, struct sf_error *e)
{
	return ask_whois_for(peer, "", identity, userinfo, facts, e);
}

static void test_facts(void **state)
{
	struct peer *peer = *state;
	struct sf_facts facts;
	struct sf_error e;

	assert_int_equal(ask_whois(peer, IDENTITY, USERINFO, &facts, &e), SF_OK);
	assert_string_equal(facts.user_id, "0055f00000EfGhiAAF");
	assert_string_equal(facts.organization_id, "00D5f000000AbcdEAC");
	assert_string_equal(facts.token_prefix, "00D5f000000Abcd");
	assert_string_equal(facts.user_type, "STANDARD");
	assert_string_equal(facts.username, "ada@acme.example");
	assert_int_equal(facts.asserted_user, SF_GIVEN_TRUE);
	assert_int_equal(facts.active, SF_GIVEN_TRUE);
	assert_int_equal(facts.integration_user, SF_GIVEN_FALSE);
	assert_int_equal(facts.permission_count, 1);
	assert_string_equal(facts.permissions[0], "Linux_Login");
	assert_string_equal(peer_log(peer),
	    "1 GET /id/00D5f000000AbcdEAC/0055f00000EfGhiAAF?version=latest - "
	    "Bearer 00D5f000000Abcd!AQ\n"
	    "1 GET /services/oauth2/userinfo - Bearer 00D5f000000Abcd!AQ\n");
}

static void test_absent(void **state)
{
	struct peer *peer = *state;
	struct sf_facts facts;
	struct sf_error e;

	assert_int_equal(ask_whois(peer, JSON("200", "{\"active\":null}"),
			     JSON("200", "{\"user_id\":\"0055f00000EfGhi\"}"), &facts, &e),
	    SF_OK);
	assert_int_equal(facts.asserted_user, SF_GIVEN_ABSENT);
	assert_int_equal(facts.active, SF_GIVEN_ABSENT);
	assert_int_equal(facts.integration_user, SF_GIVEN_ABSENT);
	assert_string_equal(facts.username, "");
}

static void test_failures(void **state)
{
	static const struct {
		const char *identity, *userinfo;
		enum sf_err failure;
	} cases[] = {
	    {"403|text/plain|Bad_OAuth_Token", USERINFO, SF_E_SIGN_IN_NEEDED},
	    {"401|text/plain|x", USERINFO, SF_E_SIGN_IN_NEEDED},
	    {"403|text/plain|No_Access", USERINFO, SF_E_SCOPE},
	    {"302|text/plain|x", USERINFO, SF_E_ANSWER},
	    {"200|text/html|<html>", USERINFO, SF_E_UNAVAILABLE},
	    {JSON("200", "{\"active\":\"true\"}"), USERINFO, SF_E_ANSWER},
	    {JSON("200", "{\"active\":false,\"active\":true}"), USERINFO, SF_E_ANSWER},
	    {JSON("200", "{\"user_id\":\"0055f00000EfGhiAAFx\"}"), USERINFO, SF_E_ANSWER},
	    {JSON("200", "{\"custom_permissions\":[true]}"), USERINFO, SF_E_ANSWER},
	    {IDENTITY, "503|text/plain|x", SF_E_UNAVAILABLE},
	    {IDENTITY, JSON("200", "{" SAME_USER ",\"is_salesforce_integration_user\":\"no\"}"),
		SF_E_ANSWER},
	    {IDENTITY, JSON("200", "{}"), SF_E_ANSWER},
	    {IDENTITY, JSON("200", "{\"user_id\":\"005\"}"), SF_E_ANSWER},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		struct sf_facts facts;
		struct sf_error e;

		assert_int_equal(ask_whois(peer, cases[i].identity, cases[i].userinfo, &facts, &e),
		    cases[i].failure);
	}
}

/* A sign-in goes on with what the token's own user is, so that the policy refuses by a rule. */
static void test_foreign_id(void **state)
{
	static const struct {
		const char *identity, *userinfo, *org, *user;
	} cases[] = {
	    {IDENTITY, JSON("200", "{\"user_id\":\"0055f00000EfKim\"}"), "00D5f000000AbcdEAC",
		"0055f00000EfKimAAF"},
	    {"403|text/plain|Wrong_Org",
		JSON("200", "{" SAME_USER ",\"organization_id\":\"00D5f000000aBcd\"}"),
		"00D5f000000aBcdEAE", ""},
	    {"404|text/plain|Bad_Id",
		JSON("200", "{\"user_id\":\"0055f00000EfKimAAF\","
			    "\"organization_id\":\"00D5f000000AbcdEAC\"}"),
		"00D5f000000AbcdEAC", "0055f00000EfKimAAF"},
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		struct sf_facts facts;
		struct sf_error e;

		assert_int_equal(
		    ask_whois(peer, cases[i].identity, cases[i].userinfo, &facts, &e), SF_OK);
		assert_string_equal(facts.organization_id, cases[i].org);
		assert_string_equal(facts.user_id, cases[i].user);
	}
}

/* A token that is stored already, and other failures, end as before. */
static void test_foreign_id_of_no_sign_in(void **state)
{
	struct peer *peer = *state;
	struct sf_facts facts;
	struct sf_error e;

	job_kind = SF_JOB_WHOIS;
	assert_int_equal(
	    ask_whois(peer, "403|text/plain|Wrong_Org", USERINFO, &facts, &e), SF_E_DENIED);
	assert_int_equal(
	    ask_whois(peer, IDENTITY, JSON("200", "{\"user_id\":\"0055f00000EfKim\"}"), &facts, &e),
	    SF_E_ANSWER);
	job_kind = SF_JOB_LOGIN;
	assert_int_equal(
	    ask_whois(peer, "403|text/plain|No_Access", USERINFO, &facts, &e), SF_E_SCOPE);
	assert_int_equal(ask_whois(peer, "403|text/plain|Wrong_Org",
			     JSON("200", "{\"user_id\":\"005\"}"), &facts, &e),
	    SF_E_ANSWER);
}

/* Where the job names some, only these are told, however many the person has. */
static void test_permissions(void **state)
{
	struct peer *peer = *state;
	struct sf_facts facts;
	struct sf_error e;
	char identity[4096];
	struct sf_text text = SF_TEXT(identity);

	(void)sf_text_add(&text, "200|application/json|{\"custom_permissions\":{");
	for (unsigned i = 0; i <= SF_FACTS_PERMISSIONS_MAX; i++)
		(void)sf_text_addf(&text, "\"P%u\":true,", i);
	assert_true(sf_text_add(&text, "\"Login\":true}}"));
	assert_int_equal(ask_whois(peer, identity, USERINFO, &facts, &e), SF_E_TOO_LARGE);
	assert_int_equal(
	    ask_whois_for(peer, "Linux_Login Login P6 P649 ", identity, USERINFO, &facts, &e),
	    SF_OK);
	assert_int_equal(facts.permission_count, 2);
	assert_string_equal(facts.permissions[0], "P6");
	assert_string_equal(facts.permissions[1], "Login");
}

static void test_prefix(void **state)
{
	static const struct {
		const char *token, *prefix;
	} cases[] = {{"00D5f000000Abcd!AQ", "00D5f000000Abcd"}, {"eyJhbGciOiJSUzI1NiJ9.x.y", ""},
	    {"00D5f000000Abc!AQ", ""}, {"00D5f000000AbcdEAC!AQ", ""}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {.token = sf_token_new()};
		struct sf_facts facts;

		assert_non_null(grant.token);
		grant.token->access_token = sf_secret_from(cases[i].token, strlen(cases[i].token));
		sf_whois_from_grant(&grant, &facts);
		assert_string_equal(facts.token_prefix, cases[i].prefix);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"identity and userinfo become facts over one connection", test_facts, NULL, NULL,
		NULL},
	    {"what is missing or null is absent, not false", test_absent, NULL, NULL, NULL},
	    {"an answer that cannot be used gives no facts", test_failures, NULL, NULL, NULL},
	    {"a sign-in whose id is another's reports the token's own user", test_foreign_id, NULL,
		NULL, NULL},
	    {"without a sign-in, or with a malformed id, that is a failure",
		test_foreign_id_of_no_sign_in, NULL, NULL, NULL},
	    {"of many permissions those that matter are facts", test_permissions, NULL, NULL, NULL},
	    {"only an opaque token names its organization", test_prefix, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("whois", tests, peer_setup, peer_teardown);
}
