"""Grants without a browser: password, JWT bearer, client credentials."""
import grants
import policy
from answers import refuse

LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")
MACHINE_NEVER = {"full", "web", "refresh_token", "offline_access"}


def serves(world, host, user):
    """Does this host sign this person in? My Domain its own, login. and test. those of their kind,
    a host that is no Salesforce's all."""
    org = world.orgs[user["org"]]
    if host in LOGIN_HOSTS:
        return host == org["login"]
    other = world.org_of_host(host)
    return other is None or other is org


def password(world, request, client):
    """Wrong, switched off, without the security token, only with a second factor, only over single
    sign-on: all look the same. No refresh token, no scope."""
    user = world.find_user(request.arg("username") or "", request.host)
    given = request.arg("password") or ""
    good = []
    if user:
        good = [user["password"] + user["security_token"]]
        if world.settings["trusted_ip"]:
            good.append(user["password"])
    if (
        given not in good
        or not world.settings["password_flow"]
        or not client["password_flow"]
        or user["mfa_only"]
        or user["sso_only"]
        or not serves(world, request.host, user)
    ):
        return refuse(world, request, "wrong_password")
    if not policy.admitted(client, user):
        return refuse(world, request, "not_approved")
    refusal = policy.refusal(world, request, user, client)
    return refusal or grants.token_answer(
        world, request, user, client, ["id", "api", "web"], show_scope=False
    )


def audiences(world, request, user):
    """What `aud` may be: the login host of the person's kind of org, and the own host that was
    called."""
    org = world.orgs[user["org"]]
    good = [f"https://{org['login']}"]
    if world.settings["jwt_aud_my_domain"]:
        good.append(f"https://{org['domain']}")
    if world.is_local(request.host):
        good.append(f"https://{request.host}")
    if user["community_url"]:
        good.append(user["community_url"])
    return good


def jwt(world, request, _client):
    """The app is the assertion's `iss`; nothing else says who asks."""
    claims, client, wrong = policy.assertion_claims(world, request, request.arg("assertion") or "")
    if not wrong and request.arg("scope") is not None:
        wrong = "scope_parameter"
    if wrong:
        return refuse(world, request, wrong)
    name = str(claims.get("sub") or claims.get("prn") or "")
    user = next(
        (
            u
            for u in world.users.values()
            if u["username"] == name and serves(world, request.host, u)
        ),
        None,
    )
    if not user:
        return refuse(world, request, "not_approved")
    if claims.get("aud") not in audiences(world, request, user):
        return refuse(world, request, "audience")
    if not policy.has_approved(world, client, user):
        return refuse(world, request, "not_approved")
    scopes = [s for s in client["scopes"] if s not in ("refresh_token", "offline_access")]
    refusal = policy.refusal(world, request, user, client)
    return refusal or grants.token_answer(world, request, user, client, scopes)


def client_credentials(world, request, client):
    """My Domain only; one configured person; never a refresh token."""
    local = world.is_local(request.host)
    if not local and not world.org_of_host(request.host):
        return refuse(world, request, "wrong_domain")
    user = world.find_user(client["run_as"], request.host) if client["run_as"] else None
    if not user:
        return refuse(world, request, "no_run_as")
    if policy.method_of(request) == "none":
        return refuse(world, request, "wrong_secret")
    if not serves(world, request.host, user):
        return refuse(world, request, "unknown_client")
    if request.arg("scope") is not None:
        return refuse(world, request, "scope_parameter")
    scopes = [s for s in client["scopes"] if s not in MACHINE_NEVER]
    if "api" not in scopes:
        return refuse(world, request, "no_scopes")
    if not user["api_enabled"]:
        return refuse(world, request, "machine_denied")
    refusal = policy.refusal(world, request, user, client)
    return refusal or grants.token_answer(world, request, user, client, scopes)
