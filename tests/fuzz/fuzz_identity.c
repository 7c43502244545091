/*
 * Fuzzes the login policy with any bytes as user_map and as facts about a user. It must approve no
 * user whom the oracle below refuses. The input is the map, or "F" and one fact on each line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "account_class.h"
#include "hosts.h"
#include "identity.h"
#include "mapping.h"
#include "text.h"

#include "banned.h"

#define ORG      "00D5f000000AbcdEAC"
#define USER     "0055f00000EfGhiAAF"
#define INSTANCE "https://acme.my.salesforce.com"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The lines of the input after its first, "" where there are no more. */
enum {
	ID_URL,
	INSTANCE_URL,
	TOKEN_PREFIX,
	USER_ID,
	ORG_ID,
	USER_TYPE,
	USERNAME,
	PERMISSION,
	FLAGS,
	NAME,
	PW_NAME,
	SERVICE,
	AUTH_INFO,
	CLAIMS
};

struct claims {
	char line[CLAIMS][SF_FACTS_NAME_SIZE];
};

static void read_claims(const uint8_t *data, size_t size, struct claims *ret)
{
	*ret = (struct claims){.line = {""}};
	for (size_t i = 0, at = 0; i < CLAIMS && at < size; i++) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t len = end ? (size_t)(end - (data + at)) : size - at;
		size_t kept = len < sizeof(ret->line[i]) ? len : sizeof(ret->line[i]) - 1;

		/* Up to a NUL: what is behind it is nobody's claim. */
		memcpy(ret->line[i], data + at, strnlen((const char *)data + at, kept));
		at += len + 1;
	}
}

/* One of the configurations below; "1" in the second flag chooses the user_map's. */
static struct sf_pam *policy_of(const struct claims *claims)
{
	static struct sf_config *configs[2];
	static const char *const texts[] = {
	    "[pam]\nusername_template = {user}@acme.example\nssh_first_factor = publickey\n"
	    "deny_users = bot\nlocal_groups = wheel\nservices = sshd\nservices = su\n"
	    "require_permission = Hosts\n",
	    "[pam]\nuser_map = /etc/sfoauth/users\nallow_user_types = STANDARD CSP_LITE_PORTAL\n"};
	size_t which = claims->line[FLAGS][0] == '1';
	const struct sf_config_params params = {.name = "fuzz.conf", .allow_pam = true};
	struct sf_error e;

	if (!configs[which])
		require(sf_config_parse(&params, texts[which], strlen(texts[which]),
			    &configs[which], &e) == SF_OK);
	return &configs[which]->pam;
}

static enum sf_given given(char c)
{
	return c == '1' ? SF_GIVEN_TRUE : c == '0' ? SF_GIVEN_FALSE : SF_GIVEN_ABSENT;
}

static void fill_facts(const struct claims *claims, struct sf_facts *ret)
{
	const char *flags = claims->line[FLAGS];
	size_t count = strlen(flags);

	*ret = (struct sf_facts){.permission_count = claims->line[PERMISSION][0] != '\0'};
	(void)!sf_text_copy(ret->id_url, sizeof(ret->id_url), claims->line[ID_URL]);
	(void)!sf_text_copy(
	    ret->instance_url, sizeof(ret->instance_url), claims->line[INSTANCE_URL]);
	(void)!sf_text_copy(
	    ret->token_prefix, sizeof(ret->token_prefix), claims->line[TOKEN_PREFIX]);
	(void)!sf_text_copy(ret->user_id, sizeof(ret->user_id), claims->line[USER_ID]);
	(void)!sf_text_copy(
	    ret->organization_id, sizeof(ret->organization_id), claims->line[ORG_ID]);
	(void)!sf_text_copy(ret->user_type, sizeof(ret->user_type), claims->line[USER_TYPE]);
	(void)!sf_text_copy(ret->username, sizeof(ret->username), claims->line[USERNAME]);
	(void)!sf_text_copy(
	    ret->permissions[0], sizeof(ret->permissions[0]), claims->line[PERMISSION]);
	ret->asserted_user = given(count > 1 ? flags[1] : '-');
	ret->active = given(count > 2 ? flags[2] : '-');
	ret->community = given(count > 3 ? flags[3] : '-');
	ret->integration_user = given(count > 4 ? flags[4] : '-');
}

/* Is this id, in either spelling, that one? Written without the code under test. */
static bool is_id(const char *id, const char *full)
{
	return strcmp(id, full) == 0 || (strlen(id) == 15 && memcmp(id, full, 15) == 0);
}

/* Who is let in must have said all this. */
static void require_let_in(const struct claims *claims, const struct sf_account *account)
{
	static const char *const hosts[] = {
	    INSTANCE "/id/", "https://login.salesforce.com/id/", "https://test.salesforce.com/id/"};
	const char *id_url = claims->line[ID_URL], *ids = NULL, *slash = NULL;
	char wanted[SF_FACTS_NAME_SIZE];

	for (size_t i = 0; i < SF_COUNT(hosts); i++)
		if (strncmp(id_url, hosts[i], strlen(hosts[i])) == 0)
			ids = id_url + strlen(hosts[i]);
	require(ids && memcmp(ids, ORG, 15) == 0);
	slash = strchr(ids, '/');
	require(slash && (slash - ids == 15 || slash - ids == 18));
	require(strcmp(claims->line[INSTANCE_URL], INSTANCE) == 0 ||
		strcmp(claims->line[INSTANCE_URL], INSTANCE "/") == 0);
	require(is_id(claims->line[ORG_ID], ORG));
	require(strncmp(claims->line[USER_ID], slash + 1, 15) == 0);
	require(claims->line[FLAGS][1] == '1' && claims->line[FLAGS][2] == '1');
	require(claims->line[FLAGS][3] != '1' && claims->line[FLAGS][4] != '1');
	if (account->mapped_id) {
		require(strncmp(slash + 1, USER, 15) == 0);
		return;
	}
	require(sf_mapping_expand("{user}@acme.example", account->name, wanted, sizeof(wanted)));
	require(sf_text_equal_nocase(wanted, claims->line[USERNAME]));
	require(strcmp(claims->line[PERMISSION], "Hosts") == 0);
}

static void try_claims(const uint8_t *data, size_t size)
{
	struct claims claims;
	struct sf_facts facts;
	struct sf_origin pinned;
	struct sf_error e;

	read_claims(data, size, &claims);
	fill_facts(&claims, &facts);
	require(sf_origin_parse(INSTANCE, &pinned, &e) == SF_OK);

	const struct sf_pam *policy = policy_of(&claims);
	const char *flags = claims.line[FLAGS];
	const char *const groups[] = {strlen(flags) > 5 && flags[5] == '1' ? "wheel" : "users"};
	const struct sf_account account = {
	    .name = claims.line[NAME],
	    .exists = claims.line[PW_NAME][0] != '\0',
	    .pw_name = claims.line[PW_NAME][0] != '\0' ? claims.line[PW_NAME] : NULL,
	    .uid = strlen(flags) > 6 ? (uid_t)(flags[6] - '0') * 500 : 1003,
	    .groups = groups,
	    .group_count = 1,
	    .service = claims.line[SERVICE],
	    .mapped_id = policy->user_map[0] != '\0' ? USER : NULL,
	};
	const struct sf_identity_params params = {.policy = policy,
	    .pinned = &pinned,
	    .organization_id = ORG,
	    .account = &account,
	    .facts = &facts};
	enum sf_class_reason reason = SF_CLASS_REASON_NONE;
	enum sf_class account_class = sf_account_class_of(policy, &account, &reason);
	enum sf_rule rule = sf_identity_decide(&params);

	require(
	    (account_class == SF_CLASS_OURS) == (strcmp(sf_class_reason_name(reason), "ok") == 0));
	if (account_class == SF_CLASS_OURS)
		require(account.exists && account.uid >= 1000 &&
			strcmp(account.name, account.pw_name) == 0);
	require((rule == SF_RULE_NONE) == (strcmp(sf_rule_name(rule), "ok") == 0));
	if (rule == SF_RULE_NONE)
		require_let_in(&claims, &account);
	if (sf_identity_first_factor(policy, account.service, claims.line[AUTH_INFO]) ==
	    SF_RULE_FIRST_FACTOR)
		require(strcmp(account.service, "sshd") == 0 &&
			!sf_text_starts(claims.line[AUTH_INFO], "publickey "));
	if (sf_hosts_page(&pinned, facts.id_url) == SF_RULE_NONE)
		require(sf_text_starts(facts.id_url, INSTANCE));
}

static void try_map(const char *text, size_t size)
{
	char id[SF_SFID_SIZE], again[SF_SFID_SIZE], org[SF_SFID_SIZE], user[SF_SFID_SIZE];
	char copy[512];
	size_t kept = size < sizeof(copy) ? size : sizeof(copy) - 1;
	struct sf_mapping_reader reader = {.text = text, .len = size};
	struct sf_mapping_line line;
	struct sf_error flaw;

	while (sf_mapping_next(&reader, &line))
		require((line.id[0] == '\0') == (line.flaw[0] != '\0'));
	if (sf_mapping_find(text, size, "ada", id, &flaw)) {
		require(flaw.code == SF_OK && strlen(id) == 18 && sf_sfid_parse(id, "005", again));
		require(strcmp(id, again) == 0 && memmem(text, size, "ada", 3));
		require(memmem(text, size, id, 15));
	}
	if (kept > 0)
		memcpy(copy, text, kept);
	copy[kept] = '\0';
	if (sf_sfid_split(copy, org, user)) {
		require(sf_sfid_parse(org, "00D", again) && strcmp(org, again) == 0);
		require(sf_sfid_parse(user, "005", again) && strcmp(user, again) == 0);
		require(strstr(copy, "/id/00D") == copy && memmem(copy, kept, user, 15));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 1 && data[0] == 'F' && data[1] == '\n')
		try_claims(data + 2, size - 2);
	else
		try_map((const char *)data, size);
	return 0;
}
