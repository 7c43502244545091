/* Every kind of job for the worker arrives as given; a value out of form is refused. */
#include "job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

/* A good job of every kind. */
static struct sf_job sample(enum sf_job_kind kind)
{
	struct sf_job job = {
	    .kind = kind,
	    .login_url = "https://acme.my.salesforce.com",
	    .client_id = "3MVG9.client",
	    .scope = "openid id api",
	    .proxy = "http://proxy.acme.example:3128",
	    .ca_file = "/etc/ssl/acme ca.pem",
	    .deadline_ms = INT64_MAX,
	    .keep = true,
	    .life_s = 7200,
	    .also = {"https://a.example:443", "https://b.example:8443"},
	    .also_count = 2,
	};

	if (kind == SF_JOB_LOGIN) {
		assert_true(sf_text_copy(job.flow, sizeof(job.flow), "device"));
		assert_true(sf_text_copy(job.username, sizeof(job.username), "ada@acme.example"));
		assert_true(sf_text_copy(job.callback, sizeof(job.callback), "http://localhost/x"));
		assert_true(sf_text_copy(job.prompt, sizeof(job.prompt), "login select_account"));
		assert_true(
		    sf_text_copy(job.permissions, sizeof(job.permissions), "Linux_Login Other"));
		assert_true(
		    sf_text_copy(job.site_url, sizeof(job.site_url), "https://a.example/shop"));
		job.client_auth = SF_CLIENT_AUTH_PRIVATE_KEY_JWT;
		job.language = SF_LANGUAGE_DE;
		job.asks_first = true;
		job.passphrase = sf_secret_from("sesame", 6);
	}
	if (kind != SF_JOB_LOGIN && kind != SF_JOB_PROBE)
		job.token = sf_secret_from("sfoauth=1\n", 10);
	if (kind == SF_JOB_GET)
		assert_true(sf_text_copy(job.method, sizeof(job.method), "PATCH"));
	if (kind == SF_JOB_GET)
		assert_true(sf_text_copy(job.path, sizeof(job.path), "/services/data?q=a+b"));
	return job;
}

static enum sf_err there_and_back(const struct sf_job *job, struct sf_job *ret_job)
{
	SF_CLEANUP(sf_frame_wipep) struct sf_frame sent, got;
	struct sf_error e;
	enum sf_err r = SF_OK;

	sf_job_to_frame(job, &sent);
	assert_false(sent.overflow);
	r = sf_wire_check(sent.bytes, sent.len, &got, &e);
	return r == SF_OK ? sf_job_from_frame(&got, ret_job, &e) : r;
}

static void every_kind_of_job_arrives_as_given(void **state)
{
	(void)state;
	for (int kind = SF_JOB_LOGIN; kind <= SF_JOB_PROBE; kind++) {
		SF_CLEANUP(sf_job_clear) struct sf_job job = sample((enum sf_job_kind)kind);
		SF_CLEANUP(sf_job_clear) struct sf_job back = {.token = NULL};

		assert_int_equal(there_and_back(&job, &back), SF_OK);
		if (job.token)
			assert_true(sf_secret_equal(job.token, back.token));
		if (job.passphrase)
			assert_true(sf_secret_equal(job.passphrase, back.passphrase));
		struct sf_job same = back;

		same.token = job.token;
		same.passphrase = job.passphrase;
		assert_memory_equal(&same, &job, sizeof(job));
	}
}

static void a_revocation_may_leave_the_token_to_descriptor_4(void **state)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = sample(SF_JOB_REVOKE);
	SF_CLEANUP(sf_job_clear) struct sf_job back = {.token = NULL};

	(void)state;
	job.token = sf_secret_free(job.token);
	assert_int_equal(there_and_back(&job, &back), SF_OK);
	assert_null(back.token);
}

#define FIELD(name) offsetof(struct sf_job, name), sizeof((struct sf_job *)NULL)->name

static void a_job_with_a_value_out_of_form_is_refused(void **state)
{
	static const struct {
		enum sf_job_kind kind;
		size_t offset, size;
		const char *value;
	} rows[] = {
	    {SF_JOB_LOGIN, FIELD(login_url), ""},
	    {SF_JOB_LOGIN, FIELD(login_url), "http://acme.my.salesforce.com"},
	    {SF_JOB_LOGIN, FIELD(login_url), "https://acme.my.salesforce.com/path"},
	    {SF_JOB_LOGIN, FIELD(login_url), "https://u@acme.my.salesforce.com"},
	    {SF_JOB_LOGIN, FIELD(username), "a b"},
	    {SF_JOB_LOGIN, FIELD(callback), "http://localhost/\xc3\xbc"},
	    {SF_JOB_LOGIN, FIELD(prompt), "login&x=y"},
	    {SF_JOB_LOGIN, FIELD(permissions), "a\xc3\xbc"},
	    {SF_JOB_LOGIN, FIELD(site_url), "http://a.example"},
	    {SF_JOB_LOGIN, FIELD(client_id), ""},
	    {SF_JOB_LOGIN, FIELD(client_id), "a b"},
	    {SF_JOB_LOGIN, FIELD(client_id), "\xc3\xbc"},
	    {SF_JOB_REFRESH, FIELD(client_id), ""},
	    {SF_JOB_PROBE, FIELD(client_id), ""},
	    {SF_JOB_LOGIN, FIELD(scope), "id\xc3\xbc"},
	    {SF_JOB_LOGIN, FIELD(flow), ""},
	    {SF_JOB_LOGIN, FIELD(flow), "a b"},
	    {SF_JOB_LOGIN, FIELD(proxy), "http://a b"},
	    {SF_JOB_LOGIN, FIELD(ca_file), "relative"},
	    {SF_JOB_LOGIN, FIELD(path), "/path"},
	    {SF_JOB_GET, FIELD(path), ""},
	    {SF_JOB_GET, FIELD(method), "PUT"},
	    {SF_JOB_GET, FIELD(method), "POST X"},
	    {SF_JOB_WHOIS, FIELD(method), "POST"},
	    {SF_JOB_GET, FIELD(path), "services"},
	    {SF_JOB_GET, FIELD(path), "//other.example/"},
	    {SF_JOB_GET, FIELD(path), "/a b"},
	    {SF_JOB_GET, FIELD(path), "/\xc3\xbc"},
	    {SF_JOB_LOGIN, FIELD(also[1]), "https://b.example"},
	    {SF_JOB_LOGIN, FIELD(also[1]), "b.example"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_job_clear) struct sf_job job = sample(rows[i].kind);
		struct sf_job back = {.token = NULL};

		assert_true(
		    sf_text_copy((char *)&job + rows[i].offset, rows[i].size, rows[i].value));
		if (there_and_back(&job, &back) != SF_E_PROTOCOL)
			fail_msg("row %zu: '%s' is taken", i, rows[i].value);
		assert_null(back.token);
	}
}

static void a_job_without_its_token_or_of_unknown_kind_is_refused(void **state)
{
	static const enum sf_job_kind needy[] = {SF_JOB_REFRESH, SF_JOB_WHOIS, SF_JOB_GET};
	struct sf_job back;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(needy); i++) {
		SF_CLEANUP(sf_job_clear) struct sf_job job = sample(needy[i]);

		job.token = sf_secret_free(job.token);
		assert_int_equal(there_and_back(&job, &back), SF_E_PROTOCOL);
	}
	for (uint32_t kind = 0; kind < 300; kind++) {
		if (kind >= SF_JOB_LOGIN && kind <= SF_JOB_PROBE)
			continue;
		SF_CLEANUP(sf_job_clear) struct sf_job job = sample(SF_JOB_LOGIN);

		job.kind = (enum sf_job_kind)kind;
		assert_int_equal(there_and_back(&job, &back), SF_E_PROTOCOL);
	}
}

static void a_job_without_a_language_is_english_and_an_unknown_one_is_refused(void **state)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = sample(SF_JOB_LOGIN);
	SF_CLEANUP(sf_job_clear) struct sf_job back = {.language = SF_LANGUAGE_DE};
	static const uint32_t unknown[] = {SF_LANGUAGE_COUNT, SF_LANGUAGE_COUNT + 1, UINT32_MAX};
	struct sf_frame frame;
	struct sf_error e;

	(void)state;
	job.language = SF_LANGUAGE_EN;
	sf_job_to_frame(&job, &frame);
	assert_false(sf_wire_has(&frame, SF_TAG_LANGUAGE));
	assert_int_equal(sf_job_from_frame(&frame, &back, &e), SF_OK);
	assert_int_equal(back.language, SF_LANGUAGE_EN);
	for (size_t i = 0; i < SF_COUNT(unknown); i++) {
		struct sf_job none;

		sf_job_to_frame(&job, &frame);
		sf_wire_put_u32(&frame, SF_TAG_LANGUAGE, unknown[i]);
		assert_int_equal(sf_job_from_frame(&frame, &none, &e), SF_E_PROTOCOL);
	}
	/* An English one may be said. */
	sf_job_clear(&back);
	sf_job_to_frame(&job, &frame);
	sf_wire_put_u32(&frame, SF_TAG_LANGUAGE, SF_LANGUAGE_EN);
	assert_int_equal(sf_job_from_frame(&frame, &back, &e), SF_OK);
}

static void too_many_origins_a_deadline_past_time_and_other_frames_are_refused(void **state)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = sample(SF_JOB_LOGIN);
	struct sf_job back;
	struct sf_frame frame;
	struct sf_error e;

	(void)state;
	sf_job_to_frame(&job, &frame);
	for (size_t i = job.also_count; i < SF_TOKEN_ALSO_MAX; i++)
		sf_wire_put_text(&frame, SF_TAG_ALSO, "https://c.example:443");
	assert_int_equal(sf_job_from_frame(&frame, &back, &e), SF_OK);
	sf_job_clear(&back);
	sf_wire_put_text(&frame, SF_TAG_ALSO, "https://c.example:443");
	assert_int_equal(sf_job_from_frame(&frame, &back, &e), SF_E_PROTOCOL);
	job.also_count = SF_TOKEN_ALSO_MAX + 1;
	sf_job_to_frame(&job, &frame);
	assert_true(frame.overflow);

	sf_wire_begin(&frame, SF_WIRE_JOB);
	sf_wire_put_u32(&frame, SF_TAG_KIND, SF_JOB_LOGIN);
	sf_wire_put_u64(&frame, SF_TAG_DEADLINE_MS, (uint64_t)INT64_MAX + 1);
	sf_wire_put_flag(&frame, SF_TAG_KEEP, false);
	sf_wire_put_u32(&frame, SF_TAG_LIFE_S, 60);
	assert_int_equal(sf_job_from_frame(&frame, &back, &e), SF_E_PROTOCOL);
	sf_wire_begin(&frame, SF_WIRE_NONE);
	assert_int_equal(sf_job_from_frame(&frame, &back, &e), SF_E_PROTOCOL);
}

/* --- SHOW --- */

static enum sf_err show(const char *uri, const char *code)
{
	struct sf_show back = {.life_s = 0};
	struct sf_frame frame;
	struct sf_error e;
	enum sf_err r;

	sf_wire_begin(&frame, SF_WIRE_SHOW);
	sf_wire_put_text(&frame, SF_TAG_URI, uri);
	sf_wire_put_text(&frame, SF_TAG_CODE, code);
	sf_wire_put_u32(&frame, SF_TAG_LIFE_S, 600);
	r = sf_show_from_frame(&frame, &back, &e);
	if (r == SF_OK) {
		struct sf_frame again;

		assert_string_equal(back.verification_uri, uri);
		assert_string_equal(back.user_code, code);
		assert_int_equal(back.life_s, 600);
		sf_show_to_frame(&back, &again);
		assert_int_equal(again.len, frame.len);
		assert_memory_equal(again.bytes, frame.bytes, frame.len);
	}
	return r;
}

static void only_plain_codes_and_addresses_reach_a_terminal(void **state)
{
	static const char uri[] = "https://acme.my.salesforce.com/setup/connect";
	static const char *const codes[] = {"", "ABC", "ABCD-EFG ", "abcd-efgh", "ABCD\x1b[2J",
	    "ABCD\n", "ABCD_EFG", "\xc3\x84GHI", "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567"};
	static const char *const uris[] = {
	    "", "https://a b", "https://a\x1b[2J", "https://\xc3\xbc", "https://a\n"};
	char longest[SF_UI_ADDRESS_SIZE + 1];

	(void)state;
	assert_int_equal(show(uri, "ABCD"), SF_OK);
	assert_int_equal(show(uri, "ABCDEFGHIJKLMNOPQRSTUVWXYZ12345-"), SF_OK);
	for (size_t i = 0; i < SF_COUNT(codes); i++)
		assert_int_equal(show(uri, codes[i]), SF_E_PROTOCOL);
	for (size_t i = 0; i < SF_COUNT(uris); i++)
		assert_int_equal(show(uris[i], "ABCD"), SF_E_PROTOCOL);
	memset(longest, 'x', sizeof(longest));
	longest[SF_UI_ADDRESS_SIZE - 1] = '\0';
	assert_int_equal(show(longest, "ABCD"), SF_OK);
	longest[SF_UI_ADDRESS_SIZE - 1] = 'x';
	longest[SF_UI_ADDRESS_SIZE] = '\0';
	assert_int_equal(show(longest, "ABCD"), SF_E_PROTOCOL);
}

static void an_address_may_come_without_a_code(void **state)
{
	const struct sf_show show = {.verification_uri = "https://a.example/x?y=z", .life_s = 1};
	struct sf_show back;
	struct sf_frame frame, got;
	struct sf_error e;

	(void)state;
	sf_show_to_frame(&show, &frame);
	assert_int_equal(sf_wire_check(frame.bytes, frame.len, &got, &e), SF_OK);
	assert_int_equal(sf_show_from_frame(&got, &back, &e), SF_OK);
	assert_string_equal(back.verification_uri, show.verification_uri);
	assert_string_equal(back.user_code, "");
}

/* --- ASK --- */

static void only_known_questions_are_put(void **state)
{
	struct sf_frame frame;
	struct sf_error e;
	enum sf_ask what;

	(void)state;
	for (int i = 0; i < SF_ASK_COUNT; i++) {
		sf_ask_to_frame((enum sf_ask)i, &frame);
		assert_int_equal(sf_ask_from_frame(&frame, &what, &e), SF_OK);
		assert_int_equal(what, i);
	}
	for (int i = 0; i < 3; i++) {
		static const char *const words[] = {"", "passwor", "passwords"};

		sf_wire_begin(&frame, SF_WIRE_ASK);
		sf_wire_put_text(&frame, SF_TAG_TEXT, words[i]);
		assert_int_equal(sf_ask_from_frame(&frame, &what, &e), SF_E_PROTOCOL);
	}
}

static void client_authentication_that_is_not_known_is_refused(void **state)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = sample(SF_JOB_LOGIN);
	struct sf_job back;

	(void)state;
	job.client_auth = SF_CLIENT_AUTH_COUNT;
	assert_int_equal(there_and_back(&job, &back), SF_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_of_job_arrives_as_given),
	    cmocka_unit_test(a_revocation_may_leave_the_token_to_descriptor_4),
	    cmocka_unit_test(a_job_with_a_value_out_of_form_is_refused),
	    cmocka_unit_test(a_job_without_its_token_or_of_unknown_kind_is_refused),
	    cmocka_unit_test(a_job_without_a_language_is_english_and_an_unknown_one_is_refused),
	    cmocka_unit_test(too_many_origins_a_deadline_past_time_and_other_frames_are_refused),
	    cmocka_unit_test(only_plain_codes_and_addresses_reach_a_terminal),
	    cmocka_unit_test(an_address_may_come_without_a_code),
	    cmocka_unit_test(only_known_questions_are_put),
	    cmocka_unit_test(client_authentication_that_is_not_known_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
