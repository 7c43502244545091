/* Format the output of git's credential protocol. Which token it is, others decide. */
#include "gitcred.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "text.h"

#include "banned.h"

#define FRAME_SIZE 256 /* bytes of all lines without the secret and the username */

/* Whether neither value contains a line end, which would add a line to git's protocol. */
static bool is_one_line(const struct sf_token *token)
{
	const char *bytes = sf_secret_reveal(token->access_token);

	for (size_t i = 0; i < sf_secret_len(token->access_token); i++)
		if (bytes[i] < ' ' || bytes[i] > '~')
			return false;
	return sf_text_is_clean(token->username, strlen(token->username));
}

/* The lines before and after the secret: the secret itself goes into a struct sf_secret only. */
struct frame {
	char head[FRAME_SIZE + SF_TOKEN_USERNAME_SIZE];
	char tail[FRAME_SIZE];
};

/* Capabilities come first: git ignores the values of one that is not announced yet. */
static bool format_head(
    const struct sf_gitcred *request, const struct sf_token *token, struct frame *frame)
{
	const bool is_bearer =
	    request->takes_authtype && (request->offers_bearer || !request->offers_basic);
	struct sf_text head = SF_TEXT(frame->head);

	if (is_bearer)
		sf_text_add(&head, "capability[]=authtype\n");
	if (request->takes_state)
		sf_text_add(&head, "capability[]=state\n");
	/* ephemeral: other helpers must not store an access token, which lives two hours. */
	if (is_bearer)
		return sf_text_add(&head, "authtype=Bearer\nephemeral=1\ncredential=");
	return sf_text_addf(&head, "username=%s\npassword=", token->username);
}

static bool format_tail(
    const struct sf_gitcred *request, const struct sf_token *token, struct frame *frame)
{
	struct sf_text tail = SF_TEXT(frame->tail);

	sf_text_add(&tail, "\n");
	/* git drops a password whose expiry has passed by its own clock, and asks without end. */
	if (sf_token_life_s(token, sf_clock_wall_s()) > 0)
		sf_text_addf(&tail, "password_expiry_utc=%" PRIu64 "\n", token->expires_at);
	if (request->takes_state)
		sf_text_addf(&tail, "state[]=sfoauth:%s\n", token->generation);
	if (request->takes_state && request->generation[0] == '\0')
		sf_text_add(&tail, "continue=1\n");
	return !tail.overflow;
}

enum sf_err sf_gitcred_output(const struct sf_gitcred *request, const struct sf_token *token,
    struct sf_secret **ret_text, struct sf_error *e)
{
	struct frame frame;

	if (!token->access_token || !is_one_line(token))
		return SF_FAIL(e, SF_E_BUG, 0, "a token for git is empty or not one line");
	if (!format_head(request, token, &frame) || !format_tail(request, token, &frame))
		return SF_FAIL(e, SF_E_BUG, 0, "the output for git does not fit");

	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *text = sf_secret_new(sf_secret_len(token->access_token) + sizeof(frame));

	if (!text || !sf_secret_add_text(text, frame.head) ||
	    !sf_secret_add_secret(text, token->access_token) ||
	    !sf_secret_add_text(text, frame.tail))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for the output");
	*ret_text = SF_TAKE(text);
	return SF_OK;
}
