/* The JSON reader: what it takes, what it refuses, its limits, and that secrets stay wiped. */
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static enum sf_err parse(const char *bytes, size_t len, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *body = sf_secret_from(bytes, len);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;

	return sf_json_parse(body, &json, e);
}

static enum sf_err parse_bytes(const char *bytes, size_t len)
{
	struct sf_error e;

	return parse(bytes, len, &e);
}

static void assert_refused(const char *text)
{
	if (parse_bytes(text, strlen(text)) != SF_E_ANSWER)
		fail_msg("taken: %s", text);
}

static void assert_taken(const char *text)
{
	if (parse_bytes(text, strlen(text)) != SF_OK)
		fail_msg("refused: %s", text);
}

static void test_takes(void **state)
{
	static const char *const texts[] = {"{}", "[]", " {\"a\" : [1, -0.5e+3, true, null]}\r\n",
	    "\"\\u0041\\ud83d\\ude00\\n\\/\"", "0", "-0", "0.10E-02", "\"\\\\\"", "\"\\\"\"",
	    "[[],{}]", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(texts); i++)
		assert_taken(texts[i]);
}

static void test_refuses(void **state)
{
	static const char *const texts[] = {"", " ", "{", "{\"a\":1,}", "[1,]", "{\"a\" 1}",
	    "{a:1}", "{\"a\":1}x", "{} {}", "\xef\xbb\xbf{}", "{}\x0c", "{\"a\"\x0b:1}", "[1\x7f]",
	    "[-01]", "[-.5]", "[1.e1]", "[1e+]", "[1-2]", "[1.2.3]", "\"\\u004\"", "\"\\u00 4\"",
	    "\"\x7f\"", "\"\\\"", "\"a\\", "}", "]{}[", "[1]]", "01", "+1", "1.", ".5", "1e", "-",
	    "nul", "True", "'a'", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\t\"", "\x01{}",
	    "{\"a\":\"\x1f\"}", "[1}", "NaN"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(texts); i++)
		assert_refused(texts[i]);
}

static void test_refuses_nul(void **state)
{
	static const char raw[] = "{\"a\":\"b\0c\"}";
	static const char after[] = "{}\0";

	(void)state;
	assert_refused("{\"a\":\"\\u0000\"}");
	assert_refused("{\"a\\u0000b\":1}");
	assert_int_equal(parse_bytes(raw, sizeof(raw) - 1), SF_E_ANSWER);
	assert_int_equal(parse_bytes(after, sizeof(after) - 1), SF_E_ANSWER);
}

static void test_refuses_bad_unicode(void **state)
{
	static const char *const texts[] = {"\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"",
	    "\"\\udc00\\ud800\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xe0\x80\x80\"",
	    "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xc3\"", "\"\xe2\x82"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(texts); i++)
		assert_refused(texts[i]);

	/* The log names the byte and the rule. */
	struct sf_error e;

	assert_int_equal(parse("[\"a\xff\"]", 5, &e), SF_E_ANSWER);
	assert_string_equal(e.detail, "not usable as JSON at byte 3: not UTF-8");
}

static void test_refuses_duplicates(void **state)
{
	(void)state;
	assert_refused("{\"a\":1,\"a\":2}");
	assert_refused("{\"x\":[{\"a\":1,\"b\":2,\"a\":1}]}");
	assert_refused("{\"a\":1,\"\\u0061\":2}");
	assert_taken("{\"a\":1,\"A\":2,\"b\":{\"a\":1}}");
	assert_taken("[1,1]");
}

static void test_limits(void **state)
{
	char text[3 * SF_JSON_VALUES_MAX];

	(void)state;
	for (size_t depth = SF_JSON_DEPTH_MAX; depth <= SF_JSON_DEPTH_MAX + 1; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		assert_int_equal(
		    parse_bytes(text, 2 * depth), depth > SF_JSON_DEPTH_MAX ? SF_E_ANSWER : SF_OK);
	}
	for (size_t count = SF_JSON_VALUES_MAX - 1; count <= SF_JSON_VALUES_MAX; count++) {
		for (size_t i = 0; i < count; i++)
			memcpy(text + 1 + 2 * i, "0,", 2);
		text[0] = '[';
		text[2 * count] = ']';
		assert_int_equal(parse_bytes(text, 2 * count + 1),
		    count == SF_JSON_VALUES_MAX ? SF_E_ANSWER : SF_OK);
	}
}

static struct sf_json *object(const char *text)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *body = sf_secret_from(text, strlen(text));
	struct sf_json *json = NULL;
	struct sf_error e;

	assert_int_equal(sf_json_parse(body, &json, &e), SF_OK);
	return json;
}

static void test_texts(void **state)
{
	SF_CLEANUP(sf_json_freep)
	struct sf_json *json =
	    object("{\"a\":\"abc\",\"A\":\"X\",\"n\":1,\"z\":null,\"c\":\"\\n\"}");
	struct sf_error e;
	char text[4];

	(void)state;
	assert_int_equal(sf_json_text(json, "a", text, sizeof(text), &e), SF_OK);
	assert_string_equal(text, "abc");
	assert_int_equal(sf_json_text(json, "A", text, sizeof(text), &e), SF_OK);
	assert_string_equal(text, "X");
	assert_int_equal(sf_json_text(json, "a", text, 3, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_text(json, "n", text, sizeof(text), &e), SF_E_ANSWER);
	assert_int_equal(sf_json_text(json, "c", text, sizeof(text), &e), SF_E_ANSWER);
	assert_string_equal(text, "X");
	assert_int_equal(sf_json_text(json, "z", text, sizeof(text), &e), SF_OK);
	assert_string_equal(text, "");
	assert_int_equal(sf_json_text(json, "absent", text, sizeof(text), &e), SF_OK);
	assert_string_equal(text, "");
}

static void test_secrets(void **state)
{
	SF_CLEANUP(sf_json_freep)
	struct sf_json *json =
	    object("{\"a\":\"00D!x\",\"e\":\"\",\"s\":\"a b\",\"l\":\"a\\nb\",\"n\":{}}");
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = NULL;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_json_secret(json, "a", 5, &secret, &e), SF_OK);
	assert_int_equal(sf_secret_len(secret), 5);
	secret = sf_secret_free(secret);
	assert_int_equal(sf_json_secret(json, "a", 4, &secret, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_secret(json, "e", 9, &secret, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_secret(json, "s", 9, &secret, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_secret(json, "l", 9, &secret, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_secret(json, "n", 9, &secret, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_secret(json, "absent", 9, &secret, &e), SF_OK);
	assert_null(secret);
}

static void test_flags_and_numbers(void **state)
{
	SF_CLEANUP(sf_json_freep)
	struct sf_json *json =
	    object("{\"t\":true,\"f\":false,\"s\":\"true\",\"five\":5,\"six\":\"6\","
		   "\"half\":5.5,\"minus\":-1,\"huge\":1e300,\"word\":\"5x\"}");
	const struct sf_json_range range = {.min = 1, .max = 6};
	enum sf_given given = SF_GIVEN_ABSENT;
	struct sf_error e;
	uint64_t n = 77;

	(void)state;
	assert_int_equal(sf_json_flag(json, "t", &given, &e), SF_OK);
	assert_int_equal(given, SF_GIVEN_TRUE);
	assert_int_equal(sf_json_flag(json, "f", &given, &e), SF_OK);
	assert_int_equal(given, SF_GIVEN_FALSE);
	assert_int_equal(sf_json_flag(json, "s", &given, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_flag(json, "five", &given, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_flag(json, "absent", &given, &e), SF_OK);
	assert_int_equal(given, SF_GIVEN_ABSENT);
	assert_int_equal(sf_json_number(json, "absent", range, &n, &e), SF_OK);
	assert_int_equal(n, 77);
	assert_int_equal(sf_json_number(json, "five", range, &n, &e), SF_OK);
	assert_int_equal(n, 5);
	assert_int_equal(sf_json_number(json, "six", range, &n, &e), SF_OK);
	assert_int_equal(n, 6);
	assert_int_equal(sf_json_number(json, "half", range, &n, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_number(json, "minus", range, &n, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_number(json, "huge", range, &n, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_number(json, "word", range, &n, &e), SF_E_ANSWER);
	assert_int_equal(sf_json_number(json, "t", range, &n, &e), SF_E_ANSWER);
	assert_int_equal(n, 6);
}

static void test_true_keys(void **state)
{
	SF_CLEANUP(sf_json_freep)
	struct sf_json *json = object("{\"p\":{\"A\":true,\"B\":false,\"C\":\"true\",\"D\":true}}");
	const struct sf_json *child = NULL;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_json_object(json, "p", &child, &e), SF_OK);
	assert_string_equal(sf_json_true_key(child, 0), "A");
	assert_string_equal(sf_json_true_key(child, 1), "D");
	assert_null(sf_json_true_key(child, 2));
	assert_int_equal(sf_json_object(child, "A", &child, &e), SF_E_ANSWER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"JSON of every kind is taken", test_takes, NULL, NULL, NULL},
	    {"what is not exactly one JSON text is refused", test_refuses, NULL, NULL, NULL},
	    {"a NUL is refused, raw and escaped", test_refuses_nul, NULL, NULL, NULL},
	    {"bad UTF-8 and lone surrogates are refused", test_refuses_bad_unicode, NULL, NULL,
		NULL},
	    {"a name that stands twice is refused at any depth", test_refuses_duplicates, NULL,
		NULL, NULL},
	    {"depth and number of values are limited", test_limits, NULL, NULL, NULL},
	    {"a text is absent, right or wrong", test_texts, NULL, NULL, NULL},
	    {"a secret is bounded and has no spaces", test_secrets, NULL, NULL, NULL},
	    {"flags and numbers have their own types and bounds", test_flags_and_numbers, NULL,
		NULL, NULL},
	    {"only permissions that are true are named", test_true_keys, NULL, NULL, NULL},
	};

	sf_json_start();
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
