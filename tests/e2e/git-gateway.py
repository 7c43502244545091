#!/usr/bin/python3
"""A git server that lets people in with Salesforce access tokens: git http-backend behind a gateway.

  git-gateway.py --org URL --organization-id ID --map FILE --root DIR --cert PEM [OPTION]...
  --org URL              the org's My Domain: tokens are shown to its userinfo and nowhere else
  --organization-id ID   15 or 18 characters; a token of another org is nobody's
  --map FILE             "salesforce-username git-name" a line; who is not in it is not let in
  --root DIR             bare repositories
  --cert PEM             certificate and key
  --schemes LIST         what a 401 offers (default: Bearer,Basic)
  --cache SECONDS        how long an answer of Salesforce holds (default: 60)
  --listen HOST:PORT     default: 127.0.0.1:8443
  --log FILE             one line a request: status, scheme, git-name, method, path

A token comes as `Authorization: Bearer TOKEN`, or as the password of Basic. Salesforce says at
userinfo whose it is; the answer is kept for a while under the token's hash. A server like this
holds people's tokens while it answers, and whoever runs it can use them against Salesforce: it
should be nobody's but the org's own, and its host stands in `also_for` for that reason.
"""
import argparse
import base64
import gzip
import hashlib
import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import unquote, urlsplit

BODY_MAX = 64 << 20
CHUNK_MAX = 1 << 20
ANSWER_MAX = 1 << 18
SCHEMES = {"Bearer": 'Bearer realm="git"', "Basic": 'Basic realm="git", charset="UTF-8"'}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token goes where it was sent and nowhere else."""

    def redirect_request(self, *_):
        return None


class Later(Exception):
    """Salesforce did not say whose the token is."""


class People:
    """Whose token is it? None: nobody's."""

    def __init__(self, args):
        self.url = args.org.rstrip("/") + "/services/oauth2/userinfo"
        self.organization = args.organization_id[:15]
        self.cache_s = args.cache
        self.cache = {}
        self.lock = threading.Lock()
        self.opener = urllib.request.build_opener(NoRedirect)
        with open(args.map, encoding="utf-8") as file:
            rows = (line.split() for line in file if line.strip() and line[0] != "#")
            self.names = {salesforce.lower(): name for salesforce, name in rows}

    def ask(self, token):
        request = urllib.request.Request(self.url, headers={"Authorization": "Bearer " + token})
        try:
            with self.opener.open(request, timeout=10) as answer:
                facts = json.loads(answer.read(ANSWER_MAX))
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                return None
            raise Later from error
        except (OSError, ValueError) as error:
            raise Later from error
        if str(facts.get("organization_id", ""))[:15] != self.organization or not facts.get("active"):
            return None
        return self.names.get(str(facts.get("preferred_username", "")).lower())

    def name_of(self, token):
        key, now = hashlib.sha256(token.encode()).digest(), time.monotonic()
        with self.lock:
            self.cache = {k: row for k, row in self.cache.items() if row[1] > now}
            if key in self.cache:
                return self.cache[key][0]
        name = self.ask(token)
        with self.lock:
            self.cache[key] = (name, now + self.cache_s)
        return name


def token_of(header):
    """(scheme, token) of an Authorization header."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() == "bearer":
        return "Bearer", rest.strip()
    if scheme.lower() == "basic":
        try:
            return "Basic", base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except ValueError:
            return "Basic", ""
    return "-", ""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    args = people = None
    git_name = scheme = "-"

    def log_request(self, code="-", size="-"):
        if self.args.log:
            with open(self.args.log, "a", encoding="utf-8") as file:
                file.write(f"{int(code)} {self.scheme} {self.git_name} {self.command} {self.path}\n")

    def say(self, code, text, headers=()):
        body = (text + "\n").encode()
        self.send_response(code)
        for row in headers:
            self.send_header(*row)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self):
        offers = [("WWW-Authenticate", SCHEMES[s]) for s in self.args.schemes.split(",")]
        self.say(401, "Sign in with Salesforce.", offers)

    def body(self):
        """The request's body in a file; None where it is larger than we take."""
        file, left = tempfile.TemporaryFile(), BODY_MAX
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while (size := int(self.rfile.readline(32).split(b";")[0], 16)) > 0:
                left -= size
                if left < 0:
                    return None
                file.write(self.rfile.read(size))
                self.rfile.readline(8)
            self.rfile.readline(8)
        else:
            left = int(self.headers.get("Content-Length") or 0)
            if left > BODY_MAX:
                return None
            file.write(self.rfile.read(left))
        file.seek(0)
        return file

    def run_git(self):
        url, body = urlsplit(self.path), self.body()
        if body is None:
            self.close_connection = True
            return self.say(413, "Too large.")
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.GzipFile(fileobj=body).read(BODY_MAX)
            file = tempfile.TemporaryFile()
            file.write(body)
            file.seek(0)
            body = file
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "GIT_PROJECT_ROOT": self.args.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(url.path),
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(os.fstat(body.fileno()).st_size),
            "REMOTE_USER": self.git_name,
            "REMOTE_ADDR": self.client_address[0],
        }
        done = subprocess.run(["git", "http-backend"], stdin=body, env=environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        rows = [line.partition(": ")[::2] for line in head.decode("latin-1").split("\r\n") if line]
        status = next((value for key, value in rows if key.lower() == "status"), "200")
        self.send_response(int(status[:3]))
        for key, value in rows:
            if key.lower() != "status":
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest)

    def do_GET(self):
        self.git_name = "-"
        self.scheme, token = token_of(self.headers.get("Authorization"))
        try:
            self.git_name = (self.people.name_of(token) if token else None) or "-"
        except Later:
            self.close_connection = True
            return self.say(503, "Salesforce cannot be reached.")
        if self.git_name == "-":
            # What was sent along is not read.
            self.close_connection = self.command != "GET"
            return self.refuse()
        self.run_git()

    do_POST = do_GET


def main():
    parser = argparse.ArgumentParser()
    for name in ("org", "organization-id", "map", "root", "cert"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--schemes", default="Bearer,Basic")
    parser.add_argument("--cache", type=float, default=60)
    parser.add_argument("--listen", default="127.0.0.1:8443")
    parser.add_argument("--log")
    Handler.args = parser.parse_args()
    Handler.people = People(Handler.args)
    host, _, port = Handler.args.listen.rpartition(":")
    server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Handler.args.cert)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


main()
