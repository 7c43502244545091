"""Who asks, and who is refused whatever the grant: the app's authentication, and the rules that an
administrator sets for people, organizations and apps."""
import signing
from answers import refuse

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion_claims(world, request, text):
    """The claims of a signed JWT whose `iss` is an app with a certificate -> (claims, app, why
    not: the name of an error)."""
    claims = signing.claims(text)
    client = world.client((claims or {}).get("iss"))
    if not claims:
        return None, None, "wrong_assertion"
    if not client:
        return None, None, "unknown_client"
    key = signing.public_key(client["certificate"]) if client["certificate"] else None
    if not key or key.until < world.now() or not signing.verify(key, text):
        return None, client, "wrong_assertion"
    if not isinstance(claims.get("exp"), int) or claims["exp"] <= world.now():
        return None, client, "stale_assertion"
    jti = claims.get("jti")
    if jti is not None:
        if (client["id"], jti) in world.used_jti:
            return None, client, "wrong_assertion"
        world.used_jti.add((client["id"], jti))
    return claims, client, None


def method_of(request):
    """How the app says who it is; `several` is refused."""
    seen = [
        name
        for name, there in (
            ("body", request.arg("client_secret") is not None),
            ("basic", request.basic()[0] is not None),
            ("jwt", request.arg("client_assertion") is not None),
        )
        if there
    ]
    return seen[0] if len(seen) == 1 else "several" if seen else "none"


def by_assertion(world, request):
    """private_key_jwt: iss and sub are the app, aud is this token endpoint or its host."""
    claims, client, wrong = assertion_claims(world, request, request.arg("client_assertion"))
    base = f"https://{request.host}"
    if (
        wrong
        or request.arg("client_assertion_type") != ASSERTION_TYPE
        or claims.get("sub") != client["id"]
        or request.arg("client_id", client["id"]) != client["id"]
        or claims.get("aud") not in (base, base + request.path, base + "/services/oauth2/token")
    ):
        return None, "unknown_client" if wrong == "unknown_client" else "wrong_secret"
    return client, None


def client_of(world, request, kind=""):
    """The app that asks, and why not. A secret that is wrong is refused even where none is
    needed."""
    method = method_of(request)
    if method == "jwt":
        client, wrong = by_assertion(world, request)
        return client, refuse(world, request, wrong) if wrong else None
    name, password = request.basic()
    client = world.client(request.arg("client_id") or name)
    if not client or (name and name != client["id"]):
        return None, refuse(world, request, "unknown_client")
    secret = request.arg("client_secret") or password
    needed = client["require_secret"] and (
        client["secret_for"] is None or kind in client["secret_for"]
    )
    if method == "several" or ((needed or secret) and secret != client["secret"]):
        return None, refuse(world, request, "wrong_secret")
    return client, None


def admitted(client, user):
    """Apps whose administrator lists who may use them; None: all may."""
    return client["admin_approved"] is None or user["nick"] in client["admin_approved"]


def has_approved(world, client, user, scopes=()):
    """Pre-authorized by the administrator, or once allowed by the person with these scopes."""
    before = world.approvals.get((user["key"], client["id"]))
    return client["preapproved"] or (before is not None and set(scopes) <= before)


def stopped(client, user):
    """Where the browser stops for good after the sign-in, on a page that never calls back."""
    if client["home"] and user["org"] != client["home"]:
        return "ec_app_not_found"
    if client["blocked"]:
        return "app_blocked"
    if not client["installed"]:
        return "not_installed"
    return None if admitted(client, user) else "page_not_admin_approved"


def refusal(world, request, user, client):
    """What stands against this person, on any way to a token; None: nothing."""
    org = world.orgs[user["org"]]
    constant = world.settings["inactive_as"] == "inactive_user"
    name = None
    if not org["active"]:
        name = "inactive_org" if constant else "inactive_org_grant"
    elif not user["active"]:
        name = "inactive_user" if constant else "inactive_user_grant"
    elif user["ip_restricted"]:
        name = world.settings["ip_restricted_as"]
    elif client["blocked"]:
        name = "blocked_token"
    elif not admitted(client, user):
        name = "not_admin_approved"
    elif world.settings["login_rate"] is not None and too_many(world, user):
        name = "login_rate"
    return refuse(world, request, name) if name else None


def too_many(world, user):
    """Salesforce lets 3,600 logins an hour pass; the setting says how many here."""
    hour = world.now() - 3600
    mine = [t for t in world.logins.get(user["key"], []) if t > hour]
    world.logins[user["key"]] = mine
    if len(mine) >= world.settings["login_rate"]:
        return True
    mine.append(world.now())
    return False
