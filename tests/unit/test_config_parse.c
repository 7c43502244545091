/* The syntax of a configuration file, its limits, and that a fault is named with file and line. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

#define ORG      "[org acme]\nlogin_url = https://acme.my.salesforce.com\nclient_id = id\n"
#define BIG_SIZE (SF_CONFIG_FILE_MAX + 2)

static enum sf_err parse_bytes(
    const char *text, size_t len, bool allow_pam, struct sf_config **ret_config, struct sf_error *e)
{
	const struct sf_config_params params = {.name = "/etc/x.conf", .allow_pam = allow_pam};

	return sf_config_parse(&params, text, len, ret_config, e);
}

static struct sf_config *must_parse(const char *text)
{
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	if (parse_bytes(text, strlen(text), true, &config, &e) != SF_OK)
		fail_msg("%s", e.detail);
	return config;
}

static struct sf_error refusal; /* the last of must_refuse */

/* Refused with exactly `/etc/x.conf line N: ` and something that has says in it. */
static void must_refuse(const char *text, size_t len, unsigned line_no, const char *says)
{
	struct sf_config *config = NULL;
	struct sf_error e = {0};
	char buf[64];
	struct sf_text start = SF_TEXT(buf);

	assert_true(sf_text_addf(&start, "/etc/x.conf line %u: ", line_no));
	if (parse_bytes(text, len, true, &config, &e) == SF_OK)
		fail_msg("taken: %s", text);
	assert_null(config);
	assert_int_equal(e.code, SF_E_CONFIG);
	refusal = e;
	if (!sf_text_starts(e.detail, buf) || !strstr(e.detail, says))
		fail_msg("\"%s\" is not \"%s...%s\"", e.detail, buf, says);
}

static void an_empty_file_is_a_configuration_without_orgs(void **state)
{
	static const char *const rows[] = {"", "\n\n", "# only a comment", "  \t \n\t# one\n"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = must_parse(rows[i]);

		assert_int_equal(config->org_count, 0);
		assert_false(config->has_pam);
		/* Defaults are there all the same. */
		assert_int_equal(config->pam.min_uid, 1000);
		assert_string_equal(config->pam.org, "");
	}
}

static void sections_keys_comments_and_blanks_are_understood(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse("# J\xc3\xbcrgen's file\n"
					      "[org  acme-1_2.x]\n"
					      "\tlogin_url=https://acme.my.salesforce.com/\n"
					      "  client_id \t = \t a = b#c  \n"
					      "\n"
					      "   # default = yes\n"
					      "[pam]\n"
					      "org = acme-1_2.x\n"
					      "  [org other]  \n"
					      "login_url = https://other.my.salesforce.com\n"
					      "client_id = x");

	(void)state;
	assert_int_equal(config->org_count, 2);
	assert_string_equal(config->orgs[0].name, "acme-1_2.x");
	assert_string_equal(config->orgs[0].login_url, "https://acme.my.salesforce.com");
	assert_string_equal(config->orgs[0].client_id, "a = b#c");
	assert_false(config->orgs[0].is_default);
	assert_string_equal(config->orgs[1].name, "other");
	assert_true(config->has_pam);
	assert_string_equal(config->pam.org, "acme-1_2.x");
}

static void a_repeatable_key_adds_up_and_replaces_the_default(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(ORG "also_for = https://a.example\n"
						  "also_for = https://b.example https://c.example\n"
						  "[pam]\n"
						  "local_users = kim\n"
						  "local_users = lee  max\n");

	(void)state;
	assert_int_equal(config->orgs[0].also_for.count, 3);
	assert_string_equal(config->orgs[0].also_for.items[2], "https://c.example");
	assert_int_equal(config->pam.local_users.count, 3);
	assert_true(sf_list_has(&config->pam.local_users, "max"));
	assert_false(sf_list_has(&config->pam.local_users, "root"));
}

static void what_is_wrong_is_named_with_file_and_line(void **state)
{
	static const struct {
		const char *text;
		unsigned line_no;
		const char *says;
	} rows[] = {
	    {"rubbish", 1, "no section, key = value"},
	    {"\n\nrubbish\n", 3, "no section, key = value"},
	    {"key = value\n", 1, "a key must be in a section"},
	    {"[web]\n", 1, "[org NAME] or [pam]"},
	    {"[]\n", 1, "[org NAME] or [pam]"},
	    {"[\n", 1, "[org NAME] or [pam]"},
	    {"[pam\n", 1, "[org NAME] or [pam]"},
	    {"[PAM]\n", 1, "[org NAME] or [pam]"},
	    {"[ pam ]\n", 1, "[org NAME] or [pam]"},
	    {"[pam] # comment\n", 1, "[org NAME] or [pam]"},
	    {"[org]\n", 1, "[org NAME] or [pam]"},
	    {"[orgacme]\n", 1, "[org NAME] or [pam]"},
	    {"[org ]\n", 1, "name must be"},
	    {"[org a b]\n", 1, "name must be"},
	    {"[org a/b]\n", 1, "name must be"},
	    {"[org j\xc3\xbcrgen]\n", 1, "name must be"},
	    {"[pam]\n[pam]\n", 2, "already"},
	    {ORG "[pam]\n[org acme]\n", 5, "already"},
	    {ORG "[pam]\norg = acme\nlogin_url = https://x.example\n", 6, "no key login_url"},
	    {ORG "min_uid = 1000\n", 4, "no key min_uid"},
	    {ORG "nonsense = 1\n", 4, "[org] has no key nonsense"},
	    {ORG "Client_id = 1\n", 4, "no key Client_id"},
	    {ORG "client_secret = hush\n", 4, "client_secret must be one of: none keyring"},
	    {ORG " = 1\n", 4, "no key"},
	    {ORG "client_id = id\n", 4, "client_id is given twice"},
	    {ORG "default = no\ndefault = no\n", 5, "default is given twice"},
	    {ORG "scopes = api\nscopes = web\n", 5, "scopes is given twice"},
	    {ORG "proxy =\n", 4, "proxy has no value"},
	    {ORG "proxy =  \t \n", 4, "proxy has no value"},
	    {ORG "default = yes # mine\n", 4, "line of its own"},
	    {ORG "scopes = api\t#\n", 4, "line of its own"},
	    {ORG "default = maybe\n", 4, "default must be yes or no"},
	    {ORG "session_timeout = 59\n", 4, "60 to 86400"},
	    {ORG "[pam]\napprove_timeout = 9\n", 5, "10 to 540"},
	    {"[org acme]\nclient_id = id\n\n", 1, "no login_url"},
	    {"#\n[org acme]\nlogin_url = https://x.example\n[pam]\n", 2, "no client_id"},
	    {ORG "default = yes\n[org b]\nlogin_url = https://b.example\nclient_id = b\n"
		 "default = yes\n",
		5, "another org has default = yes already"},
	    {ORG "\r\n", 4, "control characters"},
	    {"[pam]\r\n", 1, "control characters"},
	    {"# \x1b[2J\n", 1, "control characters"},
	    {"# \xe2\x80\xae\n", 1, "control characters"},
	    {"# \xff\n", 1, "control characters"},
	    {"\xef\xbb\xbf[pam]\n", 1, "no section, key = value"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		must_refuse(rows[i].text, strlen(rows[i].text), rows[i].line_no, rows[i].says);
	must_refuse("[pam]\n\0\n", 8, 2, "control characters");
}

static void what_is_wrong_is_said_once(void **state)
{
	(void)state;
	must_refuse(ORG "proxy =\n", sizeof(ORG) + 7, 4, "proxy has no value");
	assert_null(strstr(refusal.detail, "must be"));
}

static void an_org_name_of_64_characters_is_taken_and_65_refused(void **state)
{
	char buf[512], name[66];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	memset(name, 'x', sizeof(name));
	for (size_t len = 64; len <= 65; len++) {
		name[len] = '\0';
		text = SF_TEXT(buf);
		assert_true(sf_text_addf(
		    &text, "[org %s]\nlogin_url = https://x.example\nclient_id = x\n", name));
		if (len == 64)
			(void)sf_config_free(must_parse(buf));
		else
			must_refuse(buf, text.len, 1, "1 to 64");
		name[len] = 'x';
	}
}

static void there_may_be_32_orgs_and_no_more(void **state)
{
	static char buf[8192];
	struct sf_text text = SF_TEXT(buf);
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;

	(void)state;
	for (unsigned i = 0; i < SF_CONFIG_ORGS_MAX; i++)
		(void)sf_text_addf(
		    &text, "[org o%u]\nlogin_url = https://x.example\nclient_id = x\n", i);
	config = must_parse(buf);
	assert_int_equal(config->org_count, SF_CONFIG_ORGS_MAX);
	assert_true(sf_text_add(&text, "[org more]\n"));
	must_refuse(buf, text.len, 3 * SF_CONFIG_ORGS_MAX + 1, "at most 32 orgs");
}

static void a_list_may_have_256_items_and_no_more(void **state)
{
	static char buf[16384];
	struct sf_text text = SF_TEXT(buf);
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;

	(void)state;
	(void)sf_text_add(&text, "[pam]\nservices =");
	for (unsigned i = 0; i < SF_CONFIG_LIST_MAX - 1; i++)
		(void)sf_text_addf(&text, " s%u", i);
	(void)sf_text_add(&text, "\nservices = last\n");
	config = must_parse(buf);
	assert_int_equal(config->pam.services.count, SF_CONFIG_LIST_MAX);
	assert_string_equal(config->pam.services.items[255], "last");
	assert_true(sf_text_add(&text, "services = more\n"));
	must_refuse(buf, text.len, 4, "services may have at most 256 items");
	assert_null(strstr(refusal.detail, "must be"));
}

static void as_many_items_may_replace_a_default(void **state)
{
	static char buf[16384];
	struct sf_text text = SF_TEXT(buf);
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;

	(void)state;
	(void)sf_text_add(&text, "[pam]\nlocal_users =");
	for (unsigned i = 0; i < SF_CONFIG_LIST_MAX; i++)
		(void)sf_text_addf(&text, " u%u", i);
	config = must_parse(buf);
	assert_int_equal(config->pam.local_users.count, SF_CONFIG_LIST_MAX);
}

static void a_word_of_2048_bytes_is_none(void **state)
{
	static char buf[4096];
	struct sf_text text = SF_TEXT(buf);

	(void)state;
	(void)sf_text_add(&text, "[pam]\nservices = ");
	for (unsigned i = 0; i < 2048; i++)
		(void)sf_text_add(&text, "x");
	must_refuse(buf, text.len, 2, "services must be");
}

static void a_file_of_64_kib_is_taken_and_one_more_byte_refused(void **state)
{
	char *text = malloc(BIG_SIZE);
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	SF_CLEANUP(sf_config_freep) struct sf_config *none = NULL;
	struct sf_error e = {0};

	(void)state;
	assert_non_null(text);
	memset(text, '\n', BIG_SIZE);
	assert_int_equal(parse_bytes(text, SF_CONFIG_FILE_MAX, true, &config, &e), SF_OK);
	assert_int_equal(parse_bytes(text, SF_CONFIG_FILE_MAX + 1, true, &none, &e), SF_E_CONFIG);
	assert_int_equal(e.sys, EFBIG);
	assert_null(none);
	free(text);
}

static void a_line_that_no_value_can_fill_is_refused(void **state)
{
	char *text = malloc(BIG_SIZE);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', BIG_SIZE);
	text[0] = '#';
	must_refuse(text, 6000, 1, "too long");
	/* The longest value, 4095, with 127 bytes for its key and blanks. */
	must_refuse(text, 4095 + 128, 1, "too long");
	text[4095 + 127] = '\0';
	(void)sf_config_free(must_parse(text));
	free(text);
}

static void a_users_file_may_not_have_pam(void **state)
{
	static const char text[] = ORG "[pam]\norg = acme\n";
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(parse_bytes(text, sizeof(text) - 1, false, &config, &e), SF_E_CONFIG);
	assert_null(config);
	assert_string_equal(
	    e.detail, "/etc/x.conf line 4: [pam] may only be in the system's configuration");
	assert_int_equal(parse_bytes(text, sizeof(ORG) - 1, false, &config, &e), SF_OK);
	(void)sf_config_free(config);
}

static void a_long_file_name_leaves_room_for_line_and_rule(void **state)
{
	char name[1001];
	const struct sf_config_params params = {.name = name};
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	(void)state;
	memset(name, 'd', sizeof(name) - 1);
	memcpy(name + 990, "/last.conf", 11);
	assert_int_equal(sf_config_parse(&params, "x", 1, &config, &e), SF_E_CONFIG);
	assert_true(sf_text_starts(e.detail, "...ddd"));
	assert_non_null(strstr(e.detail, "/last.conf line 1: this is no section"));
}

static void a_file_name_of_64_characters_is_shown_whole(void **state)
{
	char name[66] = "", wanted[128];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	for (size_t len = 64; len <= 65; len++) {
		const struct sf_config_params params = {.name = name + 65 - len};
		struct sf_text text = SF_TEXT(wanted);
		struct sf_config *config = NULL;
		struct sf_error e = {0};

		assert_int_equal(sf_config_parse(&params, "x", 1, &config, &e), SF_E_CONFIG);
		assert_true(sf_text_addf(&text, "%s%s line 1: ", len == 64 ? "" : "...", name + 1));
		assert_true(sf_text_starts(e.detail, wanted));
	}
}

static void a_value_that_is_refused_is_not_repeated_in_the_message(void **state)
{
	static const char *const rows[] = {
	    ORG "client_secret = hunter2\n",
	    ORG "proxy = http://user:hunter2@proxy:80\n",
	    ORG "hunter2\n",
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_config *config = NULL;
		struct sf_error e = {0};

		assert_int_equal(
		    parse_bytes(rows[i], strlen(rows[i]), true, &config, &e), SF_E_CONFIG);
		assert_null(strstr(e.detail, "hunter2"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_file_is_a_configuration_without_orgs),
	    cmocka_unit_test(sections_keys_comments_and_blanks_are_understood),
	    cmocka_unit_test(a_repeatable_key_adds_up_and_replaces_the_default),
	    cmocka_unit_test(what_is_wrong_is_named_with_file_and_line),
	    cmocka_unit_test(what_is_wrong_is_said_once),
	    cmocka_unit_test(as_many_items_may_replace_a_default),
	    cmocka_unit_test(a_word_of_2048_bytes_is_none),
	    cmocka_unit_test(a_file_name_of_64_characters_is_shown_whole),
	    cmocka_unit_test(an_org_name_of_64_characters_is_taken_and_65_refused),
	    cmocka_unit_test(there_may_be_32_orgs_and_no_more),
	    cmocka_unit_test(a_list_may_have_256_items_and_no_more),
	    cmocka_unit_test(a_file_of_64_kib_is_taken_and_one_more_byte_refused),
	    cmocka_unit_test(a_line_that_no_value_can_fill_is_refused),
	    cmocka_unit_test(a_users_file_may_not_have_pam),
	    cmocka_unit_test(a_long_file_name_leaves_room_for_line_and_rule),
	    cmocka_unit_test(a_value_that_is_refused_is_not_repeated_in_the_message),
	};

	return cmocka_run_group_tests_name("config_parse", tests, NULL, NULL);
}
