"""Self-check of the fake: JWT bearer and client credentials."""
import time

import data
import signing
from check_grants import basic, make_key
from client import APP, HOST, TOKEN, check, error_of

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN = "https://login.salesforce.com"


def bearer(world, key, host=HOST, fields=None, **claims):
    base = {"iss": data.HOST_APP, "sub": "ada@acme.example", "aud": LOGIN}
    base.update({"exp": int(time.time()) + 180, **claims})
    assertion = signing.jwt(key, {k: v for k, v in base.items() if v is not None})
    return world.post(TOKEN, {"grant_type": GRANT, "assertion": assertion, **(fields or {})}, host)


def words_of(answer):
    assert answer.status == 400, answer.body
    return answer.json["error_description"]


@check("JWT bearer: a token for the person, never a refresh token; aud by host")
def _(world):
    key, certificate = make_key()
    world.tell("/set", {"client": data.HOST_APP, "certificate": certificate})
    value = bearer(world, key).json
    assert value["access_token"] and "refresh_token" not in value
    assert bearer(world, key, aud=f"https://{HOST}").status == 200
    assert bearer(world, key, sub=None, prn="ada@acme.example").status == 200
    assert bearer(world, key, exp=int(time.time() + 300) * 1000).status == 200
    for aud in (
        "https://test.salesforce.com",
        LOGIN + "/",
        f"https://{HOST}/services/oauth2/token",
    ):
        assert words_of(bearer(world, key, aud=aud)) == "Audience validation failed", aud
    world.tell("/set", {"jwt_aud_my_domain": False})
    assert words_of(bearer(world, key, aud=f"https://{HOST}")) == "Audience validation failed"
    sandbox = {"sub": "ada@acme.example.sb", "host": "test.salesforce.com"}
    assert bearer(world, key, **sandbox, aud="https://test.salesforce.com").status == 200
    assert words_of(bearer(world, key, **sandbox)) == "Audience validation failed"
    row = world.ask("/log")[0]
    assert row["kind"] == "jwt" and "eyJ" not in str(row) and "<assertion #" in str(row)


@check("JWT bearer: wrong key, app, clock, person; not pre-authorized; certificate over")
def _(world):
    key, certificate = make_key()
    assert words_of(bearer(world, key)) == "invalid assertion"
    world.tell("/set", {"client": data.HOST_APP, "certificate": certificate})
    assert words_of(bearer(world, world.stranger)) == "invalid assertion"
    assert error_of(bearer(world, key, iss="3MVG9nobody")) == (400, "invalid_client_id")
    assert words_of(bearer(world, key, exp=int(time.time()) - 1)) == "expired authorization code"
    hasnt = "user hasn't approved this consumer"
    assert words_of(bearer(world, key, sub="nobody@acme.example")) == hasnt
    assert words_of(bearer(world, key, host="evil.my.salesforce.com", sub="kim@acme.example"))
    assert error_of(bearer(world, key, fields={"scope": "api"})) == (400, "invalid_request")
    world.tell("/set", {"client": data.HOST_APP, "admin_approved": ["kim"]})
    assert error_of(bearer(world, key)) == (400, "invalid_app_access")
    world.tell("/set", {"client": data.HOST_APP, "admin_approved": None})
    assert error_of(bearer(world, key, sub="ina@acme.example")) == (400, "inactive_user")
    world.tell("/pass", {"seconds": 2 * 86400})
    late = int(time.time()) + 3 * 86400
    assert words_of(bearer(world, key, exp=late)) == "invalid assertion"


@check("JWT bearer: a person who once allowed the app needs no administrator")
def _(world):
    key, certificate = make_key()
    world.tell("/set", {"client": APP, "certificate": certificate})
    assert words_of(bearer(world, key, iss=APP)) == "user hasn't approved this consumer"
    world.login()
    assert bearer(world, key, iss=APP).status == 200


def credentials(world, host=HOST, app=data.HOST_APP, secret=data.SECRET, **fields):
    header = {"Authorization": basic(app, secret)} if secret else {}
    if not secret:
        fields["client_id"] = app
    return world.post(TOKEN, {"grant_type": "client_credentials", **fields}, host, **header)


@check("client credentials: My Domain only, as the configured user, without full, web and refresh")
def _(world):
    value = credentials(world).json
    scopes = value["scope"].split()
    assert "api" in scopes and not {"full", "web", "refresh_token"} & set(scopes)
    assert value["id"].endswith(data.to18("0055f00000EfBot")) and "refresh_token" not in value
    body = {"client_secret": data.SECRET}
    assert credentials(world, secret=None, **body).status == 200
    for host in ("login.salesforce.com", "test.salesforce.com"):
        assert words_of(credentials(world, host)) == "request not supported on this domain"


@check("client credentials: no user, no secret, no scope api, a scope asked for, no API access")
def _(world):
    assert words_of(credentials(world, app=data.SECRET_APP)) == "no client credentials user enabled"
    assert error_of(credentials(world, secret=None)) == (400, "invalid_client")
    assert error_of(credentials(world, secret="x")) == (400, "invalid_client")
    assert words_of(credentials(world, scope="api")) == "scope parameter not supported"
    world.tell("/set", {"user": "bot", "api_enabled": False})
    assert error_of(credentials(world)) == (400, "access_denied")
    world.tell("/set", {"client": data.HOST_APP, "scopes": ["id", "openid", "full"]})
    assert words_of(credentials(world)) == "no valid scopes defined"
