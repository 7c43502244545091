/* The job PROBE: two requests without a token, for sfoauth doctor. Does not judge the results. */
#include "probe.h"

#include "flow_code.h"
#include "http.h"
#include "sfid.h"
#include "json.h"

#include "banned.h"

#define PUBLIC_PATH "/.well-known/auth-configuration"

/* Read the organization id. Only a My Domain host has it; "" for login.salesforce.com or a page. */
static void read_org(const struct sf_http_reply *reply, char ret_id[static SF_FACTS_ID_SIZE])
{
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	char id[SF_FACTS_ID_SIZE] = "";
	struct sf_error ignored;

	if (reply->status != 200 || reply->is_html ||
	    sf_json_parse(reply->body, &json, &ignored) != SF_OK ||
	    sf_json_text(json, "OrgId", id, sizeof(id), &ignored) != SF_OK ||
	    !sf_sfid_parse(id, "00D", ret_id))
		ret_id[0] = '\0';
}

enum sf_err sf_probe_run(
    const struct sf_flow_params *params, struct sf_job_result *result, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	SF_CLEANUP(sf_flow_code_clear) struct sf_flow_code code = {0};
	const struct sf_http_request request = {.path = PUBLIC_PATH};
	enum sf_err r = sf_http_run(params->http, &request, &reply, e);

	if (r != SF_OK)
		return r;
	result->status = reply.status;
	result->outcome.server_s = reply.date_s;
	read_org(&reply, result->outcome.org_id);
	return params->job->callback[0] == '\0' ? sf_flow_device_probe(params, e)
						: sf_flow_code_begin(params, &code, e);
}
