"""Self-check of the fake: does it do what a test tells it, down to the wire?"""
import json
import os
import socket
import ssl
import subprocess
import threading
import time

import data
from client import APP, HOST, TOKEN, check, error_of

HERE = os.path.dirname(os.path.abspath(__file__))
ID = "/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF"


@check("scripts: each preset breaks one answer, and the next is the truth again")
def _(world):
    for preset, status, kind in (
        ("html", 200, "text/html"),
        ("html503", 503, "text/html"),
        ("s420", 420, "text"),
        ("redirect", 302, "text"),
        ("bad_token", 403, "text/plain"),
        ("array", 401, "application/json"),
        ("form", 400, "application/x-www"),
    ):
        world.tell("/script", {"kind": "start", "preset": preset})
        answer = world.start()
        assert answer.status == status and answer.type.startswith(kind), preset
        assert world.start().status == 200
    world.tell("/script", {"kind": "start", "preset": "big"})
    assert len(world.start().body) > 10 << 20


@check("scripts: skip, times, patch, remove; a replaced answer hands nothing out unless told to")
def _(world):
    world.tell(
        "/script",
        [
            {"kind": "start", "skip": 1, "times": 2, "error": "server_error"},
            {
                "path": TOKEN,
                "times": 0,
                "patch": {"interval": 9, "x": None},
                "remove": ["user_code"],
            },
        ],
    )
    seen = [world.start() for _ in range(4)]
    assert [a.status for a in seen] == [200, 400, 400, 200]
    assert (
        seen[3].json["interval"] == 9
        and seen[3].json["x"] is None
        and "user_code" not in seen[3].json
    )
    world.tell("/unscript", {})
    issued = world.ask("/counts")["access_issued"]
    world.tell("/script", {"kind": "poll", "preset": "html503", "run": True})
    code = world.start().json["device_code"]
    world.tell("/approve", {"user": "ada"})
    assert world.poll(code).status == 503 and world.ask("/counts")["access_issued"] == issued + 1


@check("the wire can delay, drip, truncate, close, reset and talk rubbish")
def _(world):
    def took(**script):
        world.tell("/script", {"kind": "discovery", **script})
        begin = time.monotonic()
        try:
            world.get("/.well-known/openid-configuration")
            return time.monotonic() - begin, None
        except Exception as error:  # whatever the client makes of it
            return time.monotonic() - begin, type(error).__name__

    assert took(delay=0.3)[0] >= 0.3
    assert took(body="x" * 10, drip=0.05)[0] >= 0.4
    assert took(truncate=10)[1] == "IncompleteRead"
    assert took(close=True)[1] == "RemoteDisconnected"
    assert took(reset=True)[1] in ("ConnectionResetError", "RemoteDisconnected")
    assert took(preset="garbage")[1] == "BadStatusLine"
    assert took(chunked=True)[1] is None


@check("the certificate can be wrong in four ways, and right again")
def _(world):
    for cert in ("wrong-name", "expired", "self-signed", "other-ca"):
        world.tell("/set", {"cert": cert})
        try:
            world.get("/")
        except ssl.SSLCertVerificationError:
            continue
        raise AssertionError(cert)
    world.tell("/set", {"cert": None})
    assert world.get("/").status == 302
    assert world.ask("/counts")["handshake_failures"] == 4


@check("the log tells connections, handshakes and fields, and no secret; /secrets knows them all")
def _(world):
    conn = world.connect()
    code = world.post(TOKEN, {"response_type": "device_code", "client_id": APP}, conn=conn).json[
        "device_code"
    ]
    world.tell("/approve", {"user": "ada"})
    token = world.post(
        TOKEN, {"grant_type": "device", "client_id": APP, "code": code}, conn=conn
    ).json
    world.get(ID, token["access_token"], conn=conn)
    world.post(
        TOKEN,
        {"grant_type": "password", "client_id": APP, "username": "ada", "password": "typed-wrong"},
    )
    conn.close()
    rows = world.ask("/log")
    assert [r["conn"] for r in rows[:3]] == [rows[0]["conn"]] * 3 and rows[2]["on_conn"] == 3
    assert rows[2]["handshakes"] == 1 and rows[3]["handshakes"] == 2 and rows[0]["sni"] == HOST
    known = {row["value"] for row in world.ask("/secrets")}
    secrets = {
        code,
        token["access_token"],
        token["refresh_token"],
        token["id_token"],
        "typed-wrong",
    }
    assert secrets <= known
    text = json.dumps(rows)
    assert not any(secret in text for secret in secrets) and "<device_code #" in text


@check("approvals by themselves, after some polls")
def _(world):
    world.tell("/set", {"auto_approve": "kim", "auto_after": 1, "interval": 0})
    code = world.start().json["device_code"]
    assert error_of(world.poll(code)) == (400, "authorization_pending")
    assert world.poll(code).json["id"].endswith(data.to18("0055f00000EfKim"))


@check("an approval can wait for its code")
def _(world):
    later = threading.Timer(0.3, world.start)
    later.start()
    assert world.tell("/approve", {"user": "ada", "wait": 5})["state"] == "approved"
    later.join()


@check("a client that connects and says nothing stops nobody")
def _(world):
    idle = [socket.create_connection(("127.0.0.1", world.port)) for _ in range(20)]
    assert world.start().status == 200
    for sock in idle:
        sock.close()


@check("the shell client speaks to it too, and says no with exit status 1")
def _(world):
    def shell(*words):
        return subprocess.run(
            [f"{HERE}/control.py", world.where, *words], capture_output=True, text=True, check=False
        )

    assert shell("set", "interval=7", "user=ada", "active=false").returncode == 0
    world.start()
    assert "start" in shell("log").stdout and shell("counts", "by_kind.start").stdout == "1\n"
    assert shell("approve", "--user", "kim").stdout.endswith("state=approved\n")
    bad = shell("set", "no_such=1")
    assert bad.returncode == 1 and "no setting no_such" in bad.stderr
    assert (
        shell("script", "kind=start", "preset=html503").returncode == 0
        and world.start().status == 503
    )
