"""Every error that Salesforce is known for, a row each: the truth refuses with these, and a test
can ask for any of them by name (preset=NAME in a script, or `control.py WHERE next KIND NAME`).

Shapes: json  the OAuth object          form  the same as a form      none  that, no Content-Type
        array the data API's            text  the description alone   html  a page that says so
        page  302 to Salesforce's own page of errors, which never calls back
        callback  302 to the redirect_uri, with the state; of the request, or (login, approve) of
        the authorization that the form belongs to
"""
import html
import json
import urllib.parse

from wire import JSON_TYPE, Reply

ERROR_PAGE = "/setup/secur/RemoteAccessErrorPage.apexp"
FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8"
SHAPES = ("json", "form", "none", "array", "text", "html", "page", "callback")
HTML = (
    "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1>"
    "<p>We are sorry.</p></body></html>"
)
TOKEN_KINDS = "start poll code refresh password jwt client_credentials"
PEOPLE = "refresh password code jwt client_credentials headless"

# Name, kinds of request it is known for, status, error, description, shape.
# fmt: off
TABLE = (
    # Device flow
    ("authorization_pending", "poll", 400, "authorization_pending", "waiting for approval", "json"),
    ("slow_down", "poll", 400, "slow_down", "polling too fast, slow down", "json"),
    ("device_denied", "poll", 400, "access_denied", "end-user denied authorization", "json"),
    ("device_expired", "poll", 400, "invalid_grant", "device code expired or used", "json"),
    ("device_expired_request", "poll", 400, "invalid_request", "device code expired", "json"),
    ("device_unknown", "poll", 400, "invalid_request", "invalid device code", "json"),
    ("device_off", "start poll", 400, "invalid_grant",
     "device flow is not enabled for the app", "json"),
    ("device_gone", "start poll", 400, "invalid_request",
     "device flow is not supported for this type of app", "json"),
    ("exchange_failed", "poll", 400, "invalid_grant", "token exchange failed", "json"),
    ("server_error", TOKEN_KINDS, 400, "server_error", "an unexpected error occurred", "json"),
    ("unknown_error", TOKEN_KINDS, 400, "unknown_error", "retry your request", "json"),
    # Apps
    ("dpop_required", TOKEN_KINDS, 400, "invalid_dpop_proof", "DPoP proof is missing", "json"),
    ("unknown_client", TOKEN_KINDS + " headless", 400, "invalid_client_id",
     "client identifier invalid", "json"),
    ("wrong_secret", TOKEN_KINDS, 400, "invalid_client", "invalid client credentials", "json"),
    ("wrong_secret_ios", TOKEN_KINDS, 400, "invalid_client_credentials",
     "invalid client credentials", "json"),
    ("unsupported_grant", TOKEN_KINDS, 400, "unsupported_grant_type",
     "grant type not supported", "json"),
    ("wrong_method", TOKEN_KINDS, 400, "invalid_request", "must use HTTP POST", "json"),
    ("wrong_version", TOKEN_KINDS, 400, "wrong_version", "wrong version", "json"),
    ("wrong_scope", "start headless", 400, "invalid_scope",
     "the requested scope is not allowed", "json"),
    ("blocked_token", PEOPLE, 400, "OAUTH_APP_BLOCKED", "this app is blocked by admin", "json"),
    # People and policies
    ("wrong_password", "password code headless", 400, "invalid_grant",
     "authentication failure", "json"),
    ("wrong_password_old", "password", 400, "invalid_password",
     "authentication failure - invalid password", "json"),
    ("not_approved", PEOPLE, 400, "invalid_grant", "user hasn't approved this consumer", "json"),
    ("not_admin_approved", PEOPLE, 400, "invalid_app_access",
     "user is not admin approved to access this app", "json"),
    ("ip_restricted", PEOPLE, 400, "invalid_grant", "ip restricted or invalid login hours", "json"),
    ("ip_restricted_short", PEOPLE, 400, "invalid_grant", "ip restricted", "json"),
    ("inactive_user", PEOPLE, 400, "inactive_user", "inactive user", "json"),
    ("inactive_org", PEOPLE, 400, "inactive_org", "inactive organization", "json"),
    ("inactive_user_grant", PEOPLE, 400, "invalid_grant", "inactive user", "json"),
    ("inactive_org_grant", PEOPLE, 400, "invalid_grant", "inactive organization", "json"),
    ("login_rate", PEOPLE, 400, "invalid_grant", "login rate exceeded", "json"),
    ("login_rate_ios", PEOPLE, 400, "rate_limit_exceeded", "login rate exceeded", "json"),
    # Refresh
    ("refresh_expired", "refresh", 400, "invalid_grant", "expired access/refresh token", "json"),
    ("refresh_validity", "refresh", 400, "invalid_grant", "token validity expired", "json"),
    ("being_processed", "refresh", 400, "invalid_grant",
     "token request is already being processed", "json"),
    ("being_processed_old", "refresh", 400, "invalid_grant", "expired authorization code", "json"),
    # Authorization code
    ("code_expired", "code", 400, "invalid_grant", "expired authorization code", "json"),
    ("code_unknown", "code", 400, "invalid_grant", "invalid authorization code", "json"),
    ("wrong_verifier", "code", 400, "invalid_grant", "invalid code verifier", "json"),
    ("wrong_verifier_request", "code", 400, "invalid_request", "invalid code verifier", "json"),
    ("redirect_mismatch", "code headless", 400, "redirect_uri_mismatch",
     "redirect_uri must match configuration", "json"),
    ("headless_challenge", "headless", 400, "invalid_request",
     "missing required code challenge", "json"),
    ("headless_off", "headless", 400, "unsupported_response_type",
     "response type not supported", "json"),
    # In the browser
    ("authorize_mismatch", "authorize", 400, "redirect_uri_mismatch",
     "redirect_uri must match configuration", "none"),
    ("authorize_unknown_client", "authorize", 400, "invalid_client_id",
     "client identifier invalid", "none"),
    ("missing_challenge", "authorize", 400, "invalid_request",
     "missing required code challenge", "none"),
    ("wrong_challenge_method", "authorize", 400, "invalid_request",
     "invalid code challenge method", "none"),
    ("ec_app_not_found", "authorize", 302, "OAUTH_EC_APP_NOT_FOUND",
     "External client app is not installed in this org", "page"),
    ("app_blocked", "authorize", 302, "OAUTH_APP_BLOCKED", "this app is blocked by admin", "page"),
    ("approval_error", "authorize", 302, "OAUTH_APPROVAL_ERROR_GENERIC",
     "An unexpected error has occurred during authentication. Please try again.", "page"),
    ("authorization_blocked", "authorize", 302, "OAUTH_AUTHORIZATION_BLOCKED",
     "this app is blocked", "page"),
    ("cross_org", "authorize", 302, "OAUTH_AUTHORIZATION_BLOCKED",
     "Cross-org OAuth flows are not supported for this external client app", "page"),
    ("access_denied_app", "authorize poll jwt", 400, "OAUTH_APP_ACCESS_DENIED",
     "user is not admin approved to access this app", "json"),
    ("not_installed", "authorize", 302, "invalid_client", "app must be installed into org", "page"),
    ("page_not_admin_approved", "authorize", 302, "invalid_app_access",
     "user is not admin approved to access this app", "page"),
    ("denied", "authorize", 302, "access_denied", "end-user denied authorization", "callback"),
    ("denied_hyphen", "authorize", 302, "access-denied",
     "end-user denied authorization", "callback"),
    ("scope_refused", "authorize", 302, "invalid_scope",
     "the requested scope is not allowed", "callback"),
    ("response_type", "authorize", 302, "unsupported_response_type",
     "response type not supported", "callback"),
    ("immediate", "authorize", 302, "immediate_unsuccessful", "immediate unsuccessful", "callback"),
    # Keys and machines
    ("jwt_scope", "jwt", 400, "invalid_request", "refresh_token scope is required and the "
     "connected app should be installed and preauthorized", "json"),
    ("audience", "jwt", 400, "invalid_grant", "Audience validation failed", "json"),
    ("audience_short", "jwt", 400, "invalid_grant", "audience is invalid", "json"),
    ("wrong_assertion", "jwt", 400, "invalid_grant", "invalid assertion", "json"),
    ("stale_assertion", "jwt", 400, "invalid_grant", "expired authorization code", "json"),
    ("wrong_domain", "client_credentials", 400, "invalid_grant",
     "request not supported on this domain", "json"),
    ("no_run_as", "client_credentials", 400, "invalid_grant",
     "no client credentials user enabled", "json"),
    ("no_scopes", "client_credentials", 400, "invalid_grant", "no valid scopes defined", "json"),
    ("scope_parameter", "client_credentials jwt", 400, "invalid_request",
     "scope parameter not supported", "json"),
    ("machine_denied", "client_credentials", 400, "access_denied",
     "end-user denied authorization", "json"),
    # Revocation and introspection
    ("revoke_invalid", "revoke", 400, "invalid_token",
     "invalid token: it is revoked, expired or never was", "form"),
    ("revoke_unsupported", "revoke", 400, "unsupported_token_type",
     "this token type is not supported", "form"),
    ("introspect_refused", "introspect", 401, "invalid_client",
     "invalid client credentials", "json"),
    # Identity and userinfo: plain words
    ("bad_token", "identity userinfo", 403, None, "Bad_OAuth_Token", "text"),
    ("missing_token", "identity userinfo", 403, None, "Missing_OAuth_Token", "text"),
    ("wrong_org", "identity", 403, None, "Wrong_Org", "text"),
    ("bad_id", "identity", 404, None, "Bad_Id", "text"),
    ("no_access", "identity userinfo", 403, None, "No_Access", "text"),
    ("no_site_endpoint", "identity userinfo", 403, None, "No_Site_Endpoint", "text"),
    ("internal_error", "identity userinfo", 500, None, "Internal Error", "text"),
    # The data API
    ("session_expired", "data", 401, "INVALID_SESSION_ID", "Session expired or invalid", "array"),
    ("session_not_rest", "data", 401, "INVALID_SESSION_ID",
     "This session is not valid for use with the REST API", "array"),
    ("agent_only", "data", 401, "INVALID_SESSION_ID",
     "Connected app is not attached to Agent", "array"),
    ("scope_too_small", "data", 403, "INVALID_SESSION_ID",
     "This session is not valid for use with the REST API", "array"),
    ("api_disabled", "data", 403, "API_CURRENTLY_DISABLED",
     "API is disabled for this User", "array"),
    ("api_disabled_org", "data", 403, "API_DISABLED_FOR_ORG",
     "API is not enabled for this Organization or Partner", "array"),
    ("password_expired", "data", 403, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
     "The users password has expired, you must call SetPassword before attempting any other API "
     "operations", "array"),
    ("invalid_field", "data", 400, "INVALID_FIELD",
     "No such column 'Nme' on entity 'Contact'", "array"),
    ("request_limit", "data", 403, "REQUEST_LIMIT_EXCEEDED",
     "TotalRequests Limit exceeded.", "array"),
    ("malformed_query", "data", 400, "MALFORMED_QUERY", "unexpected token", "array"),
    ("not_found", "data", 404, "NOT_FOUND", "The requested resource does not exist", "array"),
    ("url_not_reset", "data", 400, "URL_NOT_RESET",
     "Destination URL not reset. The URL returned from login must be set", "array"),
)
# fmt: on
ROWS = {
    name: {"status": status, "error": error, "error_description": words, "shape": shape}
    for name, _, status, error, words, shape in TABLE
}
KINDS = {name: kinds.split() for name, kinds, *_ in TABLE}


def listing(kind=None):
    return [
        {"name": n, "kinds": KINDS[n], **row}
        for n, row in ROWS.items()
        if not kind or kind in KINDS[n]
    ]


def callback(uri, values, state):
    """Where the browser goes with an answer; state goes back as it came."""
    if state is not None:
        values["state"] = state
    to = uri + ("&" if "?" in uri else "?") + urllib.parse.urlencode(values)
    return Reply(302, b"", "text/html;charset=UTF-8", [("Location", to)])


def render(request, status, error, words, shape):
    """An error in its shape."""
    pair = {"error": error, "error_description": words}
    if shape == "json":
        return Reply(status, json.dumps(pair), JSON_TYPE)
    if shape == "form":
        return Reply(status, urllib.parse.urlencode(pair), FORM_TYPE)
    if shape == "none":
        return Reply(status, f"error={error}&error_description={words}", None)
    if shape == "array":
        return Reply(status, json.dumps([{"message": words, "errorCode": error}]))
    if shape == "text":
        return Reply(status, words, "text/plain;charset=UTF-8")
    if shape == "html":
        return Reply(status, HTML.format(html.escape(words)), "text/html;charset=UTF-8")
    uri, state = request.back or (request.arg("redirect_uri") or "/", request.arg("state"))
    return callback(ERROR_PAGE if shape == "page" else uri, pair, state)
