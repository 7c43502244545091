/* The records of a query's answer and the link to its next part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json_out.h"
#include "rest_records.h"

#include "banned.h"

static enum sf_err parse(const char *text, struct sf_rest_records **ret)
{
	struct sf_error e;

	return sf_rest_records_parse(text, strlen(text), ret, &e);
}

static void an_answer_has_its_records_and_the_way_on(void **state)
{
	SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = NULL;

	(void)state;
	assert_int_equal(parse("{\"totalSize\":7,\"done\":false,\"nextRecordsUrl\":"
			       "\"/services/data/v60.0/query/01g-2\",\"records\":[{\"A\":1},{}]}\n",
			     &records),
	    SF_OK);
	assert_int_equal(sf_rest_records_total(records), 7);
	assert_int_equal(sf_rest_records_count(records), 2);
	assert_string_equal(sf_rest_records_next(records), "/services/data/v60.0/query/01g-2");
}

static void the_last_part_leads_nowhere(void **state)
{
	SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = NULL;

	(void)state;
	assert_int_equal(parse("{\"records\":[],\"nextRecordsUrl\":null}", &records), SF_OK);
	assert_null(sf_rest_records_next(records));
	assert_int_equal(sf_rest_records_total(records), 0);
}

static void what_is_no_answer_to_a_query_is_refused(void **state)
{
	static const char *const texts[] = {
	    "",
	    "[]",
	    "{}",
	    "{\"records\":{}}",
	    "{\"records\":[1]}",
	    "{\"records\":[[]]}",
	    "{\"records\":[]} x",
	    "{\"records\":[]}{}",
	    "{\"Records\":[]}",
	    "{\"records\":[],\"totalSize\":-1}",
	    "{\"records\":[],\"totalSize\":1e300}",
	    "{\"records\":[],\"totalSize\":\"1\"}",
	    "{\"records\":[],\"nextRecordsUrl\":7}",
	    "{\"records\":[],\"nextRecordsUrl\":\"\"}",
	    "{\"records\":[],\"nextRecordsUrl\":\"https://evil.example/services/data/v1\"}",
	    "{\"records\":[],\"nextRecordsUrl\":\"//evil.example/services/data/v1\"}",
	    "{\"records\":[],\"nextRecordsUrl\":\"/services/data/v60.0/../oauth2/revoke\"}",
	    "{\"records\":[],\"nextRecordsUrl\":\"/services/data/v60.0/a b\"}",
	    "{\"records\":[],\"nextRecordsUrl\":\"/services/data/v60.0/a\\r\\nHost: x\"}",
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(texts); i++) {
		struct sf_rest_records *records = NULL;

		assert_int_equal(parse(texts[i], &records), SF_E_ANSWER);
		assert_null(records);
	}
}

static void a_nul_inside_is_refused(void **state)
{
	static const char text[] = "{\"records\":[]}\0{}";
	struct sf_rest_records *records = NULL;
	struct sf_error e;

	(void)state;
	assert_int_equal(sf_rest_records_parse(text, sizeof(text) - 1, &records, &e), SF_E_ANSWER);
}

static void a_very_deep_answer_is_refused(void **state)
{
	static char text[40000];
	struct sf_rest_records *records = NULL;
	const size_t head = strlen("{\"records\":");

	(void)state;
	memcpy(text, "{\"records\":", head);
	memset(text + head, '[', sizeof(text) - head - 1);
	assert_int_equal(parse(text, &records), SF_E_ANSWER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_has_its_records_and_the_way_on),
	    cmocka_unit_test(the_last_part_leads_nowhere),
	    cmocka_unit_test(what_is_no_answer_to_a_query_is_refused),
	    cmocka_unit_test(a_nul_inside_is_refused),
	    cmocka_unit_test(a_very_deep_answer_is_refused),
	};

	sf_json_out_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
