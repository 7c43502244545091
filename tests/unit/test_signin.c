/* How long a sign-in and a decoy may take, and that the worker's exit status can veto it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <security/pam_appl.h>

#include "clock.h"
#include "signin.h"

#include "banned.h"

static uint32_t timeout_of(const char *service, uint32_t configured_s)
{
	struct sf_config config = {.pam = {.approve_timeout_s = configured_s}};
	const struct sf_phase phase = {
	    .service = service, .entry_service = service, .config = &config};

	return sf_signin_timeout_s(&phase);
}

static void login_ends_before_its_own_limit(void **state)
{
	(void)state;
	assert_int_equal(timeout_of("login", 240), 50);
	assert_int_equal(timeout_of("login", 51), 50);
	assert_int_equal(timeout_of("login", 30), 30);
}

static void everywhere_else_the_configured_time_counts(void **state)
{
	(void)state;
	assert_int_equal(timeout_of("cockpit", 240), 240);
	assert_int_equal(timeout_of("sudo", 540), 540);
	assert_int_equal(timeout_of("remote-login", 240), 240);
}

/* A worker that hears the verdict, says that all is done and ends so. */
static struct sf_child start_worker(int status)
{
	struct sf_child child = {0};
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	child.fd = fds[0];
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (child.pid == 0) {
		const struct sf_job_result end = {.token = SF_TOKEN_STATE_KEPT};
		const int64_t deadline_ms = sf_clock_now_ms() + 5000;
		struct sf_frame frame;
		struct sf_error e;
		bool is_good;

		close(fds[0]);
		is_good = sf_wire_recv(fds[1], deadline_ms, &frame, &e) == SF_OK &&
			  frame.type == SF_WIRE_VERDICT;
		sf_job_result_to_frame(&end, &frame);
		is_good = is_good && sf_wire_send(fds[1], &frame, deadline_ms, &e) == SF_OK;
		_exit(is_good ? status : 99);
	}
	close(fds[1]);
	return child;
}

static enum sf_err finish_with(int status)
{
	struct sf_signin signin = {
	    .child = start_worker(status),
	    .deadline_ms = sf_clock_now_ms() + 5000,
	    .dir = -1,
	    .record = -1,
	};
	struct sf_error e;

	signin.relay = (struct sf_relay){.fd = signin.child.fd, .phase = SF_RELAY_FACTS};
	return sf_signin_finish(&signin, true, &e);
}

static void the_workers_status_can_veto_a_yes(void **state)
{
	(void)state;
	assert_int_equal(finish_with(0), SF_OK);
	assert_int_equal(finish_with(1), SF_E_WORKER);
	assert_int_equal(finish_with(127), SF_E_WORKER);
}

static struct sf_secret *typed;

static int answer_prompt(
    int count, const struct pam_message **messages, struct pam_response **ret_replies, void *data)
{
	struct pam_response *reply = calloc(1, sizeof(*reply));

	(void)messages;
	(void)data;
	assert_int_equal(count, 1);
	assert_non_null(reply);
	reply->resp = strdup(sf_secret_reveal(typed));
	*ret_replies = reply;
	return PAM_SUCCESS;
}

/* How long a decoy's refusal takes, from the prompt on. */
static int64_t refusal_ms(const char *text, enum sf_err wanted)
{
	static char org_name[] = "acme", name[] = "kim";
	const struct pam_conv conv = {.conv = answer_prompt};
	struct sf_config config = {.pam = {.approve_timeout_s = 60}};
	struct sf_org org = {.name = org_name};
	struct sf_phase phase = {
	    .config = &config, .org = &org, .service = "sshd", .entry_service = "sshd"};
	struct sf_signin signin = {.phase = &phase,
	    .is_decoy = true,
	    .is_password = true,
	    .username = "kim@acme.example",
	    .child = {.fd = -1},
	    .dir = -1,
	    .record = -1};
	const int64_t before_ms = sf_clock_now_ms();
	struct sf_error e;

	phase.who.name = name;
	phase.rhost = "192.0.2.1";
	assert_int_equal(pam_start("sshd", "kim", &conv, &phase.pamh), PAM_SUCCESS);
	typed = sf_secret_from(text, strlen(text));
	assert_int_equal(sf_signin_ask(&signin, &e), wanted);
	sf_signin_closep(&signin);
	typed = sf_secret_free(typed);
	assert_int_equal(pam_end(phase.pamh, PAM_SUCCESS), PAM_SUCCESS);
	return sf_clock_now_ms() - before_ms;
}

static void a_decoy_takes_as_long_as_an_answer_of_salesforces(void **state)
{
	(void)state;
	assert_true(refusal_ms("guess", SF_OK) >= SF_PARITY_REFUSAL_MS);
	/* Nobody is asked about nothing, whoever the account is. */
	assert_true(refusal_ms("", SF_E_WRONG_INPUT) < SF_PARITY_REFUSAL_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(login_ends_before_its_own_limit),
	    cmocka_unit_test(everywhere_else_the_configured_time_counts),
	    cmocka_unit_test(the_workers_status_can_veto_a_yes),
	    cmocka_unit_test(a_decoy_takes_as_long_as_an_answer_of_salesforces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
