/*
 * The module's half of a sign-in, for tests against hostile servers and workers:
 *
 *   signin job KEY=VALUE...        one job for the installed worker, through relay.h and the policy
 *   signin pam CONFDIR USER RHOST  pam_authenticate as sshd does it after a key, from CONFDIR/sshd
 *   signin table                   relay.c's own table: PHASE TYPE NEXT
 *
 * KEY: kind host client ca org user life_ms keep record body path token (the last four: numbers of
 * descriptors that are inherited, but path). Prints lines "NAME VALUE"; texts in hexadecimal, so
 * that whatever the other side says arrives as it was said.
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "clock.h"
#include "config.h"
#include "handoff.h"
#include "hosts.h"
#include "identity.h"
#include "job.h"
#include "launch.h"
#include "relay.h"
#include "spawn.h"
#include "text.h"
#include "token.h"

#include "banned.h"

#define HANG_MS 4000 /* past its deadline a worker has this long, on a busy machine */

struct given {
	const char *kind, *host, *client, *ca, *org, *user, *path;
	uint64_t life_ms, keep;
	int record, body, token;
};

static void put_text(const char *name, const char *text)
{
	printf("%s ", name);
	for (const char *at = text; *at; at++)
		printf("%02x", (unsigned char)*at);
	printf("\n");
}

static void put_number(const char *name, long long number)
{
	printf("%s %lld\n", name, number);
}

static void put_error(enum sf_err r, const struct sf_error *e)
{
	printf("err %s\n", sf_err_name(r));
	if (r == SF_OK)
		return;
	put_text("detail", e->detail);
	put_number("sys", e->sys);
}

static bool read_number(const char *text, uint64_t *ret)
{
	return sf_text_u64(text, 0, INT32_MAX, ret);
}

static bool read_given(int argc, char **argv, struct given *given)
{
	const struct {
		const char *key;
		const char **text;
		uint64_t *number;
		int *fd;
	} rows[] = {
	    {"kind", &given->kind, NULL, NULL},
	    {"host", &given->host, NULL, NULL},
	    {"client", &given->client, NULL, NULL},
	    {"ca", &given->ca, NULL, NULL},
	    {"org", &given->org, NULL, NULL},
	    {"user", &given->user, NULL, NULL},
	    {"path", &given->path, NULL, NULL},
	    {"life_ms", NULL, &given->life_ms, NULL},
	    {"keep", NULL, &given->keep, NULL},
	    {"record", NULL, NULL, &given->record},
	    {"body", NULL, NULL, &given->body},
	    {"token", NULL, NULL, &given->token},
	};

	for (int i = 0; i < argc; i++) {
		const char *equals = strchr(argv[i], '=');
		uint64_t number = 0;
		size_t at = 0;

		while (equals && at < SF_COUNT(rows) &&
		       (strlen(rows[at].key) != (size_t)(equals - argv[i]) ||
			   memcmp(rows[at].key, argv[i], strlen(rows[at].key)) != 0))
			at++;
		if (!equals || at == SF_COUNT(rows))
			return false;
		if (rows[at].text)
			*rows[at].text = equals + 1;
		else if (!read_number(equals + 1, &number))
			return false;
		if (rows[at].number)
			*rows[at].number = number;
		if (rows[at].fd)
			*rows[at].fd = (int)number;
	}
	return true;
}

static enum sf_err fill_job(const struct given *given, struct sf_job *job, struct sf_error *e)
{
	static const char *const kinds[] = {"", "login", "refresh", "whois", "revoke", "get"};
	struct sf_text url = SF_TEXT(job->login_url);
	size_t kind = SF_COUNT(kinds) - 1;

	while (kind > 0 && strcmp(kinds[kind], given->kind) != 0)
		kind--;
	job->kind = (enum sf_job_kind)kind;
	job->deadline_ms = sf_clock_now_ms() + (int64_t)given->life_ms;
	job->keep = given->keep;
	job->life_s = 7200;
	if (!sf_text_addf(&url, "https://%s", given->host) ||
	    !sf_text_copy(job->client_id, sizeof(job->client_id), given->client) ||
	    !sf_text_copy(job->ca_file, sizeof(job->ca_file), given->ca) ||
	    !sf_text_copy(job->scope, sizeof(job->scope), "openid id api") ||
	    !sf_text_copy(job->flow, sizeof(job->flow), kind == SF_JOB_LOGIN ? "device" : "") ||
	    !sf_text_copy(job->path, sizeof(job->path), given->path))
		return SF_FAIL(e, SF_E_USAGE, 0, "a value is too long");
	if (given->token >= 0) {
		job->token = sf_secret_read(given->token, SF_TOKEN_STORED_MAX);
		if (!job->token)
			return SF_FAIL(e, SF_E_USAGE, errno, "no token");
	}
	return SF_OK;
}

static void put_facts(const struct sf_facts *facts)
{
	put_text("said", facts->id_url);
	put_text("said", facts->instance_url);
	put_text("said", facts->token_prefix);
	put_text("said", facts->user_id);
	put_text("said", facts->organization_id);
	put_text("said", facts->user_type);
	put_text("said", facts->username);
	for (size_t i = 0; i < facts->permission_count; i++)
		put_text("said", facts->permissions[i]);
}

static enum sf_err read_policy(
    const struct given *given, struct sf_config **ret_config, struct sf_error *e)
{
	const struct sf_config_params params = {.name = "policy", .allow_pam = true};
	char config[1024];
	struct sf_text text = SF_TEXT(config);

	if (!sf_text_addf(&text,
		"[org acme]\nlogin_url = https://%s\nclient_id = %s\norganization_id = %s\n"
		"[pam]\norg = acme\nusername_template = {user}@acme.example\n",
		given->host, given->client, given->org))
		return SF_FAIL(e, SF_E_USAGE, 0, "a value is too long");
	return sf_config_parse(&params, config, text.len, ret_config, e);
}

/* As sign_in in pam_sfoauth.c, without a person. */
static enum sf_err run_login(const struct given *given, struct sf_relay *relay, struct sf_error *e)
{
	SF_CLEANUP(sf_config_freep) struct sf_config *config = NULL;
	const struct sf_account account = {
	    .name = given->user, .exists = true, .pw_name = given->user, .uid = 47001};
	struct sf_origin pinned;
	struct sf_show show;
	struct sf_facts facts;
	enum sf_rule rule = SF_RULE_NOT_MAPPED;
	enum sf_err r = read_policy(given, &config, e);

	if (r == SF_OK)
		r = sf_origin_parse(config->orgs[0].login_url, &pinned, e);
	if (r == SF_OK)
		r = sf_relay_show(relay, /* has_code= */ true, &show, e);
	if (r != SF_OK)
		return r;
	put_text("said", show.verification_uri);
	put_text("said", show.user_code);
	rule = sf_hosts_page(&pinned, show.verification_uri);
	if (rule == SF_RULE_NONE)
		r = sf_relay_facts(relay, /* answer= */ NULL, &facts, e);
	if (rule == SF_RULE_NONE && r == SF_OK) {
		const struct sf_identity_params params = {.policy = &config->pam,
		    .pinned = &pinned,
		    .organization_id = config->orgs[0].organization_id,
		    .account = &account,
		    .facts = &facts};

		put_facts(&facts);
		rule = sf_identity_decide(&params);
		r = sf_relay_verdict(relay, rule == SF_RULE_NONE, e);
		if (r == SF_OK)
			r = sf_relay_finish(relay, e);
	}
	if (r == SF_OK || rule != SF_RULE_NONE)
		printf("rule %s\n", sf_rule_name(rule));
	return r;
}

/* How the worker ends, looked at before it is reaped. */
static void put_exit(struct sf_child *child, int64_t deadline_ms)
{
	int pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	struct pollfd ended = {.fd = pid_fd, .events = POLLIN};
	siginfo_t info = {0};
	bool is_clean = false;

	close(child->fd);
	child->fd = -1;
	if (poll(&ended, 1, sf_clock_left_ms(deadline_ms + HANG_MS)) != 1)
		printf("end hang\n");
	else if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT) == 0)
		printf(
		    "end %s %d\n", info.si_code == CLD_EXITED ? "exit" : "signal", info.si_status);
	put_number("left_ms", deadline_ms - sf_clock_now_ms());
	sf_child_end(child, sf_clock_now_ms(), &is_clean);
}

static int run_job(int argc, char **argv)
{
	SF_CLEANUP(sf_job_clear) struct sf_job job = {0};
	SF_CLEANUP(sf_child_killp) struct sf_child child = {.fd = -1};
	struct given given = {.kind = "",
	    .host = "",
	    .client = "client",
	    .ca = "",
	    .org = "",
	    .user = "",
	    .path = "",
	    .life_ms = 20000,
	    .record = -1,
	    .body = -1,
	    .token = -1};
	struct sf_relay relay = {0};
	struct sf_error e = {0};
	enum sf_err r;

	if (!read_given(argc, argv, &given))
		return 2;
	r = fill_job(&given, &job, &e);

	const struct sf_spawn_params params = {.path = SF_LAUNCH_WORKER,
	    .fds = {-1, given.record, -1, given.body, -1},
	    .confined = job.kind != SF_JOB_GET};

	if (r == SF_OK)
		r = sf_spawn(&params, &child, &e);
	if (r == SF_OK)
		r = sf_relay_start(&relay, child.fd, job.deadline_ms + HANG_MS, &job, &e);
	if (r == SF_OK)
		r = job.kind == SF_JOB_LOGIN ? run_login(&given, &relay, &e)
					     : sf_relay_finish(&relay, &e);
	put_error(r, &e);
	put_number("unlawful", relay.is_unlawful);
	if (relay.has_result) {
		put_text("row", relay.result.row);
		put_number("trapped", relay.result.trapped);
		put_number("status", relay.result.status);
	}
	printf("token %s\n", sf_token_state_name(sf_relay_token(&relay, /* is_clean= */ true)));
	if (child.pid > 0)
		put_exit(&child, job.deadline_ms);
	return 0;
}

/* A person who reads everything, presses Enter, and types what is asked for. */
static int converse(
    int count, const struct pam_message **messages, struct pam_response **replies, void *context)
{
	(void)context;
	*replies = calloc((size_t)count, sizeof(**replies));
	if (!*replies)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		put_text("shown", messages[i]->msg);
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
		    messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
			(*replies)[i].resp =
			    strdup(strstr(messages[i]->msg, "Press Enter") ? "" : "Geheim");
	}
	return PAM_SUCCESS;
}

static int run_pam(char **argv)
{
	const struct pam_conv conversation = {.conv = converse};
	pam_handle_t *pamh = NULL;
	char path[100];
	struct sf_text record = SF_TEXT(path);
	const char *id = NULL;
	int64_t start_ms = sf_clock_now_ms();
	int code = pam_start_confdir("sshd", argv[1], &conversation, argv[0], &pamh);

	/* Who came with a key is not slowed by start_rate. */
	if (code == PAM_SUCCESS)
		code = pam_putenv(pamh, "SSH_AUTH_INFO_0=publickey ssh-ed25519 SHA256:test\n");
	if (code == PAM_SUCCESS)
		code = pam_set_item(pamh, PAM_RHOST, argv[2]);
	if (code != PAM_SUCCESS)
		return 2;
	code = pam_authenticate(pamh, 0);
	id = pam_getenv(pamh, SF_HANDOFF_VARIABLE);
	put_number("code", code);
	put_number("took_ms", sf_clock_now_ms() - start_ms);
	put_number("handoff", id != NULL);
	/* No session comes for the record. */
	if (id && sf_text_addf(&record, "/run/sfoauth/handoff/%s", id))
		unlink(path);
	pam_end(pamh, code);
	/* Nobody who was started may be left behind, not even dead. */
	put_number("children", waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD);
	return 0;
}

static void print_table(void)
{
	for (unsigned phase = 0; phase < SF_RELAY_PHASE_COUNT; phase++)
		for (unsigned type = 0; type <= UINT8_MAX; type++)
			printf("%u %u %u\n", phase, type,
			    (unsigned)sf_relay_next(
				(enum sf_relay_phase)phase, (enum sf_wire_type)type));
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "job") == 0)
		return run_job(argc - 2, argv + 2);
	if (argc == 5 && strcmp(argv[1], "pam") == 0)
		return run_pam(argv + 2);
	if (argc == 2 && strcmp(argv[1], "table") == 0) {
		print_table();
		return 0;
	}
	fprintf(stderr, "usage: signin job KEY=VALUE... | pam CONFDIR USER RHOST | table\n");
	return 2;
}
