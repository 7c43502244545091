/* When any one allocation fails, a configuration is whole or not there. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "banned.h"

#define FILE_TEXT                                                                                  \
	"[org acme]\nlogin_url = https://acme.my.salesforce.com\nclient_id = id\n"                 \
	"scopes = openid api\nalso_for = https://a.example\nalso_for = https://b.example\n"        \
	"[pam]\norg = acme\nuser_map = /etc/sfoauth/users\nlocal_users = a b c d e\n"

void *__wrap_calloc(size_t count, size_t size);
void *__real_calloc(size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__real_strdup(const char *text);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);

static unsigned left; /* so many more succeed, and one fails; 0: none fails */

static bool is_last(void)
{
	return left > 0 && --left == 0;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_last() ? NULL : __real_calloc(count, size);
}

char *__wrap_strdup(const char *text)
{
	return is_last() ? NULL : __real_strdup(text);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return is_last() ? NULL : __real_reallocarray(old, count, size);
}

static void whichever_allocation_fails_there_is_no_half_configuration(void **state)
{
	const struct sf_config_params params = {.name = "/x.conf", .allow_pam = true};
	unsigned k = 0;
	enum sf_err r;

	(void)state;
	do {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
		struct sf_error e = {0};

		left = ++k;
		r = sf_config_parse(&params, FILE_TEXT, strlen(FILE_TEXT), &config, &e);
		assert_int_equal(config != NULL, left > 0);
		if (config)
			break;
		assert_int_equal(r, SF_E_NOMEM);
		assert_int_equal(e.sys, 0);
		assert_string_equal(e.detail, "no memory for /x.conf");
	} while (true);
	left = 0;
	assert_int_equal(r, SF_OK);
	/* Of the file's own keys alone there are more. */
	assert_true(k > 20);
}

static void whichever_allocation_fails_a_pam_argument_is_not_half_set(void **state)
{
	const struct sf_config_params params = {.name = "/x.conf", .allow_pam = true};
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};
	unsigned k = 0;
	size_t before;

	(void)state;
	assert_int_equal(
	    sf_config_parse(&params, FILE_TEXT, strlen(FILE_TEXT), &config, &e), SF_OK);
	before = config->pam.services.count;
	left = ++k;
	while (sf_config_set_pam(config, "services", "sshd,login,su", &e) != SF_OK) {
		assert_int_equal(left, 0);
		assert_int_equal(e.code, SF_E_NOMEM);
		assert_int_equal(e.sys, 0);
		assert_int_equal(config->pam.services.count, before);
		left = ++k;
	}
	left = 0;
	assert_int_equal(config->pam.services.count, 3);
	assert_true(k > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whichever_allocation_fails_there_is_no_half_configuration),
	    cmocka_unit_test(whichever_allocation_fails_a_pam_argument_is_not_half_set),
	};

	return cmocka_run_group_tests_name("config_nomem", tests, NULL, NULL);
}
