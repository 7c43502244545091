/*
 * Salesforce's device flow, which differs from RFC 8628: it starts at the token endpoint with
 * response_type=device_code, polls with grant_type=device and `code`, and has no expired_token.
 */
#include "flow.h"

#include <string.h>

#include "clock.h"
#include "form.h"
#include "json.h"
#include "text.h"

#include "banned.h"

#define CODE_LIFE_S     600 /* Salesforce's documented life of a code; it sends no expires_in */
#define INTERVAL_S      5
#define INTERVAL_MAX_S  120
#define SLOWER_S        5 /* RFC 8628 section 3.5: for this and all later polls */
#define DEVICE_CODE_MAX 4096

/* A sign-in that waits for approval. */
struct device {
	struct sf_secret *code;
	struct sf_show show;
	uint64_t interval_s; /* between polls */
	uint64_t pause_s;    /* Retry-After of the last poll, used if it is longer; 0: none */
	int64_t deadline_ms;
};

static void device_clear(struct device *device)
{
	device->code = sf_secret_free(device->code);
}

static bool is_address(const char *text)
{
	return sf_text_is_printable(text) && !strchr(text, ' ');
}

static enum sf_err read_start(const struct sf_flow_params *params, const struct sf_json *json,
    struct device *device, struct sf_error *e)
{
	const struct sf_json_range interval = {.min = 1, .max = INTERVAL_MAX_S};
	const struct sf_json_range life = {.min = 1, .max = 24 * 3600};
	uint64_t life_s = CODE_LIFE_S;
	enum sf_err r = sf_json_secret(json, "device_code", DEVICE_CODE_MAX, &device->code, e);

	device->interval_s = INTERVAL_S;
	if (r == SF_OK)
		r = sf_json_text(
		    json, "user_code", device->show.user_code, sizeof(device->show.user_code), e);
	if (r == SF_OK)
		r = sf_json_text(json, "verification_uri", device->show.verification_uri,
		    sizeof(device->show.verification_uri), e);
	if (r == SF_OK)
		r = sf_json_number(json, "interval", interval, &device->interval_s, e);
	if (r == SF_OK)
		r = sf_json_number(json, "expires_in", life, &life_s, e);
	if (r != SF_OK)
		return r;
	if (!device->code || !device->show.user_code[0] || !device->show.verification_uri[0])
		return SF_FAIL(
		    e, SF_E_ANSWER, 0, "device_code, user_code or verification_uri is missing");
	if (!sf_ui_is_code(device->show.user_code) || !is_address(device->show.verification_uri))
		return SF_FAIL(
		    e, SF_E_ANSWER, 0, "user_code or verification_uri cannot be shown to a person");
	if (life_s > CODE_LIFE_S)
		life_s = CODE_LIFE_S;
	device->deadline_ms = sf_clock_within_ms(params->deadline_ms, (int64_t)life_s * 1000);
	device->show.life_s = (uint32_t)(sf_clock_left_ms(device->deadline_ms) / 1000);
	return SF_OK;
}

/* Request a device code. */
static enum sf_err start_device(
    const struct sf_flow_params *params, struct device *device, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;

	if (!form || !sf_form_add(form, "response_type", "device_code") ||
	    (params->job->scope[0] && !sf_form_add(form, "scope", params->job->scope)))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");

	enum sf_err r = sf_flow_post(params, SF_ON_START, form, &json, e);

	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	return read_start(params, json, device, e);
}

enum sf_err sf_flow_device_probe(const struct sf_flow_params *params, struct sf_error *e)
{
	SF_CLEANUP(device_clear) struct device device = {0};

	return start_device(params, &device, e);
}

enum poll_outcome { POLL_LATER, POLL_UNREACHED, POLL_GRANTED };

/*
 * Poll once (RFC 8628 section 3.4). An error that may pass is an outcome, not a failure, because
 * the person may still approve the code.
 */
static enum sf_err poll_once(const struct sf_flow_params *params, struct device *device,
    enum poll_outcome *ret_outcome, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *form = sf_secret_new(SF_FORM_MAX);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;

	if (!form || !sf_form_add(form, "grant_type", "device") ||
	    !sf_form_add_secret(form, "code", device->code))
		return SF_FAIL(e, SF_E_NOMEM, 0, "no memory for a form");

	enum sf_err r = sf_flow_post(params, SF_ON_POLL, form, &json, e);

	device->pause_s = 0;
	if (r == SF_E_UNAVAILABLE || r == SF_E_BLOCKED || r == SF_E_PROXY) {
		*ret_outcome = POLL_UNREACHED;
		return SF_OK;
	}
	if (r != SF_OK)
		return r;
	switch (params->reply_class->next) {
	case SF_NEXT_GO_ON:
		*ret_outcome = POLL_GRANTED;
		return sf_flow_grant(params, json, grant, e);
	case SF_NEXT_SLOW_DOWN:
		device->interval_s += SLOWER_S;
		*ret_outcome = POLL_LATER;
		return SF_OK;
	case SF_NEXT_WAIT:
		*ret_outcome = POLL_LATER;
		return SF_OK;
	case SF_NEXT_RETRY:
		(void)sf_reply_class_fail(params->reply_class, e);
		*ret_outcome = POLL_UNREACHED;
		device->pause_s = params->reply_class->retry_s;
		return SF_OK;
	case SF_NEXT_STOP:
	case SF_NEXT_DEAD:
	case SF_NEXT_FOREIGN:
		break;
	}
	return sf_reply_class_fail(params->reply_class, e);
}

/*
 * The code has expired. If the last poll did not reach Salesforce, report that: e already has the
 * error.
 */
static enum sf_err fail_expired(enum poll_outcome last, struct sf_error *e)
{
	if (last == POLL_UNREACHED)
		return e->code;
	return SF_FAIL(e, SF_E_EXPIRED, 0, "the sign-in was not approved in time");
}

enum sf_err sf_flow_device_run(
    const struct sf_flow_params *params, struct sf_grant *grant, struct sf_error *e)
{
	SF_CLEANUP(device_clear) struct device device = {0};
	enum poll_outcome outcome = POLL_LATER;
	enum sf_err r = start_device(params, &device, e);

	if (r == SF_OK)
		r = params->ui->show(params->ui, &device.show, e);
	while (r == SF_OK) {
		uint64_t wait_s =
		    device.pause_s > device.interval_s ? device.pause_s : device.interval_s;
		int64_t next_ms = sf_clock_within_ms(device.deadline_ms, (int64_t)wait_s * 1000);
		bool is_gone = false;

		r = params->ui->wait(params->ui, next_ms, &is_gone, e);
		if (r != SF_OK)
			return r;
		if (is_gone)
			return SF_FAIL(e, SF_E_INTERRUPTED, 0, "the caller ended the sign-in");
		if (sf_clock_left_ms(device.deadline_ms) == 0)
			return fail_expired(outcome, e);
		r = poll_once(params, &device, &outcome, grant, e);
		if (r == SF_OK && outcome == POLL_GRANTED)
			return SF_OK;
	}
	return r;
}
