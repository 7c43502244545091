#include "converse.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "secret.h"

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

enum sf_converse_style sf_converse_style(enum sf_dialogue dialogue, const char *service)
{
	switch (dialogue) {
	case SF_DIALOGUE_PRESS_ENTER:
		return SF_CONVERSE_PROMPT;
	case SF_DIALOGUE_NOTICE:
		return SF_CONVERSE_NOTICE;
	case SF_DIALOGUE_AUTO:
		break;
	}
	return strcmp(service, "sshd") == 0 || strcmp(service, "cockpit") == 0 ? SF_CONVERSE_PROMPT
									       : SF_CONVERSE_NOTICE;
}

/* Wipe and free what the host answered. The answer may be a password. */
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

/* One message. *ret_len: characters of the answer, -1 if there is none. */
static enum sf_err exchange(
    pam_handle_t *pamh, int style, const char *text, ssize_t *ret_len, struct sf_error *e)
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
	*ret_len = reply && reply->resp ? (ssize_t)strlen(reply->resp) : -1;
	return SF_OK;
}

enum sf_err sf_converse_device(
    pam_handle_t *pamh, const struct sf_converse_ask *ask, bool *ret_typed, struct sf_error *e)
{
	const bool is_prompt = ask->style == SF_CONVERSE_PROMPT;
	char buf[SF_CONVERSE_TEXT_MAX], host[HOST_SIZE] = "";
	struct sf_text text = SF_TEXT(buf);
	ssize_t len = -1;

	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';

	const struct sf_ui_arg args[] = {
	    {"org", ask->org},
	    {"account", ask->account},
	    {"host", host[0] ? host : "this machine"},
	    {"rhost", ask->rhost[0] ? ask->rhost : "this machine"},
	    {"uri", ask->show->verification_uri},
	    {"code", ask->show->user_code},
	};

	if (!sf_ui_render(&text, is_prompt ? SF_MSG_DEVICE_PROMPT : SF_MSG_DEVICE_NOTICE, args,
		SF_COUNT(args)))
		return SF_FAIL(e, SF_E_SYSTEM, 0, "the message is longer than %d characters",
		    SF_CONVERSE_TEXT_MAX);

	enum sf_err r =
	    exchange(pamh, is_prompt ? PAM_PROMPT_ECHO_OFF : PAM_TEXT_INFO, buf, &len, e);

	if (r != SF_OK)
		return r;
	if (is_prompt && len < 0)
		return SF_FAIL(e, SF_E_CONVERSATION, 0, "the prompt was not answered");
	*ret_typed = is_prompt && len > 0;
	return SF_OK;
}

void sf_converse_refused(pam_handle_t *pamh, const char *ref)
{
	char buf[SF_CONVERSE_TEXT_MAX];
	struct sf_text text = SF_TEXT(buf);
	const struct sf_ui_arg args[] = {{"ref", ref}};
	struct sf_error e;
	ssize_t len;

	if (!sf_ui_render(&text, SF_MSG_REFUSED, args, SF_COUNT(args)))
		return;
	if (exchange(pamh, PAM_ERROR_MSG, buf, &len, &e) != SF_OK)
		return; /* the audit line has the reference too */
}
