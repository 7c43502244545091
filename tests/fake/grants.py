"""/services/oauth2/token: one dispatcher in Salesforce's dialect, and what all grants share."""
import hashlib

import device
import direct
import policy
import refresh
import signing
from answers import oauth, refuse


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
        "urn:ietf:params:oauth:grant-type:jwt-bearer": "jwt",
        "client_credentials": "client_credentials",
    }.get(request.arg("grant_type"), "token")


def scopes_of(client, text):
    """The scopes granted for a request; None if it asks for one that the app has not."""
    if not text or not text.strip():
        return list(client["scopes"])
    wanted = list(dict.fromkeys(text.split()))
    return wanted if all(s in client["scopes"] for s in wanted) else None


def signature(world, client, id_url, issued_at):
    """Made with the app's secret, or as the setting has it: wrong, absent, any text."""
    steered = world.settings["signature"]
    if steered not in ("good", "wrong"):
        return None if steered == "absent" else steered
    key = client["secret"] or "no secret, so nobody can check this"
    return signing.mac("another secret" if steered == "wrong" else key, id_url + issued_at)


def id_token(world, request, user, client, access, nonce):
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
    if nonce is not None:
        claims["nonce"] = nonce
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
    nonce=None,
):
    """The object of every grant (Salesforce help: remoteaccess_oauth_web_server_flow): issued_at a string of milliseconds,
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
        "signature": signature(world, client, url, issued),
    }
    if value["signature"] is None:
        del value["signature"]
    if world.settings["extra_keys"]:
        value["api_instance_url"] = "https://api.salesforce.com"
    if show_scope and world.settings["scope_in_answer"]:
        order = list(scopes)
        world.random.shuffle(order)
        value["scope"] = " ".join(order)
    if grant and show_refresh:
        value["refresh_token"] = grant["refresh"]
    if "openid" in scopes and world.settings["id_token"]:
        value["id_token"] = id_token(world, request, user, client, access, nonce)
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
    if not row or row["client"] != client["id"] or row.get("site") != request.site:
        return refuse(world, request, "code_unknown")
    if row["used"] or world.now() - row["created"] > world.settings["auth_code_life"]:
        world.tally["codes_reused"] += row["used"]
        return refuse(world, request, "code_expired")
    if row["redirect_uri"] != request.arg("redirect_uri"):
        return refuse(world, request, "redirect_mismatch")
    verifier = request.arg("code_verifier") or ""
    if row["challenge"]:
        digest = signing.b64(hashlib.sha256(verifier.encode()).digest())
        if not 43 <= len(verifier) <= 256 or digest != row["challenge"].rstrip("="):
            setting = "pkce_wrong_as" if verifier else "pkce_missing_as"
            as_request = world.settings[setting] == "invalid_request"
            return refuse(
                world, request, "wrong_verifier_request" if as_request else "wrong_verifier"
            )
    row["used"] = True
    user = world.users[row["user"]]
    refusal = policy.refusal(world, request, user, client)
    grant = None if refusal else grant_for(world, user, client, row["scopes"])
    return refusal or token_answer(
        world, request, user, client, row["scopes"], grant, nonce=row.get("nonce")
    )


def token(world, request):
    if request.method != "POST":
        return refuse(world, request, "wrong_method")
    kind = kind_of(request)
    if kind == "jwt":
        return direct.jwt(world, request, None)
    run = {
        "start": device.start,
        "poll": device.poll,
        "code": by_code,
        "refresh": refresh.refresh,
        "password": direct.password,
        "client_credentials": direct.client_credentials,
    }.get(kind)
    if not run:
        return refuse(world, request, "unsupported_grant")
    client, refusal = policy.client_of(world, request, kind)
    return refusal or run(world, request, client)
