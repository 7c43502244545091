#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signin_check.h"
#include "identity.h"

#include "banned.h"

static const char org15[] = "00D5f000000Abcd", user15[] = "0055f00000EfGhi";

struct fixture {
	struct sf_origin pinned;
	char org[SF_SFID_SIZE], user[SF_SFID_SIZE];
	struct sf_facts facts;
	struct sf_signin_check_ask ask;
};

static struct fixture make(const char *login_url)
{
	struct fixture f = {0};
	struct sf_error e;
	struct sf_text id = SF_TEXT(f.facts.id_url);

	assert_int_equal(sf_origin_parse(login_url, &f.pinned, &e), SF_OK);
	assert_true(sf_sfid_parse(org15, "00D", f.org));
	assert_true(sf_sfid_parse(user15, "005", f.user));
	sf_text_addf(&id, "https://login.salesforce.com/id/%s/%s", f.org, f.user);
	assert_true(sf_text_copy(
	    f.facts.instance_url, sizeof(f.facts.instance_url), "https://acme.my.salesforce.com"));
	assert_true(sf_text_copy(f.facts.token_prefix, sizeof(f.facts.token_prefix), org15));
	assert_true(sf_text_copy(f.facts.user_id, sizeof(f.facts.user_id), f.user));
	assert_true(sf_text_copy(f.facts.organization_id, sizeof(f.facts.organization_id), f.org));
	assert_true(sf_text_copy(f.facts.username, sizeof(f.facts.username), "ada@acme.example"));
	f.facts.asserted_user = SF_GIVEN_TRUE;
	f.facts.active = SF_GIVEN_TRUE;
	return f;
}

static enum sf_err check(struct fixture *f)
{
	struct sf_error e;

	f->ask.pinned = &f->pinned;
	if (!f->ask.organization_id)
		f->ask.organization_id = "";
	return sf_signin_check(&f->ask, &f->facts, &e);
}

static struct fixture acme(void)
{
	return make("https://acme.my.salesforce.com");
}

static void a_sign_in_that_fits_is_accepted(void **state)
{
	struct fixture f = acme();

	(void)state;
	assert_int_equal(check(&f), SF_OK);
	f.ask.organization_id = f.org;
	f.ask.user = "Ada@Acme.Example";
	assert_int_equal(check(&f), SF_OK);
	/* A JWT has no organization in front. */
	f.facts.token_prefix[0] = '\0';
	assert_int_equal(check(&f), SF_OK);
}

static void a_foreign_instance_is_refused(void **state)
{
	static const char *const urls[] = {"https://evil.my.salesforce.com",
	    "https://acme.my.salesforce.com.evil.example", "http://acme.my.salesforce.com",
	    "https://acme.my.salesforce.com/x", "https://x@acme.my.salesforce.com", ""};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(urls); i++) {
		struct fixture f = acme();

		assert_true(
		    sf_text_copy(f.facts.instance_url, sizeof(f.facts.instance_url), urls[i]));
		assert_int_equal(check(&f), SF_E_DENIED);
	}
}

static void behind_a_login_host_any_https_instance_is_learnt(void **state)
{
	struct fixture f = make("https://login.salesforce.com");

	(void)state;
	assert_int_equal(check(&f), SF_OK);
	assert_true(sf_text_copy(
	    f.facts.instance_url, sizeof(f.facts.instance_url), "http://acme.my.salesforce.com"));
	assert_int_equal(check(&f), SF_E_DENIED);
}

static void an_id_on_a_foreign_host_or_of_another_shape_is_refused(void **state)
{
	static const char *const urls[] = {
	    "https://evil.example/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF",
	    "https://login.salesforce.com/id/00D5f000000Abcd", "https://login.salesforce.com/", ""};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(urls); i++) {
		struct fixture f = acme();

		assert_true(sf_text_copy(f.facts.id_url, sizeof(f.facts.id_url), urls[i]));
		assert_int_equal(check(&f), SF_E_DENIED);
	}
}

static void another_organization_is_refused_wherever_it_is_named(void **state)
{
	struct fixture f = acme();

	(void)state;
	f.ask.organization_id = "00D5f000000XyzaEAC";
	assert_int_equal(check(&f), SF_E_DENIED);
	f = acme();
	assert_true(
	    sf_text_copy(f.facts.token_prefix, sizeof(f.facts.token_prefix), "00D5f000000Xyza"));
	assert_int_equal(check(&f), SF_E_DENIED);
	f = acme();
	assert_true(sf_text_copy(
	    f.facts.organization_id, sizeof(f.facts.organization_id), "00D5f000000Xyza"));
	assert_int_equal(check(&f), SF_E_DENIED);
}

static void an_identity_that_is_not_the_tokens_own_is_refused(void **state)
{
	struct fixture f = acme();

	(void)state;
	f.facts.asserted_user = SF_GIVEN_FALSE;
	assert_int_equal(check(&f), SF_E_DENIED);
	f.facts.asserted_user = SF_GIVEN_ABSENT;
	assert_int_equal(check(&f), SF_E_DENIED);
	f = acme();
	assert_true(sf_text_copy(f.facts.user_id, sizeof(f.facts.user_id), "0055f00000Other"));
	assert_int_equal(check(&f), SF_E_DENIED);
}

static void another_person_than_asked_for_is_refused(void **state)
{
	struct fixture f = acme();

	(void)state;
	f.ask.user = "bob@acme.example";
	assert_int_equal(check(&f), SF_E_DENIED);
	f = acme();
	f.facts.username[0] = '\0';
	assert_int_equal(check(&f), SF_E_DENIED);
}

static struct sf_token *record_of(const struct fixture *f)
{
	struct sf_token *token = sf_token_new();

	assert_non_null(token);
	assert_true(sf_text_copy(token->origin, sizeof(token->origin), f->pinned.text));
	assert_true(sf_text_copy(token->org_id, sizeof(token->org_id), f->org));
	assert_true(sf_text_copy(token->user_id, sizeof(token->user_id), f->user));
	assert_true(sf_text_copy(token->username, sizeof(token->username), f->facts.username));
	token->access_token = sf_secret_from("t", 1);
	return token;
}

static void a_record_goes_nowhere_but_where_it_was_asked_for(void **state)
{
	struct fixture f = acme();
	SF_CLEANUP(sf_token_freep) struct sf_token *token = record_of(&f);
	struct sf_job job = {.also_count = 1, .also = {"https://git.acme.example:443"}};
	struct sf_error e;

	(void)state;
	f.ask.pinned = &f.pinned;
	assert_true(sf_token_add_also(token, "https://git.acme.example:443"));
	assert_int_equal(sf_signin_check_record(&f.ask, &f.facts, &job, token, &e), SF_OK);
	assert_true(sf_token_add_also(token, "https://evil.example:443"));
	assert_int_equal(sf_signin_check_record(&f.ask, &f.facts, &job, token, &e), SF_E_PROTOCOL);
}

static void a_record_of_somebody_else_is_refused(void **state)
{
	struct fixture f = acme();
	SF_CLEANUP(sf_token_freep) struct sf_token *token = record_of(&f);
	const struct sf_job job = {0};
	struct sf_error e;

	(void)state;
	f.ask.pinned = &f.pinned;
	assert_true(sf_text_copy(token->username, sizeof(token->username), "bob@acme.example"));
	assert_int_equal(sf_signin_check_record(&f.ask, &f.facts, &job, token, &e), SF_E_PROTOCOL);
}

static void a_refresh_changes_neither_person_nor_origins(void **state)
{
	struct fixture f = acme();
	SF_CLEANUP(sf_token_freep) struct sf_token *old = record_of(&f);
	SF_CLEANUP(sf_token_freep) struct sf_token *fresh = record_of(&f);
	const struct sf_job job = {.also_count = 1, .also = {"https://git.acme.example:443"}};
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_signin_check_refreshed(old, &job, fresh, &e), SF_OK);
	assert_true(sf_token_add_also(fresh, "https://git.acme.example:443"));
	assert_int_equal(sf_signin_check_refreshed(old, &job, fresh, &e), SF_OK);
	assert_true(sf_token_add_also(fresh, "https://evil.example:443"));
	assert_int_equal(sf_signin_check_refreshed(old, &job, fresh, &e), SF_E_PROTOCOL);
	fresh->also_count = 0;
	assert_true(sf_text_copy(fresh->username, sizeof(fresh->username), "bob@acme.example"));
	assert_int_equal(sf_signin_check_refreshed(old, &job, fresh, &e), SF_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sign_in_that_fits_is_accepted),
	    cmocka_unit_test(a_foreign_instance_is_refused),
	    cmocka_unit_test(behind_a_login_host_any_https_instance_is_learnt),
	    cmocka_unit_test(an_id_on_a_foreign_host_or_of_another_shape_is_refused),
	    cmocka_unit_test(another_organization_is_refused_wherever_it_is_named),
	    cmocka_unit_test(an_identity_that_is_not_the_tokens_own_is_refused),
	    cmocka_unit_test(another_person_than_asked_for_is_refused),
	    cmocka_unit_test(a_record_goes_nowhere_but_where_it_was_asked_for),
	    cmocka_unit_test(a_record_of_somebody_else_is_refused),
	    cmocka_unit_test(a_refresh_changes_neither_person_nor_origins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
