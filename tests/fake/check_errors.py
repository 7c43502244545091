"""Self-check of the fake: every error by name, in every shape, from Python and from a shell."""
import json
import os
import subprocess
import urllib.parse

import errors
from client import TOKEN, check

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {
    "json": "application/json",
    "array": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain",
    "html": "text/html",
}
PATHS = {
    "revoke": "/services/oauth2/revoke",
    "introspect": "/services/oauth2/introspect",
    "userinfo": "/services/oauth2/userinfo",
    "identity": "/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF",
    "data": "/services/data/v60.0/query",
    "authorize": "/services/oauth2/authorize",
}
GRANTS = {
    "poll": "device",
    "code": "authorization_code",
    "refresh": "refresh_token",
    "password": "password",
    "jwt": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "client_credentials": "client_credentials",
}
CALLBACK = "http://localhost:1717/OauthRedirect"


def ask(world, kind):
    """One request of a kind, whatever is in it."""
    if kind == "start":
        return world.start()
    if kind in GRANTS:
        return world.post(TOKEN, {"grant_type": GRANTS[kind]})
    if kind == "headless":
        fields = {"response_type": "code_credentials"}
        return world.post("/help" + PATHS["authorize"], fields, "acme.my.site.com")
    if kind == "authorize":
        query = urllib.parse.urlencode({"redirect_uri": CALLBACK, "state": "s t&"})
        return world.get(f"{PATHS[kind]}?{query}")
    return world.post(PATHS[kind], {}) if kind != "data" else world.get(PATHS[kind])


def error_and_words(answer, shape):
    """What a client finds in an answer of that shape."""
    if shape == "json":
        return answer.json["error"], answer.json["error_description"]
    if shape == "array":
        return answer.json[0]["errorCode"], answer.json[0]["message"]
    if shape in ("form", "none"):
        pairs = dict(urllib.parse.parse_qsl(answer.body.decode()))
        return pairs["error"], pairs["error_description"]
    if shape in ("page", "callback"):
        to = urllib.parse.urlsplit(answer.headers["Location"])
        pairs = dict(urllib.parse.parse_qsl(to.query))
        where = errors.ERROR_PAGE if shape == "page" else CALLBACK
        assert urllib.parse.urlunsplit(to._replace(query="")) == where and pairs["state"] == "s t&"
        return pairs["error"], pairs["error_description"]
    return None, answer.body.decode()


@check("every error has a name and can be had by it, from each kind of request it is known for")
def _(world):
    for row in world.ask("/errors"):
        for kind in row["kinds"]:
            world.tell("/script", {"kind": kind, "preset": row["name"]})
            answer, shape = ask(world, kind), row["shape"]
            assert answer.status == row["status"], row
            assert (answer.type or "").startswith(TYPES.get(shape, "")), row
            assert shape != "none" or answer.type is None
            assert error_and_words(answer, shape) == (row["error"], row["error_description"]), row
    assert all(s["used"] == 1 for s in world.ask("/scripts"))


@check("an error of one's own comes in each of the shapes")
def _(world):
    for shape in errors.SHAPES:
        words = {"error": "odd_error", "error_description": "words & signs", "shape": shape}
        world.tell("/script", {"kind": "authorize", "status": 418, **words})
        answer = ask(world, "authorize")
        assert answer.status == 418, shape
        if shape == "html":
            assert b"words &amp; signs" in answer.body
        elif shape == "none":
            assert answer.body == b"error=odd_error&error_description=words & signs"
        else:
            wanted = (None if shape == "text" else "odd_error", "words & signs")
            assert error_and_words(answer, shape) == wanted, shape


@check("the shell says next, errors, delay, pass")
def _(world):
    def shell(*words):
        return subprocess.run(
            [f"{HERE}/control.py", world.where, *words], capture_output=True, text=True, check=False
        )

    assert shell("next", "refresh", "ip_restricted").returncode == 0
    assert world.refresh("x").json["error_description"] == "ip restricted or invalid login hours"
    own = ("refresh", "401", "odd", "some words", "array", "times=2")
    assert shell("next", *own).returncode == 0
    assert [world.refresh("x").status for _ in range(3)] == [401, 401, 400]
    assert shell("next", "any", "s429").returncode == 0
    answer = world.get("/")
    assert answer.status == 429 and answer.headers["Retry-After"] == "7"
    assert shell("next", "refresh", "no_such").returncode == 1
    assert shell("next", "refresh", "400", "e", "d", "oval").returncode == 1
    rows = json.loads(shell("-j", "errors", "refresh").stdout)
    assert "being_processed" in {r["name"] for r in rows} and "audience" not in {
        r["name"] for r in rows
    }
    assert shell("delay", "refresh", "0.05-0.8").returncode == 0
    assert shell("delay", "any", "0").returncode == 0
    assert world.ask("/settings")["delay"] == {"refresh": [0.05, 0.8], "any": 0.0}
    assert shell("delay", "refresh", "off").returncode == 0
    assert world.ask("/settings")["delay"] == {"any": 0.0}
    assert shell("pass", "30d").stdout == "2592000.0\n"
    assert shell("register", "3MVG9acme.Local_App", os.devnull).returncode == 1
