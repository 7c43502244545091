/* The list of flows: who offers which, and that the configuration counts them as the list does. */
#include "flows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "text.h"

#include "banned.h"

/* DESIGN, the table of flows: a flow that nobody may name, or PAM must not have, is not offered. */
static void each_is_offered_where_it_may_be(void **state)
{
	(void)state;
	assert_string_equal(
	    SF_FLOWS_CHOICES_COMMAND, "auto browser device paste password jwt client_credentials");
	assert_string_equal(SF_FLOWS_CHOICES_PAM, "device paste password ");
}

/* [org] flow holds the index of the word that was chosen, and it is used as the flow. */
static void a_choice_is_the_flow_of_its_name(void **state)
{
	char word[32], text[256];

	(void)state;
	for (int id = SF_FLOW_AUTO; id <= SF_FLOW_CLIENT_CREDENTIALS; id++) {
		const struct sf_config_params params = {.name = "test"};
		struct sf_config *config = NULL;
		struct sf_text line = SF_TEXT(text);
		struct sf_error e;

		assert_true(sf_text_copy(word, sizeof(word), sf_flows_name((enum sf_flow_id)id)));
		assert_true(sf_text_addf(&line,
		    "[org acme]\nlogin_url = https://acme.my.salesforce.com\n"
		    "client_id = key\nflow = %s\n",
		    word));
		assert_int_equal(sf_config_parse(&params, text, line.len, &config, &e), SF_OK);
		assert_int_equal(config->orgs[0].flow, id);
		sf_config_freep(&config);
	}
}

static void a_name_is_found_and_has_its_traits(void **state)
{
	enum sf_flow_id id = SF_FLOW_AUTO;

	(void)state;
	for (int i = 0; i < SF_FLOW_COUNT; i++) {
		assert_true(sf_flows_find(sf_flows_name((enum sf_flow_id)i), &id));
		assert_int_equal(id, i);
	}
	assert_false(sf_flows_find("", &id));
	assert_false(sf_flows_find("browse", &id));
	assert_true(sf_flows_is("browser", SF_FLOWS_LISTENS));
	assert_false(sf_flows_is("device", SF_FLOWS_LISTENS));
	assert_true(sf_flows_is("jwt", SF_FLOWS_KEY));
	assert_false(sf_flows_is("jwt", SF_FLOWS_PERSON));
	assert_false(sf_flows_is("client_credentials", SF_FLOWS_PERSON));
	assert_true(sf_flows_is("auto", SF_FLOWS_PERSON));
	assert_true(sf_flows_is("site_post", SF_FLOWS_JOB));
	assert_false(sf_flows_is("password", SF_FLOWS_JOB));
	assert_false(sf_flows_is("browse", SF_FLOWS_PERSON));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_is_offered_where_it_may_be),
	    cmocka_unit_test(a_choice_is_the_flow_of_its_name),
	    cmocka_unit_test(a_name_is_found_and_has_its_traits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
