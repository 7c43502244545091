"""Self-check of the fake: refresh tokens, passwords, and who the app is."""
import base64
import os
import subprocess
import tempfile
import threading
import time

import data
import signing
from client import APP, TOKEN, check, error_of

DAY = 86400
SCOPES = "openid id api refresh_token"
INTROSPECT = "/services/oauth2/introspect"
LOCAL = "https://acme.my.salesforce.com"


def words_of(answer):
    return answer.json["error_description"]


def at_once(world, *tokens):
    """Refreshes that overlap -> their answers, in the order given."""
    out = [None] * len(tokens)

    def one(i):
        out[i] = world.refresh(tokens[i])

    threads = [threading.Thread(target=one, args=(i,)) for i in range(len(tokens))]
    for thread in threads:
        seen = world.ask("/counts")["by_kind"].get("refresh", 0)
        thread.start()
        while world.ask("/counts")["by_kind"].get("refresh", 0) == seen:
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    return out


@check("refresh: no new refresh token without rotation; with it the spent one kills the family")
def _(world):
    first = world.login(SCOPES)["refresh_token"]
    value = world.refresh(first).json
    assert "refresh_token" not in value and value["access_token"]
    world.tell("/set", {"same_access": True})
    assert world.refresh(first).json["access_token"] == value["access_token"]
    world.tell("/set", {"rotation": True, "same_access": False})
    second = world.refresh(first).json["refresh_token"]
    assert world.ask("/counts")["spent_presented"] == 0
    assert error_of(world.refresh(first)) == (400, "invalid_grant")
    assert error_of(world.refresh(second)) == (400, "invalid_grant")
    counts = world.ask("/counts")
    assert counts["access_live"] == 0 and counts["refresh_live"] == 0
    assert counts["spent_presented"] == 1 and counts["families_killed"] == 1
    assert counts["answers"]["refresh"] == {"200": 3, "400": 2}


@check("refresh: the sixth grant of a person and app puts the oldest to death, and no other")
def _(world):
    tokens = [world.tell("/mint", {"user": "ada"})["refresh_token"] for _ in range(5)]
    world.tell("/mint", {"user": "kim"})
    world.tell("/mint", {"user": "ada", "client": data.PREAPPROVED_APP})
    assert world.ask("/counts")["evicted"] == 0
    world.tell("/mint", {"user": "ada"})
    assert world.ask("/counts")["evicted"] == 1
    assert words_of(world.refresh(tokens[0])) == "expired access/refresh token"
    assert all(world.refresh(token).status == 200 for token in tokens[1:])


@check("refresh: thirty idle days end a token, use in between does not; a life can end too")
def _(world):
    token = world.login(SCOPES)["refresh_token"]
    for _ in range(3):
        world.tell("/pass", {"seconds": 29 * DAY})
        assert world.refresh(token).status == 200
    world.tell("/pass", {"seconds": 30 * DAY + 1})
    assert words_of(world.refresh(token)) == "expired access/refresh token"
    assert world.ask("/counts")["idle_expired"] == 1
    world.tell("/set", {"refresh_life": 0})
    assert error_of(world.refresh(world.login(SCOPES)["refresh_token"])) == (400, "invalid_grant")


@check("refresh: two at once, the second hears that it is being processed, in both wordings")
def _(world):
    world.tell("/set", {"rotation": True, "delay": {"refresh": 0.4}})
    token = world.login(SCOPES)["refresh_token"]
    won, lost = at_once(world, token, token)
    assert won.status == 200 and words_of(lost) == "token request is already being processed"
    world.tell("/set", {"race_as": "being_processed_old"})
    token = won.json["refresh_token"]
    won, lost = at_once(world, token, token)
    assert won.status == 200 and words_of(lost) == "expired authorization code"
    counts = world.ask("/counts")
    assert counts["races"] == 2 and counts["spent_presented"] == 0
    assert world.refresh(won.json["refresh_token"]).status == 200


@check("refresh: where the second one queues, it comes with a spent token, and the family dies")
def _(world):
    world.tell("/set", {"rotation": True, "delay": {"refresh": 0.3}, "race_as": "queue"})
    token = world.login(SCOPES)["refresh_token"]
    won, lost = at_once(world, token, token)
    assert won.status == 200 and error_of(lost) == (400, "invalid_grant")
    assert world.ask("/counts")["families_killed"] == 1
    assert error_of(world.refresh(won.json["refresh_token"])) == (400, "invalid_grant")


@check("refresh: policies refuse, and the token lives on when they are lifted")
def _(world):
    token = world.login(SCOPES)["refresh_token"]
    for scope, name, off, error in (
        ({"user": "ada"}, "ip_restricted", False, "invalid_grant"),
        ({"user": "ada"}, "active", True, "inactive_user"),
        ({"org": "acme"}, "active", True, "inactive_org"),
        ({"client": APP}, "blocked", False, "OAUTH_APP_BLOCKED"),
        ({"client": APP}, "admin_approved", None, "invalid_app_access"),
    ):
        wrong = ["kim"] if off is None else not off
        world.tell("/set", {**scope, name: wrong})
        assert error_of(world.refresh(token)) == (400, error), name
        world.tell("/set", {**scope, name: off})
        assert world.refresh(token).status == 200, name
    world.tell("/set", {"user": "ada", "active": False})
    world.tell("/set", {"inactive_as": "invalid_grant"})
    assert error_of(world.refresh(token)) == (400, "invalid_grant")
    world.tell("/set", {"user": "ada", "active": True})
    world.tell("/set", {"login_rate": 1})
    assert [world.refresh(token).status for _ in range(2)] == [200, 400]
    world.tell("/pass", {"seconds": 3601})
    assert world.refresh(token).status == 200


@check("a delay can be for one kind or any, fixed or by chance")
def _(world):
    def took(ask):
        begin = time.monotonic()
        ask()
        return time.monotonic() - begin

    world.tell("/set", {"delay": {"start": [0.2, 0.25], "any": 0.1}})
    assert 0.2 <= took(world.start) and 0.1 <= took(lambda: world.get("/"))
    world.tell("/set", {"delay": {}})
    assert took(lambda: world.get("/")) < 0.1


def password(world, username="ada@acme.example", word="pass-ada", app=APP, host=None, **more):
    fields = {"grant_type": "password", "username": username, "password": word, "client_id": app}
    return world.post(TOKEN, {**fields, **more}, **({"host": host} if host else {}))


@check("password: no refresh token and no scope, from each host that serves the person")
def _(world):
    for host in ("acme.my.salesforce.com", "login.salesforce.com"):
        value = password(world, host=host).json
        assert value["access_token"] and "refresh_token" not in value and "scope" not in value
    for host in ("evil.my.salesforce.com", "test.salesforce.com"):
        answer = password(world, username="kim@acme.example", word="pass-kim", host=host)
        assert error_of(answer) == (400, "invalid_grant"), host
    assert password(world, "ada@acme.example.sb", host="test.salesforce.com").status == 200


@check("password: wrong, no security token, flow off, second factor, single sign-on: one answer")
def _(world):
    def refused(**fields):
        answer = password(world, **fields)
        return error_of(answer) == (400, "invalid_grant") and (
            words_of(answer) == "authentication failure"
        )

    assert refused(word="wrong") and refused(username="nobody@acme.example")
    world.tell("/set", {"trusted_ip": False})
    assert refused() and password(world, word="pass-adaTOKEN").status == 200
    world.tell("/set", {"trusted_ip": True, "password_flow": False})
    assert refused()
    world.tell("/set", {"password_flow": True})
    for name in ("mfa_only", "sso_only"):
        world.tell("/set", {"user": "ada", name: True})
        assert refused(), name
        world.tell("/set", {"user": "ada", name: False})
    world.tell("/set", {"client": APP, "password_flow": False})
    assert refused()


@check("password: the app's own errors, and a person whom nobody has let use it")
def _(world):
    assert error_of(password(world, app="3MVG9nobody")) == (400, "invalid_client_id")
    assert error_of(password(world, app=data.SECRET_APP)) == (400, "invalid_client")
    assert error_of(password(world, client_secret="x")) == (400, "invalid_client")
    world.tell("/set", {"client": APP, "admin_approved": ["kim"]})
    assert words_of(password(world)) == "user hasn't approved this consumer"
    world.tell("/set", {"client": APP, "admin_approved": None})
    world.tell("/set", {"user": "ada", "ip_restricted": True})
    assert words_of(password(world)) == "ip restricted or invalid login hours"


def basic(client_id, secret):
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


@check("an app's secret comes in the body or as Basic, not both; it can be for some grants only")
def _(world):
    assert password(world, app=data.SECRET_APP, client_secret=data.SECRET).status == 200
    fields = {"grant_type": "password", "username": "ada", "password": "pass-ada"}
    good = basic(data.SECRET_APP, data.SECRET)
    assert world.post(TOKEN, fields, Authorization=good).status == 200
    wrong = basic(data.SECRET_APP, "x")
    assert error_of(world.post(TOKEN, fields, Authorization=wrong)) == (400, "invalid_client")
    both = {**fields, "client_secret": data.SECRET}
    assert error_of(world.post(TOKEN, both, Authorization=good)) == (400, "invalid_client")
    other = {**fields, "client_id": APP}
    assert error_of(world.post(TOKEN, other, Authorization=good)) == (400, "invalid_client_id")
    world.tell("/set", {"client": data.SECRET_APP, "secret_for": ["refresh"]})
    assert password(world, app=data.SECRET_APP).status == 200
    assert error_of(world.refresh("x", app=data.SECRET_APP)) == (400, "invalid_client")


def make_key(days="1"):
    """-> (key as signing.jwt wants it, certificate as PEM text)."""
    with tempfile.TemporaryDirectory() as work:
        key, cert = os.path.join(work, "key"), os.path.join(work, "cert")
        words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=app"]
        signing.openssl(b"", *words, "-days", days, "-keyout", key, "-out", cert)
        der = signing.openssl(b"", "rsa", "-in", key, "-traditional", "-outform", "DER")
        with open(cert, encoding="ascii") as file:
            return tuple(signing.integers(der)[1:4]), file.read()


@check("private_key_jwt: the registered key, the right audience, in time, once")
def _(world):
    key, certificate = make_key()
    now = int(time.time())

    def ask(signer=key, **claims):
        base = {"iss": data.HOST_APP, "sub": data.HOST_APP, "aud": LOCAL, "exp": now + 60}
        assertion = signing.jwt(signer, {**base, **claims})
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        fields = {"grant_type": "client_credentials", "client_assertion": assertion}
        return world.post(TOKEN, {**fields, "client_assertion_type": kind})

    assert error_of(ask()) == (400, "invalid_client")
    world.tell("/set", {"client": data.HOST_APP, "certificate": certificate})
    assert ask().status == 200 and ask(aud=LOCAL + TOKEN, jti="1").status == 200
    assert error_of(ask(aud=LOCAL + TOKEN, jti="1")) == (400, "invalid_client")
    for claims in ({"aud": "https://evil.example"}, {"exp": now - 1}, {"sub": "ada"}):
        assert error_of(ask(**claims)) == (400, "invalid_client"), claims
    assert error_of(ask(signer=world.stranger)) == (400, "invalid_client")
    assert error_of(ask(iss="3MVG9nobody")) == (400, "invalid_client_id")
    world.tell("/pass", {"seconds": 2 * DAY})
    assert error_of(ask(exp=now + 3 * DAY)) == (400, "invalid_client")
    log = world.ask("/log")
    assert log[0]["client_auth"] == "jwt" and "eyJ" not in str(log)


@check("introspection: own tokens only, in seconds; 401 for who cannot say who it is")
def _(world):
    secret = {"app": data.SECRET_APP, "client_secret": data.SECRET}
    code = world.start(SCOPES, **secret).json["device_code"]
    world.tell("/approve", {"user": "ada"})
    fields = {"grant_type": "device", "client_id": data.SECRET_APP, "code": code}
    token = world.post(TOKEN, {**fields, "client_secret": data.SECRET}).json
    own = {"Authorization": basic(data.SECRET_APP, data.SECRET)}
    value = world.post(INTROSPECT, {"token": token["access_token"]}, **own).json
    assert value["active"] is True and value["exp"] - value["iat"] == 7200
    assert value["client_id"] == data.SECRET_APP and value["token_type"] == "access_token"
    value = world.post(INTROSPECT, {"token": token["refresh_token"]}, **own).json
    assert value["active"] is True and value["token_type"] == "refresh_token"
    other = world.login()["access_token"]
    for text in (other, "x"):
        assert world.post(INTROSPECT, {"token": text}, **own).json == {"active": False}
    bare = {"token": other, "client_id": APP}
    assert error_of(world.post(INTROSPECT, bare)) == (401, "invalid_client")
    world.tell("/set", {"client": APP, "introspect": True})
    assert world.post(INTROSPECT, bare).json["active"] is True


@check("the signature is the one that the reference computes; it can be wrong or absent")
def _(world):
    secret = {"app": data.SECRET_APP, "client_secret": data.SECRET}
    good = password(world, **secret).json
    assert good["signature"] == signing.mac(data.SECRET, good["id"] + good["issued_at"])
    vector = "https://login.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF1795305600000"
    assert signing.mac(data.SECRET, vector) == "dVjRnoIKWgoJrxfrkD7yBNoqQzz0JCT5xKTPqpYp5YQ="
    world.tell("/set", {"signature": "wrong"})
    wrong = password(world, **secret).json
    assert wrong["signature"] != signing.mac(data.SECRET, wrong["id"] + wrong["issued_at"])
    world.tell("/set", {"signature": "absent"})
    assert "signature" not in password(world, **secret).json
