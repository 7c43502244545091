/* Which language a person reads, by locale, terminal and configuration. */
#include "language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"

#include "banned.h"

static void german_locales_read_german(void **state)
{
	static const char *const locales[] = {
	    "de", "de_DE", "de_AT.UTF-8", "de.utf8", "de_DE.UTF-8@euro", "de@euro"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(locales); i++)
		assert_int_equal(sf_language_of(locales[i], true), SF_LANGUAGE_DE);
}

static void all_others_read_english(void **state)
{
	static const char *const locales[] = {
	    "", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "den_CA.UTF-8", "d", "DE", "nds_DE.UTF-8"};

	(void)state;
	assert_int_equal(sf_language_of(NULL, true), SF_LANGUAGE_EN);
	for (size_t i = 0; i < SF_COUNT(locales); i++)
		assert_int_equal(sf_language_of(locales[i], true), SF_LANGUAGE_EN);
}

static void a_terminal_without_umlauts_reads_english(void **state)
{
	(void)state;
	assert_int_equal(sf_language_of("de_DE", false), SF_LANGUAGE_EN);
}

static void the_environment_is_asked_as_locale_has_it(void **state)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG"};
	static const struct {
		const char *values[SF_COUNT(names)];
		bool is_utf8;
		enum sf_language language;
	} rows[] = {
	    {{NULL, NULL, NULL, NULL}, false, SF_LANGUAGE_EN},
	    {{NULL, NULL, NULL, "de_DE.UTF-8"}, true, SF_LANGUAGE_DE},
	    {{"", "", "", "de_DE.UTF-8"}, true, SF_LANGUAGE_DE},
	    {{NULL, NULL, "en_GB.UTF-8", "de_DE.UTF-8"}, true, SF_LANGUAGE_EN},
	    {{NULL, "C", NULL, "de_DE.UTF-8"}, false, SF_LANGUAGE_EN},
	    {{NULL, "C.UTF-8", "de_DE", "C"}, true, SF_LANGUAGE_DE},
	    {{"C", "de_DE.UTF-8", "de_DE.UTF-8", "de_DE.UTF-8"}, false, SF_LANGUAGE_EN},
	    {{"de_CH.utf8", "C", "C", "C"}, true, SF_LANGUAGE_DE},
	    {{"C.UTF-8", NULL, "de_DE.UTF-8", NULL}, true, SF_LANGUAGE_EN},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		for (size_t j = 0; j < SF_COUNT(names); j++) {
			assert_int_equal(unsetenv(names[j]), 0);
			if (rows[i].values[j])
				assert_int_equal(setenv(names[j], rows[i].values[j], 1), 0);
		}
		assert_int_equal(sf_language_is_utf8(), rows[i].is_utf8);
		assert_int_equal(sf_language_of_environment(), rows[i].language);
	}
}

static void the_choices_of_the_configuration_are_in_the_same_order(void **state)
{
	static const struct sf_config_params params = {.name = "test", .allow_pam = true};
	static const struct {
		const char *text;
		enum sf_language language;
	} rows[] = {
	    {"[pam]\nlanguage = en\n", SF_LANGUAGE_EN},
	    {"[pam]\nlanguage = de\n", SF_LANGUAGE_DE},
	    {"[pam]\n", SF_LANGUAGE_EN},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
		struct sf_error e;

		assert_int_equal(
		    sf_config_parse(&params, rows[i].text, strlen(rows[i].text), &config, &e),
		    SF_OK);
		assert_int_equal(config->pam.language, rows[i].language);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(german_locales_read_german),
	    cmocka_unit_test(all_others_read_english),
	    cmocka_unit_test(a_terminal_without_umlauts_reads_english),
	    cmocka_unit_test(the_environment_is_asked_as_locale_has_it),
	    cmocka_unit_test(the_choices_of_the_configuration_are_in_the_same_order),
	};

	return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
