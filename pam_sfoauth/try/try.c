/*
 * sfoauth-try: a login without a service. Loads the installed module through libpam, with a stack
 * of its own that has nothing else in it, and tells sfoauth what the module asks, logs and answers.
 * Started by `sfoauth try-login`, as root. Authenticate and account only: no session, no token
 * kept.
 *
 * What the module logs is seen by having pam_syslog(3) here: the program's own symbol comes first
 * for every library. That needs no journal, no log file and no namespace, so it works in containers
 * too; each line goes on to the log as well, as that of any login.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <signal.h>
#include <syslog.h>
#include <fcntl.h>
#include <unistd.h>

#include <security/pam_appl.h>
#include <security/pam_ext.h>

#include "attr.h"
#include "class_line.h"
#include "file.h"
#include "secret.h"
#include "text.h"
#include "try_protocol.h"

#include "banned.h"

#define SF_CHANNEL    3
#define SF_NAME_SIZE  65
#define SF_USER_SIZE  256
#define SF_PLACE_SIZE 64

/* All point into the text of the job. */
struct job {
	const char *service, *auth, *account, *user; /* auth, account: arguments of these lines */
};

static bool tell(char kind, const char *words)
{
	char packet[SF_TRY_PROTOCOL_MAX + 1];
	struct sf_text text = SF_TEXT(packet);

	return sf_text_add_char(&text, kind) && sf_text_add(&text, words) &&
	       send(SF_CHANNEL, packet, text.len, MSG_NOSIGNAL) == (ssize_t)text.len;
}

/* One packet of a kind; its text ends with a NUL. False: the other side is gone, or babbles. */
static bool hear(char kind, char ret_text[static SF_TRY_PROTOCOL_MAX])
{
	char packet[SF_TRY_PROTOCOL_MAX + 1];
	const ssize_t len = recv(SF_CHANNEL, packet, SF_TRY_PROTOCOL_MAX, 0);
	const bool is_good = len > 0 && packet[0] == kind && !memchr(packet, '\0', (size_t)len);

	if (is_good) {
		memcpy(ret_text, packet + 1, (size_t)len - 1);
		ret_text[len - 1] = '\0';
	}
	sf_secret_wipe(packet, sizeof(packet));
	return is_good;
}

/* A line that the module logged, or somebody else in its name: only what is ours counts. */
static void tell_line(const char *text)
{
	static const char own[] = "sfoauth: ";
	struct sf_class_line line;

	if (!sf_class_line_parse(text, &line)) {
		if (sf_text_starts(text, own))
			(void)tell(SF_TRY_PROTOCOL_LOG, text);
		return;
	}
	if (line.account_class == SF_CLASS_LOCAL && strcmp(line.phase, "auth") == 0)
		(void)tell(SF_TRY_PROTOCOL_LOCAL, sf_class_reason_name(line.reason));
}

/* In place of libpam's: see above. */
SF_EXPORT void pam_syslog(const pam_handle_t *pamh, int priority, const char *fmt, ...)
{
	char line[SF_TRY_PROTOCOL_MAX];
	va_list args, again;

	va_start(args, fmt);
	va_copy(again, args);
	if (vsnprintf(line, sizeof(line), fmt, again) >= 0)
		tell_line(line);
	va_end(again);
	/* The trial asked for debug lines; the host's log did not. */
	if (priority != LOG_DEBUG)
		pam_vsyslog(pamh, priority, fmt, args);
	va_end(args);
}

/* One message of the module's; *ret_answer is libpam's to free. */
static bool converse_one(const struct pam_message *message, char **ret_answer)
{
	const bool is_question =
	    message->msg_style == PAM_PROMPT_ECHO_OFF || message->msg_style == PAM_PROMPT_ECHO_ON;
	const char kind = message->msg_style == PAM_PROMPT_ECHO_OFF  ? SF_TRY_PROTOCOL_ASK_HIDDEN
			  : message->msg_style == PAM_PROMPT_ECHO_ON ? SF_TRY_PROTOCOL_ASK
								     : SF_TRY_PROTOCOL_TELL;
	char answer[SF_TRY_PROTOCOL_MAX];

	if (!tell(kind, message->msg))
		return false;
	if (!is_question)
		return true;
	if (!hear(SF_TRY_PROTOCOL_ANSWER, answer))
		return false;
	*ret_answer = strdup(answer);
	sf_secret_wipe(answer, sizeof(answer));
	return *ret_answer != NULL;
}

static int converse(
    int count, const struct pam_message **messages, struct pam_response **ret_replies, void *data)
{
	struct pam_response *replies;

	(void)data;
	if (count <= 0 || count > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	replies = calloc((size_t)count, sizeof(*replies));
	if (!replies)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		if (converse_one(messages[i], &replies[i].resp))
			continue;
		for (int done = 0; done < i; done++) {
			if (replies[done].resp)
				sf_secret_wipe(replies[done].resp, strlen(replies[done].resp));
			free(replies[done].resp);
		}
		free(replies);
		return PAM_CONV_ERR;
	}
	*ret_replies = replies;
	return PAM_SUCCESS;
}

static bool write_file(int dir, const char *name, const char *text)
{
	SF_CLEANUP(sf_fd_closep)
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd >= 0 && sf_file_write_all(fd, text, strlen(text));
}

/* The stack: the module alone, as it is installed, with the arguments that its lines have. libpam
 * wants "other" to be there. */
static bool start(const struct job *job, pam_handle_t **ret_pamh)
{
	static const struct pam_conv conv = {.conv = converse};
	char place[SF_PLACE_SIZE] = "/run/sfoauth-try.XXXXXX";
	char stack[SF_TRY_PROTOCOL_MAX + 128];
	struct sf_text lines = SF_TEXT(stack);
	SF_CLEANUP(sf_fd_closep) int dir = -1;
	bool is_started = false;

	if (!sf_text_addf(&lines,
		"auth required pam_sfoauth.so debug session_token=off%s\n"
		"account required pam_sfoauth.so debug session_token=off%s\n",
		job->auth, job->account) ||
	    !mkdtemp(place))
		return false;
	dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0 && write_file(dir, job->service, stack) &&
	    write_file(dir, "other", "auth required pam_deny.so\naccount required pam_deny.so\n"))
		is_started = pam_start_confdir(job->service, job->user, &conv, place, ret_pamh) ==
			     PAM_SUCCESS;
	/* It has been read by now. */
	if (dir >= 0) {
		(void)unlinkat(dir, job->service, 0);
		(void)unlinkat(dir, "other", 0);
	}
	(void)rmdir(place);
	return is_started;
}

static const char *name_of(int code)
{
	static const struct {
		int code;
		const char *name;
	} rows[] = {
#define X(name) {name, #name}
	    X(PAM_SUCCESS), X(PAM_AUTH_ERR), X(PAM_USER_UNKNOWN), X(PAM_PERM_DENIED),
	    X(PAM_AUTHINFO_UNAVAIL), X(PAM_SERVICE_ERR), X(PAM_SYSTEM_ERR), X(PAM_BUF_ERR),
	    X(PAM_CONV_ERR), X(PAM_MODULE_UNKNOWN), X(PAM_OPEN_ERR), X(PAM_SYMBOL_ERR),
	    X(PAM_MAXTRIES), X(PAM_ABORT)
#undef X
	};

	for (size_t i = 0; i < SF_COUNT(rows); i++)
		if (rows[i].code == code)
			return rows[i].name;
	return NULL;
}

static bool tell_result(const char *phase, int code)
{
	char words[64];
	struct sf_text text = SF_TEXT(words);
	const char *name = name_of(code);
	const bool fits = name != NULL ? sf_text_addf(&text, "%s %s", phase, name)
				       : sf_text_addf(&text, "%s PAM_%d", phase, code);

	return fits && tell(SF_TRY_PROTOCOL_RESULT, words);
}

/* As sshd and the like: the account phase only where authenticate did not end the login. */
static bool run(const struct job *job)
{
	pam_handle_t *pamh = NULL;
	int code = PAM_ABORT;
	bool is_told;

	if (!start(job, &pamh))
		return false;
	/* sshd would have asked for a key before; here root stands for it. */
	if (strcmp(job->service, "sshd") == 0)
		(void)pam_putenv(pamh, "SSH_AUTH_INFO_0=publickey sfoauth-try");
	code = pam_authenticate(pamh, 0);
	is_told = tell_result("auth", code);
	if (is_told && (code == PAM_SUCCESS || code == PAM_USER_UNKNOWN)) {
		code = pam_acct_mgmt(pamh, 0);
		is_told = tell_result("account", code);
	}
	return pam_end(pamh, code) == PAM_SUCCESS && is_told;
}

/* What stands up to the line's end, which becomes a NUL; *rest goes behind it. NULL: no end. */
static const char *next_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	return line;
}

/* The user comes last: that may have any bytes. */
static bool parse_job(char *text, struct job *ret_job)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	struct job job = {.service = next_line(&text)};

	if (!job.service || !(job.auth = next_line(&text)) || !(job.account = next_line(&text)))
		return false;
	job.user = text;
	*ret_job = job;
	return sf_text_has_only(job.service, letters) && strcmp(job.service, "other") != 0 &&
	       strlen(job.service) < SF_NAME_SIZE && job.user[0] != '\0' &&
	       strlen(job.user) < SF_USER_SIZE;
}

int main(void)
{
	const struct rlimit none = {0, 0};
	char text[SF_TRY_PROTOCOL_MAX];
	struct job job;

	/* A login whose other half is gone ends; a password that is typed is in no core dump. */
	if (geteuid() != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    !hear(SF_TRY_PROTOCOL_JOB, text) || !parse_job(text, &job))
		return 1;
	return run(&job) ? 0 : 1;
}
