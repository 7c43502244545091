/*
 * Prompts and notices through the application's conversation function (pam_conv(3)). A response is
 * copied into a secret and wiped. The texts are rows of common/ipc/dialogue.def.
 */
#include "converse.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "log.h"
#include "text.h"

#include "banned.h"

#define HOST_SIZE 65 /* HOST_NAME_MAX and a NUL */

static const struct pam_conv *find_conv(pam_handle_t *pamh)
{
	const void *item = NULL;

	if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || !item)
		return NULL;

	const struct pam_conv *conv = item;

	return conv->conv ? conv : NULL;
}

bool sf_converse_is_present(pam_handle_t *pamh)
{
	return find_conv(pamh) != NULL;
}

enum sf_msg sf_converse_device(enum sf_dialogue dialogue, const char *service)
{
	switch (dialogue) {
	case SF_DIALOGUE_PRESS_ENTER:
		return SF_MSG_DEVICE_PROMPT;
	case SF_DIALOGUE_NOTICE:
		return SF_MSG_DEVICE_NOTICE;
	case SF_DIALOGUE_AUTO:
		break;
	}
	return strcmp(service, "sshd") == 0 || strcmp(service, "cockpit") == 0
		   ? SF_MSG_DEVICE_PROMPT
		   : SF_MSG_DEVICE_NOTICE;
}

/* Wipe and free the application's response: it may be a password. */
static void reply_freep(struct pam_response **reply)
{
	if (!*reply)
		return;
	if ((*reply)->resp)
		sf_secret_wipe((*reply)->resp, strlen((*reply)->resp));
	free((*reply)->resp);
	free(*reply);
	*reply = NULL;
}

/* Copy a response into a secret. The limit is that of a frame to the worker. */
static enum sf_err take_response(
    const char *text, struct sf_secret **ret_response, struct sf_error *e)
{
	size_t len = strlen(text);

	if (len > SF_UI_RESPONSE_MAX)
		return SF_FAIL(e, SF_E_CONVERSATION, 0, "the response is longer than %d bytes",
		    SF_UI_RESPONSE_MAX);
	*ret_response = sf_secret_from(text, len);
	return *ret_response ? SF_OK : SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a response");
}

/*
 * Send one message of a style (PAM_PROMPT_ECHO_OFF, ...) and take its response. ret_response is
 * NULL for a message that has none.
 */
static enum sf_err exchange(pam_handle_t *pamh, int style, const char *text,
    struct sf_secret **ret_response, struct sf_error *e)
{
	const struct pam_conv *conv = find_conv(pamh);
	const struct pam_message message = {.msg_style = style, .msg = text};
	const struct pam_message *messages = &message;
	SF_CLEANUP(reply_freep) struct pam_response *reply = NULL;

	if (!conv)
		return SF_FAIL(e, SF_E_CONVERSATION, 0, "the service has no conversation");

	int code = conv->conv(1, &messages, &reply, conv->appdata_ptr);

	if (code != PAM_SUCCESS)
		return SF_FAIL(e, SF_E_CONVERSATION, code, "the conversation failed");
	if (!ret_response)
		return SF_OK;
	if (!reply || !reply->resp)
		return SF_FAIL(e, SF_E_CONVERSATION, 0, "the prompt got no response");
	return take_response(reply->resp, ret_response, e);
}

/* For each message: the placeholder that sf_converse_ask.value fills, and the PAM message style. */
static const struct form {
	const char *name; /* of the placeholder */
	int style;
} forms[] = {
    [SF_MSG_DEVICE_PROMPT] = {"code", PAM_PROMPT_ECHO_OFF},
    [SF_MSG_DEVICE_NOTICE] = {"code", PAM_TEXT_INFO},
    [SF_MSG_PASTE_PROMPT] = {"callback", PAM_PROMPT_ECHO_ON},
    [SF_MSG_PASSWORD_PROMPT] = {"username", PAM_PROMPT_ECHO_OFF},
};

/* The PAM message style, with the habits of applications. */
static int style_of(const struct sf_converse_ask *ask)
{
	/* su and sudo -S write PAM_TEXT_INFO to standard output, which may be a file or a pipe. */
	if (ask->message == SF_MSG_DEVICE_NOTICE && sf_text_starts(ask->service, "su"))
		return PAM_ERROR_MSG;
	/* cockpit answers the first PAM_PROMPT_ECHO_OFF with the password of its login form. */
	if (ask->message == SF_MSG_DEVICE_PROMPT && strcmp(ask->service, "cockpit") == 0)
		return PAM_PROMPT_ECHO_ON;
	return forms[ask->message].style;
}

/* Write the whole prompt: the sign-in block, except before a password, then the message itself. */
static bool render(struct sf_text *text, const struct sf_converse_ask *ask)
{
	char host[HOST_SIZE] = "", here[HOST_SIZE];
	struct sf_text here_text = SF_TEXT(here);
	struct sf_ui_message message = {SF_MSG_THIS_MACHINE, ask->language};
	char seconds[sizeof("4294967295")] = "";
	struct sf_text seconds_text = SF_TEXT(seconds);

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	if (!sf_text_addf(&seconds_text, "%u", (unsigned)ask->left_s) ||
	    !sf_ui_render(&here_text, &message, NULL))
		return false;

	const struct sf_arg *args = SF_WITH({"org", ask->org}, {"account", ask->account},
	    {"host", host[0] ? host : here}, {"rhost", ask->rhost[0] ? ask->rhost : here},
	    {"uri", ask->uri}, {forms[ask->message].name, ask->value});

	message.id = SF_MSG_SIGN_IN;
	if (ask->message != SF_MSG_PASSWORD_PROMPT && !sf_ui_render(text, &message, args))
		return false;
	message.id = SF_MSG_TIME_LEFT;
	if (ask->left_s > 0 && ask->message != SF_MSG_PASSWORD_PROMPT &&
	    !sf_ui_render(text, &message, SF_WITH({"seconds", seconds})))
		return false;
	message.id = ask->message;
	return sf_ui_render(text, &message, args);
}

/*
 * Put a blank before each line end, or in its place for one line. Some clients drop the line ends
 * of a prompt; without the blank, the code would run into the next word.
 */
static bool end_lines_in_blanks(struct sf_text *text, const char *lines, bool is_one_line)
{
	for (; *lines != '\0'; lines++) {
		if (*lines == '\n')
			(void)sf_text_add_char(text, ' ');
		if (*lines != '\n' || !is_one_line)
			(void)sf_text_add_char(text, *lines);
	}
	return !text->overflow;
}

enum sf_err sf_converse_ask(pam_handle_t *pamh, const struct sf_converse_ask *ask,
    struct sf_secret **ret_response, struct sf_error *e)
{
	const bool is_notice = forms[ask->message].style == PAM_TEXT_INFO;
	char lines[SF_CONVERSE_TEXT_MAX], shown[SF_CONVERSE_TEXT_MAX];
	struct sf_text rendered = SF_TEXT(lines), text = SF_TEXT(shown);
	const void *password = NULL;

	*ret_response = NULL;
	if (ask->message == SF_MSG_PASSWORD_PROMPT && ask->first_pass != SF_FIRST_PASS_NONE) {
		if (pam_get_item(pamh, PAM_AUTHTOK, &password) == PAM_SUCCESS && password)
			return take_response(password, ret_response, e);
		if (ask->first_pass == SF_FIRST_PASS_USE)
			return SF_FAIL(e, SF_E_DENIED, 0, "use_first_pass: PAM_AUTHTOK is not set");
	}
	if (!render(&rendered, ask) || !end_lines_in_blanks(&text, lines, false))
		return SF_FAIL(
		    e, SF_E_SYSTEM, 0, "the message is longer than %d bytes", SF_CONVERSE_TEXT_MAX);
	return exchange(pamh, style_of(ask), shown, is_notice ? NULL : ret_response, e);
}

void sf_converse_pass_on(pam_handle_t *pamh, const struct sf_secret *password)
{
	if (pam_set_item(pamh, PAM_AUTHTOK, sf_secret_reveal(password)) != PAM_SUCCESS)
		sf_log_line(LOG_WARNING, "PAM_AUTHTOK cannot be set for the modules below");
}

/* What is said before REFUSED about this failure; SF_MSG_REFUSED: nothing. */
static enum sf_msg explanation(enum sf_err code)
{
	switch (code) {
	case SF_E_PASSWORD_TYPED:
		return SF_MSG_REFUSED_TYPED;
	case SF_E_EXPIRED:
		return SF_MSG_REFUSED_EXPIRED;
	case SF_E_RATE:
		return SF_MSG_REFUSED_RATE;
	case SF_E_UNAVAILABLE:
		return SF_MSG_REFUSED_UNREACHABLE;
	default:
		return SF_MSG_REFUSED;
	}
}

/* Say a message as an error, and then REFUSED with the reference ref; NULL: no refusal. */
static void say(
    pam_handle_t *pamh, const char *service, struct sf_ui_message message, const char *ref)
{
	/* cockpit copies the message into JSON as it is, where a line end is an error. */
	const bool is_one_line = strcmp(service, "cockpit") == 0;
	char lines[SF_CONVERSE_TEXT_MAX], shown[SF_CONVERSE_TEXT_MAX];
	struct sf_text rendered = SF_TEXT(lines), text = SF_TEXT(shown);
	struct sf_error e;

	if (message.id != SF_MSG_REFUSED && !sf_ui_render(&rendered, &message, NULL))
		return;
	message.id = SF_MSG_REFUSED;
	if ((ref && !sf_ui_render(&rendered, &message, SF_WITH({"ref", ref}))) ||
	    !end_lines_in_blanks(&text, lines, is_one_line))
		return;
	if (exchange(pamh, PAM_ERROR_MSG, shown, NULL, &e) != SF_OK)
		return; /* the audit line has the reference too */
}

void sf_converse_refused(
    pam_handle_t *pamh, const char *service, unsigned language, enum sf_err code, const char *ref)
{
	say(pamh, service, (struct sf_ui_message){explanation(code), language}, ref);
}

void sf_converse_wait(pam_handle_t *pamh, const char *service, unsigned language)
{
	say(pamh, service, (struct sf_ui_message){SF_MSG_RATE_WAIT, language}, NULL);
}
