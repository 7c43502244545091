/* What the values of a response's header fields mean. Whole heads are in test_http. */
#include "http_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attr.h"

#include "banned.h"

static void test_date(void **state)
{
	static const char *const bad[] = {"", "yesterday", "Sun, 22 Nov 2026 08:39:46 CET",
	    "Sun, 22 Nov 2026 08:39:46 GMT and more", "Thu, 01 Jan 1970 00:00:00 GMT",
	    "Sun, 22 Nov 2026 08:39:46 GMT Sun, 22 Nov 2026 08:39:46 GMT", "1795336786"};

	(void)state;
	assert_int_equal(sf_http_header_date_s("Sun, 22 Nov 2026 08:39:46 GMT"), 1795336786);
	for (size_t i = 0; i < SF_COUNT(bad); i++)
		assert_int_equal(sf_http_header_date_s(bad[i]), 0);
}

static void test_retry_after(void **state)
{
	static const struct {
		const char *value;
		uint32_t wait_s;
	} rows[] = {
	    {"", 0},
	    {"40", 40},
	    {"0", 0},
	    {"86400", 86400},
	    {"86401", 0},
	    {"999999999", 0},
	    {"18446744073709551656", 0},
	    {"-5", 0},
	    {"+5", 0},
	    {"5 5", 0},
	    {"soon", 0},
	    {"Sun, 22 Nov 2026 08:50:46 GMT", 3600},
	    {"Mon, 23 Nov 2026 07:50:46 GMT", 86400},
	    {"Mon, 23 Nov 2026 07:50:47 GMT", 0},
	    {"Sun, 22 Nov 2026 07:50:46 GMT", 0},
	    {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
	};
	const uint64_t now_s = 1795333846; /* 07:50:46 */

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (sf_http_header_retry_s(rows[i].value, now_s) != rows[i].wait_s)
			fail_msg("Retry-After: %s", rows[i].value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    {"a date is one of RFC 9110, or none", test_date, NULL, NULL, NULL},
	    {"a time to come back is up to a day away, or none", test_retry_after, NULL, NULL,
		NULL},
	};

	return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
