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
static bool find_in(const char *map, const char *name, char *ret_id, struct sf_error *ret_flaw)
{
	size_t len = strlen(map);
	char *exact = malloc(len > 0 ? len : 1);

	assert_non_null(exact);
	if (len > 0)
		memcpy(exact, map, len);
	bool found = sf_mapping_find(exact, len, name, ret_id, ret_flaw);

	free(exact);
	return found;
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
	struct sf_error flaw;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_SFID_SIZE];
		bool found = find_in(map, rows[i].name, id, &flaw);

		assert_int_equal(found, rows[i].id != NULL);
		assert_int_equal(flaw.code, SF_OK);
		if (found)
			assert_string_equal(id, rows[i].id);
	}
}

static void spellings_of_spreadsheets_and_other_files_are_read(void **state)
{
	static const char *const rows[] = {
	    "ada = " USER18 "\n",
	    "ada=" USER18 "\n",
	    "ada:" USER18 "\n",
	    "ada," USER18 "\n",
	    "ada;" USER18 ";\n",
	    "ada, " USER18 ",\n",
	    "ada " USER18 " # Ada\n",
	    "ada " USER18 "\t#\n",
	    "ada " USER18 "\r\n",
	    "\xef\xbb\xbf"
	    "ada " USER18 "\r\n",
	    "\xef\xbb\xbf# people\r\n\r\nada;" USER18 "\r\n",
	    "ada " USER18 "\nada " USER18 "\n",
	    "ada " USER18 "\nada " USER15 "\n",
	    "kim\nada " USER18 "\nkim 005\nx ada@acme.example\n",
	};
	struct sf_error flaw;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_SFID_SIZE] = "";

		if (!find_in(rows[i], "ada", id, &flaw) || strcmp(id, USER18) != 0)
			fail_msg("refused: %s", rows[i]);
	}
}

static void a_line_that_cannot_be_read_is_refused_alone_and_says_why(void **state)
{
	static const struct {
		const char *map, *said;
	} rows[] = {
	    {"ada", "user_map line 1: there is no user id (005...) behind the name"},
	    {"kim " USER18 "\nada\t\n", "user_map line 2: there is no user id"},
	    {"ada \001" USER18 "\n", "user_map line 1: there is no user id"},
	    {"ada ada@acme.example\n", "user_map line 1: 'ada@acme.example' is a username"},
	    {"ada 0055F00000EFGHIAAF\n", "'0055F00000EFGHIAAF' has lost its small letters"},
	    {"ada 0055f00000EfGhiAAE\n", "'0055f00000EfGhiAAE' is no user id: 15 characters"},
	    {"ada 0055f00000EfGh\n", "is no user id: 15 characters"},
	    {"ada " ORG18 "\n", "'" ORG18 "' is no user id: that begins with 005"},
	    {"ada " USER18 " x\n", "something follows the id that is no comment"},
	    {"ada " USER18 "#x\n", "is no user id"},
	    {"\n\nada " USER18 "\nada " OTHER_USER "\n",
		"user_map line 4: the name has another id in a line before"},
	    {"ada " USER18 "\nada x\n", "user_map line 2: 'x' is no user id"},
	};
	struct sf_error flaw;

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		char id[SF_SFID_SIZE] = "";

		if (find_in(rows[i].map, "ada", id, &flaw) || !strstr(flaw.detail, rows[i].said))
			fail_msg("%s: %s", rows[i].map, flaw.detail);
		assert_int_equal(flaw.code, SF_E_CONFIG);
		assert_int_equal(flaw.sys, 0);
		assert_string_equal(id, "");
		assert_false(find_in(rows[i].map, "zoe", id, &flaw));
		assert_int_equal(flaw.code, SF_OK);
	}
}

static void a_name_that_cannot_be_read_is_nobody_s(void **state)
{
	static const char *const maps[] = {"k\xc3\xaem " USER18 "\n", "=" USER18 "\n",
	    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn " USER18 "\n"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(maps); i++) {
		struct sf_mapping_reader reader = {.text = maps[i], .len = strlen(maps[i])};
		struct sf_mapping_line line;
		char id[SF_SFID_SIZE];
		struct sf_error flaw;

		assert_true(sf_mapping_next(&reader, &line));
		assert_string_equal(line.name, "");
		assert_string_equal(line.id, "");
		assert_string_equal(line.flaw, "the name is too long or not printable ASCII");
		assert_false(sf_mapping_next(&reader, &line));
		assert_false(find_in(maps[i], "", id, &flaw));
		assert_int_equal(flaw.code, SF_OK);
	}
}

static void a_byte_order_mark_alone_is_a_blank_line(void **state)
{
	static const char map[] = "\xef\xbb\xbf\nada " USER18 "\n";
	struct sf_mapping_reader reader = {.text = map, .len = strlen(map)};
	struct sf_mapping_line line;

	(void)state;
	assert_true(sf_mapping_next(&reader, &line));
	assert_int_equal(line.line_no, 2);
}

static void a_nul_in_a_word_refuses_it(void **state)
{
	static const char map[] = "ada " USER18 "\0x\nkim\0 " USER18 "\nzoe " OTHER_USER "\n";
	char id[SF_SFID_SIZE] = "";
	struct sf_error flaw;

	(void)state;
	assert_false(sf_mapping_find(map, sizeof(map) - 1, "ada", id, &flaw));
	assert_int_equal(flaw.code, SF_E_CONFIG);
	assert_false(sf_mapping_find(map, sizeof(map) - 1, "kim", id, &flaw));
	assert_true(sf_mapping_find(map, sizeof(map) - 1, "zoe", id, &flaw));
}

static void a_reader_sees_every_line_with_its_number(void **state)
{
	static const char map[] = "# x\nada " USER18 "\n\nkim\n";
	struct sf_mapping_reader reader = {.text = map, .len = strlen(map)};
	struct sf_mapping_line line;

	(void)state;
	assert_true(sf_mapping_next(&reader, &line));
	assert_int_equal(line.line_no, 2);
	assert_string_equal(line.name, "ada");
	assert_string_equal(line.id, USER18);
	assert_string_equal(line.flaw, "");
	assert_true(sf_mapping_next(&reader, &line));
	assert_int_equal(line.line_no, 4);
	assert_string_equal(line.name, "kim");
	assert_string_equal(line.id, "");
	assert_true(line.flaw[0] != '\0');
	assert_false(sf_mapping_next(&reader, &line));
}

static void a_name_in_a_map_has_64_bytes_at_most(void **state)
{
	char name[66] = "", map[128];
	struct sf_error flaw;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	for (size_t len = 64; len <= 65; len++) {
		struct sf_text text = SF_TEXT(map);
		char id[SF_SFID_SIZE];

		assert_true(sf_text_addf(&text, "%s " USER18 "\n", name + 65 - len));
		assert_int_equal(find_in(map, name + 65 - len, id, &flaw), len == 64);
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
	    cmocka_unit_test(spellings_of_spreadsheets_and_other_files_are_read),
	    cmocka_unit_test(a_line_that_cannot_be_read_is_refused_alone_and_says_why),
	    cmocka_unit_test(a_name_that_cannot_be_read_is_nobody_s),
	    cmocka_unit_test(a_byte_order_mark_alone_is_a_blank_line),
	    cmocka_unit_test(a_nul_in_a_word_refuses_it),
	    cmocka_unit_test(a_reader_sees_every_line_with_its_number),
	    cmocka_unit_test(a_name_in_a_map_has_64_bytes_at_most),
	    cmocka_unit_test(a_template_is_expanded_whole_or_not_at_all),
	};

	return cmocka_run_group_tests_name("mapping", tests, NULL, NULL);
}
