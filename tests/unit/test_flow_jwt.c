/* The JWT bearer flow: its audience, and the app's proof with a secret or a key. */
#include "flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "peer.h"

#include "banned.h"

#define JSON(status, body) status "|application/json|" body
#define REFUSAL(description)                                                                       \
	JSON("400", "{\"error\":\"invalid_grant\",\"error_description\":\"" description "\"}")
#define TOKEN                                                                                      \
	JSON("200", "{\"access_token\":\"00D5f000000Abcd!AQ\",\"token_type\":\"Bearer\","          \
		    "\"id\":\"https://login.salesforce.com/id/00D5f000000AbcdEAC/"                 \
		    "0055f00000EfGhiAAF\",\"instance_url\":\"https://acme.my.salesforce.com\","    \
		    "\"issued_at\":\"1700000000000\"}")

static struct sf_secret *make_key(void)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes = NULL;

	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);

	long len = BIO_get_mem_data(bio, &bytes);
	struct sf_secret *pem = sf_secret_from(bytes, (size_t)len);

	BIO_free(bio);
	EVP_PKEY_free(key);
	return pem;
}

struct person {
	const char *username;
	struct sf_client client;
	const char *host; /* NULL: the peer's */
};

static enum sf_err run(
    sf_flow_run_fn *flow, struct peer *peer, const struct person *person, struct sf_grant *grant)
{
	struct sf_error e;
	struct sf_origin origin;

	*grant = (struct sf_grant){0};
	peer_open(peer, -1, 20);
	origin = peer->origin;
	if (person->host)
		snprintf(origin.host, sizeof(origin.host), "%s", person->host);
	peer->params.origin = &origin;
	peer->params.client = &person->client;
	snprintf(peer->job.username, sizeof(peer->job.username), "%s", person->username);

	enum sf_err r = flow(&peer->params, grant, &e);

	peer_stop(peer);
	return r;
}

static void a_key_brings_a_token_without_scope_or_question(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	SF_CLEANUP(sf_client_clear)
	struct sf_client client = {.auth = SF_CLIENT_AUTH_NONE, .key = make_key()};

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(
	    run(sf_flow_jwt_run, peer,
		&(struct person){.username = "ada@acme.example", .client = client}, &grant),
	    SF_OK);
	assert_non_null(grant.token->access_token);
	assert_int_equal(
	    peer_count(peer, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&"
			     "assertion=eyJhbGciOiJSUzI1NiJ9."),
	    1);
	assert_int_equal(peer_count(peer, "scope="), 0);
}

static void an_audience_that_is_refused_is_followed_by_the_org_s_own_once(void **state)
{
	static const struct {
		const char *first, *row;
		enum sf_err r;
		unsigned requests;
	} cases[] = {
	    {REFUSAL("Audience validation failed"), "ok", SF_OK, 2},
	    {REFUSAL("invalid assertion"), "jwt_key", SF_E_CONFIG, 1},
	    {REFUSAL("expired authorization code"), "jwt_clock", SF_E_CONFIG, 1},
	    {REFUSAL("user hasn't approved this consumer"), "user_not_approved", SF_E_APP, 1},
	};
	struct peer *peer = *state;
	SF_CLEANUP(sf_client_clear)
	struct sf_client client = {.auth = SF_CLIENT_AUTH_NONE, .key = make_key()};

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
		const struct person person = {.username = "ada@acme.example",
		    .client = client,
		    .host = "acme.my.salesforce.com"};

		peer_start(peer, "localhost", cases[i].first, TOKEN, NULL);
		assert_int_equal(run(sf_flow_jwt_run, peer, &person, &grant), cases[i].r);
		assert_string_equal(peer->answer.row, cases[i].row);
		assert_int_equal(peer_count(peer, "assertion="), cases[i].requests);
	}
}

static void without_username_or_key_or_proof_nothing_is_sent(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	SF_CLEANUP(sf_client_clear)
	struct sf_client client = {.auth = SF_CLIENT_AUTH_NONE, .key = make_key()};
	const struct person nobody = {.username = "", .client = client};
	const struct person keyless = {.username = "ada@acme.example"};

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(sf_flow_jwt_run, peer, &nobody, &grant), SF_E_CONFIG);
	assert_int_equal(peer_count(peer, "\n"), 0);
	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(sf_flow_jwt_run, peer, &keyless, &grant), SF_E_CONFIG);
	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(sf_flow_client_credentials_run, peer, &keyless, &grant), SF_E_CONFIG);
	assert_int_equal(peer_count(peer, "\n"), 0);
}

static void an_app_signs_in_by_its_secret_or_its_key(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_client_clear)
	struct sf_client secret = {
	    .auth = SF_CLIENT_AUTH_BODY, .secret = sf_secret_from("hush", 4)};
	SF_CLEANUP(sf_client_clear)
	struct sf_client key = {.auth = SF_CLIENT_AUTH_PRIVATE_KEY_JWT, .key = make_key()};
	SF_CLEANUP(sf_grant_clear) struct sf_grant first, second;

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(sf_flow_client_credentials_run, peer,
			     &(struct person){.username = "", .client = secret}, &first),
	    SF_OK);
	assert_int_equal(peer_count(peer, "grant_type=client_credentials&client_id=3MVG9.Test_App&"
					  "client_secret=hush"),
	    1);
	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(sf_flow_client_credentials_run, peer,
			     &(struct person){.username = "", .client = key}, &second),
	    SF_OK);
	assert_int_equal(
	    peer_count(peer, "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-"
			     "type%3Ajwt-bearer&client_assertion=eyJhbGciOiJSUzI1NiJ9."),
	    1);
	assert_int_equal(peer_count(peer, "client_secret"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_brings_a_token_without_scope_or_question),
	    cmocka_unit_test(an_audience_that_is_refused_is_followed_by_the_org_s_own_once),
	    cmocka_unit_test(without_username_or_key_or_proof_nothing_is_sent),
	    cmocka_unit_test(an_app_signs_in_by_its_secret_or_its_key),
	};

	return cmocka_run_group_tests_name("flow_jwt", tests, peer_setup, peer_teardown);
}
