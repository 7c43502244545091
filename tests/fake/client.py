"""What the fake's self-check speaks: HTTPS to one address under any name, and TAP."""
import http.client
import json
import os
import ssl
import traceback
import urllib.parse

import signing

APP = "3MVG9acme.Local_App"
HOST = "acme.my.salesforce.com"
TOKEN = "/services/oauth2/token"
CHECKS = []


def check(name):
    def add(function):
        CHECKS.append((name, function))
        return function

    return add


def tap(world):
    """Each check from a fresh world. -> how many failed."""
    failed = 0
    print(f"1..{len(CHECKS)}")
    for number, (name, function) in enumerate(CHECKS, 1):
        world.tell("/reset", {})
        try:
            function(world)
            print(f"ok {number} - {name}", flush=True)
        except Exception:  # a check may fail in any way; all of them are its failure
            failed += 1
            print(f"not ok {number} - {name}")
            print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    return failed


def error_of(answer):
    return answer.status, answer.json["error"]


class Answer:
    def __init__(self, reply):
        self.status, self.headers, self.type = (
            reply.status,
            reply.headers,
            reply.headers.get("Content-Type"),
        )
        self.body = reply.read()

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """control(method, path, body) reaches the fake's control channel, which is at `where`."""

    def __init__(self, port, ca, where, control):
        self.port, self.ca, self.where, self.control = port, ca, where, control
        self.stranger = signing.load(os.path.join(os.path.dirname(ca), "signing.der"))

    def tell(self, path, body):
        return self.control("POST", path, body)

    def ask(self, path):
        return self.control("GET", path, None)

    def connect(self, host=HOST):
        context = ssl.create_default_context(cafile=self.ca)
        port = self.port

        class Connection(http.client.HTTPSConnection):
            def connect(self):
                plain = self._create_connection(("127.0.0.1", port), 10)
                self.sock = context.wrap_socket(plain, server_hostname=host)

        return Connection(host, timeout=10)

    def request(self, method, path, body=None, headers=None, host=HOST, conn=None):
        own = conn or self.connect(host)
        try:
            own.request(method, path, body, headers or {})
            return Answer(own.getresponse())
        finally:
            if not conn:
                own.close()

    def post(self, path, fields, host=HOST, conn=None, **headers):
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return self.request("POST", path, urllib.parse.urlencode(fields), headers, host, conn)

    def get(self, path, token=None, host=HOST, conn=None):
        return self.request(
            "GET", path, None, {"Authorization": f"Bearer {token}"} if token else {}, host, conn
        )

    # Steps that many checks take

    def start(self, scope="openid id", app=APP, **more):
        return self.post(
            TOKEN, {"response_type": "device_code", "client_id": app, "scope": scope, **more}
        )

    def poll(self, device_code, app=APP):
        return self.post(TOKEN, {"grant_type": "device", "client_id": app, "code": device_code})

    def login(self, scope="openid id", user="ada"):
        code = self.start(scope).json["device_code"]
        self.tell("/approve", {"user": user})
        return self.poll(code).json

    def refresh(self, token, app=APP):
        return self.post(
            TOKEN, {"grant_type": "refresh_token", "client_id": app, "refresh_token": token}
        )
