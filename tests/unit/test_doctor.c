/* The doctor's remedies: whole sentences, and the same files and settings in German. */
#include "doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

static const char *const english[] = {
#define SF_FINDING(id, check, failure, remedy) (remedy),
#include "doctor.def"
#undef SF_FINDING
};

static const char *const german[] = {
#define SF_FINDING_WORDS(id, remedy) (remedy),
#include "doctor.de.def"
#undef SF_FINDING_WORDS
};

/* What stands before the line that is to be copied, and that line; "" where there is none. */
static const char *split(const char *remedy, char *ret_prose, size_t size)
{
	const char *line = strchr(remedy, '\n');
	struct sf_text text = sf_text_over(ret_prose, size);

	assert_true(sf_text_add_bytes(&text, remedy, strcspn(remedy, "\n")));
	return line != NULL ? line : "";
}

static void check_prose(const char *remedy)
{
	char prose[1024];
	const char *line = split(remedy, prose, sizeof(prose));
	const bool is_whole = sf_text_ends(prose, line[0] != '\0' ? ":" : ".");
	const bool begins = (prose[0] >= 'A' && prose[0] <= 'Z') || prose[0] == '[';

	if (!is_whole || !begins || strstr(prose, "  ") || !sf_text_is_clean(prose, strlen(prose)))
		fail_msg("no whole sentences: %s", remedy);
	if (line[0] != '\0' && (!sf_text_starts(line, "\n    ") || strchr(line + 1, '\n')))
		fail_msg("not a line to be copied: %s", line);
}

static void what_helps_is_told_in_whole_sentences(void **state)
{
	(void)state;
	assert_int_equal(SF_COUNT(english), SF_FINDING_COUNT);
	assert_int_equal(SF_COUNT(german), SF_FINDING_COUNT);
	for (size_t i = 0; i < SF_FINDING_COUNT; i++) {
		char prose[1024];

		check_prose(english[i]);
		check_prose(german[i]);
		(void)split(english[i], prose, sizeof(prose));
		assert_true(sf_text_is_printable(prose));
		assert_string_not_equal(german[i], english[i]);
	}
}

static void a_line_to_be_copied_is_the_same_in_german(void **state)
{
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < SF_FINDING_COUNT; i++) {
		char prose[1024];
		const char *line = split(english[i], prose, sizeof(prose));

		assert_string_equal(split(german[i], prose, sizeof(prose)), line);
		lines += line[0] != '\0';
	}
	assert_int_equal(lines, 5);
}

/* Paths, settings and commands: words with a character that no word of a language has. */
static void german_names_the_same_files_and_settings(void **state)
{
	static const char marks[] = "/_=<>@|";

	(void)state;
	for (size_t i = 0; i < SF_FINDING_COUNT; i++) {
		for (const char *at = english[i]; *at != '\0';) {
			const size_t len = strcspn(at, " \n,;:.()\"");
			char word[128];
			struct sf_text text = SF_TEXT(word);

			assert_true(sf_text_add_bytes(&text, at, len));
			if (strpbrk(word, marks) && !strstr(german[i], word))
				fail_msg("German has no %s: %s", word, german[i]);
			at += len + (at[len] != '\0');
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_helps_is_told_in_whole_sentences),
	    cmocka_unit_test(a_line_to_be_copied_is_the_same_in_german),
	    cmocka_unit_test(german_names_the_same_files_and_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
