/* sfoauth token: print a valid access token, in the form that --format names. */
#include "cmd.h"
#include "json_out.h"

#include "banned.h"

enum sf_err sf_cmd_token(struct sf_cmd *cmd, struct sf_error *e)
{
	SF_CLEANUP(sf_token_freep) struct sf_token *token = NULL;
	SF_CLEANUP(sf_secret_freep) struct sf_secret *text = NULL;
	enum sf_json_out_format format = cmd->options->is_json ? SF_JSON_OUT_JSON : SF_JSON_OUT_RAW;
	enum sf_err r;

	/* Check the format before a sign-in, which a typing error should not cost. */
	if (cmd->options->format && !sf_json_out_format_of(cmd->options->format, &format))
		return SF_FAIL_MESSAGE(e, SF_E_USAGE, SF_MESSAGE_E_FORMATS, NULL);
	r = sf_cmd_begin(cmd, NULL, e);
	if (r == SF_OK)
		r = sf_session_token(&cmd->session, &token, e);
	if (r != SF_OK)
		return r;
	sf_cmd_say_kept(cmd, token);
	r = sf_json_out_token(token, format, &text, e);
	return r == SF_OK ? sf_json_out_write(text, e) : r;
}
