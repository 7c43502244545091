"""/services/oauth2/token, revoke, introspect: one dispatcher in Salesforce's dialect."""
import base64
import hashlib
import hmac
import time

import device
import signing
from answers import document, form_error, oauth, oauth_error
from wire import Reply


def kind_of(request):
    """Which of its jobs a POST to the token endpoint asks for; also the log's and the scripts'
    name for it."""
    if request.arg("response_type") == "device_code":
        return "start"
    return {
        "device": "poll",
        "authorization_code": "code",
        "refresh_token": "refresh",
        "password": "password",
    }.get(request.arg("grant_type"), "token")


def client_of(world, request):
    """The app that asks, and why not. A secret that is wrong is refused even where none is
    needed."""
    name, password = request.basic()
    client = world.clients.get(request.arg("client_id") or name or "")
    secret = request.arg("client_secret") or password
    if not client:
        return None, oauth_error(world, request, "invalid_client_id", "client identifier invalid")
    if (client["require_secret"] or secret) and secret != client["secret"]:
        return None, oauth_error(world, request, "invalid_client", "invalid client credentials")
    return client, None


def scopes_of(client, text):
    """The scopes granted for a request; None if it asks for one that the app has not."""
    if not text or not text.strip():
        return list(client["scopes"])
    wanted = list(dict.fromkeys(text.split()))
    return wanted if all(s in client["scopes"] for s in wanted) else None


def signature(client, id_url, issued_at):
    key = (client["secret"] or "no secret, so nobody can check this").encode()
    return base64.b64encode(
        hmac.new(key, (id_url + issued_at).encode(), hashlib.sha256).digest()
    ).decode()


def id_token(world, request, user, client, access):
    now = int(world.now())
    claims = {
        "iss": world.base(world.orgs[user["org"]]["domain"], request.host),
        "sub": world.id_url(user, request.host),
        "aud": client["id"],
        "iat": now,
        "exp": now + 120,
        "at_hash": signing.b64(hashlib.sha256(access.encode()).digest()[:16]),
        "preferred_username": user["username"],
    }
    return world.secret("id_token", signing.jwt(world.keys, claims))


def token_answer(
    world,
    request,
    user,
    client,
    scopes,
    grant=None,
    show_refresh=True,
    access=None,
    show_scope=True,
):
    """The object of every grant (reference, section 9): issued_at a string of milliseconds,
    never expires_in."""
    access = access or world.new_access(user, client, scopes, grant["no"] if grant else None)
    issued = str(int(world.now() * 1000))
    url = world.id_url(user, request.host)
    value = {
        "access_token": access,
        "instance_url": world.instance_url(user, request.host),
        "id": url,
        "token_type": "Bearer",
        "issued_at": issued,
        "signature": signature(client, url, issued),
    }
    if world.settings["extra_keys"]:
        value["api_instance_url"] = "https://api.salesforce.com"
    if show_scope and world.settings["scope_in_answer"]:
        order = list(scopes)
        world.random.shuffle(order)
        value["scope"] = " ".join(order)
    if grant and show_refresh:
        value["refresh_token"] = grant["refresh"]
    if "openid" in scopes and world.settings["id_token"]:
        value["id_token"] = id_token(world, request, user, client, access)
    if user["community_id"]:
        value["sfdc_community_id"], value["sfdc_community_url"] = (
            user["community_id"],
            user["community_url"],
        )
    for key, entry in world.settings["token_extra"].items():
        value[key] = entry
    return oauth(world, request, value)


def grant_for(world, user, client, scopes):
    if "refresh_token" in scopes or "offline_access" in scopes:
        return world.new_grant(user, client, scopes)
    return None


def by_code(world, request, client):
    row = world.auth_codes.get(request.arg("code") or "")
    if not row:
        return oauth_error(world, request, "invalid_grant", "invalid authorization code")
    if row["used"] or world.now() - row["created"] > world.settings["auth_code_life"]:
        return oauth_error(world, request, "invalid_grant", "expired authorization code")
    if row["client"] != client["id"]:
        return oauth_error(world, request, "invalid_grant", "invalid authorization code")
    if row["redirect_uri"] != request.arg("redirect_uri"):
        return oauth_error(
            world, request, "redirect_uri_mismatch", "redirect_uri must match configuration"
        )
    verifier = request.arg("code_verifier") or ""
    if row["challenge"]:
        digest = signing.b64(hashlib.sha256(verifier.encode()).digest())
        if not 43 <= len(verifier) <= 256 or digest != row["challenge"].rstrip("="):
            return oauth_error(
                world, request, world.settings["pkce_wrong_as"], "invalid code verifier"
            )
    row["used"] = True
    user = world.users[row["user"]]
    return token_answer(
        world, request, user, client, row["scopes"], grant_for(world, user, client, row["scopes"])
    )


def refresh(world, request, client):
    token = request.arg("refresh_token") or ""
    dead = oauth_error(world, request, "invalid_grant", "expired access/refresh token")
    if token in world.spent and world.settings["rotation"]:
        world.kill_grant(world.grants[world.spent[token]])
        return dead
    grant = world.grant_by_refresh(token)
    if not grant or grant["dead"] or grant["client"] != client["id"]:
        return dead
    if world.now() - grant["last_used"] > world.settings["idle_life"]:
        world.kill_grant(grant)
        return dead
    user = world.users[grant["user"]]
    if not user["active"]:
        return oauth_error(world, request, "inactive_user", "inactive user")
    if token in world.refreshing:
        return oauth_error(
            world, request, "invalid_grant", "token request is already being processed"
        )
    if world.settings["refresh_delay"]:
        world.refreshing.add(token)
        world.lock.release()
        try:
            time.sleep(world.settings["refresh_delay"])
        finally:
            world.lock.acquire()
            world.refreshing.discard(token)
    grant["last_used"] = world.now()
    old = [
        t for t, row in world.access.items() if row["grant"] == grant["no"] and world.live_access(t)
    ]
    access = old[-1] if old and world.settings["same_access"] else None
    if world.settings["rotation"]:
        for row in (world.access[t] for t in old if t != access):
            row["dead"] = True
        world.rotate(grant)
    return token_answer(
        world, request, user, client, grant["scopes"], grant, world.settings["rotation"], access
    )


def password(world, request, client):
    """Wrong and switched off look the same; no refresh token, no scope."""
    user = world.find_user(request.arg("username") or "", request.host)
    given = request.arg("password") or ""
    if (
        not world.settings["password_flow"]
        or not user
        or not user["active"]
        or given not in (user["password"], user["password"] + "TOKEN")
    ):
        return oauth_error(world, request, "invalid_grant", "authentication failure")
    return token_answer(world, request, user, client, ["id", "api", "web"], show_scope=False)


def token(world, request):
    if request.method != "POST":
        return oauth_error(world, request, "invalid_request", "must use HTTP POST")
    kind = kind_of(request)
    run = {
        "start": device.start,
        "poll": device.poll,
        "code": by_code,
        "refresh": refresh,
        "password": password,
    }.get(kind)
    if not run:
        return oauth_error(world, request, "unsupported_grant_type", "grant type not supported")
    client, refusal = client_of(world, request)
    return refusal or run(world, request, client)


def revoke(world, request):
    """A refresh token takes its access tokens along; an access token goes alone."""
    text = request.arg("token") or ""
    grant = world.grant_by_refresh(text)
    row = world.access.get(text)
    if grant and not grant["dead"]:
        world.kill_grant(grant)
    elif row and world.live_access(text):
        row["dead"] = True
    elif not text:
        return form_error("unsupported_token_type", "this token type is not supported")
    else:
        return form_error("invalid_token", "invalid token: it is revoked, expired or never was")
    world.tally["revoked"] += 1
    return Reply(200, b"", None)


def introspect(world, request):
    """Only for apps with a secret, or with the option to ask about their own tokens."""
    name, _ = request.basic()
    client, refusal = client_of(world, request)
    if refusal or not client or not (client["introspect"] or client["require_secret"]):
        return document(
            world,
            {"error": "invalid_client", "error_description": "invalid client credentials"},
            401,
        )
    text = request.arg("token") or ""
    row, grant = world.live_access(text), world.grant_by_refresh(text)
    if grant and not grant["dead"]:
        row, life, kind = grant, world.settings["idle_life"], "refresh_token"
    elif row:
        life, kind = world.settings["access_life"], "access_token"
    if not row:
        return document(world, {"active": False}, extra=False)
    user, start = world.users[row["user"]], int(row["created"])
    return document(
        world,
        {
            "active": True,
            "scope": " ".join(row["scopes"]),
            "client_id": row["client"],
            "username": user["username"],
            "sub": world.id_url(user, request.host),
            "token_type": kind,
            "exp": start + int(life),
            "iat": start,
            "nbf": start,
        },
    )
