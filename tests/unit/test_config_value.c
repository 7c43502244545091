/* Each type of value takes its own form alone, to its bounds and no further. */
#include "config_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <inttypes.h>
#include <string.h>

#include <cmocka.h>

#include "config_rows.h"
#include "text.h"

#include "banned.h"

#define TEXT_SIZE 20000

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

static void must_take(const struct sf_config_row *row, const char *value)
{
	(void)sf_config_free(must_parse(row, value));
}

static void must_refuse(const struct sf_config_row *row, const char *value)
{
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	if (parse(file_with(row, value), &config, &e) == SF_OK)
		fail_msg("%s = %.80s was taken", row->key, value);
	assert_null(config);
	assert_int_equal(e.code, SF_E_CONFIG);
	assert_true(sf_text_starts(e.detail, "x.conf line "));
	assert_int_equal(e.sys, 0);
	/* The key is named; the value, which may be anything, is not repeated. */
	assert_non_null(strstr(e.detail, row->key));
	if (!strstr(e.detail, " must be ") && value[0] != '\0')
		fail_msg("%s", e.detail);
}

/* before, then as many x as make it len long, then after. */
static const char *of_length(const char *before, const char *after, uint64_t len)
{
	static char buf[TEXT_SIZE / 2];
	struct sf_text text = SF_TEXT(buf);
	size_t fixed = strlen(before) + strlen(after);

	(void)sf_text_add(&text, before);
	for (size_t i = fixed; i < len; i++)
		(void)sf_text_add_char(&text, 'x');
	(void)sf_text_add(&text, after);
	assert_false(text.overflow);
	return buf;
}

static const char *number(uint64_t n, const char *after)
{
	static char buf[64];
	struct sf_text text = SF_TEXT(buf);

	(void)sf_text_addf(&text, "%" PRIu64 "%s", n, after);
	return buf;
}

static void check_number_bounds(const struct sf_config_row *row, const char *after)
{
	must_take(row, number(row->min, after));
	must_take(row, number(row->max, after));
	must_refuse(row, number(row->min - 1, after));
	must_refuse(row, number(row->max + 1, after));
}

static void check_length_bounds(const struct sf_config_row *row)
{
	static const struct {
		const char *type, *before, *after;
	} shapes[] = {
	    {"TEXT", "", ""},
	    {"WORDS", "", ""},
	    {"LIST", "", ""},
	    {"PATH", "/", ""},
	    {"LINK", "https://", ""},
	    {"LINKS", "https://", ""},
	    {"PROXY", "http://", ":80"},
	    {"TEMPLATE", "{user}", ""},
	};

	for (size_t i = 0; i < SF_COUNT(shapes); i++) {
		const char *before = shapes[i].before, *after = shapes[i].after;

		if (strcmp(row->type, shapes[i].type) != 0)
			continue;
		must_take(row, of_length(before, after, row->max));
		must_refuse(row, of_length(before, after, row->max + 1));
		if (before[0] == '\0')
			must_take(row, of_length("", "", row->min));
	}
}

static void every_bound_holds_just_inside_and_just_outside(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		const struct sf_config_row *row = row_at(i);

		must_refuse(row, "");
		check_length_bounds(row);
		if (strcmp(row->type, "SECS") == 0)
			check_number_bounds(row, "s");
		if (strcmp(row->type, "NUMBER") == 0)
			check_number_bounds(row, "");
		if (strcmp(row->type, "RATE") == 0) {
			check_number_bounds(row, "/min");
			check_number_bounds(row, "/min per source");
		}
	}
}

static void every_choice_is_taken_in_its_exact_spelling_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		const struct sf_config_row *row = row_at(i);
		char word[32];

		if (!sf_text_starts(row->type, "CHOICE"))
			continue;
		for (const char *at = row->choices; *at != '\0'; at += strspn(at, " ")) {
			struct sf_text text = SF_TEXT(word);

			(void)sf_text_add_bytes(&text, at, strcspn(at, " "));
			at += text.len;
			must_take(row, word);
			word[0] = (char)(word[0] - 'a' + 'A');
			must_refuse(row, word);
			word[0] = (char)(word[0] - 'A' + 'a');
			(void)sf_text_add_char(&text, 'x');
			must_refuse(row, word);
			word[text.len - 2] = '\0';
			must_refuse(row, word);
		}
	}
}

/* What a type refuses and takes besides its bounds. */
static const struct {
	const char *type, *value;
	bool good;
} values[] = {
    {"TEXT", "j\xc3\xbcrgen", false},
    {"URL", "http://acme.my.salesforce.com", false},
    {"URL", "https://acme.my.salesforce.com/path", false},
    {"URL", "https://ada@acme.my.salesforce.com", false},
    {"URL", "https://acme.my.salesforce.com https://b.example", false},
    {"URL", "acme.my.salesforce.com", false},
    {"URL", "https://login.salesforce.com", true},
    {"URLS", "https://*.example", false},
    {"URLS", "https://a.example, https://b.example", false},
    {"URLS", "https://a.example http://b.example", false},
    {"LINK", "https://acme.my.site.com/shop", true},
    {"LINK", "http://acme.my.site.com/shop", false},
    {"LINK", "http://localhost/", false},
    {"LINKS", "http://localhost:1717/x https://a.example/x", true},
    {"LINKS", "http://a.example", false},
    {"LINKS", "https://a.example https://a.example", false},
    {"SFID", "00D5f000000AbcdEAC", true},
    {"SFID", "00D5f000000AbcdEAD", false},
    {"SFID", "00D5f000000Abc", false},
    {"SFID", "00D5f000000AbcdE", false},
    {"SFID", "0055f000000Abcd", false},
    {"SFID", "00D5f000000Abc-", false},
    {"VERSION", "10.0", true},
    {"VERSION", "100.9", true},
    {"VERSION", "9999.0", true},
    {"VERSION", "9.0", false},
    {"VERSION", "99999.0", false},
    {"VERSION", "060.0", false},
    {"VERSION", "60", false},
    {"VERSION", "60.", false},
    {"VERSION", "60./", false},
    {"VERSION", "60.:", false},
    {"VERSION", "60.00", false},
    {"VERSION", "60,0", false},
    {"VERSION", "60.x", false},
    {"VERSION", "v60.0", false},
    {"VERSION", "../0", false},
    {"PATH", "relative/path", false},
    {"PATH", "~/file", false},
    {"PROXY", "http://192.0.2.1:8080", true},
    {"PROXY", "http://proxy:1", true},
    {"PROXY", "http://proxy:65535", true},
    {"PROXY", "http://proxy:65536", false},
    {"PROXY", "http://proxy:0", false},
    {"PROXY", "http://proxy:080", false},
    {"PROXY", "http://proxy:", false},
    {"PROXY", "http://proxy", false},
    {"PROXY", "http://:80", false},
    {"PROXY", "https://proxy:80", false},
    {"PROXY", "socks5://proxy:80", false},
    {"PROXY", "http://user:pw@proxy:80", false},
    {"PROXY", "http://proxy:80/", true},
    {"PROXY", "http://proxy:80//", false},
    {"PROXY", "http:///", false},
    {"PROXY", "http://proxy:80/x", false},
    {"PROXY", "http://-x:80", false},
    {"PROXY", "http://-xyz:80", false},
    {"PROXY", "http://.proxy:80", false},
    {"PROXY", "ftps://proxy:80", false},
    {"TEMPLATE", "{user}", true},
    {"TEMPLATE", "x-{user}@acme.example", true},
    {"TEMPLATE", "ada@acme.example", false},
    {"TEMPLATE", "{user}{user}", false},
    {"TEMPLATE", "{user}@{host}", false},
    {"TEMPLATE", "{host}@{user}", false},
    {"TEMPLATE", "{User}@x", false},
    {"TEMPLATE", "{user@x", false},
    {"TEMPLATE", "}{user}", false},
    {"TEMPLATE", "{user}@a b", false},
    {"TEMPLATE", "{user}@\xc3\xa4", false},
    {"WORDS", "a,b", false},
    {"LIST", "root,kim", false},
    {"LIST", "root, kim", false},
    {"LIST", "j\xc3\xbcrgen", false},
    {"CHOICES", "device,", true},
    {"CHOICES", "device device", false},
    {"CHOICES", "device,browser", false},
    {"CHOICES", ",", false},
    {"SECS", "60", true},
    {"SECS", "1m", true},
    {"SECS", "1d", false},
    {"SECS", "60 s", false},
    {"SECS", "-60", false},
    {"NUMBER", "1e3", false},
    {"NUMBER", "1000 ", true},
    {"NUMBER", "4294968296", false},
    {"BOOL", "true", false},
    {"BOOL", "Yes", false},
    {"BOOL", "1", false},
    {"RATE", "10/min", true},
    {"RATE", "10/min per source", true},
    {"RATE", "10/min,5/min per source", true},
    {"RATE", "5/min per source, 10/min", true},
    {"RATE", "10", false},
    {"RATE", "/min", false},
    {"RATE", "10/min, 5/min", false},
    {"RATE", "10/min per source, 5/min per source", false},
    {"RATE", "10/min, 5/min per source, 3/min", false},
    {"RATE", "10/min,", false},
    {"RATE", "10/hour", false},
    {"RATE", "10/minute", false},
    {"RATE", "10/min per source!", false},
    {"RATE", "00000010/min", false},
    {"RATE", "10 /min", false},
    {"RATE", "10/min 5/min per source", false},
    {"RATE", "4294967306/min", false},
    {"RATE", "00000000000000000010/min", false},
};

static void every_type_takes_its_own_shape_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(values); i++) {
		bool is_used = false;

		for (size_t j = 0; j < row_count(); j++) {
			const struct sf_config_row *row = row_at(j);

			if (strcmp(row->type, values[i].type) != 0)
				continue;
			is_used = true;
			if (values[i].good)
				must_take(row, values[i].value);
			else
				must_refuse(row, values[i].value);
		}
		assert_true(is_used);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_bound_holds_just_inside_and_just_outside),
	    cmocka_unit_test(every_choice_is_taken_in_its_exact_spelling_alone),
	    cmocka_unit_test(every_type_takes_its_own_shape_alone),
	};

	return cmocka_run_group_tests_name("config_value", tests, NULL, NULL);
}
