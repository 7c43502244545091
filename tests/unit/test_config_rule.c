/* The sentence that says which values a key allows, and that it fits into the log. */
#include "config_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "config_rows.h"
#include "text.h"

#include "banned.h"

static struct sf_value_spec spec_of(const struct sf_config_row *row)
{
	static const char *const names[] = {
#define X(type, ...) [SF_VALUE_TYPE_##type] = #type,
	    SF_VALUE_TYPES(X)
#undef X
	};
	unsigned type = 0;

	while (type < SF_COUNT(names) && strcmp(names[type], row->type) != 0)
		type++;
	assert_true(type < SF_COUNT(names));
	return (struct sf_value_spec){
	    .type = type,
	    .min = (uint32_t)row->min,
	    .max = (uint32_t)row->max,
	    .choices = row->choices,
	};
}

static void a_rule_says_what_is_allowed(void **state)
{
	static const struct {
		struct sf_value_spec spec;
		const char *says;
	} rows[] = {
	    {{.type = SF_VALUE_TYPE_TEXT, .min = 0, .max = 9},
		"printable ASCII, at most 9 characters"},
	    {{.type = SF_VALUE_TYPE_TEXT, .min = 1, .max = 9},
		"printable ASCII, at most 9 characters"},
	    {{.type = SF_VALUE_TYPE_TEXT, .min = 2, .max = 9},
		"printable ASCII, 2 to 9 characters"},
	    {{.type = SF_VALUE_TYPE_NUMBER, .min = 1, .max = 9}, "a number, 1 to 9"},
	    {{.type = SF_VALUE_TYPE_CHOICE, .choices = "a b"}, "one of: a b"},
	    {{.type = SF_VALUE_TYPE_BOOL, .choices = "a b", .max = 9}, "yes or no"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char buf[SF_ERROR_DETAIL_SIZE];
		struct sf_text rule = SF_TEXT(buf);

		sf_config_value_rule(&rows[i].spec, &rule);
		assert_string_equal(buf, rows[i].says);
	}
}

static void a_rule_fits_the_log_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		char buf[SF_ERROR_DETAIL_SIZE];
		struct sf_text rule = SF_TEXT(buf);

		(void)sf_text_addf(
		    &rule, "/etc/sfoauth/sfoauth.conf line 1234: %s must be ", row_at(i)->key);
		const struct sf_value_spec spec = spec_of(row_at(i));

		sf_config_value_rule(&spec, &rule);
		assert_false(rule.overflow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_rule_says_what_is_allowed),
	    cmocka_unit_test(a_rule_fits_the_log_whole),
	};

	return cmocka_run_group_tests_name("config_rule", tests, NULL, NULL);
}
