/* The line that hands a set-up app to a colleague is read back as it was written. */
#include "setup_share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static char name[] = "acme", url[] = "https://acme.my.salesforce.com", client[] = "3MVG9.x";
static char org_id[] = "00D5f000000AbcdEAC", first[] = "http://localhost:1717/a", none[] = "";
static char second[] = "https://acme.example/b";

static struct sf_org org_with(char **callbacks, size_t count)
{
	struct sf_org org = {.name = name, .login_url = url, .client_id = client};

	org.organization_id = org_id;
	org.callback = (struct sf_list){.items = callbacks, .count = count};
	return org;
}

static void a_line_says_what_it_was_made_of(void **state)
{
	char *callbacks[] = {first, second};
	const struct sf_org org = org_with(callbacks, 2);
	char line[SF_SETUP_SHARE_SIZE];
	struct sf_text text = SF_TEXT(line);
	struct sf_setup_share share;
	struct sf_error e;

	(void)state;
	assert_true(sf_setup_share_format(&org, &text));
	assert_string_equal(line,
	    "sfoauth-setup:acme,https://acme.my.salesforce.com,3MVG9.x,00D5f000000AbcdEAC,"
	    "http://localhost:1717/a,https://acme.example/b");
	assert_int_equal(sf_setup_share_parse(line, &share, &e), SF_OK);
	assert_string_equal(share.name, name);
	assert_string_equal(share.login_url, url);
	assert_string_equal(share.client_id, client);
	assert_string_equal(share.organization_id, org_id);
	assert_int_equal(share.callback_count, 2);
	assert_string_equal(share.callbacks[0], first);
	assert_string_equal(share.callbacks[1], second);
}

static void the_organization_may_not_be_known_yet(void **state)
{
	struct sf_org org = org_with(NULL, 0);
	char line[SF_SETUP_SHARE_SIZE];
	struct sf_text text = SF_TEXT(line);
	struct sf_setup_share share;
	struct sf_error e;

	(void)state;
	org.organization_id = none;
	assert_true(sf_setup_share_format(&org, &text));
	assert_int_equal(sf_setup_share_parse(line, &share, &e), SF_OK);
	assert_string_equal(share.organization_id, "");
	assert_int_equal(share.callback_count, 0);
}

static void a_value_that_would_need_quotes_makes_no_line(void **state)
{
	char odd[] = "3MVG9 x", comma[] = "a,b", dollar[] = "a$b";
	char *const values[] = {odd, comma, dollar};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(values); i++) {
		struct sf_org org = org_with(NULL, 0);
		char line[SF_SETUP_SHARE_SIZE];
		struct sf_text text = SF_TEXT(line);

		org.client_id = values[i];
		assert_false(sf_setup_share_format(&org, &text));
	}
}

static void what_is_no_line_is_refused(void **state)
{
	static const char *const lines[] = {"", "acme", "sfoauth-setup:", "sfoauth-setup:a,b",
	    "sfoauth-setup:a,b,c", "sfoauth-setup:,b,c,d", "sfoauth-setup:a,,c,d",
	    "sfoauth-setup:a,b,,d", "sfoauth-setup:a b,c,d,e", "sfoauth-setup:a,b,c,d\x1b",
	    "sfoauth-setup:a,b,c,d,1,2,3,4,5,6,7,8,9"};
	char line[SF_SETUP_SHARE_SIZE + 64];
	struct sf_setup_share share;
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(lines); i++)
		assert_int_equal(sf_setup_share_parse(lines[i], &share, &e), SF_E_USAGE);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	memcpy(line, SF_SETUP_SHARE_PREFIX, strlen(SF_SETUP_SHARE_PREFIX));
	assert_int_equal(sf_setup_share_parse(line, &share, &e), SF_E_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_says_what_it_was_made_of),
	    cmocka_unit_test(the_organization_may_not_be_known_yet),
	    cmocka_unit_test(a_value_that_would_need_quotes_makes_no_line),
	    cmocka_unit_test(what_is_no_line_is_refused),
	};

	return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
