/* The sign-in's words on a terminal, and the QR code with its margin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tty_ui.h"

#include "banned.h"

static const struct sf_show show = {
    .verification_uri = "https://acme.my.salesforce.com/setup/connect",
    .user_code = "K7P2QW4Z",
    .life_s = 600,
};

static void the_words_name_org_host_address_and_code(void **state)
{
	struct sf_tty_ui tty;
	char buf[2048];
	struct sf_text words = SF_TEXT(buf);

	(void)state;
	sf_tty_ui_begin(&tty, "acme", "acme.my.salesforce.com", /* is_utf8= */ false);
	assert_true(sf_tty_ui_words(&tty, &show, &words));
	assert_non_null(strstr(buf, "'acme' at acme.my.salesforce.com"));
	assert_non_null(strstr(buf, show.verification_uri));
	assert_non_null(strstr(buf, show.user_code));
	assert_non_null(strstr(buf, "10 minutes"));
}

static void the_words_are_in_the_language_of_the_terminal(void **state)
{
	static const struct sf_show link = {.verification_uri = "https://acme.my.salesforce.com/x"};
	struct sf_tty_ui tty;
	char code_buf[2048], link_buf[2048];
	struct sf_text code = SF_TEXT(code_buf), address = SF_TEXT(link_buf);

	(void)state;
	assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
	sf_tty_ui_begin(&tty, "acme", "acme.my.salesforce.com", /* is_utf8= */ true);
	assert_true(sf_tty_ui_words(&tty, &show, &code));
	assert_true(sf_tty_ui_words(&tty, &link, &address));
	assert_int_equal(setenv("LC_ALL", "C", 1), 0);
	assert_non_null(strstr(code_buf, "Eingeben  K7P2QW4Z\n"));
	assert_non_null(strstr(code_buf, "10 Minuten"));
	assert_non_null(strstr(link_buf, "\nhttps://acme.my.salesforce.com/x\n"));
	assert_null(strstr(link_buf, "Code"));
}

static void words_that_do_not_fit_are_refused(void **state)
{
	struct sf_tty_ui tty;
	char buf[64];
	struct sf_text words = SF_TEXT(buf);

	(void)state;
	sf_tty_ui_begin(&tty, "acme", "acme.my.salesforce.com", /* is_utf8= */ false);
	assert_false(sf_tty_ui_words(&tty, &show, &words));
}

static void a_qr_code_is_square_with_a_margin(void **state)
{
	char buf[16384];
	struct sf_text lines = SF_TEXT(buf);
	unsigned columns = 0, rows = 0;

	(void)state;
	assert_true(sf_tty_ui_qr(show.verification_uri, &lines, &columns));
	for (const char *p = buf; *p != '\0'; p++)
		rows += *p == '\n';
	assert_int_equal(rows, (columns + 1) / 2);
	/* The first line is all light: the margin. */
	for (unsigned i = 0; i < columns; i++)
		assert_memory_equal(buf + i * strlen("\u2588"), "\u2588", strlen("\u2588"));
}

static void a_qr_code_that_does_not_fit_is_refused(void **state)
{
	char buf[100];
	struct sf_text lines = SF_TEXT(buf);
	unsigned columns = 0;

	(void)state;
	assert_false(sf_tty_ui_qr(show.verification_uri, &lines, &columns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_words_name_org_host_address_and_code),
	    cmocka_unit_test(the_words_are_in_the_language_of_the_terminal),
	    cmocka_unit_test(words_that_do_not_fit_are_refused),
	    cmocka_unit_test(a_qr_code_is_square_with_a_margin),
	    cmocka_unit_test(a_qr_code_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
