/* The command's messages: rows, arguments, German, and values that could act on a terminal. */
#include "messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

#define ARGS_MAX  16
#define NAME_SIZE 64

/* The arguments of a row, each with a value that is its own name. */
struct args {
	char names[ARGS_MAX][NAME_SIZE];
	struct sf_arg args[ARGS_MAX + 1];
	size_t count;
};

static bool has(const struct args *args, const char *name)
{
	for (size_t i = 0; i < args->count; i++)
		if (strcmp(args->names[i], name) == 0)
			return true;
	return false;
}

static void args_of(const char *row, struct args *ret_args)
{
	*ret_args = (struct args){.count = 0};
	while ((row = strchr(row, '{')) != NULL) {
		const size_t len = strcspn(++row, "|}");
		char name[NAME_SIZE];
		struct sf_text text = SF_TEXT(name);

		assert_true(sf_text_add_bytes(&text, row, len));
		if (has(ret_args, name))
			continue;
		assert_true(ret_args->count < ARGS_MAX);
		memcpy(ret_args->names[ret_args->count], name, sizeof(name));
		ret_args->args[ret_args->count].name = ret_args->names[ret_args->count];
		ret_args->args[ret_args->count].value = ret_args->names[ret_args->count];
		ret_args->count++;
	}
}

static void german_has_the_arguments_of_english(void **state)
{
	(void)state;
	for (int word = 0; word < SF_MESSAGE_COUNT; word++) {
		const char *english = sf_message_row_in(SF_LANGUAGE_EN, (enum sf_message)word);
		const char *german = sf_message_row_in(SF_LANGUAGE_DE, (enum sf_message)word);
		struct args en, de;

		args_of(english, &en);
		args_of(german, &de);
		if (en.count != de.count)
			fail_msg("not the same arguments: %s / %s", english, german);
		for (size_t i = 0; i < de.count; i++)
			if (!has(&en, de.names[i]))
				fail_msg("not in English: %s", german);
	}
}

static void check_row(const char *row, size_t columns)
{
	char said[8192];
	struct sf_text text = SF_TEXT(said);
	struct args args;

	args_of(row, &args);
	if (!sf_render(&text, row, args.args))
		fail_msg("cannot be rendered: %s", row);
	if (row[0] == '\0' || strpbrk(said, "{}\t") || strstr(said, " \n"))
		fail_msg("not a tidy row: '%s'", row);
	/* Only a row of several lines is broken by hand. */
	for (const char *line = said; *line != '\0'; line += line[0] == '\n') {
		size_t count = 0;

		for (; *line != '\0' && *line != '\n'; line++)
			count += ((unsigned char)*line & 0xc0) != 0x80;
		if (count > columns && strchr(said, '\n'))
			fail_msg("%zu columns: %s", count, row);
	}
}

static void every_row_is_tidy_and_fits_a_terminal(void **state)
{
	(void)state;
	for (int word = 0; word < SF_MESSAGE_COUNT; word++)
		for (int language = 0; language < SF_LANGUAGE_COUNT; language++)
			check_row(
			    sf_message_row_in((enum sf_language)language, (enum sf_message)word),
			    80);
}

static void english_is_for_every_terminal(void **state)
{
	(void)state;
	for (int word = 0; word < SF_MESSAGE_COUNT; word++) {
		const char *row = sf_message_row_in(SF_LANGUAGE_EN, (enum sf_message)word);

		for (; *row != '\0'; row++)
			assert_in_range(*row, '\n', '~');
	}
}

static void words_are_in_the_language_of_the_terminal(void **state)
{
	(void)state;
	assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
	assert_ptr_equal(sf_message_row(SF_MESSAGE_SIGNED_IN),
	    sf_message_row_in(SF_LANGUAGE_DE, SF_MESSAGE_SIGNED_IN));
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
	assert_ptr_equal(sf_message_row(SF_MESSAGE_SIGNED_IN),
	    sf_message_row_in(SF_LANGUAGE_EN, SF_MESSAGE_SIGNED_IN));
}

static void a_failure_can_have_words(void **state)
{
	struct sf_error e;

	(void)state;
	assert_int_equal(SF_FAIL_MESSAGE(&e, SF_E_USAGE, SF_MESSAGE_PASSWORD_NOT_KEPT,
			     SF_WITH({"state", "is X"})),
	    SF_E_USAGE);
	assert_int_equal(e.code, SF_E_USAGE);
	assert_string_equal(e.where, "test_messages.c");
	assert_non_null(strstr(e.detail, "is X"));
}

static void a_failures_words_are_cut_between_characters(void **state)
{
	struct sf_error e;
	char long_name[400] = "";
	struct sf_text text = SF_TEXT(long_name);

	(void)state;
	for (int i = 0; i < 150; i++)
		assert_true(sf_text_add(&text, "\u00e4"));
	/* At each place in a character. */
	for (size_t start = 0; start < 2; start++) {
		char name[500] = "";
		struct sf_text name_text = SF_TEXT(name);

		assert_true(sf_text_add_bytes(&name_text, "x", start));
		assert_true(sf_text_add(&name_text, long_name));
		assert_int_equal(SF_FAIL_MESSAGE(&e, SF_E_USAGE, SF_MESSAGE_PASSWORD_NOT_KEPT,
				     SF_WITH({"state", name})),
		    SF_E_USAGE);
		assert_true(sf_text_is_clean(e.detail, strlen(e.detail)));
		assert_true(sf_text_ends(e.detail, "\u00e4..."));
		assert_in_range(strlen(e.detail), sizeof(e.detail) - 3, sizeof(e.detail) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(german_has_the_arguments_of_english),
	    cmocka_unit_test(every_row_is_tidy_and_fits_a_terminal),
	    cmocka_unit_test(english_is_for_every_terminal),
	    cmocka_unit_test(words_are_in_the_language_of_the_terminal),
	    cmocka_unit_test(a_failure_can_have_words),
	    cmocka_unit_test(a_failures_words_are_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
