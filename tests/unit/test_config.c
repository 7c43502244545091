/* The [pam] section and its arguments, the merge with a user's file, and how an org is found. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define ORG_OF(name, host)                                                                         \
	"[org " name "]\nlogin_url = https://" host ".my.salesforce.com\nclient_id = id-" host "\n"
#define ID       "organization_id = 00D5f000000AbcdEAC\n"
#define PAM      "[pam]\norg = acme\nuser_map = /etc/sfoauth/users\n"
#define COMPLETE ORG_OF("acme", "acme") ID PAM

static struct sf_config *must_parse(const char *text)
{
	const struct sf_config_params params = {.name = "x.conf", .allow_pam = true};
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	if (sf_config_parse(&params, text, strlen(text), &config, &e) != SF_OK)
		fail_msg("%s", e.detail);
	return config;
}

static void a_users_org_replaces_the_whole_section_in_its_place(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(ORG_OF(
	    "a", "a") "session_timeout = 1h\nalso_for = https://x.example\n" ORG_OF("b", "b") PAM);
	struct sf_config *over = must_parse(ORG_OF("c", "c") ORG_OF("a", "mine") "scopes = web\n");
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(sf_config_merge(config, over, &e), SF_OK);
	assert_int_equal(config->org_count, 3);
	assert_string_equal(config->orgs[0].name, "a");
	assert_string_equal(config->orgs[0].client_id, "id-mine");
	assert_string_equal(config->orgs[0].scopes.items[0], "web");
	/* Nothing of the system's section shines through. */
	assert_int_equal(config->orgs[0].session_timeout_s, 7200);
	assert_int_equal(config->orgs[0].also_for.count, 0);
	assert_string_equal(config->orgs[1].name, "b");
	assert_string_equal(config->orgs[2].name, "c");
	assert_true(config->has_pam);
	assert_string_equal(config->pam.org, "acme");
}

static void a_users_default_counts_more_than_the_systems(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(ORG_OF("a", "a") "default = yes\n" ORG_OF("b", "b"));
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(sf_config_merge(config, must_parse(ORG_OF("c", "c")), &e), SF_OK);
	assert_string_equal(sf_config_org(config, NULL)->name, "a");
	assert_int_equal(
	    sf_config_merge(config, must_parse(ORG_OF("b", "b") "default = yes\n"), &e), SF_OK);
	assert_string_equal(sf_config_org(config, NULL)->name, "b");
	assert_false(config->orgs[0].is_default);
	/* Wherever the earlier default stood. */
	assert_int_equal(
	    sf_config_merge(config, must_parse(ORG_OF("a", "a") "default = yes\n"), &e), SF_OK);
	assert_string_equal(sf_config_org(config, NULL)->name, "a");
	assert_false(config->orgs[1].is_default);
}

static void a_merge_of_too_many_orgs_changes_nothing(void **state)
{
	static char buf[8192];
	struct sf_text text = SF_TEXT(buf);
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};

	(void)state;
	for (unsigned i = 1; i < SF_CONFIG_ORGS_MAX; i++)
		(void)sf_text_addf(
		    &text, "[org o%u]\nlogin_url = https://x.example\nclient_id = x\n", i);
	config = must_parse(buf);
	assert_int_equal(sf_config_merge(config,
			     must_parse(ORG_OF("o1", "n") ORG_OF("a", "a") ORG_OF("b", "b")), &e),
	    SF_E_CONFIG);
	assert_int_equal(e.sys, 0);
	assert_int_equal(config->org_count, SF_CONFIG_ORGS_MAX - 1);
	assert_string_equal(config->orgs[0].client_id, "x");
	assert_int_equal(
	    sf_config_merge(config, must_parse(ORG_OF("o1", "n") ORG_OF("a", "a")), &e), SF_OK);
	assert_int_equal(config->org_count, SF_CONFIG_ORGS_MAX);
	assert_string_equal(config->orgs[0].client_id, "id-n");
	/* All there may be, and no default among them. */
	assert_null(sf_config_org(config, NULL));
	assert_int_equal(
	    sf_config_merge(config, must_parse(ORG_OF("o1", "n") "default = yes\n"), &e), SF_OK);
	assert_ptr_equal(sf_config_org(config, NULL), &config->orgs[0]);
}

static void an_org_is_found_by_name_by_default_or_alone(void **state)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *none = must_parse("");
	SF_CLEANUP(sf_config_freep) struct sf_config *one = must_parse(ORG_OF("a", "a"));
	SF_CLEANUP(sf_config_freep)
	struct sf_config *two = must_parse(ORG_OF("a", "a") ORG_OF("b", "b"));
	SF_CLEANUP(sf_config_freep)
	struct sf_config *chosen = must_parse(ORG_OF("a", "a") ORG_OF("b", "b") "default = yes\n");

	(void)state;
	assert_null(sf_config_org(none, NULL));
	assert_ptr_equal(sf_config_org(one, NULL), &one->orgs[0]);
	assert_null(sf_config_org(two, NULL));
	assert_ptr_equal(sf_config_org(chosen, NULL), &chosen->orgs[1]);
	assert_ptr_equal(sf_config_org(chosen, "a"), &chosen->orgs[0]);
	assert_null(sf_config_org(chosen, "A"));
	assert_null(sf_config_org(chosen, ""));
}

static void a_pam_argument_sets_its_key_by_the_same_rules(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(COMPLETE "services = cron\n");
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(sf_config_set_pam(config, "org", "other", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "services", "sshd,login", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "flows", "device", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "dialogue", "notice", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "session_token", "off", &e), SF_OK);
	assert_string_equal(config->pam.org, "other");
	assert_int_equal(config->pam.services.count, 2);
	assert_string_equal(config->pam.services.items[1], "login");
	assert_int_equal(config->pam.dialogue, SF_DIALOGUE_NOTICE);
	assert_int_equal(config->pam.session_token, SF_SESSION_TOKEN_OFF);
}

static void a_pam_argument_has_4095_bytes_at_most(void **state)
{
	static char buf[8192];
	struct sf_text text = SF_TEXT(buf);
	SF_CLEANUP(sf_config_freep) struct sf_config *config = must_parse(COMPLETE);
	struct sf_error e = {0};

	(void)state;
	for (unsigned i = 0; i < SF_CONFIG_LIST_MAX; i++)
		assert_true(sf_text_addf(&text, "%sservice-%07u", i == 0 ? "" : ",", i));
	assert_int_equal(text.len, 4095);
	assert_int_equal(sf_config_set_pam(config, "services", buf, &e), SF_OK);
	assert_int_equal(config->pam.services.count, SF_CONFIG_LIST_MAX);
	assert_true(sf_text_add(&text, "0"));
	assert_int_equal(sf_config_set_pam(config, "services", buf, &e), SF_E_CONFIG);
	assert_string_equal(
	    e.detail, "PAM argument services= has no value or one that is too long");
}

static void a_wrong_pam_argument_is_refused_and_changes_nothing(void **state)
{
	static const struct {
		const char *key, *value, *says;
	} rows[] = {
	    {"services", "", "services= has no value"},
	    {"services", ",", "services must be"},
	    {"services", "sshd,j\xc3\xbcrgen", "services must be"},
	    {"services",
		"sshd,"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		"services must be"},
	    {"dialogue", "maybe", "dialogue must be one of: auto"},
	    {"org", "", "org= has no value"},
	    {"flows", "browser", "flows must be"},
	    {"user_map", "/tmp/users", "user_map= is not known"},
	    {"username_template", "{user}@evil.example", "is not known"},
	    {"min_uid", "1", "is not known"},
	    {"login_url", "https://evil.example", "is not known"},
	    {"nonsense", "x", "is not known"},
	    {"", "", "is not known"},
	};
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(COMPLETE "services = cron\n");

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_error e = {0};

		assert_int_equal(
		    sf_config_set_pam(config, rows[i].key, rows[i].value, &e), SF_E_CONFIG);
		assert_true(sf_text_starts(e.detail, "PAM argument"));
		assert_non_null(strstr(e.detail, rows[i].says));
		assert_int_equal(e.sys, 0);
	}
	assert_int_equal(config->pam.services.count, 1);
	assert_string_equal(config->pam.services.items[0], "cron");
	assert_int_equal(config->pam.dialogue, SF_DIALOGUE_AUTO);
	assert_string_equal(config->pam.org, "acme");
	assert_string_equal(config->pam.user_map, "/etc/sfoauth/users");
	assert_int_equal(config->pam.min_uid, 1000);
}

static void a_complete_pam_section_names_its_org(void **state)
{
	static const char *const rows[] = {
	    COMPLETE,
	    COMPLETE ORG_OF("other", "other"),
	    "[org acme]\nlogin_url = https://x.example\nclient_id = x\n" ID PAM,
	    ORG_OF("acme", "acme") ID
	    "[pam]\norg = acme\nusername_template = {user}@acme.example\n",
	    ORG_OF("acme", "acme") ID
	    "[pam]\norg = acme\nusername_template = {user}@acme.example\nflows = password\n",
	    COMPLETE "flows = device paste\n",
	    ORG_OF("acme", "acme") ID "client_auth = basic\nclient_secret_file = /x\n" PAM,
	    ORG_OF("acme", "acme") ID "client_auth = none\n" PAM,
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = must_parse(rows[i]);
		const struct sf_org *org = NULL;
		struct sf_error e = {0};

		assert_int_equal(sf_config_check_pam(config, &org, &e), SF_OK);
		assert_ptr_equal(org, &config->orgs[0]);
	}
}

static void an_incomplete_pam_section_is_refused(void **state)
{
#define LOGIN_HOST(host) "[org acme]\nlogin_url = https://" host "\nclient_id = x\n" ID PAM
	static const struct {
		const char *text, *says;
	} rows[] = {
	    {ORG_OF("acme", "acme") ID, "no section [pam]"},
	    {ORG_OF("acme", "acme") ID "[pam]\nuser_map = /x\n", "no org"},
	    {ORG_OF("other", "other") ID PAM, "acme, which has no section"},
	    {ORG_OF("acme", "acme") PAM, "organization_id"},
	    {ORG_OF("acme", "acme") ID "[pam]\norg = acme\n", "exactly one"},
	    {COMPLETE "username_template = {user}@acme.example\n", "exactly one"},
	    {COMPLETE "session_services = sshd sudo\n", "must not name sudo"},
	    {COMPLETE "session_services = sudo-i\n", "must not name sudo-i"},
	    {COMPLETE "session_services = sshd\nsession_services = su\n", "must not name su"},
	    {COMPLETE "session_services = su-l\n", "must not name su-l"},
	    {COMPLETE "flows = device password\n", "needs username_template"},
	    {ORG_OF("acme", "acme") ID "client_auth = body\n" PAM, "client_secret_file"},
	    {ORG_OF("acme", "acme") ID "client_auth = basic\n" PAM, "client_secret_file"},
	    {ORG_OF("acme", "acme") ID
		"client_auth = private_key_jwt\nclient_secret_file = /x\n" PAM,
		"client_secret_file"},
	    {LOGIN_HOST("login.salesforce.com"), "My Domain"},
	    {LOGIN_HOST("LOGIN.salesforce.com:443/"), "My Domain"},
	    {LOGIN_HOST("test.salesforce.com"), "My Domain"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = must_parse(rows[i].text);
		const struct sf_org *org = NULL;
		struct sf_error e = {0};

		assert_int_equal(sf_config_check_pam(config, &org, &e), SF_E_CONFIG);
		assert_null(org);
		assert_int_equal(e.sys, 0);
		if (!strstr(e.detail, rows[i].says))
			fail_msg("\"%s\" does not say \"%s\"", e.detail, rows[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_users_org_replaces_the_whole_section_in_its_place),
	    cmocka_unit_test(a_users_default_counts_more_than_the_systems),
	    cmocka_unit_test(a_merge_of_too_many_orgs_changes_nothing),
	    cmocka_unit_test(an_org_is_found_by_name_by_default_or_alone),
	    cmocka_unit_test(a_pam_argument_sets_its_key_by_the_same_rules),
	    cmocka_unit_test(a_pam_argument_has_4095_bytes_at_most),
	    cmocka_unit_test(a_wrong_pam_argument_is_refused_and_changes_nothing),
	    cmocka_unit_test(a_complete_pam_section_names_its_org),
	    cmocka_unit_test(an_incomplete_pam_section_is_refused),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
