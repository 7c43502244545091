#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"
#include "text.h"

#include "banned.h"

#define PATH_SIZE 256
#define ORG_OF(name, host)                                                                         \
	"[org " name "]\nlogin_url = https://" host ".my.salesforce.com\nclient_id = id-" host "\n"
#define ID       "organization_id = 00D5f000000AbcdEAC\n"
#define PAM      "[pam]\norg = acme\nuser_map = /etc/sfoauth/users\n"
#define COMPLETE ORG_OF("acme", "acme") ID PAM

static struct sf_config *must_parse(const char *text)
{
	const struct sf_config_ask ask = {.name = "x.conf", .allow_pam = true};
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	if (sf_config_parse(&ask, text, strlen(text), &config, &e) != SF_OK)
		fail_msg("%s", e.detail);
	return config;
}

/* ROOT/sfoauth/sfoauth.conf in a private directory below /tmp, which is a sticky ancestor. */
struct place {
	char root[PATH_SIZE], directory[PATH_SIZE], file[PATH_SIZE], other[PATH_SIZE];
};

static int make_place(void **state)
{
	static struct place place;
	struct sf_text directory = SF_TEXT(place.directory), file = SF_TEXT(place.file),
		       other = SF_TEXT(place.other);
	int fd;

	assert_true(sf_text_copy(place.root, PATH_SIZE, "/tmp/sfoauth-config-XXXXXX"));
	assert_non_null(mkdtemp(place.root));
	assert_true(sf_text_addf(&directory, "%s/sfoauth", place.root));
	assert_true(sf_text_addf(&file, "%s/sfoauth.conf", place.directory));
	assert_true(sf_text_addf(&other, "%s/other", place.directory));
	assert_int_equal(mkdir(place.directory, 0755), 0);
	fd = open(place.file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, ORG_OF("acme", "acme"), strlen(ORG_OF("acme", "acme"))));
	assert_int_equal(close(fd), 0);
	/* Whatever the umask is. */
	assert_int_equal(chmod(place.root, 0755), 0);
	assert_int_equal(chmod(place.directory, 0755), 0);
	assert_int_equal(chmod(place.file, 0644), 0);
	*state = &place;
	return 0;
}

static int remove_place(void **state)
{
	const struct place *place = *state;

	(void)unlink(place->other);
	(void)unlink(place->file);
	(void)rmdir(place->directory);
	return rmdir(place->root);
}

static void load_must_fail(const char *path, int sys, const char *says)
{
	struct sf_config *config = NULL;
	struct sf_error e = {0};

	assert_int_equal(sf_config_load(path, &config, &e), SF_E_CONFIG);
	assert_null(config);
	assert_int_equal(e.sys, sys);
	if (strstr(e.detail, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.detail, says);
}

static void load_must_work(const char *path)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};

	if (sf_config_load(path, &config, &e) != SF_OK)
		fail_msg("%s", e.detail);
	assert_int_equal(config->org_count, 1);
}

static void the_systems_file_must_not_be_writable_by_others(void **state)
{
	const struct place *place = *state;

	load_must_work(place->file);
	assert_int_equal(chmod(place->file, 0664), 0);
	load_must_fail(place->file, 0, "writable");
	assert_int_equal(chmod(place->file, 0646), 0);
	load_must_fail(place->file, 0, "writable");
	assert_int_equal(chmod(place->file, 0600), 0);
	load_must_work(place->file);
}

static void the_systems_directories_must_not_be_writable_by_others(void **state)
{
	const struct place *place = *state;

	assert_int_equal(chmod(place->directory, 0775), 0);
	load_must_fail(place->file, 0, "directory");
	assert_int_equal(chmod(place->directory, 01777), 0);
	load_must_fail(place->file, 0, "directory");
	assert_int_equal(chmod(place->directory, 0755), 0);
	assert_int_equal(chmod(place->root, 0757), 0);
	load_must_fail(place->file, 0, "directory");
	/* As /tmp is: nobody can put another sfoauth/ there. */
	assert_int_equal(chmod(place->root, 01777), 0);
	load_must_work(place->file);
}

static void the_systems_file_is_reached_through_no_link(void **state)
{
	const struct place *place = *state;

	assert_int_equal(symlink("sfoauth.conf", place->other), 0);
	load_must_fail(place->other, ELOOP, "link");
	assert_int_equal(unlink(place->other), 0);
	assert_int_equal(link(place->file, place->other), 0);
	load_must_fail(place->file, 0, "hard link");
}

static void a_missing_file_is_enoent(void **state)
{
	const struct place *place = *state;

	load_must_fail(place->other, ENOENT, "does not exist");
}

static void need_root(void)
{
	if (geteuid() != 0) {
		print_message("only root can give files away and become another user\n");
		skip();
	}
}

static void the_systems_file_must_not_belong_to_somebody_else(void **state)
{
	const struct place *place = *state;

	need_root();
	assert_int_equal(chown(place->file, 4711, 0), 0);
	load_must_fail(place->file, EPERM, "uid 4711");
	assert_int_equal(chown(place->file, 0, 0), 0);
	assert_int_equal(chown(place->directory, 4711, 0), 0);
	load_must_fail(place->file, EPERM, "directory");
}

static void what_is_wrong_in_a_file_is_named_with_its_path(void **state)
{
	const struct place *place = *state;
	int fd = open(place->file, O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_true(sf_file_write_all(fd, "nonsense\n", 9));
	assert_int_equal(close(fd), 0);
	load_must_fail(place->file, 0, "sfoauth.conf line 4: ");
}

/* What sf_config_load_user gives, with counts of orgs told apart by the exit status of a child. */
enum outcome { FAILED = 10, SKIPPED, SKIPPED_SILENTLY, EMPTY, LOADED };

static enum outcome load_user(const char *path)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};
	bool is_skipped = true;

	if (sf_config_load_user(path, &config, &is_skipped, &e) != SF_OK)
		return FAILED;
	if (is_skipped)
		return e.detail[0] == '\0' || config->org_count > 0 ? SKIPPED_SILENTLY : SKIPPED;
	return config->org_count == 0 ? EMPTY : LOADED;
}

static enum outcome load_as(uid_t uid, const char *path)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(setresuid(uid, uid, uid) == 0 ? (int)load_user(path) : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum outcome)WEXITSTATUS(status);
}

static void a_users_file_is_read_if_it_is_their_own_and_skipped_if_not(void **state)
{
	const struct place *place = *state;

	need_root();
	assert_int_equal(load_as(4711, place->other), EMPTY);
	assert_int_equal(load_as(4711, place->file), SKIPPED);
	assert_int_equal(chown(place->file, 4712, 0), 0);
	assert_int_equal(load_as(4711, place->file), SKIPPED);
	assert_int_equal(chown(place->file, 4711, 0), 0);
	assert_int_equal(load_as(4711, place->file), LOADED);
	/* Group-writable directories are common in homes; a file of one's own is what counts. */
	assert_int_equal(chmod(place->directory, 0775), 0);
	assert_int_equal(load_as(4711, place->file), LOADED);
	assert_int_equal(chmod(place->file, 0664), 0);
	assert_int_equal(load_as(4711, place->file), FAILED);
}

static void an_ordinary_users_own_file_is_read(void **state)
{
	const struct place *place = *state;

	if (geteuid() == 0) {
		assert_int_equal(load_user(place->file), EMPTY);
		return;
	}
	assert_int_equal(load_user(place->file), LOADED);
	assert_int_equal(load_user("/etc/passwd"), SKIPPED);
}

static void a_users_org_replaces_the_whole_section_in_its_place(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(ORG_OF(
	    "a", "a") "session_timeout = 1h\nalso_for = https://x.example\n" ORG_OF("b", "b") PAM);
	struct sf_config *over = must_parse(ORG_OF("c", "c") ORG_OF("a", "mine") "scopes = web\n");
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(sf_config_merge(config, over, &e), SF_OK);
	assert_int_equal(config->org_count, 3);
	assert_string_equal(config->orgs[0].name, "a");
	assert_string_equal(config->orgs[0].client_id, "id-mine");
	assert_string_equal(config->orgs[0].scopes.items[0], "web");
	/* Nothing of the system's section shines through. */
	assert_int_equal(config->orgs[0].session_timeout_s, 7200);
	assert_int_equal(config->orgs[0].also_for.count, 0);
	assert_string_equal(config->orgs[1].name, "b");
	assert_string_equal(config->orgs[2].name, "c");
	assert_true(config->has_pam);
	assert_string_equal(config->pam.org, "acme");
}

static void a_users_default_counts_more_than_the_systems(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(ORG_OF("a", "a") "default = yes\n" ORG_OF("b", "b"));
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(sf_config_merge(config, must_parse(ORG_OF("c", "c")), &e), SF_OK);
	assert_string_equal(sf_config_org(config, NULL)->name, "a");
	assert_int_equal(
	    sf_config_merge(config, must_parse(ORG_OF("b", "b") "default = yes\n"), &e), SF_OK);
	assert_string_equal(sf_config_org(config, NULL)->name, "b");
	assert_false(config->orgs[0].is_default);
}

static void a_merge_of_too_many_orgs_changes_nothing(void **state)
{
	static char buf[8192];
	struct sf_text text = SF_TEXT(buf);
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	struct sf_error e = {0};

	(void)state;
	for (unsigned i = 1; i < SF_CONFIG_ORGS_MAX; i++)
		(void)sf_text_addf(
		    &text, "[org o%u]\nlogin_url = https://x.example\nclient_id = x\n", i);
	config = must_parse(buf);
	assert_int_equal(sf_config_merge(config,
			     must_parse(ORG_OF("o1", "n") ORG_OF("a", "a") ORG_OF("b", "b")), &e),
	    SF_E_CONFIG);
	assert_int_equal(config->org_count, SF_CONFIG_ORGS_MAX - 1);
	assert_string_equal(config->orgs[0].client_id, "x");
	assert_int_equal(
	    sf_config_merge(config, must_parse(ORG_OF("o1", "n") ORG_OF("a", "a")), &e), SF_OK);
	assert_int_equal(config->org_count, SF_CONFIG_ORGS_MAX);
	assert_string_equal(config->orgs[0].client_id, "id-n");
}

static void an_org_is_found_by_name_by_default_or_alone(void **state)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *none = must_parse("");
	SF_CLEANUP(sf_config_freep) struct sf_config *one = must_parse(ORG_OF("a", "a"));
	SF_CLEANUP(sf_config_freep)
	struct sf_config *two = must_parse(ORG_OF("a", "a") ORG_OF("b", "b"));
	SF_CLEANUP(sf_config_freep)
	struct sf_config *chosen = must_parse(ORG_OF("a", "a") ORG_OF("b", "b") "default = yes\n");

	(void)state;
	assert_null(sf_config_org(none, NULL));
	assert_ptr_equal(sf_config_org(one, NULL), &one->orgs[0]);
	assert_null(sf_config_org(two, NULL));
	assert_ptr_equal(sf_config_org(chosen, NULL), &chosen->orgs[1]);
	assert_ptr_equal(sf_config_org(chosen, "a"), &chosen->orgs[0]);
	assert_null(sf_config_org(chosen, "A"));
	assert_null(sf_config_org(chosen, ""));
}

static void a_pam_argument_sets_its_key_by_the_same_rules(void **state)
{
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(COMPLETE "services = cron\n");
	struct sf_error e = {0};

	(void)state;
	assert_int_equal(sf_config_set_pam(config, "org", "other", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "services", "sshd,login", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "flows", "device", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "dialogue", "notice", &e), SF_OK);
	assert_int_equal(sf_config_set_pam(config, "session_token", "off", &e), SF_OK);
	assert_string_equal(config->pam.org, "other");
	assert_int_equal(config->pam.services.count, 2);
	assert_string_equal(config->pam.services.items[1], "login");
	assert_int_equal(config->pam.dialogue, SF_DIALOGUE_NOTICE);
	assert_int_equal(config->pam.session_token, SF_SESSION_TOKEN_OFF);
}

static void a_wrong_pam_argument_is_refused_and_changes_nothing(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
	    {"services", ""},
	    {"services", ","},
	    {"services", "sshd,j\xc3\xbcrgen"},
	    {"services", "sshd,"
			 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	    {"dialogue", "maybe"},
	    {"org", ""},
	    {"flows", "password"},
	    {"user_map", "/tmp/users"},
	    {"username_template", "{user}@evil.example"},
	    {"min_uid", "1"},
	    {"login_url", "https://evil.example"},
	    {"nonsense", "x"},
	    {"", ""},
	};
	SF_CLEANUP(sf_config_freep)
	struct sf_config *config = must_parse(COMPLETE "services = cron\n");

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		struct sf_error e = {0};

		assert_int_equal(
		    sf_config_set_pam(config, rows[i].key, rows[i].value, &e), SF_E_CONFIG);
		assert_true(sf_text_starts(e.detail, "PAM argument"));
	}
	assert_int_equal(config->pam.services.count, 1);
	assert_string_equal(config->pam.services.items[0], "cron");
	assert_int_equal(config->pam.dialogue, SF_DIALOGUE_AUTO);
	assert_string_equal(config->pam.org, "acme");
	assert_string_equal(config->pam.user_map, "/etc/sfoauth/users");
	assert_int_equal(config->pam.min_uid, 1000);
}

static void a_complete_pam_section_names_its_org(void **state)
{
	static const char *const rows[] = {
	    COMPLETE,
	    COMPLETE ORG_OF("other", "other"),
	    ORG_OF("acme", "acme") ID
	    "[pam]\norg = acme\nusername_template = {user}@acme.example\n",
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = must_parse(rows[i]);
		const struct sf_org *org = NULL;
		struct sf_error e = {0};

		assert_int_equal(sf_config_check_pam(config, &org, &e), SF_OK);
		assert_ptr_equal(org, &config->orgs[0]);
	}
}

static void an_incomplete_pam_section_is_refused(void **state)
{
#define LOGIN_HOST(host) "[org acme]\nlogin_url = https://" host "\nclient_id = x\n" ID PAM
	static const struct {
		const char *text, *says;
	} rows[] = {
	    {ORG_OF("acme", "acme") ID, "no section [pam]"},
	    {ORG_OF("acme", "acme") ID "[pam]\nuser_map = /x\n", "no org"},
	    {ORG_OF("other", "other") ID PAM, "acme, which has no section"},
	    {ORG_OF("acme", "acme") PAM, "organization_id"},
	    {ORG_OF("acme", "acme") ID "[pam]\norg = acme\n", "exactly one"},
	    {COMPLETE "username_template = {user}@acme.example\n", "exactly one"},
	    {COMPLETE "session_services = sshd sudo\n", "must not name sudo"},
	    {COMPLETE "session_services = sudo-i\n", "must not name sudo-i"},
	    {COMPLETE "session_services = sshd\nsession_services = su\n", "must not name su"},
	    {COMPLETE "session_services = su-l\n", "must not name su-l"},
	    {LOGIN_HOST("login.salesforce.com"), "My Domain"},
	    {LOGIN_HOST("LOGIN.salesforce.com:443/"), "My Domain"},
	    {LOGIN_HOST("test.salesforce.com"), "My Domain"},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_config_freep) struct sf_config *config = must_parse(rows[i].text);
		const struct sf_org *org = NULL;
		struct sf_error e = {0};

		assert_int_equal(sf_config_check_pam(config, &org, &e), SF_E_CONFIG);
		assert_null(org);
		if (strstr(e.detail, rows[i].says) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", e.detail, rows[i].says);
	}
}

static void a_list_keeps_copies_in_order(void **state)
{
	struct sf_list list = {NULL, 0};
	char item[16];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		struct sf_text text = SF_TEXT(item);

		assert_true(sf_text_addf(&text, "item-%u", i));
		assert_true(sf_list_add(&list, item));
	}
	assert_int_equal(list.count, 100);
	assert_string_equal(list.items[0], "item-0");
	assert_string_equal(list.items[99], "item-99");
	assert_true(sf_list_has(&list, "item-50"));
	assert_false(sf_list_has(&list, "Item-50"));
	assert_false(sf_list_has(&list, "item-"));
	sf_list_clear(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
	sf_list_clear(&list);
}

int main(void)
{
#define IN_PLACE(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)
	const struct CMUnitTest tests[] = {
	    IN_PLACE(the_systems_file_must_not_be_writable_by_others),
	    IN_PLACE(the_systems_directories_must_not_be_writable_by_others),
	    IN_PLACE(the_systems_file_is_reached_through_no_link),
	    IN_PLACE(a_missing_file_is_enoent),
	    IN_PLACE(the_systems_file_must_not_belong_to_somebody_else),
	    IN_PLACE(what_is_wrong_in_a_file_is_named_with_its_path),
	    IN_PLACE(a_users_file_is_read_if_it_is_their_own_and_skipped_if_not),
	    IN_PLACE(an_ordinary_users_own_file_is_read),
	    cmocka_unit_test(a_users_org_replaces_the_whole_section_in_its_place),
	    cmocka_unit_test(a_users_default_counts_more_than_the_systems),
	    cmocka_unit_test(a_merge_of_too_many_orgs_changes_nothing),
	    cmocka_unit_test(an_org_is_found_by_name_by_default_or_alone),
	    cmocka_unit_test(a_pam_argument_sets_its_key_by_the_same_rules),
	    cmocka_unit_test(a_wrong_pam_argument_is_refused_and_changes_nothing),
	    cmocka_unit_test(a_complete_pam_section_names_its_org),
	    cmocka_unit_test(an_incomplete_pam_section_is_refused),
	    cmocka_unit_test(a_list_keeps_copies_in_order),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
