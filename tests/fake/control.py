#!/usr/bin/env python3
"""Ask and tell a running fake Salesforce, from a shell.

    control.py WHERE COMMAND [ARGUMENT...]          WHERE: what --control was

    wait [SECONDS]                 until it answers (10)
    log [kind=poll] [since=N]      requests, one a line
    counts [NAME]                  numbers; with NAME only that one (by_kind.poll works too)
    secrets [KIND]                 every secret handed out or received, for `grep -rFf -`
    codes, tokens, users, orgs, clients, settings, scripts
    approve [--user U] [--code C] [--deny] [--wait S]      C: default the latest that waits
    set KEY=VALUE...               settings; with user=U, org=O or client=C that one's fields
    script KEY=VALUE... | JSON     queue an override (faults.py); unscript forgets them all
    mint [user=ada] [scopes='..']  a token out of thin air
    reset                          as freshly started (secrets are remembered)

-j before the command prints JSON. VALUE is JSON where it can be read as that, else text. U: nick,
username or org:nick. Exit 1 and a sentence on stderr when it is refused.
"""
import argparse
import http.client
import json
import socket
import sys
import time
import urllib.parse


class PathConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("control", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Refused(Exception):
    pass


def call(where, method, path, body=None):
    """One request; the value it answered."""
    if "/" in where:
        conn = PathConnection(where)
    else:
        conn = http.client.HTTPConnection("127.0.0.1", int(where.rsplit(":", 1)[-1]), timeout=60)
    try:
        conn.request(method, path, None if body is None else json.dumps(body))
        reply = conn.getresponse()
        value = json.loads(reply.read() or b"null")
    finally:
        conn.close()
    if reply.status != 200:
        raise Refused(value["error"])
    return value


def pairs(words):
    out = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise Refused(f"{word} is no KEY=VALUE")
        try:
            out[key] = json.loads(text)
        except ValueError:
            out[key] = text
    return out


def log_line(row):
    shown = " ".join(f"{k}={v}" for k, v in row["query"] + row["form"])
    note = f" [{row['note']}]" if row["note"] else ""
    return (
        f"{row['n']:3} {row['t']:.3f} conn={row['conn']}.{row['on_conn']} tls={row['handshakes']} "
        f"{row['kind']:9} {row['method']} https://{row['host']}{row['path']} {shown} "
        f"{row['authorization']} -> {row['status']}{note}"
    ).replace("  ", " ")


def show(value):
    if isinstance(value, dict):
        for key, entry in value.items():
            print(f"{key}={entry if isinstance(entry, str) else json.dumps(entry)}")
    elif isinstance(value, list):
        for row in value:
            print(row if isinstance(row, str) else json.dumps(row))
    elif value is not None:
        print(value)


def wait(where, seconds):
    until = time.monotonic() + seconds
    while True:
        try:
            return call(where, "GET", "/ping")
        except (OSError, http.client.HTTPException):
            if time.monotonic() > until:
                raise Refused("the fake does not answer") from None
            time.sleep(0.02)


def approve(words):
    parser = argparse.ArgumentParser(prog="control.py WHERE approve")
    parser.add_argument("--user", default="ada")
    parser.add_argument("--code", default="latest")
    parser.add_argument("--deny", action="store_true")
    parser.add_argument("--wait", type=float, default=0)
    args = parser.parse_args(words)
    return {"user": args.user, "user_code": args.code, "deny": args.deny, "wait": args.wait}


def run(where, command, words):
    """-> what to print."""
    if command == "wait":
        wait(where, float(words[0]) if words else 10)
        return None
    if command == "log":
        rows = call(
            where, "GET", "/log?" + urllib.parse.urlencode(dict(w.split("=", 1) for w in words))
        )
        return rows if AS_JSON else [log_line(r) for r in rows]
    if command == "counts":
        value = call(where, "GET", "/counts")
        for name in words[0].split(".") if words else ():
            value = value.get(name, 0)
        return value
    if command == "secrets":
        rows = call(where, "GET", "/secrets")
        return [r["value"] for r in rows if not words or r["kind"] in words]
    if command == "approve":
        return call(where, "POST", "/approve", approve(words))
    if command == "script":
        body = json.loads(words[0]) if words and words[0][:1] in "{[" else pairs(words)
        return call(where, "POST", "/script", body)
    if command in ("set", "mint", "reset", "unscript"):
        value = call(where, "POST", f"/{command}", pairs(words))
        return value if command == "mint" else None
    return call(where, "GET", f"/{command}")


def main():
    global AS_JSON
    words = sys.argv[1:]
    AS_JSON = "-j" in words[:2]
    if AS_JSON:
        words.remove("-j")
    if len(words) < 2:
        sys.exit(__doc__.strip())
    try:
        value = run(words[0], words[1], words[2:])
    except (Refused, OSError, http.client.HTTPException) as error:
        print(f"control.py: {error}", file=sys.stderr)
        return 1
    if AS_JSON:
        print(json.dumps(value))
    else:
        show(value)
    return 0


AS_JSON = False

if __name__ == "__main__":
    sys.exit(main())
