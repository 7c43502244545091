/* Which prompts sfoauth ssh answers: every condition of a bound sign-in, one at a time. */
#include "ssh_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define HOST      "https://acme.my.salesforce.com"
#define PATH      "/services/oauth2/authorize?"
#define RANDOM    "Gm0Vm_Vx5v2HIGqZz0U5tk9FIHI3Q9Pt_k7UCPdY1qA"
#define KEY       "a3XN48co5ejPNGmXzuCXmR"
#define OTHER     "QIv1tGPdaxO3PBQNwN_Hes"
#define CHALLENGE "TsEBm8325gb2gzH8Ah36ncZODWWUBjjDNJK3NSTK5uY"
#define TYPE      "response_type=code"
#define CLIENT    "&client_id=3MVG9acme.Local_App"
#define CALLBACK  "&redirect_uri=http%3A%2F%2Flocalhost%3A1717%2FOauthRedirect"
#define SCOPE     "&scope=openid%20id%20api"
#define STATE     "&state=" RANDOM "." KEY OTHER
#define PROOF     "&code_challenge=" CHALLENGE "&code_challenge_method=S256"
#define HINT      "&login_hint=ada%40acme.example"
#define QUERY     TYPE CLIENT CALLBACK SCOPE STATE PROOF HINT
#define FRONT     "(ada@sfhost) Sign in with Salesforce (acme) \n  1. Open   "
#define BEHIND    " \n  2. Sign in and choose Allow. \nPaste it here: "

static char *callbacks[] = {(char[]){"http://localhost:1717/OauthRedirect"},
    (char[]){"https://acme.my.salesforce.com/services/oauth2/success"}};
static struct sf_org orgs[] = {
    {.login_url = (char[]){HOST}, .client_id = (char[]){"3MVG9acme.Other_App"}},
    {.login_url = (char[]){HOST},
	.client_id = (char[]){"3MVG9acme.Local_App"},
	.callback = {.items = callbacks, .count = 2}},
    {.login_url = (char[]){"https://login.salesforce.com"},
	.client_id = (char[]){"3MVG9login"},
	.callback = {.items = callbacks, .count = 1}},
};
static const struct sf_config config = {.orgs = orgs, .org_count = 3};

static void read_prompt(const char *address, struct sf_ssh_address *ret)
{
	static char prompt[16384];

	snprintf(prompt, sizeof(prompt), FRONT "%s" BEHIND, address);
	sf_ssh_address_read(prompt, &config, ret);
}

static void a_bound_address_of_the_org_is_ours(void **state)
{
	static const char *const queries[] = {QUERY,
	    HINT "&" TYPE CLIENT CALLBACK SCOPE STATE PROOF,
	    TYPE CLIENT CALLBACK "&scope=openid+id+custom_permissions" STATE PROOF,
	    TYPE CLIENT CALLBACK "&scope=id&state=" RANDOM "." KEY PROOF};
	struct sf_ssh_address address;
	char text[2048];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(queries); i++) {
		snprintf(text, sizeof(text), HOST PATH "%s",
		    queries[i] + (queries[i][0] == '&' ? 1 : 0));
		read_prompt(text, &address);
		assert_int_equal(address.kind, SF_SSH_ADDRESS_BOUND);
		assert_ptr_equal(address.org, &orgs[1]);
		assert_string_equal(address.text, text);
		assert_string_equal(address.callback, "http://localhost:1717/OauthRedirect");
		assert_string_equal(address.origin.host, "acme.my.salesforce.com");
	}
	assert_string_equal(address.state, RANDOM "." KEY);
}

static const struct {
	const char *query;
	enum sf_message why;
} forged[] = {
    {TYPE CLIENT CALLBACK "&scope=full" STATE PROOF, SF_MESSAGE_SSH_SCOPES},
    {TYPE CLIENT CALLBACK "&scope=openid%20id%20refresh_token" STATE PROOF, SF_MESSAGE_SSH_SCOPES},
    {TYPE CLIENT CALLBACK "&scope=" STATE PROOF, SF_MESSAGE_SSH_SCOPES},
    {TYPE CLIENT CALLBACK "&scope=id%20" STATE PROOF, SF_MESSAGE_SSH_SCOPES},
    {TYPE CLIENT CALLBACK STATE PROOF, SF_MESSAGE_SSH_SCOPES},
    {TYPE CLIENT "&redirect_uri=https%3A%2F%2Fevil.example%2F" SCOPE STATE PROOF,
	SF_MESSAGE_SSH_CALLBACK},
    {TYPE CLIENT "&redirect_uri=http%3A%2F%2Flocalhost%3A1718%2FOauthRedirect" SCOPE STATE PROOF,
	SF_MESSAGE_SSH_CALLBACK},
    {TYPE CLIENT SCOPE STATE PROOF, SF_MESSAGE_SSH_CALLBACK},
    {"response_type=token" CLIENT CALLBACK SCOPE STATE PROOF, SF_MESSAGE_SSH_NO_PROOF},
    {TYPE CLIENT CALLBACK SCOPE STATE, SF_MESSAGE_SSH_NO_PROOF},
    {TYPE CLIENT CALLBACK SCOPE STATE "&code_challenge=" CHALLENGE, SF_MESSAGE_SSH_NO_PROOF},
    {TYPE CLIENT CALLBACK SCOPE STATE "&code_challenge=" CHALLENGE "&code_challenge_method=plain",
	SF_MESSAGE_SSH_NO_PROOF},
    {TYPE CLIENT CALLBACK SCOPE STATE "&code_challenge=short&code_challenge_method=S256",
	SF_MESSAGE_SSH_NO_PROOF},
    {QUERY STATE, SF_MESSAGE_SSH_MALFORMED},
    {QUERY "&prompt=none", SF_MESSAGE_SSH_MALFORMED},
    {QUERY "&", SF_MESSAGE_SSH_MALFORMED},
    {QUERY "&scope", SF_MESSAGE_SSH_MALFORMED},
    {"&" QUERY, SF_MESSAGE_SSH_MALFORMED},
    {QUERY "%", SF_MESSAGE_SSH_MALFORMED},
    {QUERY "%00", SF_MESSAGE_SSH_MALFORMED},
    {QUERY "#x", SF_MESSAGE_COUNT}, /* in the hint: no harm */
    {TYPE CLIENT CALLBACK SCOPE PROOF "&state=" RANDOM ".", SF_MESSAGE_SSH_MALFORMED},
    {TYPE CLIENT CALLBACK SCOPE PROOF "&state=" RANDOM "." KEY "x", SF_MESSAGE_SSH_MALFORMED},
    {TYPE CLIENT CALLBACK SCOPE PROOF "&state=" RANDOM "." KEY "." OTHER, SF_MESSAGE_SSH_MALFORMED},
    {TYPE CLIENT CALLBACK SCOPE PROOF "&state=short." KEY, SF_MESSAGE_SSH_MALFORMED},
    {TYPE CLIENT CALLBACK SCOPE PROOF "&state=a%20long%20but%20spaced%20text." KEY,
	SF_MESSAGE_SSH_MALFORMED},
    {TYPE CLIENT CALLBACK SCOPE PROOF "&state=" RANDOM "." KEY KEY KEY KEY KEY KEY KEY KEY KEY,
	SF_MESSAGE_SSH_MALFORMED},
    {QUERY " \n" HOST PATH QUERY, SF_MESSAGE_SSH_MALFORMED},
    {QUERY "&x=" HOST PATH, SF_MESSAGE_SSH_MALFORMED},
    {QUERY "\x7f", SF_MESSAGE_SSH_MALFORMED},
};

static void what_no_host_of_ours_shows_is_forged(void **state)
{
	struct sf_ssh_address address;
	char text[4096];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(forged); i++) {
		snprintf(text, sizeof(text), HOST PATH "%s", forged[i].query);
		read_prompt(text, &address);
		assert_int_equal(address.kind, forged[i].why == SF_MESSAGE_COUNT
						   ? SF_SSH_ADDRESS_BOUND
						   : SF_SSH_ADDRESS_FORGED);
		if (forged[i].why != SF_MESSAGE_COUNT)
			assert_int_equal(address.why, forged[i].why);
		assert_false(forged[i].why != SF_MESSAGE_COUNT &&
			     sf_ssh_address_has_key(
				 &address, "SHA256:a3XN48co5ejPNGmXzuCXmRxxxxxxxxxxxxxxxxxxxxx"));
	}
}

static void an_address_of_eight_kibibytes_is_forged(void **state)
{
	static char text[8192] = HOST PATH QUERY;
	struct sf_ssh_address address;

	(void)state;
	memset(text + strlen(text), 'x', sizeof(text) - 1 - strlen(text));
	read_prompt(text, &address);
	assert_int_equal(address.kind, SF_SSH_ADDRESS_FORGED);
}

static void what_is_not_wrong_but_not_ours_is_left_to_the_person(void **state)
{
	static const struct {
		const char *address;
		enum sf_message why;
	} cases[] = {
	    {"https://evil.my.salesforce.com" PATH QUERY, SF_MESSAGE_SSH_OTHER_ORG},
	    {"https://acme.my.salesforce.com.evil.example" PATH QUERY, SF_MESSAGE_SSH_OTHER_ORG},
	    {"https://acme.my.salesforce.com@evil.example" PATH QUERY, SF_MESSAGE_SSH_OTHER_ORG},
	    {"https://acme.my.salesforce.com:8443" PATH QUERY, SF_MESSAGE_SSH_OTHER_ORG},
	    {"http://acme.my.salesforce.com" PATH QUERY, SF_MESSAGE_SSH_OTHER_ORG},
	    {"xhttps://acme.my.salesforce.com" PATH QUERY, SF_MESSAGE_SSH_OTHER_ORG},
	    {HOST "/x" PATH QUERY, SF_MESSAGE_SSH_OTHER_ORG},
	    {HOST PATH TYPE "&client_id=3MVG9evil" CALLBACK SCOPE STATE PROOF,
		SF_MESSAGE_SSH_OTHER_ORG},
	    {HOST PATH TYPE CALLBACK SCOPE STATE PROOF, SF_MESSAGE_SSH_OTHER_ORG},
	    /* The app of another org of the configuration. */
	    {HOST PATH TYPE "&client_id=3MVG9login" CALLBACK SCOPE STATE PROOF,
		SF_MESSAGE_SSH_OTHER_ORG},
	    {HOST PATH TYPE CLIENT CALLBACK SCOPE PROOF "&state=" RANDOM, SF_MESSAGE_SSH_UNBOUND},
	    {HOST PATH TYPE CLIENT CALLBACK SCOPE PROOF, SF_MESSAGE_SSH_UNBOUND},
	    {HOST PATH TYPE CLIENT "&redirect_uri=https%3A%2F%2Facme.my.salesforce.com%2Fservices"
				   "%2Foauth2%2Fsuccess" SCOPE STATE PROOF,
		SF_MESSAGE_SSH_PAGE},
	};
	struct sf_ssh_address address;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(cases); i++) {
		read_prompt(cases[i].address, &address);
		assert_int_equal(address.kind, SF_SSH_ADDRESS_BY_HAND);
		assert_int_equal(address.why, cases[i].why);
	}
}

static void other_prompts_have_no_address(void **state)
{
	static const char *const prompts[] = {"",
	    "Enter passphrase for key '/home/ada/.ssh/id': ", "ada@sfhost's password: ",
	    "Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
	    FRONT "https://acme.my.salesforce.com/setup/connect \n  2. Enter  8JHYH4HM \n",
	    FRONT HOST "/services/oauth2/authorize" BEHIND};
	struct sf_ssh_address address;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(prompts); i++) {
		sf_ssh_address_read(prompts[i], &config, &address);
		assert_int_equal(address.kind, SF_SSH_ADDRESS_NONE);
	}
}

static void only_a_key_that_the_state_names_counts(void **state)
{
	static const struct {
		const char *fingerprint;
		bool is;
	} cases[] = {
	    {"SHA256:a3XN48co5ejPNGmXzuCXmRxxxxxxxxxxxxxxxxxxxxx", true},
	    {"SHA256:QIv1tGPdaxO3PBQNwN/Hesxxxxxxxxxxxxxxxxxxxxx", true},
	    {"SHA256:QIv1tGPdaxO3PBQNwN+Hesxxxxxxxxxxxxxxxxxxxxx", false},
	    {"SHA256:b3XN48co5ejPNGmXzuCXmRxxxxxxxxxxxxxxxxxxxxx", false},
	    {"SHA256:a3XN48co5ejPNGmXzuCXmQxxxxxxxxxxxxxxxxxxxxx", false},
	    /* Across two names. */
	    {"SHA256:3XN48co5ejPNGmXzuCXmRQxxxxxxxxxxxxxxxxxxxxx", false},
	    {"SHA256:Gm0Vm/Vx5v2HIGqZz0U5tkxxxxxxxxxxxxxxxxxxxxx", false},
	    {"SHA256:a3XN48co5ejPNGmXzuCXmR", false},
	    {"SHA256:a3XN48co5ejPNGmXzuCXmRxxxxxxxxxxxxxxxxxxxxxx", false},
	    {"MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", false},
	    {"NONE", false},
	    {"", false},
	};
	struct sf_ssh_address address;

	(void)state;
	read_prompt(HOST PATH QUERY, &address);
	for (size_t i = 0; i < SF_COUNT(cases); i++)
		assert_int_equal(
		    sf_ssh_address_has_key(&address, cases[i].fingerprint), cases[i].is);
	read_prompt(HOST PATH TYPE CLIENT CALLBACK SCOPE PROOF "&state=" RANDOM, &address);
	assert_false(sf_ssh_address_has_key(&address, cases[0].fingerprint));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bound_address_of_the_org_is_ours),
	    cmocka_unit_test(what_no_host_of_ours_shows_is_forged),
	    cmocka_unit_test(an_address_of_eight_kibibytes_is_forged),
	    cmocka_unit_test(what_is_not_wrong_but_not_ours_is_left_to_the_person),
	    cmocka_unit_test(other_prompts_have_no_address),
	    cmocka_unit_test(only_a_key_that_the_state_names_counts),
	};

	return cmocka_run_group_tests_name("ssh_address", tests, NULL, NULL);
}
