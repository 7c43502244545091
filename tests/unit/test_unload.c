/* The built module, loaded into this process by libpam and unloaded again, a thousand times. */
#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define VISITS      1000
#define WARM_UP     50 /* libpam, libc and the allocator keep what they first needed */
#define SLACK       4  /* mappings of allocators come and go */
#define GROWTH_KIB  256
#define HEAP_GROWTH 16384 /* sixteen bytes each */
#define PATH_SIZE   512
#define FILE_SUFFIX "/pam_sfoauth.so"

static char module[PATH_SIZE]; /* of the same build: PROGRAM/../../../pam_sfoauth.so */
static char dir[] = "/tmp/sf-test-unload-XXXXXX";

struct state {
	long mappings, of_module, descriptors, threads, resident_kib;
	size_t heap; /* bytes in use; always 0 where a sanitizer allocates */
};

static long count_entries(const char *path)
{
	DIR *entries = opendir(path);
	long count = 0;

	assert_non_null(entries);
	while (readdir(entries))
		count++;
	closedir(entries);
	return count;
}

static struct state look(void)
{
	struct state state = {
	    .descriptors = count_entries("/proc/self/fd"),
	    .threads = count_entries("/proc/self/task"),
	    .heap = mallinfo2().uordblks,
	};
	FILE *file = fopen("/proc/self/smaps", "re");
	char line[4096 + PATH_SIZE];
	long kib;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		state.mappings += sf_text_starts(line, "Size:");
		state.of_module += strstr(line, FILE_SUFFIX) != NULL;
		if (sf_text_starts(line, "Private_Dirty:")) {
			kib = strtol(line + strlen("Private_Dirty:"), NULL, 10);
			state.resident_kib += kib;
		}
	}
	(void)fclose(file);
	return state;
}

static void write_file(const char *name, const char *text)
{
	char path[PATH_SIZE];
	struct sf_text where = SF_TEXT(path);
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	assert_true(sf_text_addf(&where, "%s/%s", dir, name));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, text, strlen(text)));
}

static int no_words(
    int count, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	(void)messages, (void)data;
	*replies = calloc((size_t)count, sizeof(**replies));
	return PAM_SUCCESS;
}

/*
 * All phases. Now and then for an account that is refused, where configuration, user database and
 * audit are used; else for root, about whom nothing is asked.
 */
static void visit(int number)
{
	const bool is_refused = number % 10 == 0;
	const struct pam_conv conv = {.conv = no_words};
	pam_handle_t *pamh = NULL;

	assert_int_equal(pam_start_confdir(
			     "sshd", is_refused ? "sf-no-such-account" : "root", &conv, dir, &pamh),
	    PAM_SUCCESS);
	assert_int_equal(pam_authenticate(pamh, 0), is_refused ? PAM_AUTH_ERR : PAM_USER_UNKNOWN);
	assert_int_equal(pam_acct_mgmt(pamh, 0), is_refused ? PAM_PERM_DENIED : PAM_USER_UNKNOWN);
	(void)pam_setcred(pamh, PAM_ESTABLISH_CRED);
	(void)pam_open_session(pamh, 0);
	(void)pam_close_session(pamh, 0);
	if (is_refused)
		assert_true(look().of_module > 0);
	assert_int_equal(pam_end(pamh, PAM_SUCCESS), PAM_SUCCESS);
}

static void a_thousand_visits_leave_nothing_behind(void **state)
{
	struct state before, after;

	(void)state;
	for (int i = 0; i < WARM_UP; i++)
		visit(i);
	before = look();
	assert_int_equal(before.of_module, 0);
	for (int i = 0; i < VISITS; i++)
		visit(i);
	after = look();
	assert_int_equal(after.of_module, 0);
	assert_in_range(after.mappings, 0, before.mappings + SLACK);
	assert_int_equal(after.descriptors, before.descriptors);
	assert_int_equal(after.threads, before.threads);
	assert_in_range(after.heap, 0, before.heap + HEAP_GROWTH);
	/* A sanitizer keeps what was freed. */
	if (before.heap > 0)
		assert_in_range(after.resident_kib, 0, before.resident_kib + GROWTH_KIB);
}

static int make_place(void **state)
{
	static const char *const phases[] = {"auth", "account", "session"};
	char stack[3 * PATH_SIZE];
	struct sf_text text = SF_TEXT(stack);

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < SF_COUNT(phases); i++)
		(void)sf_text_addf(&text, "%s required %s conf=%s/conf\n", phases[i], module, dir);
	write_file("sshd", stack);
	write_file("other", "auth required pam_deny.so\n");
	write_file("conf", "[org acme]\n"
			   "login_url = https://acme.my.salesforce.com\n"
			   "client_id = client\n"
			   "organization_id = 00D5f000000Abcd\n"
			   "[pam]\n"
			   "org = acme\n"
			   "username_template = {user}@acme.example\n");
	return text.overflow ? -1 : 0;
}

static int remove_place(void **state)
{
	SF_CLEANUP(sf_fd_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	(void)unlinkat(fd, "sshd", 0);
	(void)unlinkat(fd, "other", 0);
	(void)unlinkat(fd, "conf", 0);
	return rmdir(dir);
}

static bool find_module(void)
{
	ssize_t len = readlink("/proc/self/exe", module, sizeof(module) - sizeof(FILE_SUFFIX));

	if (len < 0)
		return false;
	module[len] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(module, '/') = '\0';
	memcpy(module + strlen(module), FILE_SUFFIX, sizeof(FILE_SUFFIX));
	return access(module, R_OK) == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_thousand_visits_leave_nothing_behind, make_place, remove_place),
	};

	if (!find_module())
		return 1;
	return cmocka_run_group_tests_name("unload", tests, NULL, NULL);
}
