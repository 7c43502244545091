#include "flow_code.h"

#include "banned.h"

/*
 * Authorization code where the browser is far from us: the person opens the address anywhere, lets
 * Salesforce send the browser to the callback, where nobody answers, and pastes the address that it
 * ended at. Whoever reads along has a code that is good for nothing without our verifier.
 */

#define TRIES 3

enum sf_err sf_flow_paste_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_flow_code_clear) struct sf_flow_code code = {0};
	SF_CLEANUP(sf_callback_clear) struct sf_callback callback = {0};
	enum sf_err r = sf_flow_code_begin(params, &code, e);
	const struct sf_callback_params expected = sf_flow_code_expects(params, &code);

	if (r == SF_OK)
		r = params->ui->show(params->ui, &code.show, e);
	/* Something else in the clipboard is no reason to begin again in the browser. */
	for (int i = 0; r == SF_OK && callback.kind == SF_CALLBACK_FOREIGN && i < TRIES; i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *pasted = NULL;

		r = params->ui->ask(params->ui, SF_ASK_CALLBACK, &pasted, e);
		if (r == SF_OK)
			r = sf_callback_paste(&expected, pasted, &callback, e);
	}
	if (r != SF_OK)
		return r;
	if (callback.kind == SF_CALLBACK_FOREIGN) {
		*params->answer = (struct sf_reply_class){
		    .next = SF_NEXT_STOP, .failure = SF_E_DENIED, .row = "wrong_paste"};
		return SF_FAIL(e, SF_E_DENIED, 0, "what was pasted is not the address: %s",
		    callback.why ? callback.why : "nothing");
	}
	return sf_flow_code_finish(params, &code, &callback, grant, e);
}
