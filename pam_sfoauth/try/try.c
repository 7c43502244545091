/*
 * sfoauth-try: a login without a service, for `sfoauth try-login`, which starts it as root. It
 * loads the installed module through libpam with a stack that has nothing else in it, and reports
 * prompts, log lines and PAM codes to sfoauth. It calls authenticate and account only: it opens no
 * session and stores no token.
 *
 * It reads the module's log lines by defining pam_syslog(3): the dynamic linker takes the program's
 * symbol before libpam's. This needs no journal, log file or namespace, so it works in containers.
 * Each line also goes to the log, as for any login.
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

/* The job, one line each in this order. All strings point into its text. */
struct job {
	const char *service;
	const char *auth, *account; /* arguments of the module in the stack's two lines */
	const char *user;
};

/* Send one packet to sfoauth (try_protocol.h). False: the text is too long, or sfoauth is gone. */

static bool send_packet(char kind, const char *words)
{
	char packet[SF_TRY_PROTOCOL_MAX + 1];
	struct sf_text text = SF_TEXT(packet);

	return sf_text_add_char(&text, kind) && sf_text_add(&text, words) &&
	       send(SF_CHANNEL, packet, text.len, MSG_NOSIGNAL) == (ssize_t)text.len;
}

/*
 * Receive a packet, which must be of this kind; ret_text gets its text with a NUL. False: sfoauth
 * is gone, or the packet is of another kind or has a NUL in it. It may hold a password: the copy is
 * wiped.
 */
static bool recv_packet(char kind, char ret_text[static SF_TRY_PROTOCOL_MAX])
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

/*
 * Report a log line to sfoauth. Other libraries log through pam_syslog too: only lines of the class
 * and lines that begin with "sfoauth: " are the module's.
 */
static void send_line(const char *text)
{
	static const char own[] = "sfoauth: ";
	struct sf_class_line line;

	if (!sf_class_line_parse(text, &line)) {
		if (sf_text_starts(text, own))
			(void)send_packet(SF_TRY_PROTOCOL_LOG, text);
		return;
	}
	if (line.account_class == SF_CLASS_LOCAL && strcmp(line.phase, "auth") == 0)
		(void)send_packet(SF_TRY_PROTOCOL_LOCAL, sf_class_reason_name(line.reason));
}

/* Replaces libpam's function; the top of this file says why. */
SF_EXPORT void pam_syslog(const pam_handle_t *pamh, int priority, const char *fmt, ...)
{
	char line[SF_TRY_PROTOCOL_MAX];
	va_list args, again;

	va_start(args, fmt);
	va_copy(again, args);
	if (vsnprintf(line, sizeof(line), fmt, again) >= 0)
		send_line(line);
	va_end(again);
	/* Debug lines exist only because of this program: keep them out of the host's log. */
	if (priority != LOG_DEBUG)
		pam_vsyslog(pamh, priority, fmt, args);
	va_end(args);
}

/* Send one PAM message to sfoauth. A prompt waits for the response, which libpam frees. */
static bool converse_one(const struct pam_message *message, char **ret_response)
{
	const bool is_question =
	    message->msg_style == PAM_PROMPT_ECHO_OFF || message->msg_style == PAM_PROMPT_ECHO_ON;
	const char kind = message->msg_style == PAM_PROMPT_ECHO_OFF  ? SF_TRY_PROTOCOL_ASK_HIDDEN
			  : message->msg_style == PAM_PROMPT_ECHO_ON ? SF_TRY_PROTOCOL_ASK
								     : SF_TRY_PROTOCOL_TELL;
	char response[SF_TRY_PROTOCOL_MAX];

	if (!send_packet(kind, message->msg))
		return false;
	if (!is_question)
		return true;
	if (!recv_packet(SF_TRY_PROTOCOL_ANSWER, response))
		return false;
	*ret_response = strdup(response);
	sf_secret_wipe(response, sizeof(response));
	return *ret_response != NULL;
}

/*
 * The conversation function (pam_conv(3)). After a failure it frees all responses itself: libpam
 * ignores them then.
 */
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

/* Create a file that must not exist yet. */
static bool write_file(int dir, const char *name, const char *text)
{
	SF_CLEANUP(sf_fd_closep)
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd >= 0 && sf_file_write_all(fd, text, strlen(text));
}

/*
 * Write a PAM configuration into a new directory of root, start libpam with it and remove it. The
 * stack is the installed module alone, with the arguments of its lines. session_token=off: no
 * record is published. libpam also needs a file "other".
 */
static bool start_pam(const struct job *job, pam_handle_t **ret_pamh)
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
	/* pam_start_confdir has read the files. */
	if (dir >= 0) {
		(void)unlinkat(dir, job->service, 0);
		(void)unlinkat(dir, "other", 0);
	}
	(void)rmdir(place);
	return is_started;
}

/* The symbol of a PAM code, for codes that this module or libpam returns. NULL: not in the list. */
static const char *pam_code_name(int code)
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

/* Report the PAM code of a phase: its symbol, or its number if it has no row. */
static bool send_result(const char *phase, int code)
{
	char words[64];
	struct sf_text text = SF_TEXT(words);
	const char *name = pam_code_name(code);
	const bool fits = name != NULL ? sf_text_addf(&text, "%s %s", phase, name)
				       : sf_text_addf(&text, "%s PAM_%d", phase, code);

	return fits && send_packet(SF_TRY_PROTOCOL_RESULT, words);
}

/*
 * Call authenticate, then account, as sshd does: the account phase follows if authenticate allowed
 * the login or left it to other modules.
 */
static bool run_login(const struct job *job)
{
	pam_handle_t *pamh = NULL;
	int code = PAM_ABORT;
	bool is_sent;

	if (!start_pam(job, &pamh))
		return false;
	/* sshd sets this after a public key. Root, who runs this, takes the place of the key. */
	if (strcmp(job->service, "sshd") == 0)
		(void)pam_putenv(pamh, "SSH_AUTH_INFO_0=publickey sfoauth-try");
	code = pam_authenticate(pamh, 0);
	is_sent = send_result("auth", code);
	if (is_sent && (code == PAM_SUCCESS || code == PAM_USER_UNKNOWN)) {
		code = pam_acct_mgmt(pamh, 0);
		is_sent = send_result("account", code);
	}
	return pam_end(pamh, code) == PAM_SUCCESS && is_sent;
}

/* Cut off the next line and move *rest behind it. NULL: there is no line end. */
static const char *next_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	return line;
}

/*
 * Split and check a job. The service is a file name in a directory of root, so it has letters,
 * digits, "_" and "-" only. The user is last because a user name may contain any bytes.
 */
static bool parse_job(char *text, struct job *ret_job)
{
	struct job job = {.service = next_line(&text)};

	if (!job.service || !(job.auth = next_line(&text)) || !(job.account = next_line(&text)))
		return false;
	job.user = text;
	*ret_job = job;
	return sf_text_has_only(job.service, SF_TEXT_NAME) && strcmp(job.service, "other") != 0 &&
	       strlen(job.service) < SF_NAME_SIZE && job.user[0] != '\0' &&
	       strlen(job.user) < SF_USER_SIZE;
}

int main(void)
{
	const struct rlimit none = {0, 0};
	char text[SF_TRY_PROTOCOL_MAX];
	struct job job;

	/*
	 * End with sfoauth (PR_SET_PDEATHSIG): nobody else could answer the prompts. A password may
	 * be in memory, so no core dump and no ptrace.
	 */
	if (geteuid() != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    !recv_packet(SF_TRY_PROTOCOL_JOB, text) || !parse_job(text, &job))
		return 1;
	return run_login(&job) ? 0 : 1;
}
