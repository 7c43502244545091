/* The frame of facts about a user: what arrives, and which frames are refused. */
#include "facts_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

/* Over the wire's check, as between two programs. */
static enum sf_err there_and_back(
    const struct sf_facts *facts, struct sf_facts *ret_facts, struct sf_error *e)
{
	struct sf_frame sent, got;
	enum sf_err r = SF_OK;

	sf_facts_to_frame(facts, &sent);
	if (sent.overflow)
		return SF_E_BUG;
	r = sf_wire_check(sent.bytes, sent.len, &got, e);
	return r == SF_OK ? sf_facts_from_frame(&got, ret_facts, e) : r;
}

static void all_facts_arrive_as_given(void **state)
{
	struct sf_facts facts = {
	    .id_url = "https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF",
	    .instance_url = "https://acme.my.salesforce.com",
	    .token_prefix = "00D5f000000Abcd",
	    .user_id = "0055f00000EfGhiAAF",
	    .organization_id = "00D5f000000AbcdEAC",
	    .asserted_user = SF_GIVEN_TRUE,
	    .active = SF_GIVEN_FALSE,
	    .user_type = "STANDARD",
	    .username = "J\xc3\xbcrgen@acme.example",
	    .community = SF_GIVEN_ABSENT,
	    .integration_user = SF_GIVEN_FALSE,
	    .permission_count = SF_FACTS_PERMISSIONS_MAX,
	};
	struct sf_facts back;
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_FACTS_PERMISSIONS_MAX; i++) {
		memset(facts.permissions[i], 'a', SF_FACTS_NAME_SIZE - 1);
		facts.permissions[i][0] = (char)('0' + i);
	}
	memset(&back, 0xff, sizeof(back));
	assert_int_equal(there_and_back(&facts, &back, &e), SF_OK);
	assert_memory_equal(&back, &facts, sizeof(facts));
}

static void every_boolean_has_three_values(void **state)
{
	(void)state;
	for (int given = SF_GIVEN_ABSENT; given <= SF_GIVEN_TRUE; given++) {
		for (int which = 0; which < 4; which++) {
			struct sf_facts facts = {.username = "a"}, back;
			enum sf_given *fields[] = {&facts.asserted_user, &facts.active,
			    &facts.community, &facts.integration_user};
			struct sf_error e;

			*fields[which] = (enum sf_given)given;
			assert_int_equal(there_and_back(&facts, &back, &e), SF_OK);
			assert_memory_equal(&back, &facts, sizeof(facts));
		}
	}
}

static void no_facts_are_all_absent(void **state)
{
	struct sf_facts facts = {.username = ""}, back;
	struct sf_error e;

	(void)state;
	assert_int_equal(there_and_back(&facts, &back, &e), SF_OK);
	assert_memory_equal(&back, &facts, sizeof(facts));
}

static void a_text_that_is_too_long_or_not_clean_is_refused(void **state)
{
	static const struct {
		enum sf_wire_tag tag;
		size_t max;
	} rows[] = {
	    {SF_TAG_ID_URL, 511},
	    {SF_TAG_INSTANCE_URL, 511},
	    {SF_TAG_TOKEN_PREFIX, 15},
	    {SF_TAG_USER_ID, 18},
	    {SF_TAG_ORG_ID, 18},
	    {SF_TAG_USER_TYPE, 128},
	    {SF_TAG_USERNAME, 128},
	    {SF_TAG_PERMISSION, 128},
	};
	char text[600];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		for (size_t extra = 0; extra < 2; extra++) {
			struct sf_frame frame;
			struct sf_facts facts;
			struct sf_error e;

			memset(text, 'x', sizeof(text));
			text[rows[i].max + extra] = '\0';
			sf_wire_begin(&frame, SF_WIRE_FACTS);
			sf_wire_put_text(&frame, rows[i].tag, text);
			assert_int_equal(
			    sf_facts_from_frame(&frame, &facts, &e), extra ? SF_E_PROTOCOL : SF_OK);
		}

		struct sf_facts unclean = {.username = "a\x1b[2J"}, back;
		struct sf_error e;

		assert_int_equal(there_and_back(&unclean, &back, &e), SF_E_PROTOCOL);
	}
}

static void a_permission_too_many_or_another_frame_is_refused(void **state)
{
	struct sf_frame frame;
	struct sf_facts facts = {.permission_count = SF_FACTS_PERMISSIONS_MAX + 1};
	struct sf_error e;

	(void)state;
	sf_facts_to_frame(&facts, &frame);
	assert_true(frame.overflow);
	sf_wire_begin(&frame, SF_WIRE_FACTS);
	for (int i = 0; i < SF_FACTS_PERMISSIONS_MAX; i++)
		sf_wire_put_text(&frame, SF_TAG_PERMISSION, "p");
	assert_int_equal(sf_facts_from_frame(&frame, &facts, &e), SF_OK);
	sf_wire_put_text(&frame, SF_TAG_PERMISSION, "p");
	assert_int_equal(sf_facts_from_frame(&frame, &facts, &e), SF_E_PROTOCOL);
	sf_wire_begin(&frame, SF_WIRE_NONE);
	assert_int_equal(sf_facts_from_frame(&frame, &facts, &e), SF_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_facts_arrive_as_given),
	    cmocka_unit_test(every_boolean_has_three_values),
	    cmocka_unit_test(no_facts_are_all_absent),
	    cmocka_unit_test(a_text_that_is_too_long_or_not_clean_is_refused),
	    cmocka_unit_test(a_permission_too_many_or_another_frame_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
