/* The user_map, the template, and whom they name. */
#include "mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "identity_policy.h"
#include "text.h"

#include "banned.h"

/* In memory that ends with the map, so that a read past it shows under a sanitizer. */
static enum sf_err find_in(
    const char *map, const char *name, bool *ret_found, char *ret_id, struct sf_error *e)
{
	size_t len = strlen(map);
	char *exact = malloc(len > 0 ? len : 1);

	assert_non_null(exact);
	if (len > 0)
		memcpy(exact, map, len);
	enum sf_err r = sf_mapping_find(exact, len, name, ret_found, ret_id, e);

	free(exact);
	return r;
}

static void a_map_finds_one_line_by_the_exact_name(void **state)
{
	static const char map[] =
	    "# people\n\nada " USER18 "\n\tkim\t" OTHER_USER
	    "  \t\t\n  \n \t\nAda 0055f00000EfGhkAAF\n  k " USER18 "\t\nlast " USER15 "\n\t ";
	static const struct {
		const char *name, *id;
	} rows[] = {
	    {"ada", USER18},
	    {"kim", OTHER_USER},
	    {"Ada", "0055f00000EfGhkAAF"},
	    {"last", USER18},
	    {"k", USER18},
	    {"ad", NULL},
	    {"adaa", NULL},
	    {"#", NULL},
	    {"", NULL},
	    {"people", NULL},
	};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_SFID_SIZE];
		bool found = false;

		assert_int_equal(find_in(map, rows[i].name, &found, id, &e), SF_OK);
		assert_int_equal(found, rows[i].id != NULL);
		if (found)
			assert_string_equal(id, rows[i].id);
	}
}

static void one_wrong_line_refuses_the_whole_map(void **state)
{
	static const char *const rows[] = {
	    "ada " USER18 "\nkim",
	    "ada " USER18 "\nkim\t",
	    "ada " USER18 "\nkim\n",
	    "ada " USER18 "\nkim 005\n",
	    "ada " USER18 "\nkim " ORG18 "\n",
	    "ada " USER18 " x\n",
	    "ada " USER18 "\nada " OTHER_USER "\n",
	    "ada:" USER18 "\n",
	    "ada 0055f00000EfGhiAAE\n",
	    "ada " USER18 "\r\n",
	};
	struct sf_error e;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_SFID_SIZE];
		bool found = false;

		if (find_in(rows[i], "ada", &found, id, &e) != SF_E_CONFIG)
			fail_msg("accepted: %s", rows[i]);
		assert_false(found);
		assert_int_equal(e.sys, 0);
	}
	assert_int_equal(
	    find_in(rows[0], "ada", &(bool){false}, (char[SF_SFID_SIZE]){""}, &e), SF_E_CONFIG);
	assert_string_equal(
	    e.detail, "user_map line 2: must be a name (up to 64 bytes) and an id (005...)");
	assert_int_equal(find_in("\nada " USER18 "\nada " USER18, "ada", &(bool){false},
			     (char[SF_SFID_SIZE]){""}, &e),
	    SF_E_CONFIG);
	assert_string_equal(e.detail, "user_map line 3: the name is there twice");
}

static void a_name_in_a_map_has_64_bytes_at_most(void **state)
{
	char name[66] = "", map[128];
	struct sf_error e;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	for (size_t len = 64; len <= 65; len++) {
		struct sf_text text = SF_TEXT(map);
		char id[SF_SFID_SIZE];
		bool found = false;

		assert_true(sf_text_addf(&text, "%s " USER18 "\n", name + 65 - len));
		assert_int_equal(
		    find_in(map, name + 65 - len, &found, id, &e), len == 64 ? SF_OK : SF_E_CONFIG);
		assert_int_equal(found, len == 64);
	}
}

static void a_template_is_expanded_whole_or_not_at_all(void **state)
{
	char name[20];

	(void)state;
	assert_true(sf_mapping_expand("{user}@a.example", "kim", name, sizeof(name)));
	assert_string_equal(name, "kim@a.example");
	assert_true(sf_mapping_expand("x-{user}", "kim", name, sizeof(name)));
	assert_string_equal(name, "x-kim");
	assert_true(sf_mapping_expand("{user}@a.example", "123456789", name, sizeof(name)));
	assert_false(sf_mapping_expand("{user}@a.example", "1234567890", name, sizeof(name)));
	assert_false(sf_mapping_expand("fixed@a.example", "kim", name, sizeof(name)));
	assert_false(sf_mapping_expand("{user}@a.example", "", name, sizeof(name)));
	assert_false(sf_mapping_expand("{user}@a.example", "k\xc3\xaem", name, sizeof(name)));
	assert_false(sf_mapping_expand("{user}@a.example", "k\nm", name, sizeof(name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_map_finds_one_line_by_the_exact_name),
	    cmocka_unit_test(one_wrong_line_refuses_the_whole_map),
	    cmocka_unit_test(a_name_in_a_map_has_64_bytes_at_most),
	    cmocka_unit_test(a_template_is_expanded_whole_or_not_at_all),
	};

	return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
