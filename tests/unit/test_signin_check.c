/* The command's yes or no to a sign-in: the rows of owner_cases.h, --user, and what is stored. */
#include "signin_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "owner_cases.h"

#include "banned.h"

struct fixture {
	struct sf_origin pinned;
	struct sf_facts facts;
	struct sf_signin_check_params params;
	const char *row; /* what the check says about the advice */
};

static struct fixture make(const struct owner_case *row)
{
	struct fixture f = {.params = {.organization_id = owner_or(row->organization_id, ORG18)}};

	owner_facts(row, &f.pinned, &f.facts);
	return f;
}

static enum sf_err check(struct fixture *f, struct sf_error *e)
{
	f->params.pinned = &f->pinned;
	return sf_signin_check(&f->params, &f->facts, &f->row, e);
}

static struct fixture acme(void)
{
	return make(&(struct owner_case){.rule = SF_RULE_NONE});
}

static void the_command_answers_as_the_module_where_no_reason_is_given(void **state)
{
	(void)state;
	for (size_t i = 0; i < SF_COUNT(owner_cases); i++) {
		const struct owner_case *row = &owner_cases[i];
		const bool is_yes = row->rule == SF_RULE_NONE || row->differs;
		struct fixture f = make(row);
		struct sf_error e;

		if (check(&f, &e) != (is_yes ? SF_OK : SF_E_DENIED))
			fail_msg("row %zu: instance_url %s, id %s, username %s", i,
			    f.facts.instance_url, f.facts.id_url, f.facts.username);
	}
}

static void a_refusal_says_what_is_configured_and_what_came(void **state)
{
	static const struct {
		struct owner_case row;
		const char *said, *advice;
	} rows[] = {
	    {{.instance_url = "https://evil.my.salesforce.com"},
		"instance_url is 'https://evil.my.salesforce.com', and login_url is " ACME ":443",
		"other_instance"},
	    {{.instance_url = ""}, "instance_url is '', and login_url is " ACME ":443",
		"other_instance"},
	    {{.instance_url = "\x1b[2J"},
		"instance_url is '\\x1b[2J', and login_url is " ACME ":443", "other_instance"},
	    {{.organization_id = ORG_CASE},
		"the organization is " ORG18 ", and organization_id is " ORG_CASE, "other_org"},
	    {{.document_org = ORG_CASE},
		"id names organization " ORG18 ", and the rest of the reply '" ORG_CASE "'",
		"other_identity"},
	    {{.token_prefix = "00D5f000000aBcd"},
		"id names organization " ORG18 ", and the rest of the reply '00D5f000000aBcd'",
		"other_identity"},
	    {{.id_url = "https://evil.example"},
		"id is 'https://evil.example', and login_url is " ACME ":443", "foreign_id"},
	    {{.asserted_user = FLAG(SF_GIVEN_ABSENT)},
		"asserted_user is not true: the token does not belong to the user whom id names",
		"other_identity"},
	    {{.document_user = OTHER_USER},
		"id names user " USER18 ", and the token belongs to '" OTHER_USER "'",
		"other_identity"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct fixture f = make(&rows[i].row);
		struct sf_error e;

		assert_int_equal(check(&f, &e), SF_E_DENIED);
		assert_string_equal(e.detail, rows[i].said);
		assert_string_equal(f.row, rows[i].advice);
	}
}

static void another_person_than_asked_for_is_refused(void **state)
{
	struct fixture f = acme();
	struct sf_error e;

	(void)state;
	f.params.user = "Ada@Acme.Example";
	assert_int_equal(check(&f, &e), SF_OK);
	f.params.user = "bob@acme.example";
	assert_int_equal(check(&f, &e), SF_E_OTHER_USER);
	assert_string_equal(f.row, "");
	assert_string_equal(e.detail, "ada@acme.example signed in, bob@acme.example was asked for");
}

/* It is a line of what is stored; the module, which stores nothing, takes it with a user_map. */
static void a_username_that_is_not_plain_ascii_is_refused(void **state)
{
	static const char *const names[] = {"", "J\xc3\xbcrgen@acme.example", "a\nb@acme.example"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(names); i++) {
		struct fixture f = make(&(struct owner_case){.username = names[i]});
		struct sf_error e;

		assert_int_equal(check(&f, &e), SF_E_DENIED);
	}
}

static struct sf_token *record_of(const struct fixture *f)
{
	struct sf_token *token = sf_token_new();

	assert_non_null(token);
	assert_true(sf_text_copy(token->origin, sizeof(token->origin), f->pinned.text));
	assert_true(sf_text_copy(token->org_id, sizeof(token->org_id), ORG18));
	assert_true(sf_text_copy(token->user_id, sizeof(token->user_id), USER18));
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
	f.params.pinned = &f.pinned;
	assert_true(sf_token_add_also(token, "https://git.acme.example:443"));
	assert_int_equal(sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_OK);
	assert_true(sf_token_add_also(token, "https://evil.example:443"));
	assert_int_equal(
	    sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_E_PROTOCOL);
}

static void a_record_of_somebody_else_is_refused(void **state)
{
	struct fixture f = acme();
	SF_CLEANUP(sf_token_freep) struct sf_token *token = record_of(&f);
	const struct sf_job job = {0};
	struct sf_error e;

	(void)state;
	f.params.pinned = &f.pinned;
	assert_true(sf_text_copy(token->username, sizeof(token->username), "bob@acme.example"));
	assert_int_equal(
	    sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_E_PROTOCOL);
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

/* Behind a login host an org may move; that of a My Domain may not, and no other host counts. */
static void a_refreshed_token_follows_its_org_behind_a_login_host(void **state)
{
	static const struct {
		const char *login, *instance;
		enum sf_err wanted;
	} rows[] = {
	    {"https://login.salesforce.com:443", "https://moved.my.salesforce.com:443", SF_OK},
	    {"https://login.salesforce.com:443", "https://evil.example:443", SF_E_PROTOCOL},
	    {"https://acme.my.salesforce.com:443", "https://moved.my.salesforce.com:443",
		SF_E_PROTOCOL},
	};
	const struct sf_job job = {0};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_token_freep) struct sf_token *old = sf_token_new();
		SF_CLEANUP(sf_token_freep) struct sf_token *fresh = sf_token_new();
		struct sf_error e;

		assert_true(old && fresh);
		fresh->access_token = sf_secret_from("00D!x", 5);
		assert_true(sf_text_copy(old->origin, SF_ORIGIN_SIZE, rows[i].login));
		assert_true(sf_text_copy(fresh->origin, SF_ORIGIN_SIZE, rows[i].login));
		assert_true(sf_token_add_also(old, "https://acme.my.salesforce.com:443") ||
			    strcmp(old->origin, "https://acme.my.salesforce.com:443") == 0);
		assert_true(sf_token_add_also(fresh, rows[i].instance));
		assert_int_equal(sf_signin_check_refreshed(old, &job, fresh, &e), rows[i].wanted);
	}
}

static void a_stored_token_keeps_the_hosts_of_its_org_alone(void **state)
{
	char host[] = "https://git.acme.example";
	char *items[] = {host};
	struct sf_org org = {.name = NULL};
	SF_CLEANUP(sf_token_freep) struct sf_token *token = sf_token_new();
	struct sf_origin login;
	struct sf_error e;

	(void)state;
	org.also_for.items = items;
	org.also_for.count = 1;
	assert_int_equal(sf_origin_parse("https://login.salesforce.com", &login, &e), SF_OK);
	assert_true(sf_token_add_also(token, "https://evil.example:443"));
	assert_true(sf_token_add_also(token, "https://acme.my.salesforce.com:443"));
	assert_true(sf_token_add_also(token, "https://git.acme.example:443"));
	sf_signin_check_hosts(&org, &login, token);
	assert_int_equal(token->also_count, 2);
	assert_string_equal(token->also[0], "https://acme.my.salesforce.com:443");
	assert_string_equal(token->also[1], "https://git.acme.example:443");
}

/* A slash at the end of instance_url makes no other origin of it. */
static void a_record_may_name_the_instance_that_was_told(void **state)
{
	struct fixture f = make(&(struct owner_case){
	    .login_url = LOGIN, .instance_url = "https://acme.my.salesforce.com/"});
	SF_CLEANUP(sf_token_freep) struct sf_token *token = record_of(&f);
	const struct sf_job job = {0};
	struct sf_error e;

	(void)state;
	f.params.pinned = &f.pinned;
	assert_true(sf_token_add_also(token, "https://acme.my.salesforce.com:443"));
	assert_int_equal(sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_OK);
	assert_true(sf_token_add_also(token, "https://other.my.salesforce.com:443"));
	assert_int_equal(
	    sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_E_PROTOCOL);
}

/* Ids of 15 characters in the facts are those of 18 in the record. */
static void a_record_has_the_ids_of_the_facts(void **state)
{
	struct fixture f =
	    make(&(struct owner_case){.document_org = ORG15, .document_user = USER15});
	SF_CLEANUP(sf_token_freep) struct sf_token *token = record_of(&f);
	const struct sf_job job = {0};
	struct sf_error e;

	(void)state;
	f.params.pinned = &f.pinned;
	assert_int_equal(sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_OK);
	memcpy(token->user_id, OTHER_USER, sizeof(OTHER_USER));
	assert_int_equal(
	    sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_E_PROTOCOL);
	memcpy(token->user_id, USER18, sizeof(USER18));
	memcpy(token->org_id, ORG_CASE, sizeof(ORG_CASE));
	assert_int_equal(
	    sf_signin_check_record(&f.params, &f.facts, &job, token, &e), SF_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_command_answers_as_the_module_where_no_reason_is_given),
	    cmocka_unit_test(a_refusal_says_what_is_configured_and_what_came),
	    cmocka_unit_test(another_person_than_asked_for_is_refused),
	    cmocka_unit_test(a_username_that_is_not_plain_ascii_is_refused),
	    cmocka_unit_test(a_record_goes_nowhere_but_where_it_was_asked_for),
	    cmocka_unit_test(a_record_of_somebody_else_is_refused),
	    cmocka_unit_test(a_refresh_changes_neither_person_nor_origins),
	    cmocka_unit_test(a_record_may_name_the_instance_that_was_told),
	    cmocka_unit_test(a_refreshed_token_follows_its_org_behind_a_login_host),
	    cmocka_unit_test(a_stored_token_keeps_the_hosts_of_its_org_alone),
	    cmocka_unit_test(a_record_has_the_ids_of_the_facts),
	};

	return cmocka_run_group_tests_name("signin_check", tests, NULL, NULL);
}
