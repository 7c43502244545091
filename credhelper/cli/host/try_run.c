/*
 * Runs sfoauth-try, which loads the PAM module outside of this process, and carries its questions
 * to the terminal. The command itself links no libpam.
 */
#include "try_run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "tty_ask.h"
#include "class_line.h"
#include "clock.h"
#include "secret.h"
#include "spawn.h"
#include "pam_stack.h"
#include "text.h"
#include "try_protocol.h"
#include "messages.h"

#include "banned.h"

#define SF_TRY        SF_LIBEXECDIR "/sfoauth-try"
#define SF_TRY_END_MS 5000 /* for sfoauth-try to exit after its last packet */
#define SF_MODULE     "pam_sfoauth.so"

static enum sf_err send_secret(int fd, const struct sf_secret *packet, struct sf_error *e)
{
	const size_t len = sf_secret_len(packet);

	if (send(fd, sf_secret_reveal(packet), len, MSG_NOSIGNAL) != (ssize_t)len)
		return SF_FAIL(e, SF_E_WORKER, errno, "cannot send the response to sfoauth-try");
	return SF_OK;
}

/*
 * Append the arguments of the module in the service's stack, as a line. "debug" and
 * "session_token=" are left out, because the try run sets them itself.
 */
static bool add_arguments(
    struct sf_text *job, const struct sf_pam_stack *stack, enum sf_pam_stack_phase phase)
{
	static const char blanks[] = " \t";
	const size_t at = sf_pam_stack_find(stack, phase, SF_MODULE);
	const char *word = at < stack->count ? stack->lines[at].arguments : "";

	while (*(word += strspn(word, blanks)) != '\0') {
		const size_t len = strcspn(word, blanks);
		const bool is_own = (len == strlen("debug") && sf_text_starts(word, "debug")) ||
				    sf_text_starts(word, "session_token=");

		if (!is_own && (!sf_text_add_char(job, ' ') || !sf_text_add_bytes(job, word, len)))
			return false;
		word += len;
	}
	return sf_text_add_char(job, '\n');
}

/*
 * Send service, arguments and user. A service whose stack does not exist yet is tried without
 * arguments, because administrators try before they edit the stack.
 */
static enum sf_err send_job(
    int fd, const char *service, const char *user, bool *ret_has_lines, struct sf_error *e)
{
	struct sf_pam_stack stack;
	char job[SF_TRY_PROTOCOL_MAX];
	struct sf_text text = SF_TEXT(job);

	if (sf_pam_stack_read(SF_PAM_STACK_FOLDER, service, &stack, e) != SF_OK) {
		stack.count = 0;
		if (e->sys != ENOENT)
			sf_message_print(stderr, SF_MESSAGE_TRY_NO_STACK,
			    SF_WITH({"service", service}, {"detail", e->detail}));
	}
	if (!sf_text_addf(&text, "%c%s\n", SF_TRY_PROTOCOL_JOB, service) ||
	    !add_arguments(&text, &stack, SF_PAM_STACK_AUTH) ||
	    !add_arguments(&text, &stack, SF_PAM_STACK_ACCOUNT) || !sf_text_add(&text, user))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_TRY_LONG_NAME, NULL);
	if (send(fd, job, text.len, MSG_NOSIGNAL) != (ssize_t)text.len)
		return SF_FAIL(e, SF_E_WORKER, errno, "cannot send the job to sfoauth-try");
	*ret_has_lines = sf_pam_stack_find(&stack, SF_PAM_STACK_AUTH, SF_MODULE) < stack.count &&
			 sf_pam_stack_find(&stack, SF_PAM_STACK_ACCOUNT, SF_MODULE) < stack.count;
	return SF_OK;
}

/* Ask a question of the module. The response may be a password: it goes only to sfoauth-try. */
static enum sf_err ask_person(int fd, const char *question, bool is_hidden, struct sf_error *e)
{
	const struct sf_tty_ask ask = {.prompt = question, .is_hidden = is_hidden};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *line = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *packet = sf_secret_new(SF_TRY_PROTOCOL_MAX);
	const char kind = SF_TRY_PROTOCOL_ANSWER;
	enum sf_err r = sf_tty_ask_line(&ask, &line, e);

	if (r != SF_OK)
		return r;
	if (!packet || !sf_secret_add(packet, &kind, 1) || !sf_secret_add_secret(packet, line))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a response");
	return send_secret(fd, packet, e);
}

/*
 * Keep the audit line that decided: the first that is not "allowed", else the first. authenticate
 * and acct_mgmt each log one, and "dropped" lines are about the token.
 */
static void take_log(const char *line, struct sf_try_run *run)
{
	struct sf_audit_line found;

	if (!sf_audit_line_parse(line, &found) || strcmp(found.result, "dropped") == 0)
		return;
	if (run->has_audit && strcmp(run->audit.result, "allowed") != 0)
		return;
	if (run->has_audit && strcmp(found.result, "allowed") == 0)
		return;
	run->has_audit = true;
	run->audit = found;
}

/* "auth PAM_CODE" or "account PAM_CODE". */
static bool take_result(const char *words, struct sf_try_run *run)
{
	static const char auth[] = "auth ", account[] = "account ";

	if (sf_text_starts(words, auth))
		return sf_text_copy(run->auth, sizeof(run->auth), words + strlen(auth));
	return sf_text_starts(words, account) &&
	       sf_text_copy(run->account, sizeof(run->account), words + strlen(account));
}

/* Handle one packet of sfoauth-try (try_protocol.h). An unknown packet ends the run. */
static enum sf_err take_packet(
    int fd, const char *packet, struct sf_try_run *run, struct sf_error *e)
{
	const char *words = packet + 1;

	switch (packet[0]) {
	case SF_TRY_PROTOCOL_TELL:
		(void)fprintf(stderr, "%s\n", words);
		return SF_OK;
	case SF_TRY_PROTOCOL_ASK:
	case SF_TRY_PROTOCOL_ASK_HIDDEN:
		return ask_person(fd, words, packet[0] == SF_TRY_PROTOCOL_ASK_HIDDEN, e);
	case SF_TRY_PROTOCOL_LOG:
		take_log(words, run);
		return SF_OK;
	case SF_TRY_PROTOCOL_LOCAL:
		run->is_local = sf_class_reason_find(words, &run->local);
		if (run->is_local)
			return SF_OK;
		break;
	case SF_TRY_PROTOCOL_RESULT:
		if (take_result(words, run))
			return SF_OK;
		break;
	}
	return SF_FAIL(e, SF_E_PROTOCOL, 0, "sfoauth-try sent an unknown packet");
}

/* Handle packets until sfoauth-try closes its end. */
static enum sf_err read_packets(int fd, struct sf_try_run *run, struct sf_error *e)
{
	for (;;) {
		char packet[SF_TRY_PROTOCOL_MAX + 1];
		const ssize_t len = recv(fd, packet, SF_TRY_PROTOCOL_MAX, 0);
		enum sf_err r;

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return SF_OK;
		packet[len] = '\0';
		r = take_packet(fd, packet, run, e);
		if (r != SF_OK)
			return r;
	}
}

enum sf_err sf_try_run_run(
    const char *service, const char *user, struct sf_try_run *ret_run, struct sf_error *e)
{
	const struct sf_spawn_params params = {.path = SF_TRY, .fds = {-1, -1, -1, -1, -1}};
	SF_CLEANUP(sf_child_killp) struct sf_child child = {.fd = -1};
	struct sf_try_run run = {.has_audit = false};
	bool is_clean = false;
	enum sf_err r = sf_spawn(&params, &child, e);

	if (r == SF_OK)
		r = send_job(child.fd, service, user, &run.has_lines, e);
	if (r == SF_OK)
		r = read_packets(child.fd, &run, e);
	if (r != SF_OK)
		return r;
	sf_child_end(&child, sf_clock_now_ms() + SF_TRY_END_MS, &is_clean);
	if (!is_clean || run.auth[0] == '\0')
		return SF_FAIL(
		    e, SF_E_WORKER, 0, "sfoauth-try ended with an error or without a result");
	/* For uid 0 the module asks nothing and logs nothing, so nothing has named the reason. */
	if (strcmp(run.auth, "PAM_USER_UNKNOWN") == 0 && !run.is_local) {
		run.is_local = true;
		run.local = SF_CLASS_REASON_LOW_UID;
	}
	*ret_run = run;
	return SF_OK;
}
