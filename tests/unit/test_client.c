/* How the app proves itself: no proof, a secret in the body or the header, or a key. */
#include "client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "form.h"
#include "text.h"

#include "banned.h"

static int file_of(const char *text)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static enum sf_err open_with(
    enum sf_client_auth auth, const char *flow, const char *text, struct sf_client *ret_client)
{
	struct sf_job job = {.kind = SF_JOB_LOGIN, .client_auth = auth};
	struct sf_error e;
	int fd = text ? file_of(text) : -1;

	assert_true(sf_text_copy(job.flow, sizeof(job.flow), flow));

	enum sf_err r = sf_client_open(&job, fd, ret_client, &e);

	if (fd >= 0)
		close(fd);
	return r;
}

static void a_secret_is_the_first_line(void **state)
{
	static const char *const texts[] = {"hush", "hush\n", "hush\r\nrest"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(texts); i++) {
		SF_CLEANUP(sf_client_clear) struct sf_client client = {0};

		assert_int_equal(
		    open_with(SF_CLIENT_AUTH_BODY, "password", texts[i], &client), SF_OK);
		assert_string_equal(sf_secret_reveal(client.secret), "hush");
		assert_null(client.key);
	}
}

static void what_is_no_secret_is_refused(void **state)
{
	char long_text[SF_CLIENT_SECRET_MAX + 2];
	const char *const texts[] = {NULL, "", "\nhush", "h\x01", "h\xc3\xbc", long_text};

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	for (size_t i = 0; i < SF_COUNT(texts); i++) {
		SF_CLEANUP(sf_client_clear) struct sf_client client = {0};

		assert_int_equal(
		    open_with(SF_CLIENT_AUTH_BASIC, "device", texts[i], &client), SF_E_CONFIG);
		assert_null(client.secret);
	}
}

static void without_authentication_nothing_is_read(void **state)
{
	SF_CLEANUP(sf_client_clear) struct sf_client client = {0};

	(void)state;
	assert_int_equal(open_with(SF_CLIENT_AUTH_NONE, "device", NULL, &client), SF_OK);
	assert_null(client.secret);
	assert_null(client.key);
}

static void a_key_is_taken_whole_and_goes_with_no_secret(void **state)
{
	SF_CLEANUP(sf_client_clear) struct sf_client client = {0};
	SF_CLEANUP(sf_client_clear) struct sf_client other = {0};

	(void)state;
	assert_int_equal(open_with(SF_CLIENT_AUTH_NONE, "jwt", "-----\nx\n", &client), SF_OK);
	assert_string_equal(sf_secret_reveal(client.key), "-----\nx\n");
	assert_null(client.secret);
	assert_int_equal(open_with(SF_CLIENT_AUTH_BODY, "jwt", "x", &other), SF_E_CONFIG);
}

static void a_secret_goes_into_the_body_or_the_header_and_never_into_both(void **state)
{
	static const struct {
		enum sf_client_auth auth;
		const char *form;
	} rows[] = {
	    {SF_CLIENT_AUTH_NONE, "a=b&client_id=3MVG9.x"},
	    {SF_CLIENT_AUTH_BODY, "a=b&client_id=3MVG9.x&client_secret=h%26sh"},
	    {SF_CLIENT_AUTH_BASIC, "a=b&client_id=3MVG9.x"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_client_clear) struct sf_client client = {.auth = rows[i].auth};
		SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
		const struct sf_job job = {.client_id = "3MVG9.x"};
		const bool is_basic = rows[i].auth == SF_CLIENT_AUTH_BASIC;
		struct sf_client_proof proof;
		struct sf_error e;

		client.secret = sf_secret_from("h&sh", 4);
		assert_true(sf_form_add(form, "a", "b"));
		assert_int_equal(sf_client_add(&client, &job, form, &proof, &e), SF_OK);
		assert_string_equal(sf_secret_reveal(form), rows[i].form);
		assert_true((proof.basic_user != NULL) == is_basic);
		assert_true((proof.basic_password != NULL) == is_basic);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_secret_is_the_first_line),
	    cmocka_unit_test(what_is_no_secret_is_refused),
	    cmocka_unit_test(without_authentication_nothing_is_read),
	    cmocka_unit_test(a_key_is_taken_whole_and_goes_with_no_secret),
	    cmocka_unit_test(a_secret_goes_into_the_body_or_the_header_and_never_into_both),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
