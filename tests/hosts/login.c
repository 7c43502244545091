#include "login.h"

#include <stdlib.h>
#include <string.h>

#include <security/pam_appl.h>

static int converse(
    int count, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	struct pam_response *all = calloc((size_t)count, sizeof(*all));

	struct login *login = data;

	if (!all)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		int style = messages[i]->msg_style;

		login->was_told |= style == PAM_ERROR_MSG;
		if (style != PAM_PROMPT_ECHO_OFF && style != PAM_PROMPT_ECHO_ON)
			continue;
		all[i].resp = strdup("");
		if (all[i].resp)
			continue;
		for (int j = 0; j < i; j++)
			free(all[j].resp);
		free(all);
		return PAM_BUF_ERR;
	}
	*replies = all;
	return PAM_SUCCESS;
}

static void run_session(struct login *login, pam_handle_t *pamh)
{
	int codes[4];

	codes[0] = pam_setcred(pamh, PAM_ESTABLISH_CRED);
	codes[1] = pam_open_session(pamh, 0);
	codes[2] = pam_close_session(pamh, 0);
	codes[3] = pam_setcred(pamh, PAM_DELETE_CRED);
	for (int i = 0; i < 4; i++)
		if (codes[i] != PAM_SUCCESS && login->session_code == PAM_SUCCESS)
			login->session_code = codes[i];
}

void login_run(struct login *login, void (*before)(void), void (*after)(void))
{
	const struct pam_conv conv = {.conv = converse, .appdata_ptr = login};
	pam_handle_t *pamh = NULL;

	login->phase = "start";
	login->was_told = false;
	login->session_code = PAM_SUCCESS;
	login->code = pam_start(login->service, login->user, &conv, &pamh);
	if (login->code != PAM_SUCCESS)
		return;
	(void)pam_set_item(pamh, PAM_RHOST, "192.0.2.7");
	if (before)
		before();
	login->phase = "auth";
	login->code = pam_authenticate(pamh, 0);
	if (login->code == PAM_SUCCESS) {
		login->phase = "account";
		login->code = pam_acct_mgmt(pamh, 0);
	}
	if (login->code == PAM_SUCCESS && login->has_session)
		run_session(login, pamh);
	if (after)
		after();
	(void)pam_end(pamh, login->code);
}
