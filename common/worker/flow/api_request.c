/* Sends one request to the API; whether it may be repeated is for the command to decide. */
#include "api_request.h"

#include <string.h>

#include "http.h"
#include "json.h"
#include "wire.h"

#include "banned.h"

enum sf_err sf_api_request_read(
    const struct sf_job *job, struct sf_secret **ret_body, struct sf_error *e)
{
	*ret_body = NULL;
	if (strcmp(job->method, "POST") != 0 && strcmp(job->method, "PATCH") != 0)
		return SF_OK;
	*ret_body = sf_secret_read(SF_WIRE_SECRET_FD, SF_JOB_BODY_MAX);
	if (*ret_body)
		return SF_OK;
	return SF_FAIL(e, SF_E_USAGE, 0, "the body is longer than %d bytes", SF_JOB_BODY_MAX);
}

enum sf_err sf_api_request_run(const struct sf_flow_params *params, const struct sf_token *token,
    const struct sf_secret *body, struct sf_error *e)
{
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	const struct sf_http_request request = {
	    .path = params->job->path,
	    .bearer = token->access_token,
	    .form = body,
	    .is_json = body != NULL,
	    .method = params->job->method[0] != '\0' ? params->job->method : NULL,
	    .streams = true,
	    .body_fd = SF_WIRE_BODY_FD,
	};

	if (!token->access_token)
		return SF_FAIL(e, SF_E_SIGN_IN_NEEDED, 0, "there is no access token");

	enum sf_err r = sf_http_run(params->http, &request, &reply, e);

	if (r == SF_OK)
		r = sf_reply_class_read(SF_ON_GET, &reply, params->reply_class, &json, e);
	if (r != SF_OK)
		return r;
	if (params->reply_class->next != SF_NEXT_GO_ON)
		return sf_reply_class_fail(params->reply_class, e);
	return SF_OK;
}
