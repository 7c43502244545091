/* The pages that the browser shows: whole, translated, escaped, and without another request. */
#include "page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"

#include "banned.h"

static const struct {
	const char *id, *title, *words;
} english[] =
    {
#define SF_PAGE(id, title, words) {#id, title, words},
#include "page.def"
#undef SF_PAGE
},
  german[] = {
#define SF_PAGE(id, title, words) {#id, title, words},
#include "page.de.def"
#undef SF_PAGE
};

static const char *render(enum sf_page_id id, enum sf_language language, const char *reason)
{
	static char buffer[SF_PAGE_SIZE];
	struct sf_text text = SF_TEXT(buffer);
	const struct sf_page page = {
	    .id = id, .language = language, .status = "200 OK", .reason = reason};

	return sf_page_render(&page, &text) ? buffer : NULL;
}

static void everything_is_escaped_and_counted(void **state)
{
	const char *page =
	    render(SF_PAGE_FAILED, SF_LANGUAGE_EN, "\"T\" it's <script>&amp;{reason}");
	const char *body, *length;

	(void)state;
	assert_non_null(page);
	body = strstr(page, "\r\n\r\n");
	length = strstr(page, "Content-Length: ");
	assert_true(body && length);
	assert_int_equal(strtoul(length + 16, NULL, 10), strlen(body + 4));
	assert_non_null(strstr(body, "<p>&quot;T&quot; it&#39;s &lt;script&gt;&amp;amp;{reason} "));
	assert_null(strstr(body, "<script>"));
}

static void a_page_asks_for_nothing_else_and_suits_light_and_dark(void **state)
{
	const char *page = render(SF_PAGE_SIGNED_IN, SF_LANGUAGE_EN, NULL);

	(void)state;
	assert_non_null(strstr(page, "Content-Security-Policy: default-src 'none'; "));
	assert_non_null(strstr(page, "Referrer-Policy: no-referrer\r\n"));
	assert_non_null(strstr(page, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(page, "prefers-color-scheme: dark"));
	assert_null(strstr(page, "http://"));
	assert_null(strstr(page, "https://"));
	assert_null(strstr(page, "url("));
}

static void a_page_says_which_language_it_is_in(void **state)
{
	(void)state;
	assert_non_null(strstr(render(SF_PAGE_SIGNED_IN, SF_LANGUAGE_EN, NULL),
	    "<!DOCTYPE html>\n<html lang=\"en\">\n"));
	assert_non_null(strstr(render(SF_PAGE_SIGNED_IN, SF_LANGUAGE_DE, NULL),
	    "<!DOCTYPE html>\n<html lang=\"de\">\n"));
}

static void every_page_is_translated_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(SF_COUNT(english), SF_PAGE_COUNT);
	assert_int_equal(SF_COUNT(german), SF_PAGE_COUNT);
	for (size_t i = 0; i < SF_PAGE_COUNT; i++) {
		assert_string_equal(german[i].id, english[i].id);
		assert_string_not_equal(german[i].title, english[i].title);
		assert_string_not_equal(german[i].words, english[i].words);
		assert_true(sf_text_is_clean(german[i].title, strlen(german[i].title)));
		assert_true(sf_text_is_clean(german[i].words, strlen(german[i].words)));
	}
}

static void every_page_fits_with_every_reason_in_every_language(void **state)
{
	(void)state;
	for (unsigned language = 0; language < SF_LANGUAGE_COUNT; language++) {
		const enum sf_language in = (enum sf_language)language;

		assert_non_null(render(SF_PAGE_SIGNED_IN, in, NULL));
		assert_non_null(render(SF_PAGE_NOT_OURS, in, NULL));
		for (unsigned code = 1; code < SF_ERR_COUNT; code++) {
			const char *reason = sf_err_sentence_in(in, (enum sf_err)code);
			const char *page = render(SF_PAGE_FAILED, in, reason);
			/* As far as it stands in the page as it is, not escaped. */
			const size_t len = strcspn(reason, "&<>\"'");

			assert_non_null(page);
			assert_non_null(memmem(page, strlen(page), reason, len));
			assert_in_range(len, 8, strlen(reason));
		}
	}
}

static void what_does_not_fit_is_no_page(void **state)
{
	char reason[SF_PAGE_SIZE];

	(void)state;
	memset(reason, '<', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	assert_null(render(SF_PAGE_FAILED, SF_LANGUAGE_EN, reason));
	/* Fits until it is escaped. */
	reason[400] = '\0';
	assert_non_null(render(SF_PAGE_FAILED, SF_LANGUAGE_EN, reason + 100));
	memset(reason, '"', 400);
	assert_null(render(SF_PAGE_FAILED, SF_LANGUAGE_EN, reason));
}

static void a_page_that_lacks_its_argument_is_none(void **state)
{
	(void)state;
	assert_null(render(SF_PAGE_FAILED, SF_LANGUAGE_EN, NULL));
}

static void answers_without_a_body_say_so(void **state)
{
	char buffer[SF_PAGE_SIZE];
	struct sf_text text = SF_TEXT(buffer);

	(void)state;
	assert_true(sf_page_render_empty(NULL, &text));
	assert_string_equal(buffer,
	    "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_is_escaped_and_counted),
	    cmocka_unit_test(a_page_asks_for_nothing_else_and_suits_light_and_dark),
	    cmocka_unit_test(a_page_says_which_language_it_is_in),
	    cmocka_unit_test(every_page_is_translated_and_no_other),
	    cmocka_unit_test(every_page_fits_with_every_reason_in_every_language),
	    cmocka_unit_test(what_does_not_fit_is_no_page),
	    cmocka_unit_test(a_page_that_lacks_its_argument_is_none),
	    cmocka_unit_test(answers_without_a_body_say_so),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
