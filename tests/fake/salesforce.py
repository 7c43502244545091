#!/usr/bin/env python3
"""A Salesforce for tests: its OAuth dialect, identity, device page and a little REST, over HTTPS.

    make-ca.sh DIR
    salesforce.py --cert DIR/leaf.pem --control DIR/ctl [--port 443] [--listen 127.0.0.1]...
                  [--key FILE] [--pidfile FILE] [--watch-parent] [--auto-approve USER]
                  [--set KEY=VALUE]... [--seed N]

Prints `ready ...` on stdout when it listens. Faithful where the reference is sure, and strange
as Salesforce is: everything is on /services/oauth2/token, issued_at is a string, nothing says
expires_in, keys come in any order with unknown ones among them. Only Python's standard library.
The world it starts with is in data.py, what a test can change in data.settings(), what it can
break in faults.py, and control.py is how.
"""
import argparse
import ctypes
import json
import os
import re
import signal
import ssl
import sys
import time

sys.dont_write_bytecode = True  # nothing is left in the source tree

import data
import errors
import faults
import grants
import identity
import pages
import policy
import refresh
import rest
import signing
import site_login as site
import state
import steering
import web
import wire
from answers import bad_token, redirect

ROUTES = {
    "/services/oauth2/token": ("token", grants.token),
    "/services/oauth2/revoke": ("revoke", refresh.revoke),
    "/services/oauth2/introspect": ("introspect", refresh.introspect),
    "/services/oauth2/userinfo": ("userinfo", identity.userinfo),
    "/services/oauth2/authorize": ("authorize", web.authorize),
    "/services/oauth2/success": ("success", web.success),
    "/services/oauth2/echo": ("success", web.success),
    "/.well-known/openid-configuration": ("discovery", identity.discovery),
    "/.well-known/auth-configuration": ("discovery", identity.auth_configuration),
    "/id/keys": ("keys", identity.keys),
    pages.CONNECT: ("connect", pages.connect),
    web.LOGIN: ("login", web.login),
    pages.APPROVE: ("approve", pages.approve),
    errors.ERROR_PAGE: ("error_page", web.error_page),
    "/": ("other", lambda world, request: redirect(pages.CONNECT)),
}
IDENTITY = re.compile(r"^/id/([0-9A-Za-z]+)/([0-9A-Za-z]+)$")


def route(request):
    """-> (kind, handler). What is under a site's prefix is the same, said to the site."""
    site.enter(request)
    if site.is_headless(request):
        return "headless", site.authorize
    if request.path in ROUTES and not site.lacks_prefix(request):
        kind, handler = ROUTES[request.path]
        return (grants.kind_of(request) if kind == "token" else kind), handler
    found = IDENTITY.match(request.path)
    if found:
        return "identity", lambda world, req: identity.identity(world, req, found[1], found[2])
    if request.path == "/services/data" or request.path.startswith("/services/data/"):
        return "data", rest.handle
    return "other", lambda world, req: bad_token("Not Found", 404)


def application(world):
    """Request -> (reply, wire faults): log it, let the scripts have their say, else tell the
    truth."""

    def run(request, conn):
        kind, handler = route(request)
        with world.lock:
            entry = wire.describe(world, request, conn, kind)
            entry["client_auth"] = policy.method_of(request) if request.method == "POST" else None
            world.log.append(entry)
            world.changed.notify_all()
            subject = world.pending.get(request.arg("ticket") or "", {})
            if "redirect_uri" in subject:
                request.back = (subject["redirect_uri"], subject["state"])
            script = faults.take(world, kind, request)
            # A refresh waits while it is being processed, see there.
            wait = 0 if kind == "refresh" else world.delay_of(kind)
        time.sleep(wait)
        with world.lock:
            reply = None if faults.replaces(script) else handler(world, request)
            reply, broken = faults.apply(script, reply, request)
            entry["status"] = reply.status
            if script:
                entry["note"] = f"script {script.no}"
        return reply, broken

    return run


class Contexts:
    """TLS contexts by certificate; the setting `cert` names another stem beside the first."""

    def __init__(self, cert, key):
        self.first, self.key, self.made = cert, key, {}
        self.load(None)

    def load(self, stem):
        cert = (
            self.first if stem is None else os.path.join(os.path.dirname(self.first), f"{stem}.pem")
        )
        key = self.key if stem is None else cert[:-4] + ".key"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        context.load_cert_chain(cert, key)
        context.sni_callback = lambda sock, name, _: setattr(sock, "sni_seen", name)
        self.made[stem] = context
        return context

    def current(self, world):
        stem = world.settings["cert"]
        return self.made.get(stem) or self.load(stem)


def value_of(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def options():
    parser = argparse.ArgumentParser(description="a Salesforce for tests")
    parser.add_argument("--listen", action="append", help="address (repeatable; default 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, default=443, help="0: any; then instance_url and id carry it"
    )
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", help="default: beside --cert, ending in .key")
    parser.add_argument("--control", required=True, help="path of a socket, or a loopback port")
    parser.add_argument("--pidfile")
    parser.add_argument(
        "--watch-parent", action="store_true", help="end with the process that started it"
    )
    parser.add_argument("--auto-approve", metavar="USER")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    parser.add_argument("--seed", type=int, help="of the key order")
    return parser.parse_args()


def watch_parent():
    parent = os.getppid()
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        sys.exit("the parent is already gone")


def main():
    args = options()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if args.watch_parent:
        watch_parent()
    world = state.World()
    if args.seed is not None:
        world.random.seed(args.seed)
    for item in args.settings:
        key, _, value = item.partition("=")
        if key not in data.settings():
            sys.exit(f"no setting {key}")
        world.base_settings[key] = value_of(value)
    if args.auto_approve:
        world.base_settings["auto_approve"] = args.auto_approve
    world.reset()
    world.keys = signing.load(os.path.join(os.path.dirname(args.cert), "signing.der"))
    contexts = Contexts(args.cert, args.key or re.sub(r"\.pem$", ".key", args.cert))
    port = args.port
    for address in args.listen or ["127.0.0.1"]:
        server = wire.Server((address, port), world, contexts, application(world))
        port = server.server_address[1]
        wire.start(server)
    world.port = port
    control = steering.start(world, args.control)
    if args.pidfile:
        with open(args.pidfile, "w", encoding="ascii") as file:
            file.write(f"{os.getpid()}\n")
    print(f"ready port={port} control={control} pid={os.getpid()}", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
