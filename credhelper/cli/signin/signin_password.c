/*
 * Finds the username and the password for the flow password: stored, read from standard input, or
 * asked for. The worker sends them.
 */
#include "signin_password.h"

#include <string.h>
#include <unistd.h>

#include "tty_ask.h"
#include "text.h"
#include "store_credentials.h"
#include "messages.h"

#include "banned.h"

#define SF_PROMPT_SIZE (SF_TOKEN_USERNAME_SIZE + SF_ORIGIN_HOST_SIZE + 64)

void sf_signin_password_clear(struct sf_signin_password *password)
{
	password->word = sf_secret_free(password->word);
}

/* The username, as far as it is known without a question; "": unknown. */
static const char *name_of(const struct sf_signin_password *password)
{
	const struct sf_target *target = password->target;

	if (password->params->username)
		return password->params->username;
	return target->user != NULL ? target->user : target->org->username;
}

/*
 * Read up to two lines of standard input: the password, then the security token if the first line
 * does not already end with it. Salesforce takes both as one text.
 */
static enum sf_err read_input(struct sf_secret *word, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep)
	struct sf_secret *input = sf_secret_read(STDIN_FILENO, SF_UI_RESPONSE_MAX);
	const char *text = !input ? "" : sf_secret_reveal(input);
	const size_t len = strcspn(text, "\r\n");
	const char *more = text + len + strspn(text + len, "\r\n");

	if (!sf_secret_add(word, text, len) || !sf_secret_add(word, more, strcspn(more, "\r\n")) ||
	    sf_secret_len(word) == 0)
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_NO_PASSWORD_READ, NULL);
	return SF_OK;
}

/* Ask for the password and the security token at the terminal, without echo. */
static enum sf_err ask_person(
    const struct sf_signin_password *password, struct sf_secret *word, struct sf_error *e)
{
	char text[SF_PROMPT_SIZE];
	struct sf_text prompt = SF_TEXT(text);
	const struct sf_tty_ask first = {.prompt = text, .is_hidden = true};
	const struct sf_tty_ask second = {
	    .prompt = sf_message_row(SF_MESSAGE_ASK_SECURITY_TOKEN), .is_hidden = true};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *line = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *token = NULL;
	enum sf_err r;

	if (!sf_message_add(&prompt, SF_MESSAGE_ASK_PASSWORD,
		SF_WITH({"username", password->username}, {"host", password->target->origin.host})))
		return SF_FAIL(e, SF_E_BUG, 0, "a question does not fit");
	r = sf_tty_ask_line(&first, &line, e);
	/* Users of an Experience Cloud site have no security token. */
	if (r == SF_OK && password->target->org->site_url[0] == '\0')
		r = sf_tty_ask_line(&second, &token, e);
	if (r == SF_OK &&
	    (!sf_secret_add_secret(word, line) || (token && !sf_secret_add_secret(word, token))))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a password");
	return r;
}

/* The worker's ASK. The response stays here too, because sf_signin_password_end may store it. */
static enum sf_err respond(
    struct sf_ui *ui, enum sf_ask what, struct sf_secret **ret_response, struct sf_error *e)
{
	struct sf_signin_password *password = ui->context;
	enum sf_err r = SF_OK;

	if (what != SF_ASK_PASSWORD)
		return SF_FAIL(e, SF_E_PROTOCOL, 0, "ASK %d in place of a password", (int)what);
	if (!password->word) {
		SF_CLEANUP(sf_secret_freep)
		struct sf_secret *word = sf_secret_new(SF_UI_RESPONSE_MAX);

		if (!word)
			return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a password");
		r = password->params->reads_password ? read_input(word, e)
						     : ask_person(password, word, e);
		if (r == SF_OK)
			password->word = SF_TAKE(word);
	}
	if (r != SF_OK)
		return r;
	*ret_response = sf_secret_copy(password->word);
	return *ret_response != NULL ? SF_OK
				     : SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a password");
}

/*
 * Read the stored password, unless a flag says that the person gives one now. If no username is
 * known, take the latest stored password, and its username.
 */
static enum sf_err read_stored(struct sf_signin_password *password, struct sf_error *e)
{
	const char *name = name_of(password);
	enum sf_store_state state;

	if (password->params->reads_password || password->params->remembers)
		return SF_OK;

	enum sf_err r = sf_store_credentials_get(password->target, SF_STORE_CREDENTIALS_PASSWORD,
	    name[0] != '\0' ? name : NULL, &password->word, password->username, &state, e);

	password->is_remembered = r == SF_OK && password->word != NULL;
	return r;
}

/* Ask for the username if it is unknown, and refuse one that Salesforce cannot have. */
static enum sf_err ask_name(struct sf_signin_password *password, struct sf_error *e)
{
	const struct sf_tty_ask question = {.prompt = sf_message_row(SF_MESSAGE_ASK_USERNAME)};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *line = NULL;
	const char *name = name_of(password);

	if (name[0] == '\0') {
		enum sf_err r = sf_tty_ask_line(&question, &line, e);

		if (r != SF_OK)
			return r;
		name = sf_secret_reveal(line);
	}
	if (!sf_text_is_printable(name) || strchr(name, ' ') ||
	    !sf_text_copy(password->username, sizeof(password->username), name))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_NO_USERNAME, NULL);
	return SF_OK;
}

enum sf_err sf_signin_password_begin(const struct sf_target *target,
    const struct sf_signin_params *params, struct sf_signin_password *ret_password,
    struct sf_error *e)
{
	enum sf_err r;

	*ret_password = (struct sf_signin_password){
	    .ui = {.ask = respond, .context = ret_password},
	    .target = target,
	    .params = params,
	};
	r = read_stored(ret_password, e);
	if (r != SF_OK || ret_password->is_remembered)
		return r;
	if (!params->ui)
		return SF_FAIL_MESSAGE(e, SF_E_SIGN_IN_NEEDED, SF_MESSAGE_E_NO_PASSWORD_KEPT, NULL);
	return ask_name(ret_password, e);
}

void sf_signin_password_end(
    struct sf_signin_password *password, enum sf_err outcome, enum sf_store_state *ret_state)
{
	const struct sf_target *target = password->target;
	struct sf_error ignored;
	enum sf_err r = SF_OK;

	*ret_state = SF_STORE_NONE;
	if (outcome == SF_E_DENIED && password->is_remembered)
		r = sf_store_credentials_erase(
		    target, SF_STORE_CREDENTIALS_PASSWORD, password->username, ret_state, &ignored);
	else if (outcome == SF_OK && password->params->remembers && password->word)
		r = sf_store_credentials_put(target, SF_STORE_CREDENTIALS_PASSWORD,
		    password->username, password->word, ret_state, &ignored);
	if (r != SF_OK)
		*ret_state = SF_STORE_ABSENT;
}

bool sf_signin_password_is_remembered(
    const struct sf_target *target, const struct sf_signin_params *params)
{
	struct sf_target quiet = *target;
	SF_CLEANUP(sf_signin_password_clear)
	struct sf_signin_password password = {.target = &quiet, .params = params};
	struct sf_error ignored;

	quiet.may_unlock = false;
	return read_stored(&password, &ignored) == SF_OK && password.is_remembered;
}
