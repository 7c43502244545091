/* The signature of a token response, against a vector of the reference. */
#include "signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

#define ID   "\"id\":\"https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF\""
#define GOOD "\"signature\":\"dVjRnoIKWgoJrxfrkD7yBNoqQzz0JCT5xKTPqpYp5YQ=\""

static enum sf_err check(const char *body)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *secret = sf_secret_from("0123456789ABCDEF0123456789ABCDEF", 32);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = sf_secret_from(body, strlen(body));
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_error e;

	assert_int_equal(sf_json_parse(text, &json, &e), SF_OK);
	return sf_signature_check(secret, json, &e);
}

static void the_vector_of_the_reference_fits(void **state)
{
	(void)state;
	assert_int_equal(check("{" ID "," GOOD ",\"issued_at\":\"1795305600000\"}"), SF_OK);
}

static void an_answer_without_a_signature_passes(void **state)
{
	(void)state;
	assert_int_equal(check("{" ID ",\"issued_at\":\"1795305600000\"}"), SF_OK);
	assert_int_equal(check("{}"), SF_OK);
}

static void what_was_not_signed_is_refused(void **state)
{
	static const char *const bodies[] = {
	    "{" ID "," GOOD ",\"issued_at\":\"1795305600001\"}",
	    "{\"id\":\"https://login.salesforce.com/id/00D5f000000AbcdEAC/x\"," GOOD
	    ",\"issued_at\":\"1795305600000\"}",
	    "{" ID ",\"signature\":\"dVjRnoIKWgoJrxfrkD7yBNoqQzz0JCT5xKTPqpYp5YR=\","
	    "\"issued_at\":\"1795305600000\"}",
	    "{" ID ",\"signature\":\"dVjR\",\"issued_at\":\"1795305600000\"}",
	    "{" ID ",\"signature\":7,\"issued_at\":\"1795305600000\"}",
	    "{" GOOD "}",
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(bodies); i++)
		assert_int_equal(check(bodies[i]), SF_E_ANSWER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_vector_of_the_reference_fits),
	    cmocka_unit_test(an_answer_without_a_signature_passes),
	    cmocka_unit_test(what_was_not_signed_is_refused),
	};

	sf_json_start();
	return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
