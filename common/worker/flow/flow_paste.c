/*
 * Authorization code with PKCE, in a browser on another machine. The person opens the address
 * there, Salesforce redirects the browser to the callback, where nothing listens, and the person
 * pastes the URL that the browser then shows. Without our verifier, the code in it is useless to an
 * eavesdropper.
 */
#include "flow_code.h"

#include "banned.h"

#define TRIES 3 /* pastes until the sign-in fails */

enum sf_err sf_flow_paste_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_flow_code_clear) struct sf_flow_code code = {0};
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	enum sf_err r = sf_flow_code_begin(params, &code, e);
	const struct sf_callback_params expected = sf_flow_code_expects(params, &code);

	if (r == SF_OK)
		r = params->ui->show(params->ui, &code.show, e);
	/* Ask again after a wrong paste: the person need not repeat the sign-in in the browser. */
	for (int i = 0; r == SF_OK && callback.kind == SF_CALLBACK_FOREIGN && i < TRIES; i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *pasted = NULL;

		r = params->ui->ask(params->ui, SF_ASK_CALLBACK, &pasted, e);
		if (r == SF_OK)
			r = sf_callback_paste(&expected, pasted, &callback, e);
	}
	if (r != SF_OK)
		return r;
	if (callback.kind == SF_CALLBACK_FOREIGN) {
		*params->reply_class = (struct sf_reply_class){
		    .next = SF_NEXT_STOP, .failure = SF_E_WRONG_INPUT, .row = "wrong_paste"};
		return SF_FAIL(e, SF_E_WRONG_INPUT, 0, "the pasted text is not our callback: %s",
		    callback.why ? callback.why : "nothing was pasted");
	}
	return sf_flow_code_finish(params, &code, &callback, grant, e);
}
