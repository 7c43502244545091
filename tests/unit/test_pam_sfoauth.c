/* The built module through the real libpam, as far as that needs no worker. */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "file.h"
#include "handoff.h"
#include "text.h"

#include "banned.h"

#define OURS    "nobody" /* an account that exists everywhere, with a high uid */
#define LOW     "daemon"
#define MISSING "sf-no-such-account"
#define GOOD                                                                                       \
	"[org acme]\n"                                                                             \
	"login_url = https://acme.my.salesforce.com\n"                                             \
	"client_id = client\n"                                                                     \
	"organization_id = 00D5f000000Abcd\n"                                                      \
	"[pam]\n"                                                                                  \
	"org = acme\n"                                                                             \
	"username_template = {user}@acme.example\n"                                                \
	"approve_timeout = 10\n"                                                                   \
	"services = sshd\n"

static bool has_private_run; /* set once, before any test */

struct visit {
	const char *service, *user, *rhost;
	const char *config;    /* text of the file; NULL: there is none */
	const char *arguments; /* more of them */
	const char *answer;
	/* what came of it */
	char dir[40];
	char prompt[4096], error[512];
	int prompts, errors, infos;
	pam_handle_t *pamh;
};

static int converse(
    int count, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	struct visit *visit = data;

	*replies = calloc((size_t)count, sizeof(**replies));
	for (int i = 0; i < count; i++) {
		switch (messages[i]->msg_style) {
		case PAM_PROMPT_ECHO_OFF:
			visit->prompts++;
			(void)snprintf(
			    visit->prompt, sizeof(visit->prompt), "%s", messages[i]->msg);
			(*replies)[i].resp = strdup(visit->answer ? visit->answer : "");
			break;
		case PAM_ERROR_MSG:
			visit->errors++;
			(void)snprintf(visit->error, sizeof(visit->error), "%s", messages[i]->msg);
			break;
		default:
			visit->infos++;
		}
	}
	return PAM_SUCCESS;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[128];
	struct sf_text where = SF_TEXT(path);
	SF_CLEANUP(sf_fd_closep) int fd = -1;

	assert_true(sf_text_addf(&where, "%s/%s", dir, name));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(sf_file_write_all(fd, text, strlen(text)));
}

/* This program: asked before there is another mount namespace, where the kernel no longer knows. */
static char program[512];

/* The module of the same build: PROGRAM/../../../pam_sfoauth.so. */
static void find_module(char *ret, size_t size)
{
	assert_true(program[0] && strlen(program) < size - 20);
	assert_true(sf_text_copy(ret, size, program));
	for (int i = 0; i < 3; i++)
		*strrchr(ret, '/') = '\0';
	struct sf_text path = {.buf = ret, .size = size, .len = strlen(ret)};
	assert_true(sf_text_add(&path, "/pam_sfoauth.so"));
	assert_int_equal(access(ret, R_OK), 0);
}

static void start(struct visit *visit)
{
	const struct pam_conv conv = {.conv = converse, .appdata_ptr = visit};
	char module[512], stack[4096];
	struct sf_text text = SF_TEXT(stack);
	static const char *const phases[] = {"auth", "account", "session"};

	assert_true(sf_text_copy(visit->dir, sizeof(visit->dir), "/tmp/sf-test-pam-XXXXXX"));
	assert_non_null(mkdtemp(visit->dir));
	find_module(module, sizeof(module));
	for (size_t i = 0; i < SF_COUNT(phases); i++)
		assert_true(sf_text_addf(&text, "%s required %s conf=%s/conf %s\n", phases[i],
		    module, visit->dir, visit->arguments ? visit->arguments : ""));
	write_file(visit->dir, visit->service, stack);
	write_file(visit->dir, "other", "auth required pam_deny.so\n");
	if (visit->config)
		write_file(visit->dir, "conf", visit->config);
	assert_int_equal(
	    pam_start_confdir(visit->service, visit->user, &conv, visit->dir, &visit->pamh),
	    PAM_SUCCESS);
	assert_int_equal(pam_set_item(visit->pamh, PAM_RHOST, visit->rhost), PAM_SUCCESS);
}

static void stop(struct visit *visit)
{
	int dir;

	assert_int_equal(pam_end(visit->pamh, PAM_SUCCESS), PAM_SUCCESS);
	dir = open(visit->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)unlinkat(dir, visit->service, 0);
	(void)unlinkat(dir, "other", 0);
	(void)unlinkat(dir, "conf", 0);
	close(dir);
	assert_int_equal(rmdir(visit->dir), 0);
}

/* What each phase answers. */
struct answers {
	int auth, account, cred;
};

/* Each on a handle of its own, as in sshd: libpam answers setcred from the auth phase before it. */
static int ask_one(struct visit visit, int (*phase)(pam_handle_t *, int), int flags)
{
	int code;

	start(&visit);
	code = phase(visit.pamh, flags);
	assert_int_equal(visit.prompts + visit.infos, 0);
	stop(&visit);
	return code;
}

static struct answers ask_all(struct visit visit)
{
	assert_int_equal(ask_one(visit, pam_open_session, 0), PAM_SUCCESS);
	assert_int_equal(ask_one(visit, pam_close_session, 0), PAM_SUCCESS);
	return (struct answers){
	    .auth = ask_one(visit, pam_authenticate, 0),
	    .account = ask_one(visit, pam_acct_mgmt, 0),
	    .cred = ask_one(visit, pam_setcred, PAM_ESTABLISH_CRED),
	};
}

static void assert_answers(struct visit visit, struct answers want)
{
	struct answers got = ask_all(visit);

	assert_int_equal(got.auth, want.auth);
	assert_int_equal(got.account, want.account);
	assert_int_equal(got.cred, want.cred);
}

static const struct answers none_of_ours = {PAM_USER_UNKNOWN, PAM_USER_UNKNOWN, PAM_USER_UNKNOWN};
static const struct answers broken = {PAM_SERVICE_ERR, PAM_SERVICE_ERR, PAM_USER_UNKNOWN};
static const struct answers nobodys = {PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_SUCCESS};

static void root_is_never_asked_for_a_configuration(void **state)
{
	(void)state;
	assert_answers((struct visit){.service = "sshd", .user = "root"}, none_of_ours);
	assert_answers(
	    (struct visit){.service = "sshd", .user = "root", .config = "rubbish"}, none_of_ours);
	assert_answers((struct visit){.service = "sshd", .user = "root", .arguments = "nonsense"},
	    none_of_ours);
}

static void a_missing_or_broken_configuration_lets_nobody_else_in(void **state)
{
	static const char *const users[] = {OURS, LOW, MISSING};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(users); i++) {
		assert_answers((struct visit){.service = "sshd", .user = users[i]}, broken);
		assert_answers(
		    (struct visit){
			.service = "sshd", .user = users[i], .config = GOOD "surprise = 1\n"},
		    broken);
	}
}

static void an_argument_that_is_unknown_or_wrong_fails_every_phase(void **state)
{
	static const char *const wrong[] = {"nonsense", "debug=1", "org", "org=other",
	    "dialogue=loud", "dialogue=notice dialogue=notice", "flows=browser", "Debug"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(wrong); i++)
		assert_answers(
		    (struct visit){
			.service = "sshd", .user = OURS, .config = GOOD, .arguments = wrong[i]},
		    broken);
}

static void local_accounts_are_none_of_our_business(void **state)
{
	(void)state;
	assert_answers(
	    (struct visit){.service = "sshd", .user = LOW, .config = GOOD}, none_of_ours);
	assert_answers(
	    (struct visit){.service = "other-service", .user = OURS, .config = GOOD}, none_of_ours);
	assert_answers((struct visit){.service = "sshd",
			   .user = OURS,
			   .config = GOOD "local_users = root " OURS "\n",
			   .rhost = "198.51.100.7"},
	    none_of_ours);
}

static void at_this_machine_nobody_is_refused_at_once(void **state)
{
	(void)state;
	/* With every argument that a stack may have. */
	assert_answers(
	    (struct visit){.service = "sshd",
		.user = MISSING,
		.config = GOOD,
		.arguments = "debug try_first_pass use_first_pass org=acme services=sshd "
			     "flows=device dialogue=notice session_token=off"},
	    nobodys);
	assert_answers(
	    (struct visit){
		.service = "sshd", .user = OURS, .config = GOOD "deny_users = " OURS "\n"},
	    nobodys);
}

static void a_refusal_shows_its_reference_and_nothing_else(void **state)
{
	struct visit visit = {.service = "sshd", .user = MISSING, .config = GOOD};

	(void)state;
	start(&visit);
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_AUTH_ERR);
	assert_int_equal(visit.errors, 1);
	assert_non_null(strstr(visit.error, "Reference "));
	assert_null(strstr(visit.error, MISSING));
	stop(&visit);
}

static void our_account_needs_somebody_to_talk_to(void **state)
{
	const struct pam_conv none = {.conv = NULL};
	struct visit visit = {.service = "sshd", .user = OURS, .config = GOOD};

	(void)state;
	start(&visit);
	assert_int_equal(pam_set_item(visit.pamh, PAM_CONV, &none), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_CONV_ERR);
	assert_int_equal(visit.prompts + visit.infos + visit.errors, 0);
	stop(&visit);
}

static void our_account_passes_the_account_phase(void **state)
{
	struct visit visit = {.service = "sshd", .user = OURS, .config = GOOD};

	(void)state;
	start(&visit);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_setcred(visit.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
	stop(&visit);
}

static void where_a_key_is_demanded_nothing_is_shown_before_it(void **state)
{
	static const char *const users[] = {OURS, MISSING};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(users); i++) {
		struct visit visit = {.service = "sshd",
		    .user = users[i],
		    .rhost = "198.51.100.7",
		    .config = GOOD "ssh_first_factor = publickey\n"};

		start(&visit);
		assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_AUTH_ERR);
		assert_int_equal(visit.prompts + visit.infos, 0);
		assert_int_equal(visit.errors, 1);
		stop(&visit);
	}
}

static void setcred_removes_the_hand_off_variable_whatever_it_holds(void **state)
{
	static const char *const values[] = {
	    "", "../../etc/passwd", "rubbish", "0123456789abcdef0123456789abcdef"};
	static const char *const users[] = {OURS, LOW, MISSING, "root"};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(values) * SF_COUNT(users); i++) {
		struct visit visit = {
		    .service = "sshd", .user = users[i / SF_COUNT(values)], .config = GOOD};
		char variable[128];
		struct sf_text text = SF_TEXT(variable);

		assert_true(sf_text_addf(
		    &text, "%s=%s", SF_HANDOFF_VARIABLE, values[i % SF_COUNT(values)]));
		start(&visit);
		assert_int_equal(pam_putenv(visit.pamh, variable), PAM_SUCCESS);
		(void)pam_setcred(visit.pamh, PAM_ESTABLISH_CRED);
		assert_null(pam_getenv(visit.pamh, SF_HANDOFF_VARIABLE));
		stop(&visit);
	}
}

static void need_private_run(void)
{
	if (has_private_run)
		return;
	print_message("# needs root for a /run of its own\n");
	skip();
}

static void decoys_count_as_starts(void **state)
{
	(void)state;
	need_private_run();
	for (int i = 0; i < 3; i++) {
		struct visit visit = {.service = "sshd",
		    .user = MISSING,
		    .config = GOOD "start_rate = 240/min, 2/min per source\n",
		    .rhost = "2001:db8::1",
		    .answer = "x"};

		start(&visit);
		assert_int_equal(
		    pam_authenticate(visit.pamh, 0), i < 2 ? PAM_MAXTRIES : PAM_AUTHINFO_UNAVAIL);
		assert_int_equal(visit.prompts, i < 2);
		stop(&visit);
	}
}

static void without_a_worker_our_account_is_refused(void **state)
{
	struct visit visit = {
	    .service = "sshd", .user = OURS, .config = GOOD, .rhost = "203.0.113.9"};

	(void)state;
	need_private_run();
	start(&visit);
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SYSTEM_ERR);
	assert_int_equal(visit.prompts, 0);
	assert_int_equal(visit.errors, 1);
	assert_null(pam_getenv(visit.pamh, SF_HANDOFF_VARIABLE));
	stop(&visit);
}

static void enter_private_place(void)
{
	has_private_run =
	    geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0 &&
	    /* No worker of an installed product. */
	    mount("local", "/usr/local", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(root_is_never_asked_for_a_configuration),
	    cmocka_unit_test(a_missing_or_broken_configuration_lets_nobody_else_in),
	    cmocka_unit_test(an_argument_that_is_unknown_or_wrong_fails_every_phase),
	    cmocka_unit_test(local_accounts_are_none_of_our_business),
	    cmocka_unit_test(at_this_machine_nobody_is_refused_at_once),
	    cmocka_unit_test(a_refusal_shows_its_reference_and_nothing_else),
	    cmocka_unit_test(our_account_needs_somebody_to_talk_to),
	    cmocka_unit_test(our_account_passes_the_account_phase),
	    cmocka_unit_test(where_a_key_is_demanded_nothing_is_shown_before_it),
	    cmocka_unit_test(setcred_removes_the_hand_off_variable_whatever_it_holds),
	    cmocka_unit_test(decoys_count_as_starts),
	    cmocka_unit_test(without_a_worker_our_account_is_refused),
	};

	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		program[0] = '\0';
	enter_private_place();
	return cmocka_run_group_tests_name("pam_sfoauth", tests, NULL, NULL);
}
