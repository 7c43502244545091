/* Every key of config.def has its default and can be changed from it. */
#include "config_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <inttypes.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "text.h"

#include "banned.h"

#define TEXT_SIZE  20000
#define SHOWN_SIZE 6000

/*
 * Every key: its default as it reads, a value that is not the default, and how that reads.
 * NULL: the key has no default, or there is only one value so far.
 */
static const struct {
	const char *section, *key, *default_shown, *value, *shown;
} keys[] = {
    {"org", "login_url", NULL, "https://ACME.my.salesforce.com:8443/",
	"https://acme.my.salesforce.com:8443"},
    {"org", "client_id", NULL, "3MVG9 x", "3MVG9 x"},
    {"org", "client_auth", "auto", "basic", "basic"},
    {"org", "client_secret_file", "", "/etc/sfoauth/secret", "/etc/sfoauth/secret"},
    {"org", "client_secret", "none", "keyring", "keyring"},
    {"org", "private_key_file", "", "/etc/sfoauth/key.pem", "/etc/sfoauth/key.pem"},
    {"org", "private_key_passphrase_file", "", "/etc/sfoauth/word", "/etc/sfoauth/word"},
    {"org", "organization_id", "", "00D5f000000Abcd", "00D5f000000AbcdEAC"},
    {"org", "scopes", "openid id api refresh_token", "api  web", "api web"},
    {"org", "flow", "auto", "device", "device"},
    {"org", "callback", "http://localhost:1717/OauthRedirect",
	"http://localhost:1718/x https://acme.example/y",
	"http://localhost:1718/x https://acme.example/y"},
    {"org", "username", "", "ada@acme.example", "ada@acme.example"},
    {"org", "site_url", "", "https://acme.my.site.com/shop", "https://acme.my.site.com/shop"},
    {"org", "site_credentials", "header", "body", "body"},
    {"org", "session_timeout", "7200", "15m", "900"},
    {"org", "also_for", "", "https://a.example:443 https://b.example:444/",
	"https://a.example https://b.example:444"},
    {"org", "api_version", "60.0", "61.0", "61.0"},
    {"org", "proxy", "", "http://proxy.example:3128", "http://proxy.example:3128"},
    {"org", "ca_file", "", "/etc/ssl/a b.pem", "/etc/ssl/a b.pem"},
    {"org", "default", "no", "yes", "yes"},
    {"org", "kernel_cache", "yes", "no", "no"},
    {"pam", "org", "", "acme", "acme"},
    {"pam", "services", "sshd login su su-l sudo sudo-i cockpit gdm-password lightdm sddm",
	"sshd login", "sshd login"},
    {"pam", "flows", "device", "paste, password", "paste password"},
    {"pam", "username_template", "", "{user}@acme.example", "{user}@acme.example"},
    {"pam", "user_map", "", "/etc/sfoauth/users", "/etc/sfoauth/users"},
    {"pam", "require_permission", "", "Host_Login", "Host_Login"},
    {"pam", "allow_user_types", "STANDARD", "STANDARD CSP_LITE", "STANDARD CSP_LITE"},
    {"pam", "local_users", "root", "backup kim", "backup kim"},
    {"pam", "local_groups", "", "wheel", "wheel"},
    {"pam", "min_uid", "1000", "500", "500"},
    {"pam", "deny_users", "", "guest", "guest"},
    {"pam", "ssh_first_factor", "none", "publickey", "publickey"},
    {"pam", "dialogue", "auto", "notice", "notice"},
    {"pam", "approve_timeout", "240", "1m", "60"},
    {"pam", "session_token", "access", "off", "off"},
    {"pam", "session_services", "sshd login gdm-password lightdm sddm", "sshd", "sshd"},
    {"pam", "start_rate", "30/min, 20/min per source", "3/min per source, 12/min",
	"12/min, 3/min per source"},
    {"pam", "waiting_max", "50", "200", "200"},
    {"pam", "account_check", "off", NULL, NULL},
    {"pam", "language", "en", "de", "de"},
};

/* A file with this one key besides what an org needs. */
static const char *file_with(const struct sf_config_row *row, const char *value)
{
	static char buf[TEXT_SIZE];
	struct sf_text text = SF_TEXT(buf);

	if (strcmp(row->section, "pam") == 0)
		(void)sf_text_add(&text, "[pam]\n");
	else
		(void)sf_text_add(&text, "[org acme]\n");
	if (strcmp(row->section, "org") == 0 && strcmp(row->key, "login_url") != 0)
		(void)sf_text_add(&text, "login_url = https://acme.my.salesforce.com\n");
	if (strcmp(row->section, "org") == 0 && strcmp(row->key, "client_id") != 0)
		(void)sf_text_add(&text, "client_id = id\n");
	if (value)
		(void)sf_text_addf(&text, "%s = %s\n", row->key, value);
	assert_false(text.overflow);
	return buf;
}

static enum sf_err parse(const char *text, struct sf_config **ret_config, struct sf_error *e)
{
	const struct sf_config_params params = {.name = "x.conf", .allow_pam = true};

	return sf_config_parse(&params, text, strlen(text), ret_config, e);
}

static struct sf_config *must_parse(const struct sf_config_row *row, const char *value)
{
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	if (parse(file_with(row, value), &config, &e) != SF_OK)
		fail_msg("%s = %.80s: %s", row->key, !value ? "" : value, e.detail);
	return config;
}

static void show_text(struct sf_text *ret, const char *const *field)
{
	(void)sf_text_add(ret, *field);
}

static void show_list(struct sf_text *ret, const struct sf_list *field)
{
	for (size_t i = 0; i < field->count; i++)
		(void)sf_text_addf(ret, "%s%s", i == 0 ? "" : " ", field->items[i]);
}

static void show_number(struct sf_text *ret, const uint32_t *field)
{
	(void)sf_text_addf(ret, "%" PRIu32, *field);
}

static void show_bool(struct sf_text *ret, const bool *field)
{
	(void)sf_text_add(ret, *field ? "yes" : "no");
}

static void show_rate(struct sf_text *ret, const struct sf_rate *field)
{
	(void)sf_text_addf(ret, "%" PRIu32 "/min, %" PRIu32 "/min per source", field->per_min,
	    field->source_per_min);
}

static void show_choice(struct sf_text *ret, const char *choices, unsigned index)
{
	for (; index > 0; index--) {
		choices += strcspn(choices, " ");
		choices += strspn(choices, " ");
	}
	(void)sf_text_add_bytes(ret, choices, strcspn(choices, " "));
}

/* How the field of the index-th row reads; found through the names of config.h. */
static const char *shown(const struct sf_config *config, size_t index)
{
	static char buf[SHOWN_SIZE];
	struct sf_text text = SF_TEXT(buf);
	size_t i = 0;

#define SECTION_org             config->orgs[0]
#define SECTION_pam             config->pam
#define SHOW_TEXT(at, key, c)   show_text(&text, (const char *const *)&at.key)
#define SHOW_URL                SHOW_TEXT
#define SHOW_LINK               SHOW_TEXT
#define SHOW_SFID               SHOW_TEXT
#define SHOW_VERSION            SHOW_TEXT
#define SHOW_PATH               SHOW_TEXT
#define SHOW_PROXY              SHOW_TEXT
#define SHOW_TEMPLATE           SHOW_TEXT
#define SHOW_WORDS(at, key, c)  show_list(&text, &at.key)
#define SHOW_LIST               SHOW_WORDS
#define SHOW_URLS               SHOW_WORDS
#define SHOW_LINKS              SHOW_WORDS
#define SHOW_CHOICES            SHOW_WORDS
#define SHOW_CHOICE(at, key, c) show_choice(&text, c, at.key)
#define SHOW_SECS(at, key, c)   show_number(&text, &at.key##_s)
#define SHOW_NUMBER(at, key, c) show_number(&text, &at.key)
#define SHOW_BOOL(at, key, c)   show_bool(&text, &at.is_##key)
#define SHOW_RATE(at, key, c)   show_rate(&text, &at.key)
#define SF_KEY(section, key, TYPE, default_text, min, max, choices, help)                          \
	if (i++ == index)                                                                          \
		SHOW_##TYPE(SECTION_##section, key, choices);
#include "config.def"
#undef SF_KEY
	assert_false(text.overflow);
	return buf;
}

static const struct sf_config_row *row_of(size_t index)
{
	size_t count = 0;
	const struct sf_config_row *rows = sf_config_rows(&count);

	assert_int_equal(count, SF_COUNT(keys));
	/* The same order, so that a new row cannot be forgotten here. */
	assert_string_equal(rows[index].section, keys[index].section);
	assert_string_equal(rows[index].key, keys[index].key);
	return &rows[index];
}

static void every_key_has_its_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(keys); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;

		if (!keys[i].default_shown)
			continue;
		config = must_parse(row_of(i), NULL);
		assert_string_equal(shown(config, i), keys[i].default_shown);
	}
}

static void every_key_can_be_flipped_away_from_its_default(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(keys); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;

		if (!keys[i].value) {
			assert_null(strchr(row_of(i)->choices, ' '));
			continue;
		}
		config = must_parse(row_of(i), keys[i].value);
		assert_string_equal(shown(config, i), keys[i].shown);
		/* And no other key with it. */
		for (size_t j = 0; j < SF_COUNT(keys); j++) {
			bool is_same = strcmp(keys[j].section, keys[i].section) == 0;

			if (j != i && is_same && keys[j].default_shown)
				assert_string_equal(shown(config, j), keys[j].default_shown);
		}
	}
}

static void every_choice_reads_as_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(keys); i++) {
		const struct sf_config_row *row = row_of(i);
		char word[32];

		if (!sf_text_starts(row->type, "CHOICE"))
			continue;
		for (const char *at = row->choices; *at != '\0'; at += strspn(at, " ")) {
			SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
			struct sf_text text = SF_TEXT(word);

			(void)sf_text_add_bytes(&text, at, strcspn(at, " "));
			at += text.len;
			config = must_parse(row, word);
			assert_string_equal(shown(config, i), word);
		}
	}
}

static void half_a_rate_keeps_the_default_of_the_other(void **state)
{
	static const struct {
		const char *value, *shown;
	} rows[] = {
	    {"1/min", "1/min, 20/min per source"},
	    {"1/min per source", "30/min, 1/min per source"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(keys); i++) {
		for (size_t j = 0; strcmp(row_of(i)->type, "RATE") == 0 && j < SF_COUNT(rows);
		     j++) {
			SF_CLEANUP(sf_config_freep)
			struct sf_config *config = must_parse(row_of(i), rows[j].value);

			assert_string_equal(shown(config, i), rows[j].shown);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_has_its_default),
	    cmocka_unit_test(every_key_can_be_flipped_away_from_its_default),
	    cmocka_unit_test(every_choice_reads_as_itself),
	    cmocka_unit_test(half_a_rate_keeps_the_default_of_the_other),
	};

	return cmocka_run_group_tests_name("config_row", tests, NULL, NULL);
}
