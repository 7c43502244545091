"""The control channel: how a test asks and tells. JSON over plain HTTP on a path socket or a
loopback port that the product never sees. control.py speaks it from a shell; its text lists the
requests."""
import http.server
import json
import os
import socket
import socketserver
import threading
import time
import urllib.parse

import errors
import faults
import signing

SCOPED = (("user", "users"), ("org", "orgs"), ("client", "clients"))


def one_of(world, group, name):
    if group == "users":
        return world.find_user(name)
    return getattr(world, group).get(name)


def change(world, wanted):
    """Settings; or, with a key user, org or client, fields of that one. Unknown fields of a user
    go into the identity document and, where it has such a key, into userinfo."""
    wanted = dict(wanted)
    for key, group in SCOPED:
        if key in wanted:
            row = one_of(world, group, wanted.pop(key))
            if row is None:
                raise ValueError(f"no such {key}")
            for name, value in wanted.items():
                if name == "certificate" and value is not None:
                    signing.public_key(value)  # or it refuses here
                if name in row and name not in ("id", "key", "over"):
                    row[name] = value
                elif group == "users":
                    row["over"][name] = value
                else:
                    raise ValueError(f"a {key} has no {name}")
            return row
    for name, value in wanted.items():
        if name not in world.settings:
            raise ValueError(f"no setting {name}; there are: {' '.join(world.settings)}")
        world.settings[name] = value
    return world.settings


def approve(world, wanted):
    """As if the person had; waits for a code up to `wait` seconds."""
    until = time.monotonic() + float(wanted.get("wait", 0))
    while True:
        row = world.device_by_user_code(wanted.get("user_code"))
        if row:
            break
        left = until - time.monotonic()
        if left <= 0 or not world.changed.wait(left):
            raise ValueError("no such device code is waiting")
    user = world.find_user(wanted.get("user") or "ada", row["host"])
    if not user:
        raise ValueError("no such user")
    if row["state"] != "pending":
        raise ValueError(f"the code is {row['state']}")
    world.decide(row, user, not wanted.get("deny"))
    return {"user_code": row["user_code"], "user": user["key"], "state": row["state"]}


def script(world, wanted):
    rows = wanted if isinstance(wanted, list) else [wanted]
    made = [faults.Script(len(world.scripts) + i + 1, row) for i, row in enumerate(rows)]
    world.scripts += made
    return [s.show() for s in made]


def pass_time(world, wanted):
    """The clock goes on by some seconds; -> how far it is ahead."""
    world.settings["clock"] += float(wanted["seconds"])
    return world.settings["clock"]


def codes(world):
    keys = (
        "user_code",
        "device_code",
        "client",
        "scopes",
        "state",
        "user",
        "polls",
        "interval",
        "host",
    )
    return [{k: row[k] for k in keys} for row in world.devices.values()]


def tokens(world):
    out = [
        {
            "kind": "access",
            "token": t,
            "user": r["user"],
            "client": r["client"],
            "scopes": r["scopes"],
            "live": world.live_access(t) is not None,
        }
        for t, r in world.access.items()
    ]
    return (
        out
        + [
            {
                "kind": "refresh",
                "token": g["refresh"],
                "user": g["user"],
                "client": g["client"],
                "scopes": g["scopes"],
                "live": not g["dead"],
                "grant": g["no"],
            }
            for g in world.grants.values()
        ]
        + [
            {"kind": "spent", "token": t, "grant": no, "live": False}
            for t, no in world.spent.items()
        ]
    )


def mint(world, wanted):
    """A token out of thin air, for tests that need one to start with."""
    user = world.find_user(wanted.get("user") or "ada")
    client = world.clients.get(wanted.get("client") or "3MVG9acme.Local_App")
    if not user or not client:
        raise ValueError("no such user or client")
    scopes = (wanted.get("scopes") or "openid id api refresh_token").split()
    grant = world.new_grant(user, client, scopes) if "refresh_token" in scopes else None
    access = world.new_access(user, client, scopes, grant["no"] if grant else None)
    return {
        "access_token": access,
        "refresh_token": grant["refresh"] if grant else None,
        "instance_url": world.instance_url(user, world.orgs[user["org"]]["domain"]),
        "id": world.id_url(user, "login.salesforce.com"),
        "issued_at": str(int(world.now() * 1000)),
    }


def dispatch(world, method, path, query, body):
    what = path.strip("/")
    if what == "log":
        rows = world.log[int(query.get("since", 0)) :]
        return [
            r
            for r in rows
            if all(r.get(k) == v for k, v in query.items() if k in ("kind", "path", "host"))
        ]
    reads = {
        "secrets": lambda: world.secrets,
        "counts": world.counts,
        "settings": lambda: world.settings,
        "codes": lambda: codes(world),
        "tokens": lambda: tokens(world),
        "users": lambda: world.users,
        "orgs": lambda: world.orgs,
        "clients": lambda: world.clients,
        "ping": lambda: "ready",
        "scripts": lambda: [s.show() for s in world.scripts],
        "errors": lambda: errors.listing(query.get("kind")),
    }
    if what in reads:
        return reads[what]()
    writes = {"set": change, "approve": approve, "script": script, "mint": mint, "pass": pass_time}
    if method == "POST" and what in writes:
        return writes[what](world, body)
    if method == "POST" and what == "reset":
        return world.reset()
    if method == "POST" and what == "unscript":
        world.scripts.clear()
        return None
    raise LookupError(f"no request {method} {path}")


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def address_string(self):
        return "control"

    def run(self):
        parts = urllib.parse.urlsplit(self.path)
        world = self.server.world
        try:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(raw) if raw.strip() else {}
            with world.lock:
                value = dispatch(
                    world, self.command, parts.path, dict(urllib.parse.parse_qsl(parts.query)), body
                )
                text = json.dumps(value)
            status = 200
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            status, text = 400, json.dumps({"error": str(error)})
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = run


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def get_request(self):
        request, _ = super().get_request()
        return request, ("control", 0)


class TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


def start(world, where):
    """where: a path, or [127.0.0.1:]PORT."""
    if "/" in where:
        if os.path.exists(where):
            os.unlink(where)
        old = os.umask(0o077)
        try:
            server = UnixServer(where, Handler)
        finally:
            os.umask(old)
    else:
        server = TcpServer(("127.0.0.1", int(where.rsplit(":", 1)[-1])), Handler)
    server.world = world
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
    ).start()
    if server.address_family == socket.AF_UNIX:
        return where
    return f"127.0.0.1:{server.server_address[1]}"
