"""Experience Cloud sites: everything under a path prefix, and Authorization Code and Credentials
(Salesforce help: remoteaccess_authorization_code_credentials_flow). For external people only; My Domain and the login hosts do not have it."""
import grants
import policy
import web
from answers import document, redirect, refuse
from faults import PAGE
from wire import Reply

PREFIXES = ("/help", "/helpvforcesite")


def is_site_host(host):
    return host.split(":")[0].endswith(".my.site.com")


def enter(request):
    """/help/services/... -> /services/..., said to the site /help; both prefixes are one site."""
    if request.host.split(":")[0].endswith("salesforce.com"):
        return
    for prefix in PREFIXES:
        if request.path.startswith(prefix + "/"):
            request.site, request.path = PREFIXES[0], request.path[len(prefix) :]


def lacks_prefix(request):
    return is_site_host(request.host) and not request.site and "/oauth2/" in request.path


def is_headless(request):
    return (
        request.path == "/services/oauth2/authorize"
        and request.arg("response_type") == "code_credentials"
    )


def credentials(request, client):
    """Body or Basic, as the app has it; the other place is not looked at."""
    if client["code_credentials_post_only"]:
        return request.arg("username"), request.arg("password")
    return request.basic()


def refused(world, request, client):
    if not client:
        return "unknown_client"
    if not (client["code_credentials"] and world.settings["code_credentials"]):
        return "headless_off"
    if request.arg("redirect_uri") not in client["callbacks"]:
        return "redirect_mismatch"
    if client["pkce"] and not request.arg("code_challenge"):
        return "headless_challenge"
    if grants.scopes_of(client, request.arg("scope")) is None:
        return "wrong_scope"
    return None


def authorize(world, request):
    """Username and password -> JSON with a code. What is not recognised as a headless request gets
    the page with the login form, and 200."""
    named = (request.headers.get("Auth-Request-Type") or "").lower() == "named-user"
    if request.method != "POST" or not named or not request.site:
        if world.settings["headless_unknown_as"] == "redirect":
            return redirect("/help/login")
        return Reply(200, PAGE.format("Login | Salesforce"), "text/html;charset=UTF-8")
    client = world.client(request.arg("client_id"))
    wrong = refused(world, request, client)
    if wrong:
        return refuse(world, request, wrong)
    username, password = credentials(request, client)
    user = world.find_user(username or "", request.host)
    if not user or password != user["password"] or not user["community_id"]:
        return refuse(world, request, "wrong_password")
    if not client["preapproved"]:
        return refuse(world, request, "not_approved")
    refusal = policy.refusal(world, request, user, client)
    if refusal:
        return refusal
    subject = {
        "client": client["id"],
        "redirect_uri": request.arg("redirect_uri"),
        "challenge": request.arg("code_challenge"),
        "scopes": grants.scopes_of(client, request.arg("scope")),
        "site": request.site,
    }
    value = {
        "code": web.new_code(world, user, subject),
        "sfdc_community_url": site_url(world, request, user),
        "sfdc_community_id": user["community_id"],
    }
    return document(world, value)


def site_url(world, request, user):
    if world.is_local(request.host):
        return f"https://{request.host}{request.site}"
    return user["community_url"]
