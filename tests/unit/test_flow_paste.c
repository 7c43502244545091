/* The paste flow: what may be pasted, and that the code is exchanged with its own verifier. */
#include "flow_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"
#include "pkce.h"

#include "banned.h"

#define STATE_LEN 43 /* of its random part */
#define CALLBACK  "http://localhost:1717/OauthRedirect"
#define TOKEN                                                                                      \
	"200|application/json|{\"access_token\":\"00D5f000000Abcd!AQ\",\"token_type\":\"Bearer\"," \
	"\"id\":\"https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF\","        \
	"\"instance_url\":\"https://acme.my.salesforce.com\",\"issued_at\":\"1700000000000\"}"

/* A person who pastes one after the other; "%s" stands for the state of the address shown. */
struct person {
	struct sf_ui ui;
	struct sf_show seen;
	const char *const *pastes;
	int shows, asks;
};

static enum sf_err person_show(struct sf_ui *ui, const struct sf_show *show, struct sf_error *e)
{
	struct person *person = ui->context;

	(void)e;
	person->seen = *show;
	person->shows++;
	return SF_OK;
}

/* What the worker passes to the flow. */
static const char *host_keys;

/* The value of a parameter of the address. */
static void find(const char *address, const char *name, char *ret, size_t size)
{
	const char *at = strstr(address, name);

	assert_non_null(at);
	at += strlen(name);
	snprintf(ret, size, "%.*s", (int)strcspn(at, "&"), at);
}

static enum sf_err person_ask(
    struct sf_ui *ui, enum sf_ask what, struct sf_secret **ret_answer, struct sf_error *e)
{
	struct person *person = ui->context;
	const char *paste = person->pastes[person->asks];
	const char *mark = paste ? strstr(paste, "%s") : NULL;
	char state[128], text[512];

	assert_int_equal(what, SF_ASK_CALLBACK);
	if (!paste)
		return SF_FAIL(e, SF_E_CONVERSATION, 0, "nobody answers");
	person->asks++;
	find(person->seen.verification_uri, "&state=", state, sizeof(state));
	if (mark)
		snprintf(
		    text, sizeof(text), "%.*s%s%s", (int)(mark - paste), paste, state, mark + 2);
	else
		snprintf(text, sizeof(text), "%s", paste);
	*ret_answer = sf_secret_from(text, strlen(text));
	return SF_OK;
}

static enum sf_err run(struct peer *peer, struct person *person, const char *const *pastes,
    struct sf_grant *grant, struct sf_error *e)
{
	*person = (struct person){
	    .ui = {.show = person_show, .ask = person_ask, .context = person}, .pastes = pastes};
	*grant = (struct sf_grant){0};
	peer_open(peer, -1, 20);
	peer->params.host_keys = host_keys;
	peer->params.ui = &person->ui;
	peer->job.asks_first = peer->asks_first;
	snprintf(peer->job.callback, sizeof(peer->job.callback), CALLBACK);
	snprintf(peer->job.prompt, sizeof(peer->job.prompt), "login consent");
	snprintf(peer->job.username, sizeof(peer->job.username), "ada@acme.example");

	enum sf_err r = sf_flow_paste_run(&peer->params, grant, e);

	peer_stop(peer);
	return r;
}

static void the_pasted_code_is_exchanged_with_the_verifier_of_its_challenge(void **state)
{
	static const char *const pastes[] = {CALLBACK "?code=aPrx%253D&state=%s\n", NULL};
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person;
	struct sf_error e;
	char challenge[64], verifier[64], wanted[SF_PKCE_TEXT_SIZE], start[1024], state_text[64];

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(peer, &person, pastes, &grant, &e), SF_OK);
	assert_non_null(grant.token->access_token);
	assert_int_equal(person.shows, 1);
	assert_string_equal(person.seen.user_code, "");
	find(person.seen.verification_uri, "&state=", state_text, sizeof(state_text));
	find(person.seen.verification_uri, "&code_challenge=", challenge, sizeof(challenge));
	snprintf(start, sizeof(start),
	    "%s/services/oauth2/authorize?response_type=code&client_id=3MVG9.Test_App&"
	    "redirect_uri=http%%3A%%2F%%2Flocalhost%%3A1717%%2FOauthRedirect&"
	    "scope=openid%%20id&state=%s&code_challenge=%s&code_challenge_method=S256&"
	    "prompt=login%%20consent&login_hint=ada%%40acme.example",
	    peer->origin.text, state_text, challenge);
	assert_string_equal(person.seen.verification_uri, start);
	find(peer_log(peer), "&code_verifier=", verifier, sizeof(verifier));
	verifier[43] = '\0';

	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = sf_secret_from(verifier, 43);

	assert_int_equal(sf_pkce_challenge(secret, wanted, &e), SF_OK);
	assert_string_equal(challenge, wanted);
	assert_non_null(strstr(peer_log(peer),
	    "grant_type=authorization_code&code=aPrx%253D&"
	    "redirect_uri=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect&code_verifier="));
}

static void the_state_names_the_keys_of_the_host_behind_a_dot(void **state)
{
	static const char *const pastes[] = {
	    CALLBACK "?code=a&state=%s.", CALLBACK "?code=a&state=%s", NULL};
	static const char *const names[] = {
	    NULL, "", "Sea-o8CvuaV6sMYjcmDA_x0aJnOqqtqQF9p7VfD7pAYo"};
	struct peer *peer = *state;
	struct person person;
	struct sf_error e;
	char first[128], text[128];

	for (size_t i = 0; i < SF_COUNT(names); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
		const char *dot;

		host_keys = names[i];
		peer_start(peer, "localhost", TOKEN, NULL);
		assert_int_equal(run(peer, &person, pastes, &grant, &e), SF_OK);
		/* The whole of it is compared with what comes back. */
		assert_int_equal(person.asks, 2);
		find(person.seen.verification_uri, "&state=", text, sizeof(text));
		dot = strchr(text, '.');
		assert_int_equal(dot ? dot - text : (ptrdiff_t)strlen(text), STATE_LEN);
		if (names[i] && names[i][0] != '\0')
			assert_string_equal(dot + 1, names[i]);
		else
			assert_null(dot);
		assert_true(i == 0 || strncmp(first, text, STATE_LEN) != 0);
		memcpy(first, text, sizeof(first));
	}
	host_keys = NULL;
}

static void what_is_not_the_address_is_asked_for_again_three_times_in_all(void **state)
{
	static const char *const pastes[] = {
	    "aPrx", CALLBACK "?code=a&state=other", CALLBACK "?code=a&state=%s", "x", NULL};
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant, none;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(peer, &person, pastes, &grant, &e), SF_OK);
	assert_int_equal(person.asks, 3);
	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(
	    run(peer, &person, &(const char *const[]){"a", "b", "c", "d", NULL}[0], &none, &e),
	    SF_E_WRONG_INPUT);
	assert_int_equal(person.asks, 3);
	assert_int_equal(peer_count(peer, "\n"), 0);
	assert_string_equal(peer->answer.row, "wrong_paste");
}

static void a_refusal_that_is_pasted_is_the_failure_it_names(void **state)
{
	static const char *const pastes[] = {
	    CALLBACK "?error=access_denied&error_description=end-user+denied&state=%s", NULL};
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(peer, &person, pastes, &grant, &e), SF_E_DENIED);
	assert_string_equal(peer->answer.row, "access_denied");
	assert_int_equal(peer_count(peer, "\n"), 0);
}

static void nobody_who_pastes_and_no_callback_end_it_before_a_request(void **state)
{
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant = {0};
	static const char *const nothing[] = {NULL};
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", TOKEN, NULL);
	assert_int_equal(run(peer, &person, nothing, &grant, &e), SF_E_CONVERSATION);
	assert_int_equal(peer_count(peer, "\n"), 0);
	peer_start(peer, "localhost", TOKEN, NULL);
	peer_open(peer, -1, 20);
	assert_int_equal(sf_flow_paste_run(&peer->params, &grant, &e), SF_E_CONFIG);
	peer_stop(peer);
}

static void the_address_itself_is_asked_before_it_is_shown(void **state)
{
	static const struct {
		const char *reply, *row;
		enum sf_err r;
	} cases[] = {
	    {"400||error=invalid_client_id&error_description=client identifier invalid",
		"unknown_app", SF_E_APP},
	    {"400||error=redirect_uri_mismatch&error_description=redirect_uri must match",
		"redirect_uri_mismatch", SF_E_APP},
	    {"400||error=invalid_request&error_description=missing required code challenge",
		"pkce_missing", SF_E_APP},
	    {"400||error=new_error&error_description=x", "other_error", SF_E_APP},
	    {"cut", NULL, SF_E_UNAVAILABLE},
	    /* These are for the browser; the person is asked, and does not respond. */
	    {"302|text/html|error=invalid_client_id", NULL, SF_E_CONVERSATION},
	    {"200|text/html|<html>error=invalid_client_id", NULL, SF_E_CONVERSATION},
	    {"200|text/html|BIG300000", NULL, SF_E_CONVERSATION},
	    {"400|text/html|<html>error=invalid_client_id", NULL, SF_E_CONVERSATION},
	    {"400|text/plain|", NULL, SF_E_CONVERSATION},
	    {"503|text/html|<html>", NULL, SF_E_CONVERSATION},
	};
	static const char *const nothing[] = {NULL};
	struct peer *peer = *state;

	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
		struct person person;
		struct sf_error e;

		peer_start(peer, "localhost", cases[i].reply, NULL);
		peer->asks_first = true;
		assert_int_equal(run(peer, &person, nothing, &grant, &e), cases[i].r);
		peer->asks_first = false;
		assert_int_equal(person.shows, cases[i].r == SF_E_CONVERSATION);
		assert_int_equal(peer_count(peer, "GET /services/oauth2/authorize?"), 1);
		if (cases[i].row)
			assert_string_equal(peer->answer.row, cases[i].row);
	}
}

static void the_connection_is_not_kept_while_the_person_is_in_the_browser(void **state)
{
	static const char *const pastes[] = {CALLBACK "?code=a&state=%s", NULL};
	struct peer *peer = *state;
	SF_CLEANUP(sf_grant_clear) struct sf_grant grant;
	struct person person;
	struct sf_error e;

	peer_start(peer, "localhost", "200|text/html|<html>", TOKEN, NULL);
	peer->asks_first = true;
	assert_int_equal(run(peer, &person, pastes, &grant, &e), SF_OK);
	peer->asks_first = false;
	assert_int_equal(peer_count(peer, "1 GET /services/oauth2/authorize?"), 1);
	assert_int_equal(peer_count(peer, "2 POST /services/oauth2/token"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_pasted_code_is_exchanged_with_the_verifier_of_its_challenge),
	    cmocka_unit_test(the_state_names_the_keys_of_the_host_behind_a_dot),
	    cmocka_unit_test(what_is_not_the_address_is_asked_for_again_three_times_in_all),
	    cmocka_unit_test(a_refusal_that_is_pasted_is_the_failure_it_names),
	    cmocka_unit_test(nobody_who_pastes_and_no_callback_end_it_before_a_request),
	    cmocka_unit_test(the_address_itself_is_asked_before_it_is_shown),
	    cmocka_unit_test(the_connection_is_not_kept_while_the_person_is_in_the_browser),
	};

	return cmocka_run_group_tests_name("flow_paste", tests, peer_setup, peer_teardown);
}
