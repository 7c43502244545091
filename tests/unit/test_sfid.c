/* Ids of 15 and 18 characters, and the path of an identity URL. */
#include "sfid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "text.h"

#include "banned.h"

static void ids_are_normalised_to_18_characters(void **state)
{
	static const char *const rows[][2] = {
	    {"005B0000005V71X", "005B0000005V71XIAS"},
	    {"005D0000001cAGm", "005D0000001cAGmIAM"},
	    {"00DB0000000ToZ3", "00DB0000000ToZ3MAK"},
	    {"00DD00000008Uw2", "00DD00000008Uw2MAE"},
	    {"00Dxx0000001gPL", "00Dxx0000001gPLEAY"},
	    {ORG15, ORG18},
	    {"00D5f000000aBcd", ORG_CASE},
	    {USER15, USER18},
	    {"00D09azAZ000000", "00D09azAZ000000EMA"},
	};
	char id[SF_SFID_SIZE];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char prefix[4] = {rows[i][0][0], rows[i][0][1], rows[i][0][2]};

		assert_true(sf_sfid_parse(rows[i][0], prefix, id));
		assert_string_equal(id, rows[i][1]);
		assert_true(sf_sfid_parse(rows[i][1], prefix, id));
		assert_string_equal(id, rows[i][1]);
	}
}

static void ids_that_are_not_ids_are_refused(void **state)
{
	static const char *const rows[] = {
	    "",
	    "00D",
	    "00D5f000000Abc",
	    "00D5f000000AbcdE",
	    "00D5f000000AbcdEA",
	    "00D5f000000AbcdEACx",
	    "00D5f000000AbcdEAE",
	    "00D5f000000abcdEAC",
	    "005B0000005V71X",
	    "00d5f000000Abcd",
	    "00D5f000000Abc!",
	    "00D5f000000Abc ",
	    " 00D5f000000Abc",
	    "00D5f000000Ab/d",
	    "00D5f000000AbcdEAC\n",
	    /* Beside 0 to 9, A to Z and a to z in ASCII. */
	    "00D5f000000Ab/d",
	    "00D5f000000Ab:d",
	    "00D5f000000Ab@d",
	    "00D5f000000Ab[d",
	    "00D5f000000Ab`d",
	    "00D5f000000Ab{d",
	};
	char id[SF_SFID_SIZE] = "untouched";

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (sf_sfid_parse(rows[i], "00D", id))
			fail_msg("accepted: %s", rows[i]);
	assert_string_equal(id, "untouched");
}

static void the_path_of_id_has_exactly_two_ids(void **state)
{
	static const char *const good[] = {
	    "/id/" ORG18 "/" USER18,
	    "/id/" ORG15 "/" USER15,
	    "/id/" ORG18 "/" USER18 "?version=latest",
	};
	static const char *const bad[] = {
	    "",
	    "/",
	    "/id",
	    "/id/",
	    "/id/" ORG18,
	    "/id/" ORG18 "/",
	    "/id/" USER18 "/" ORG18,
	    "/id/" ORG18 "/" USER18 "/",
	    "/id/" ORG18 "/" USER18 "/x",
	    "/id/" ORG18 "//" USER18,
	    "/x/id/" ORG18 "/" USER18,
	    "//id/" ORG18 "/" USER18,
	    "/ID/" ORG18 "/" USER18,
	    "/id/" ORG18 "/" USER18 "x",
	    "/id/../" ORG18 "/" USER18,
	    "/id/" ORG18 "/" USER18 "#x",
	    "/id/" ORG18 "x/" USER18,
	};
	char org[SF_SFID_SIZE], user[SF_SFID_SIZE];

	(void)state;
	for (size_t i = 0; i < SF_COUNT(good); i++) {
		assert_true(sf_sfid_split(good[i], org, user));
		assert_string_equal(org, ORG18);
		assert_string_equal(user, USER18);
	}
	for (size_t i = 0; i < SF_COUNT(bad); i++)
		if (sf_sfid_split(bad[i], org, user))
			fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_are_normalised_to_18_characters),
	    cmocka_unit_test(ids_that_are_not_ids_are_refused),
	    cmocka_unit_test(the_path_of_id_has_exactly_two_ids),
	};

	return cmocka_run_group_tests_name("sfid", tests, NULL, NULL);
}
