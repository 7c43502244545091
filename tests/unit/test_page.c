#include "page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

static const char *render(const char *title, const char *words)
{
	static char buffer[SF_PAGE_SIZE];
	struct sf_text text = SF_TEXT(buffer);
	const struct sf_page page = {.status = "200 OK", .title = title, .words = words};

	return sf_page_render(&page, &text) ? buffer : NULL;
}

static void everything_is_escaped_and_counted(void **state)
{
	const char *page = render("<b>\"T\"", "it's <script>&amp;");
	const char *body, *length;

	(void)state;
	assert_non_null(page);
	body = strstr(page, "\r\n\r\n");
	length = strstr(page, "Content-Length: ");
	assert_true(body && length);
	assert_int_equal(strtoul(length + 16, NULL, 10), strlen(body + 4));
	assert_non_null(strstr(body, "<title>&lt;b&gt;&quot;T&quot;</title>"));
	assert_non_null(strstr(body, "<p>it&#39;s &lt;script&gt;&amp;amp;</p>"));
	assert_null(strstr(body, "<script>"));
}

static void a_page_asks_for_nothing_else_and_suits_light_and_dark(void **state)
{
	const char *page = render("Title", "Words");

	(void)state;
	assert_non_null(strstr(page, "Content-Security-Policy: default-src 'none'; "));
	assert_non_null(strstr(page, "Referrer-Policy: no-referrer\r\n"));
	assert_non_null(strstr(page, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(page, "prefers-color-scheme: dark"));
	assert_non_null(strstr(page, "<html lang=\"en\">"));
	assert_null(strstr(page, "http://"));
	assert_null(strstr(page, "https://"));
	assert_null(strstr(page, "url("));
}

static void what_does_not_fit_is_no_page(void **state)
{
	char words[SF_PAGE_SIZE];

	(void)state;
	memset(words, '<', sizeof words - 1);
	words[sizeof words - 1] = '\0';
	assert_null(render("Title", words));
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
	    cmocka_unit_test(what_does_not_fit_is_no_page),
	    cmocka_unit_test(answers_without_a_body_say_so),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
