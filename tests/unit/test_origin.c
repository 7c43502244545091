/* The one spelling of an origin, and which URLs lie on it. */
#include "origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static void a_base_url_has_one_canonical_spelling(void **state)
{
	static const struct {
		const char *url, *text;
	} rows[] = {
	    {"https://acme.my.salesforce.com", "https://acme.my.salesforce.com:443"},
	    {"https://acme.my.salesforce.com/", "https://acme.my.salesforce.com:443"},
	    {"https://ACME.my.Salesforce.com:443", "https://acme.my.salesforce.com:443"},
	    {"https://acme--sb.sandbox.my.salesforce.com:8443/",
		"https://acme--sb.sandbox.my.salesforce.com:8443"},
	    {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example:443"},
	    {"https://h:1", "https://h:1"},
	    {"https://09azAZ-h", "https://09azaz-h:443"},
	    {"https://h:65535", "https://h:65535"},
	};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_origin origin;

		assert_int_equal(sf_origin_parse(rows[i].url, &origin, &e), SF_OK);
		assert_string_equal(origin.text, rows[i].text);
	}
}

static const char *const refused[] = {
    "",
    "https://",
    "https:///",
    "http://acme.my.salesforce.com",
    "HTTPS://acme.my.salesforce.com",
    "https:/acme.my.salesforce.com",
    "ftp://h",
    "//h",
    "h",
    " https://h",
    "https://h ",
    "https://user@h",
    "https://user:pw@h",
    "https://h@evil.test",
    "https://h:443@evil.test",
    "https://h.",
    "https://.h",
    "https://a..b",
    "https://-a.b",
    "https://a-.b",
    "https://h/x",
    "https://h//",
    "https://h?x",
    "https://h#x",
    "https://h\\x",
    "https://h_x",
    "https://h%2e",
    "https://h\nb",
    "https://h\rb",
    "https://[::1]",
    "https://[::1]:443",
    "https://127.0.0.1",
    "https://1",
    "https://a.1",
    "https://a.0",
    "https://a.9",
    "https://h@",
    "https://h[",
    "https://h`",
    "https://h{",
    "https://h;",
    "https://h:",
    "https://h:0",
    "https://h:0443",
    "https://h:65536",
    "https://h:73979",
    "https://h:+1",
    "https://h:-1",
    "https://h:443:443",
    "https://h:443443",
    "https://h:44a",
    "https://h: 443",
    "https://b\303\274cher.example",
};

static void anything_but_a_plain_https_base_url_is_refused(void **state)
{
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(refused); i++) {
		struct sf_origin origin = {.port = 7};

		if (sf_origin_parse(refused[i], &origin, &e) != SF_E_CONFIG)
			fail_msg("accepted: %s", refused[i]);
		assert_int_equal(e.sys, 0);
		assert_int_equal(origin.port, 7);
	}
}

static void a_host_of_253_characters_fits_and_one_more_does_not(void **state)
{
	char url[300] = "https://";
	struct sf_origin origin;
	struct sf_error e;
	size_t at = 8;

	(void)state;
	for (size_t i = 0; i < 253; i++)
		url[at++] = i % 50 == 49 ? '.' : 'a';
	assert_int_equal(sf_origin_parse(url, &origin, &e), SF_OK);
	assert_int_equal(strlen(origin.host), 253);
	for (size_t more = 1; more < 20; more++) {
		url[at++] = 'a';
		assert_int_equal(sf_origin_parse(url, &origin, &e), SF_E_CONFIG);
	}
}

static void labels_longer_than_63_are_refused(void **state)
{
	char url[100] = "https://";
	struct sf_origin origin;
	struct sf_error e;

	(void)state;
	memset(url + 8, 'a', 63);
	assert_int_equal(sf_origin_parse(url, &origin, &e), SF_OK);
	url[8 + 63] = 'a';
	assert_int_equal(sf_origin_parse(url, &origin, &e), SF_E_CONFIG);
}

static void gits_protocol_and_host_follow_the_same_rules(void **state)
{
	struct sf_origin origin;

	(void)state;
	assert_true(sf_origin_from_git("https", "Acme.My.Salesforce.com", &origin));
	assert_string_equal(origin.text, "https://acme.my.salesforce.com:443");
	assert_true(sf_origin_from_git("https", "h:8443", &origin));
	assert_string_equal(origin.text, "https://h:8443");
	assert_false(sf_origin_from_git("http", "acme.my.salesforce.com", &origin));
	assert_false(sf_origin_from_git("HTTPS", "acme.my.salesforce.com", &origin));
	assert_false(sf_origin_from_git("", "acme.my.salesforce.com", &origin));
	assert_false(sf_origin_from_git("https", "", &origin));
	assert_false(sf_origin_from_git("https", "[::1]", &origin));
	assert_false(sf_origin_from_git("https", "h/", &origin));
	assert_false(sf_origin_from_git("https", "h:73979", &origin));
}

static void only_the_same_host_and_port_are_equal(void **state)
{
	struct sf_origin a, b;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_origin_parse("https://h:443", &a, &e), SF_OK);
	assert_int_equal(sf_origin_parse("https://H", &b, &e), SF_OK);
	assert_true(sf_origin_equal(&a, &b));
	assert_int_equal(sf_origin_parse("https://h:8443", &b, &e), SF_OK);
	assert_false(sf_origin_equal(&a, &b));
	assert_int_equal(sf_origin_parse("https://evilh", &b, &e), SF_OK);
	assert_false(sf_origin_equal(&a, &b));
}

static void a_server_url_is_held_only_in_its_exact_spelling(void **state)
{
	static const struct {
		const char *url, *path; /* path NULL: not held */
	} rows[] = {
	    {"https://acme.my.salesforce.com", ""},
	    {"https://acme.my.salesforce.com/", "/"},
	    {"https://acme.my.salesforce.com/id/x/y?z=1", "/id/x/y?z=1"},
	    {"https://acme.my.salesforce.com?x", "?x"},
	    {"https://acme.my.salesforce.com#x", "#x"},
	    {"https://acme.my.salesforce.com$x", NULL},
	    {"https://acme.my.salesforce.com:443", NULL},
	    {"https://acme.my.salesforce.com:443/", NULL},
	    {"https://acme.my.salesforce.com:8443/", NULL},
	    {"https://acme.my.salesforce.com./", NULL},
	    {"https://Acme.my.salesforce.com/", NULL},
	    {"HTTPS://acme.my.salesforce.com/", NULL},
	    {"http://acme.my.salesforce.com/", NULL},
	    {"https://acme.my.salesforce.com.evil.test/", NULL},
	    {"https://acme.my.salesforce.com@evil.test/", NULL},
	    {"https://user@acme.my.salesforce.com/", NULL},
	    {"https://evilacme.my.salesforce.com/", NULL},
	    {"https://acme.my.salesforce.co", NULL},
	    {"https://acme.my.salesforce.com\\@evil.test/", NULL},
	    {"https://acme.my.salesforce.com/\\evil", NULL},
	    {"https://acme.my.salesforce.com/a b", NULL},
	    {"https://acme.my.salesforce.com/a\nb", NULL},
	    {"https://acme.my.salesforce.com/\x1b[0m", NULL},
	    {"//acme.my.salesforce.com/", NULL},
	    {"", NULL},
	};
	struct sf_origin origin;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_origin_parse("https://acme.my.salesforce.com", &origin, &e), SF_OK);
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		const char *path = NULL;
		bool held = sf_origin_holds(&origin, rows[i].url, &path);

		if (held != (rows[i].path != NULL))
			fail_msg("%s: %s", held ? "held" : "not held", rows[i].url);
		if (held)
			assert_string_equal(path, rows[i].path);
	}
}

static void another_port_is_held_only_when_it_is_written(void **state)
{
	struct sf_origin origin;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_origin_parse("https://h", &origin, &e), SF_OK);
	assert_true(sf_origin_holds(&origin, "https://h/x", NULL));
	assert_int_equal(sf_origin_parse("https://h.test:8443", &origin, &e), SF_OK);
	assert_true(sf_origin_holds(&origin, "https://h.test:8443/x", NULL));
	assert_false(sf_origin_holds(&origin, "https://h.test/x", NULL));
	assert_false(sf_origin_holds(&origin, "https://h.test:84430/x", NULL));
	assert_false(sf_origin_holds(&origin, "https://h.test:08443/x", NULL));
}

static void an_empty_origin_holds_nothing(void **state)
{
	const struct sf_origin origin = {.port = 443};

	(void)state;
	assert_false(sf_origin_holds(&origin, "https:///x", NULL));
	assert_false(sf_origin_holds(&origin, "https://", NULL));
}

/* An URL lies on one origin, or on none; what sf_origin_holds refuses lies on none. */
static void an_url_lies_on_the_origin_that_it_spells_exactly(void **state)
{
	static const struct {
		const char *url, *origin, *path;
	} rows[] = {
	    {"https://acme.my.salesforce.com", "https://acme.my.salesforce.com:443", ""},
	    {"https://acme.my.salesforce.com/", "https://acme.my.salesforce.com:443", "/"},
	    {"https://h.test:8443/x?y", "https://h.test:8443", "/x?y"},
	    {"https://h.test?x", "https://h.test:443", "?x"},
	    {"https://h.test#x", "https://h.test:443", "#x"},
	    {"https://h.test:443/x", NULL, NULL},
	    {"https://H.test/x", NULL, NULL},
	    {"https://h.test./x", NULL, NULL},
	    {"https://u@h.test/x", NULL, NULL},
	    {"https://h.test\\@evil.test/", NULL, NULL},
	    {"https://h.test/a b", NULL, NULL},
	    {"http://h.test/x", NULL, NULL},
	    {"HTTPS://h.test/x", NULL, NULL},
	    {"https:///x", NULL, NULL},
	    {"https://", NULL, NULL},
	    {"h.test", NULL, NULL},
	    {"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_origin origin = {.text = "untouched"};
		const char *path = "untouched";

		if (sf_origin_of_url(rows[i].url, &origin, &path) != (rows[i].origin != NULL))
			fail_msg("%s", rows[i].url);
		assert_string_equal(origin.text, rows[i].origin ? rows[i].origin : "untouched");
		assert_string_equal(path, rows[i].path ? rows[i].path : "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_base_url_has_one_canonical_spelling),
	    cmocka_unit_test(anything_but_a_plain_https_base_url_is_refused),
	    cmocka_unit_test(a_host_of_253_characters_fits_and_one_more_does_not),
	    cmocka_unit_test(labels_longer_than_63_are_refused),
	    cmocka_unit_test(gits_protocol_and_host_follow_the_same_rules),
	    cmocka_unit_test(only_the_same_host_and_port_are_equal),
	    cmocka_unit_test(a_server_url_is_held_only_in_its_exact_spelling),
	    cmocka_unit_test(another_port_is_held_only_when_it_is_written),
	    cmocka_unit_test(an_empty_origin_holds_nothing),
	    cmocka_unit_test(an_url_lies_on_the_origin_that_it_spells_exactly),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
