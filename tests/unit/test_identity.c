#include "identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define ORG15      "00D5f000000Abcd"
#define ORG18      "00D5f000000AbcdEAC"
#define ORG_CASE   "00D5f000000aBcdEAE" /* differs from ORG18 in case only */
#define USER18     "0055f00000EfGhiAAF"
#define USER15     "0055f00000EfGhi"
#define OTHER_USER "0055f00000EfGhjAAF"

static char *one(const char *text)
{
	static char copies[8][64];
	static unsigned next;
	char *copy = copies[next++ % 8];

	assert_true(sf_text_copy(copy, sizeof copies[0], text));
	return copy;
}

/* A list of one item, for as long as the test runs. */
#define LIST(item) ((struct sf_list){.items = (char *[]){one(item)}, .count = 1})

static struct sf_pam policy_of_template(void)
{
	struct sf_pam policy = {
	    .username_template = one("{user}@acme.example"),
	    .user_map = one(""),
	    .min_uid = 1000,
	};

	return policy;
}

/* --- ids --- */

static void ids_are_normalised_to_18_characters(void **state)
{
	static const char *const rows[][2] = {
	    {"005B0000005V71X", "005B0000005V71XIAS"},
	    {"005D0000001cAGm", "005D0000001cAGmIAM"},
	    {"00DB0000000ToZ3", "00DB0000000ToZ3MAK"},
	    {"00DD00000008Uw2", "00DD00000008Uw2MAE"},
	    {"00Dxx0000001gPL", "00Dxx0000001gPLEAY"},
	    {ORG15, ORG18},
	    {"00D5f000000aBcd", ORG_CASE},
	    {USER15, USER18},
	};
	char id[SF_ID18_SIZE];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char prefix[4] = {rows[i][0][0], rows[i][0][1], rows[i][0][2]};

		assert_true(sf_identity_id18(rows[i][0], prefix, id));
		assert_string_equal(id, rows[i][1]);
		assert_true(sf_identity_id18(rows[i][1], prefix, id));
		assert_string_equal(id, rows[i][1]);
	}
}

static void ids_that_are_not_ids_are_refused(void **state)
{
	static const char *const rows[] = {
	    "",
	    "00D",
	    "00D5f000000Abc",
	    "00D5f000000AbcdE",
	    "00D5f000000AbcdEA",
	    "00D5f000000AbcdEACx",
	    "00D5f000000AbcdEAE",
	    "00D5f000000abcdEAC",
	    "005B0000005V71X",
	    "00d5f000000Abcd",
	    "00D5f000000Abc!",
	    "00D5f000000Abc ",
	    " 00D5f000000Abc",
	    "00D5f000000Ab/d",
	    "00D5f000000AbcdEAC\n",
	};
	char id[SF_ID18_SIZE] = "untouched";

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (sf_identity_id18(rows[i], "00D", id))
			fail_msg("accepted: %s", rows[i]);
	assert_string_equal(id, "untouched");
}

static void the_path_of_id_has_exactly_two_ids(void **state)
{
	static const char *const good[] = {
	    "/id/" ORG18 "/" USER18,
	    "/id/" ORG15 "/" USER15,
	    "/id/" ORG18 "/" USER18 "?version=latest",
	};
	static const char *const bad[] = {
	    "",
	    "/",
	    "/id",
	    "/id/",
	    "/id/" ORG18,
	    "/id/" ORG18 "/",
	    "/id/" USER18 "/" ORG18,
	    "/id/" ORG18 "/" USER18 "/",
	    "/id/" ORG18 "/" USER18 "/x",
	    "/id/" ORG18 "//" USER18,
	    "/x/id/" ORG18 "/" USER18,
	    "//id/" ORG18 "/" USER18,
	    "/ID/" ORG18 "/" USER18,
	    "/id/" ORG18 "/" USER18 "x",
	    "/id/../" ORG18 "/" USER18,
	    "/id/" ORG18 "/" USER18 "#x",
	};
	char org[SF_ID18_SIZE], user[SF_ID18_SIZE];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(good); i++) {
		assert_true(sf_identity_split(good[i], org, user));
		assert_string_equal(org, ORG18);
		assert_string_equal(user, USER18);
	}
	for (size_t i = 0; i < SF_COUNT(bad); i++)
		if (sf_identity_split(bad[i], org, user))
			fail_msg("accepted: %s", bad[i]);
}

/* --- mapping --- */

static void a_map_finds_one_line_by_the_exact_name(void **state)
{
	static const char map[] = "# people\n\nada " USER18 "\n\tkim\t" OTHER_USER
				  "  \nAda 0055f00000EfGhkAAF\nlast " USER15;
	static const struct {
		const char *name, *id;
	} rows[] = {
	    {"ada", USER18},
	    {"kim", OTHER_USER},
	    {"Ada", "0055f00000EfGhkAAF"},
	    {"last", USER18},
	    {"ad", NULL},
	    {"adaa", NULL},
	    {"#", NULL},
	    {"", NULL},
	    {"people", NULL},
	};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_ID18_SIZE];
		bool found = false;

		assert_int_equal(
		    sf_identity_map_find(map, strlen(map), rows[i].name, &found, id, &e), SF_OK);
		assert_int_equal(found, rows[i].id != NULL);
		if (found)
			assert_string_equal(id, rows[i].id);
	}
}

static void one_wrong_line_refuses_the_whole_map(void **state)
{
	static const char *const rows[] = {
	    "ada " USER18 "\nkim\n",
	    "ada " USER18 "\nkim 005\n",
	    "ada " USER18 "\nkim " ORG18 "\n",
	    "ada " USER18 " x\n",
	    "ada " USER18 "\nada " OTHER_USER "\n",
	    "ada:" USER18 "\n",
	    "ada 0055f00000EfGhiAAE\n",
	    "ada " USER18 "\r\n",
	};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_ID18_SIZE];
		bool found = false;

		if (sf_identity_map_find(rows[i], strlen(rows[i]), "ada", &found, id, &e) !=
		    SF_E_CONFIG)
			fail_msg("accepted: %s", rows[i]);
		assert_false(found);
	}
}

static void a_template_is_expanded_whole_or_not_at_all(void **state)
{
	char name[20];

	(void)state;
	assert_true(sf_identity_expand("{user}@a.example", "kim", name, sizeof name));
	assert_string_equal(name, "kim@a.example");
	assert_true(sf_identity_expand("x-{user}", "kim", name, sizeof name));
	assert_string_equal(name, "x-kim");
	assert_true(sf_identity_expand("{user}@a.example", "123456789", name, sizeof name));
	assert_false(sf_identity_expand("{user}@a.example", "1234567890", name, sizeof name));
	assert_false(sf_identity_expand("fixed@a.example", "kim", name, sizeof name));
	assert_false(sf_identity_expand("{user}@a.example", "", name, sizeof name));
	assert_false(sf_identity_expand("{user}@a.example", "k\xc3\xaem", name, sizeof name));
	assert_false(sf_identity_expand("{user}@a.example", "k\nm", name, sizeof name));
}

/* --- classes, cell by cell --- */

static void every_account_is_local_ours_or_nobody(void **state)
{
	static const struct {
		const char *what, *name, *pw_name, *service, *group, *mapped_id;
		uid_t uid;
		bool exists, use_map;
		enum sf_class class_;
		enum sf_class_reason reason;
	} rows[] = {
	    {"ours by template", "ada", "ada", "sshd", "users", NULL, 1000, true, false,
		SF_CLASS_OURS, SF_CLASS_REASON_NONE},
	    {"ours by map", "ada", "ada", "sshd", "users", USER18, 1000, true, true, SF_CLASS_OURS,
		SF_CLASS_REASON_NONE},
	    {"uid 0", "toor", "toor", "sshd", "users", USER18, 0, true, true, SF_CLASS_LOCAL,
		SF_CLASS_REASON_LOW_UID},
	    {"low uid", "ada", "ada", "sshd", "users", NULL, 999, true, false, SF_CLASS_LOCAL,
		SF_CLASS_REASON_LOW_UID},
	    {"service", "ada", "ada", "cron", "users", NULL, 1000, true, false, SF_CLASS_LOCAL,
		SF_CLASS_REASON_SERVICE},
	    {"service, unknown name", "zoe", NULL, "cron", NULL, NULL, 0, false, false,
		SF_CLASS_LOCAL, SF_CLASS_REASON_SERVICE},
	    {"local user", "backup", "backup", "sshd", "users", NULL, 2000, true, false,
		SF_CLASS_LOCAL, SF_CLASS_REASON_LOCAL_USER},
	    {"local user that does not exist", "backup", NULL, "sshd", NULL, NULL, 0, false, false,
		SF_CLASS_LOCAL, SF_CLASS_REASON_LOCAL_USER},
	    {"local group", "ada", "ada", "sshd", "wheel", NULL, 1000, true, false, SF_CLASS_LOCAL,
		SF_CLASS_REASON_LOCAL_GROUP},
	    {"unknown", "zoe", NULL, "sshd", NULL, NULL, 0, false, false, SF_CLASS_NOBODY,
		SF_CLASS_REASON_UNKNOWN_USER},
	    {"another spelling", "Ada", "ada", "sshd", "users", NULL, 1000, true, false,
		SF_CLASS_NOBODY, SF_CLASS_REASON_NAME_DIFFERS},
	    {"no spelling", "ada", NULL, "sshd", "users", NULL, 1000, true, false, SF_CLASS_NOBODY,
		SF_CLASS_REASON_NAME_DIFFERS},
	    {"denied", "mallory", "mallory", "sshd", "users", NULL, 1000, true, false,
		SF_CLASS_NOBODY, SF_CLASS_REASON_DENY_USERS},
	    {"denied though mapped", "mallory", "mallory", "sshd", "users", USER18, 1000, true,
		true, SF_CLASS_NOBODY, SF_CLASS_REASON_DENY_USERS},
	    {"not in the map", "ada", "ada", "sshd", "users", NULL, 1000, true, true,
		SF_CLASS_NOBODY, SF_CLASS_REASON_UNMAPPED},
	    {"not expandable", "ad\xc3\xa4", "ad\xc3\xa4", "sshd", "users", NULL, 1000, true, false,
		SF_CLASS_NOBODY, SF_CLASS_REASON_UNMAPPED},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_pam policy = policy_of_template();
		const char *const groups[] = {rows[i].group};
		const struct sf_account account = {
		    .name = rows[i].name,
		    .exists = rows[i].exists,
		    .pw_name = rows[i].pw_name,
		    .uid = rows[i].uid,
		    .groups = groups,
		    .group_count = rows[i].group ? 1 : 0,
		    .service = rows[i].service,
		    .mapped_id = rows[i].mapped_id,
		};
		enum sf_class_reason reason = SF_CLASS_REASON_NONE;

		policy.services = LIST("sshd");
		policy.local_users = LIST("backup");
		policy.local_groups = LIST("wheel");
		policy.deny_users = LIST("mallory");
		if (rows[i].use_map) {
			policy.user_map = one("/etc/sfoauth/users");
			policy.username_template = one("");
		}
		if (sf_identity_class(&policy, &account, &reason) != rows[i].class_ ||
		    reason != rows[i].reason)
			fail_msg("%s: %s", rows[i].what, sf_class_reason_name(reason));
	}
}

static void without_a_list_every_service_is_ours(void **state)
{
	struct sf_pam policy = policy_of_template();
	const struct sf_account account = {
	    .name = "ada", .exists = true, .pw_name = "ada", .uid = 1000, .service = "x"};
	enum sf_class_reason reason;

	(void)state;
	assert_int_equal(sf_identity_class(&policy, &account, &reason), SF_CLASS_OURS);
}

/* --- rule 1 --- */

static void over_ssh_a_key_can_be_demanded_first(void **state)
{
	static const struct {
		enum sf_first_factor want;
		const char *service, *auth_info;
		enum sf_rule rule;
	} rows[] = {
	    {SF_FIRST_FACTOR_NONE, "sshd", NULL, SF_RULE_NONE},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", NULL, SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "password\n", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "password publickey \n", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "publickeyx y\n", SF_RULE_FIRST_FACTOR},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "publickey ssh-ed25519 AAAA\n", SF_RULE_NONE},
	    {SF_FIRST_FACTOR_PUBLICKEY, "sshd", "password\npublickey ssh-ed25519 AAAA",
		SF_RULE_NONE},
	    {SF_FIRST_FACTOR_PUBLICKEY, "login", NULL, SF_RULE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const struct sf_pam policy = {.ssh_first_factor = rows[i].want};

		assert_int_equal(
		    sf_identity_first_factor(&policy, rows[i].service, rows[i].auth_info),
		    rows[i].rule);
	}
}

/* --- rules 2 to 7, cell by cell --- */

struct world {
	struct sf_pam policy;
	struct sf_origin pinned;
	char organization_id[SF_ID18_SIZE];
	struct sf_account account;
	struct sf_facts facts;
};

static void make_good_world(struct world *w)
{
	static char standard[] = "STANDARD";
	static char *types[] = {standard};
	struct sf_error e;

	*w = (struct world){.policy = policy_of_template(), .organization_id = ORG18};
	w->policy.allow_user_types = (struct sf_list){.items = types, .count = SF_COUNT(types)};
	assert_int_equal(sf_origin_parse("https://acme.my.salesforce.com", &w->pinned, &e), SF_OK);
	w->account = (struct sf_account){
	    .name = "ada", .exists = true, .pw_name = "ada", .uid = 1000, .service = "sshd"};
	w->facts = (struct sf_facts){
	    .id_url = "https://login.salesforce.com/id/" ORG18 "/" USER18,
	    .instance_url = "https://acme.my.salesforce.com",
	    .token_prefix = ORG15,
	    .user_id = USER18,
	    .organization_id = ORG18,
	    .asserted_user = SF_GIVEN_TRUE,
	    .active = SF_GIVEN_TRUE,
	    .user_type = "STANDARD",
	    .username = "ada@acme.example",
	    .integration_user = SF_GIVEN_FALSE,
	};
}

static enum sf_rule decide(const struct world *w)
{
	const struct sf_identity_ask ask = {
	    .policy = &w->policy,
	    .pinned = &w->pinned,
	    .organization_id = w->organization_id,
	    .account = &w->account,
	    .facts = &w->facts,
	};

	return sf_identity_decide(&ask);
}

static void whoever_meets_every_rule_is_let_in(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	assert_int_equal(decide(&w), SF_RULE_NONE);
}

/* One text fact changed; the rest is good. */
#define FACT(field, value, rule)                                                                   \
	{                                                                                          \
#field, offsetof(struct sf_facts, field), sizeof(((struct sf_facts *)0)->field),   \
		    value, rule                                                                    \
	}

static void every_text_fact_decides(void **state)
{
	static const struct {
		const char *name;
		size_t at, size;
		const char *value;
		enum sf_rule rule;
	} rows[] = {
	    FACT(instance_url, "", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://acme.my.salesforce.com/", SF_RULE_NONE),
	    FACT(instance_url, "https://acme.my.salesforce.com/x", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://evil.my.salesforce.com", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://acme.my.salesforce.com.evil.test", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://acme.my.salesforce.com:443", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://acme.my.salesforce.com.", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://u@acme.my.salesforce.com", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://ACME.my.salesforce.com", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "http://acme.my.salesforce.com", SF_RULE_INSTANCE_URL),
	    FACT(instance_url, "https://login.salesforce.com", SF_RULE_INSTANCE_URL),
	    FACT(id_url, "", SF_RULE_ID_URL),
	    FACT(id_url, "https://acme.my.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_NONE),
	    FACT(id_url, "https://test.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_NONE),
	    FACT(id_url, "https://acme.my.salesforce.com/id/" ORG15 "/" USER15, SF_RULE_NONE),
	    FACT(id_url, "https://evil.my.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
	    FACT(id_url, "https://login.salesforce.com.evil.test/id/" ORG18 "/" USER18,
		SF_RULE_ID_URL),
	    FACT(id_url, "https://login.salesforce.com:443/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
	    FACT(id_url, "https://a@login.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
	    FACT(id_url, "https://Login.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
	    FACT(id_url, "http://login.salesforce.com/id/" ORG18 "/" USER18, SF_RULE_ID_URL),
	    FACT(id_url, "https://login.salesforce.com/id/" ORG18 "/" USER18 "/x", SF_RULE_ID_URL),
	    FACT(id_url, "https://login.salesforce.com/id/" ORG18, SF_RULE_ID_URL),
	    FACT(id_url, "https://login.salesforce.com/id/" ORG_CASE "/" USER18,
		SF_RULE_ORG_MISMATCH),
	    FACT(id_url, "https://login.salesforce.com/id/" ORG18 "/" OTHER_USER,
		SF_RULE_USER_MISMATCH),
	    FACT(organization_id, "", SF_RULE_ORG_MISMATCH),
	    FACT(organization_id, ORG15, SF_RULE_NONE),
	    FACT(organization_id, ORG_CASE, SF_RULE_ORG_MISMATCH),
	    FACT(organization_id, "00D5f000000abcd", SF_RULE_ORG_MISMATCH),
	    FACT(token_prefix, "", SF_RULE_NONE),
	    FACT(token_prefix, "00D5f000000aBcd", SF_RULE_ORG_MISMATCH),
	    FACT(token_prefix, "00D5f000000Abc", SF_RULE_ORG_MISMATCH),
	    FACT(token_prefix, "0055f00000EfGhi", SF_RULE_ORG_MISMATCH),
	    FACT(user_id, "", SF_RULE_USER_MISMATCH),
	    FACT(user_id, USER15, SF_RULE_NONE),
	    FACT(user_id, OTHER_USER, SF_RULE_USER_MISMATCH),
	    FACT(user_type, "", SF_RULE_USER_TYPE),
	    FACT(user_type, "standard", SF_RULE_USER_TYPE),
	    FACT(user_type, "CSP_LITE_PORTAL", SF_RULE_USER_TYPE),
	    FACT(username, "ADA@Acme.Example", SF_RULE_NONE),
	    FACT(username, "", SF_RULE_NOT_MAPPED),
	    FACT(username, "kim@acme.example", SF_RULE_NOT_MAPPED),
	    FACT(username, "ada@acme.example.evil", SF_RULE_NOT_MAPPED),
	    FACT(username, "xada@acme.example", SF_RULE_NOT_MAPPED),
	    FACT(username, "ada", SF_RULE_NOT_MAPPED),
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct world w;

		make_good_world(&w);
		assert_true(
		    sf_text_copy((char *)&w.facts + rows[i].at, rows[i].size, rows[i].value));
		if (decide(&w) != rows[i].rule)
			fail_msg(
			    "%s = '%s': %s", rows[i].name, rows[i].value, sf_rule_name(decide(&w)));
	}
}

static void every_flag_decides_and_absent_is_not_true(void **state)
{
	static const struct {
		size_t at;
		enum sf_rule absent, false_, true_;
	} rows[] = {
	    {offsetof(struct sf_facts, asserted_user), SF_RULE_NOT_ASSERTED, SF_RULE_NOT_ASSERTED,
		SF_RULE_NONE},
	    {offsetof(struct sf_facts, active), SF_RULE_INACTIVE, SF_RULE_INACTIVE, SF_RULE_NONE},
	    {offsetof(struct sf_facts, integration_user), SF_RULE_NONE, SF_RULE_NONE,
		SF_RULE_INTEGRATION_USER},
	    {offsetof(struct sf_facts, community), SF_RULE_NONE, SF_RULE_SITE_USER,
		SF_RULE_SITE_USER},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const enum sf_rule want[] = {rows[i].absent, rows[i].false_, rows[i].true_};
		struct world w;

		make_good_world(&w);
		for (enum sf_given given = SF_GIVEN_ABSENT; given <= SF_GIVEN_TRUE; given++) {
			memcpy((char *)&w.facts + rows[i].at, &given, sizeof given);
			assert_int_equal(decide(&w), want[given]);
		}
	}
}

static void the_map_compares_ids_and_not_names(void **state)
{
	static const struct {
		const char *mapped_id, *username;
		enum sf_rule rule;
	} rows[] = {
	    {USER18, "somebody@else.example", SF_RULE_NONE},
	    {OTHER_USER, "ada@acme.example", SF_RULE_NOT_MAPPED},
	    {NULL, "ada@acme.example", SF_RULE_NOT_MAPPED},
	    {USER15, "ada@acme.example",
		SF_RULE_NOT_MAPPED}, /* the map's ids are normalised before */
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct world w;

		make_good_world(&w);
		w.policy.user_map = one("/etc/sfoauth/users");
		w.account.mapped_id = rows[i].mapped_id;
		assert_true(
		    sf_text_copy(w.facts.username, sizeof w.facts.username, rows[i].username));
		assert_int_equal(decide(&w), rows[i].rule);
	}
}

static void without_any_mapping_rule_nobody_is_let_in(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	w.policy.username_template = one("");
	assert_int_equal(decide(&w), SF_RULE_NOT_MAPPED);
}

static void a_required_permission_must_be_there_and_any_one_suffices(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	w.policy.require_permission =
	    (struct sf_list){.items = (char *[]){one("Linux"), one("Admin")}, .count = 2};
	assert_int_equal(decide(&w), SF_RULE_PERMISSION);
	w.facts.permission_count = 1;
	assert_true(sf_text_copy(w.facts.permissions[0], sizeof w.facts.permissions[0], "linux"));
	assert_int_equal(decide(&w), SF_RULE_PERMISSION);
	w.facts.permission_count = 2;
	assert_true(sf_text_copy(w.facts.permissions[1], sizeof w.facts.permissions[1], "Admin"));
	assert_int_equal(decide(&w), SF_RULE_NONE);
}

static void without_a_pinned_organization_nobody_is_let_in(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	w.organization_id[0] = '\0';
	assert_int_equal(decide(&w), SF_RULE_ORG_MISMATCH);
}

static void the_page_to_open_lies_on_the_pinned_host(void **state)
{
	struct world w;

	(void)state;
	make_good_world(&w);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "https://acme.my.salesforce.com/setup/connect"),
	    SF_RULE_NONE);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "https://login.salesforce.com/setup/connect"),
	    SF_RULE_VERIFICATION_URI);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "http://acme.my.salesforce.com/setup/connect"),
	    SF_RULE_VERIFICATION_URI);
	assert_int_equal(
	    sf_identity_address(&w.pinned, "https://acme.my.salesforce.com.evil.test/"),
	    SF_RULE_VERIFICATION_URI);
}

static void every_rule_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned a = 0; a < SF_RULE_COUNT; a++)
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(
			    sf_rule_name((enum sf_rule)a), sf_rule_name((enum sf_rule)b));
	assert_string_equal(sf_rule_name(SF_RULE_COUNT), "bug");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_are_normalised_to_18_characters),
	    cmocka_unit_test(ids_that_are_not_ids_are_refused),
	    cmocka_unit_test(the_path_of_id_has_exactly_two_ids),
	    cmocka_unit_test(a_map_finds_one_line_by_the_exact_name),
	    cmocka_unit_test(one_wrong_line_refuses_the_whole_map),
	    cmocka_unit_test(a_template_is_expanded_whole_or_not_at_all),
	    cmocka_unit_test(every_account_is_local_ours_or_nobody),
	    cmocka_unit_test(without_a_list_every_service_is_ours),
	    cmocka_unit_test(over_ssh_a_key_can_be_demanded_first),
	    cmocka_unit_test(whoever_meets_every_rule_is_let_in),
	    cmocka_unit_test(every_text_fact_decides),
	    cmocka_unit_test(every_flag_decides_and_absent_is_not_true),
	    cmocka_unit_test(the_map_compares_ids_and_not_names),
	    cmocka_unit_test(without_any_mapping_rule_nobody_is_let_in),
	    cmocka_unit_test(a_required_permission_must_be_there_and_any_one_suffices),
	    cmocka_unit_test(without_a_pinned_organization_nobody_is_let_in),
	    cmocka_unit_test(the_page_to_open_lies_on_the_pinned_host),
	    cmocka_unit_test(every_rule_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
