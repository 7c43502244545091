#!/usr/bin/python3
"""Everybody but our browser at the callback of a sign-in: visitors.py PORT STATE CODE

Opens 200 connections that say nothing or never finish, and keeps them; says what else may come, each
with the status that it must get; then brings nothing and stays until it is killed. Prints what was
answered otherwise than it should be, then "here".
"""
import socket
import sys
import time

PATH = "/OauthRedirect"


def connect(port, family=socket.AF_INET):
    there = "127.0.0.1" if family == socket.AF_INET else "::1"
    sock = socket.socket(family)
    sock.settimeout(5)
    sock.connect((there, port))
    return sock


def ask(port, data, family=socket.AF_INET):
    """-> the status, or why there was none."""
    with connect(port, family) as sock:
        try:
            sock.sendall(data)
            return sock.recv(4096).split(b" ")[1].decode()
        except OSError as error:
            return type(error).__name__
        except IndexError:
            return "closed"


def request(port, query="", method="GET", path=PATH, host=None, more="", body=b""):
    host = host or f"localhost:{port}"
    mark = "?" if query else ""
    head = f"{method} {path}{mark}{query} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n"
    return head.encode() + body


def others(port, state, code):
    """(what, request, statuses that are right)"""
    right = f"code={code}&state={state}"
    gone = ("400", "ConnectionResetError", "BrokenPipeError")
    yield "a wrong state", request(port, f"code={code}&state={state[:-1]}x"), ("400",)
    yield "no state", request(port, f"code={code}"), ("400",)
    yield "a second state", request(port, right + "&state=x"), ("400",)
    yield "our state twice", request(port, f"{right}&state={state}"), ("400",)
    yield "two codes", request(port, right + "&code=x"), ("400",)
    yield "code and error", request(port, right + "&error=access_denied"), ("400",)
    yield "another issuer", request(port, right + "&iss=https%3A%2F%2Fevil.my.salesforce.com"), ("400",)
    yield "POST", request(port, right, "POST", more="Content-Length: 3\r\n", body=b"a=b"), ("405",)
    yield "POST of a form", request(
        port, "", "POST", more="Content-Length: 9\r\n", body=right[:9].encode()), ("405",)
    yield "another path", request(port, right, path="/"), ("404",)
    yield "a name that was made to point here", request(port, right, host=f"evil.example:{port}"), ("421",)
    yield "the address for the name", request(port, right, host=f"127.0.0.1:{port}"), ("421",)
    yield "64 KiB of query", request(port, right + "&x=" + "x" * 65536), gone
    yield "64 KiB of a header", request(port, right, more="A: " + "x" * 65536 + "\r\n"), gone
    yield "a page that guesses the port", request(
        port, "code=x&state=x", more="Origin: https://evil.example\r\nSec-Fetch-Mode: no-cors\r\n"), ("400",)
    yield "TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00\x0d\x0a" * 8, ("400",)
    yield "two requests in one", request(port) + request(port, right), ("400",)


def main():
    port, state, code = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    crowd = []
    for number in range(200):
        sock = connect(port)
        if number % 2:
            sock.sendall(request(port, f"code={code}&state={state}")[:-2])
        crowd.append(sock)
    for what, data, wanted in others(port, state, code):
        for family in (socket.AF_INET, socket.AF_INET6):
            got = ask(port, data, family)
            if got not in wanted:
                print(f"{what}: {got}", flush=True)
    crowd += [connect(port) for _ in range(20)]
    print("here", flush=True)
    while True:
        for sock in crowd:
            try:
                sock.send(b"x")
            except OSError:
                pass
            time.sleep(0.005)


if __name__ == "__main__":
    main()
