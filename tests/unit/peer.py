#!/usr/bin/env python3
"""A TLS server for unit tests of the worker: replies as told, in order, and logs what it was asked.

    peer.py DIR make        DIR/ca.pem, certificates for localhost and for other.test, and one for
                            localhost, stranger, that is not in ca.pem
    peer.py DIR CERT REPLY...

REPLY is STATUS|TYPE|BODY (BODY may be BIG and a number of bytes), or `cut` (close after the
request), or `drip` (a byte a second), or `raw` and all the bytes, then close. In raw bytes {NUL} is a
NUL, {y*N} is N times y. Prints its port. A line a request in DIR/log: CONNECTION METHOD PATH BODY
AUTHORIZATION. Only Python's standard library and openssl.
"""
import http.server
import os
import re
import ssl
import subprocess
import sys
import time


def make(where):
    for name in ("localhost", "other.test", "stranger"):
        host = name.replace("stranger", "localhost")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + ["-nodes", "-keyout", f"{where}/{name}.key", "-out", f"{where}/{name}.pem"]
            + ["-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"],
            check=True,
            stderr=subprocess.DEVNULL,
        )
    with open(f"{where}/ca.pem", "w", encoding="ascii") as both:
        for name in ("localhost", "other.test"):
            with open(f"{where}/{name}.pem", encoding="ascii") as one:
                both.write(one.read())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    replies = []
    where = ""
    connections = 0

    def setup(self):
        Handler.connections += 1
        super().setup()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with open(f"{self.where}/log", "a", encoding="utf-8") as log:
            auth = self.headers.get("Authorization", "-")
            log.write(f"{Handler.connections} {self.command} {self.path} {body or '-'} {auth}\n")
        reply = Handler.replies.pop(0) if Handler.replies else "500|text/plain|no reply is left"
        if reply == "cut" or reply.startswith("raw"):
            self.close_connection = True
            raw = reply[3:] if reply.startswith("raw") else ""
            raw = re.sub(r"\{([^}]*)\*([0-9]+)\}", lambda m: m[1] * int(m[2]), raw.replace("{NUL}", "\0"))
            self.wfile.write(raw.encode())
            return
        drips = reply == "drip"
        status, kind, text = ("200|application/json|{      }" if drips else reply).split("|", 2)
        data = text.encode()
        if text.startswith("BIG"):
            data = b"x" * int(text[3:])
        self.send_response(int(status))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if status.startswith("3"):
            self.send_header("Location", "https://localhost/elsewhere")
        self.end_headers()
        for byte in data if drips else ():
            self.wfile.write(bytes([byte]))
            time.sleep(1)
        if not drips:
            self.wfile.write(data)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Server(http.server.HTTPServer):
    def handle_error(self, *_):
        pass  # a client that hangs up is what some tests are about


def main():
    if sys.argv[2] == "make":
        return make(sys.argv[1])
    Handler.where, Handler.replies = sys.argv[1], sys.argv[3:]
    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    stem = f"{sys.argv[1]}/{sys.argv[2]}"
    context.load_cert_chain(stem + ".pem", stem + ".key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    os.write(1, f"{server.server_port}\n".encode())
    return server.serve_forever()


main()
