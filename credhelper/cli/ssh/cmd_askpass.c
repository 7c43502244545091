/*
 * sfoauth-askpass: what ssh asks. A bound sign-in of one of the person's orgs is answered through
 * the browser. Every other prompt goes to the terminal, or to the program that ssh would have
 * asked. Also runs as KnownHostsCommand, to learn the host key of the connection.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

#include "cmd.h"
#include "file.h"
#include "ssh_address.h"
#include "ssh_answer.h"
#include "ssh_ask.h"
#include "ssh_key.h"
#include "text.h"
#include "tty_ask.h"

#include "banned.h"

#define WHO_SIZE      320
#define DEFAULT_ASKER "/usr/bin/ssh-askpass" /* ssh's own default */
#define HINT          "SSH_ASKPASS_PROMPT"
#define REASON_HOST   "HOSTNAME" /* the key of the host, neither a search nor its address */

/* --- the host key --- */

/*
 * --host-key REASON FINGERPRINT [-- COMMAND...]: ssh ends if this fails, so it never does; nothing
 * is printed, because what is printed would be a known key.
 */
static enum sf_err learn_key(const struct sf_cmd *cmd, char *const *words, struct sf_error *e)
{
	if (words[1] && words[2] && strcmp(words[1], REASON_HOST) == 0)
		sf_ssh_key_record(cmd->settings->home, getppid(), words[2]);
	if (!words[1] || !words[2] || !words[3] || strcmp(words[3], "--") != 0 || !words[4])
		return SF_OK;
	(void)setrlimit(RLIMIT_CORE, &cmd->core_limit);
	(void)execve(words[4], words + 4, environ);
	return SF_FAIL(e, SF_E_SYSTEM, 0, "cannot run KnownHostsCommand %s", words[4]);
}

/* --- prompts that are not ours --- */

/* Would ssh have asked another program instead of the terminal? */
static bool prefers_program(void)
{
	const char *when = secure_getenv(SF_SSH_ASK_KEPT_WHEN), *display = secure_getenv("DISPLAY");

	return when && (sf_text_equal_nocase(when, "force") ||
			   (sf_text_equal_nocase(when, "prefer") && display && display[0] != '\0'));
}

/* Become the program that ssh would have asked. Returns if there is none. */
static void become_asker(const struct sf_cmd *cmd, char *const *words)
{
	const char *given = secure_getenv(SF_SSH_ASK_KEPT);
	const char *program = given ? given : DEFAULT_ASKER;
	char *argv[] = {(char *)(uintptr_t)program, words[0], NULL};

	(void)setrlimit(RLIMIT_CORE, &cmd->core_limit);
	if (program[0] == '/')
		(void)execve(program, argv, environ);
}

/* ssh's questions about host keys, which it echoes: "(yes/no/[fingerprint])? ", then "'yes'". */
static bool is_echoed(const char *prompt)
{
	return strstr(prompt, "(yes/no") != NULL || strstr(prompt, "'yes'") != NULL;
}

/* Ask at the terminal, as ssh itself would. */
static enum sf_err ask_person(
    const struct sf_cmd *cmd, char *const *words, bool is_echo, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *line = NULL;
	const struct sf_tty_ask ask = {
	    .prompt = words[0], .is_hidden = !is_echo && !is_echoed(words[0])};
	const char *hint = secure_getenv(HINT);
	enum sf_err r;

	if (prefers_program())
		become_asker(cmd, words);
	/* "Touch your security key": ssh ends this process when that has happened. */
	if (hint && strcmp(hint, "none") == 0) {
		(void)fprintf(stderr, "%s\n", words[0]);
		(void)pause();
		return SF_OK;
	}
	r = sf_tty_ask_line(&ask, &line, e);
	if (r == SF_E_CONVERSATION)
		become_asker(cmd, words);
	if (r != SF_OK)
		return r;
	return sf_file_write_all(STDOUT_FILENO, sf_secret_reveal(line), sf_secret_len(line)) &&
		       sf_file_write_all(STDOUT_FILENO, "\n", 1)
		   ? SF_OK
		   : SF_FAIL(e, SF_E_SYSTEM, 0, "ssh does not read the answer");
}

/* --- ours --- */

/*
 * "ada@host" of "(ada@host) Sign in ...": ssh itself puts that in front of a server's prompt, with
 * the host as the person named it. False: not a server's prompt.
 */
static bool copy_who(const char *prompt, char ret_who[static WHO_SIZE])
{
	const char *end = prompt[0] == '(' ? strstr(prompt, ") ") : NULL;
	struct sf_text who = sf_text_over(ret_who, WHO_SIZE);

	return end && sf_text_add_bytes(&who, prompt + 1, (size_t)(end - prompt) - 1) &&
	       sf_text_is_printable(ret_who);
}

/* Can a browser be opened on this machine? */
static bool has_browser(const struct sf_cmd *cmd)
{
	const char *browser = secure_getenv("BROWSER");

	return (browser && browser[0] != '\0') ||
	       (cmd->settings->has_display && !cmd->settings->is_remote);
}

/*
 * Answer a bound sign-in, if it names the host key of this connection. A mismatch is a relay, or a
 * host whose sshd uses other keys than those in its /etc/ssh; in both cases ssh gets no answer, and
 * the person is not asked to paste one.
 */
static enum sf_err answer(const struct sf_cmd *cmd, const struct sf_ssh_address *address,
    const char *who, char *const *words, struct sf_error *e)
{
	char key[SF_SSH_KEY_SIZE], buf[SF_SSH_ANSWER_SIZE];
	struct sf_text text = SF_TEXT(buf);
	enum sf_err r;

	if (!sf_ssh_key_read(cmd->settings->home, getppid(), key)) {
		sf_message_print(stderr, SF_MESSAGE_SSH_NO_KEY, SF_WITH({"who", who}));
		return ask_person(cmd, words, true, e);
	}
	if (!sf_ssh_address_has_key(address, key))
		return SF_FAIL_MESSAGE(
		    e, SF_E_DENIED, SF_MESSAGE_SSH_OTHER_HOST, SF_WITH({"who", who}, {"key", key}));
	/* A second question of this connection is not answered. */
	if (!sf_ssh_key_forget(cmd->settings->home, getppid()))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the record of the host key cannot be removed");
	r = sf_ssh_answer(cmd->settings, address, who, &text, e);
	if (r == SF_OK && (!sf_file_write_all(STDOUT_FILENO, text.buf, text.len) ||
			      !sf_file_write_all(STDOUT_FILENO, "\n", 1)))
		r = SF_FAIL(e, SF_E_SYSTEM, 0, "ssh does not read the answer");
	sf_secret_wipe(buf, sizeof(buf));
	return r;
}

enum sf_err sf_cmd_askpass(struct sf_cmd *cmd, struct sf_error *e)
{
	char *const *words = cmd->options->rest;
	struct sf_ssh_address address;
	char who[WHO_SIZE];

	/* With ssh, the browser is no longer waited for. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (strcmp(words[0], SF_SSH_ASK_HOST_KEY) == 0)
		return learn_key(cmd, words, e);
	sf_ssh_address_read(words[0], cmd->settings->config, &address);
	if (address.kind == SF_SSH_ADDRESS_NONE || !copy_who(words[0], who))
		return ask_person(cmd, words, false, e);
	if (address.kind == SF_SSH_ADDRESS_FORGED)
		return SF_FAIL_MESSAGE(e, SF_E_DENIED, address.why, SF_WITH({"who", who}));
	if (address.kind == SF_SSH_ADDRESS_BOUND && has_browser(cmd))
		return answer(cmd, &address, who, words, e);
	if (address.kind == SF_SSH_ADDRESS_BY_HAND)
		sf_message_print(stderr, address.why, SF_WITH({"who", who}));
	return ask_person(cmd, words, true, e);
}
