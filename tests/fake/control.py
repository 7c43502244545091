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
    next KIND NAME [KEY=VALUE...]  the next request of that kind (any: of any) is answered by the
                                   error or preset of that name; times=N: so many, 0: all
    next KIND STATUS ERROR DESCRIPTION SHAPE [KEY=VALUE...]
                                   likewise, by an error of one's own; SHAPE: json form none array
                                   text html page callback (errors.py says how they look)
    errors [KIND]                  the errors that Salesforce is known for: name, status, error,
                                   shape, description, kinds of request
    delay KIND S | S-S | off       how long such requests (any: all) take before they count; to hold
                                   up an answer that counts already: script kind=KIND delay=S
    pass SECONDS | Nd | Nh | Nm    time passes: the clock goes on
    register CLIENT FILE           an app's certificate (or public key), PEM, for its assertions
    mint [user=ada] [scopes='..']  a token out of thin air; client=ID
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


def error_line(row):
    return (
        f"{row['name']:23} {row['status']} {row['error'] or '-'} {row['shape']}"
        f" '{row['error_description']}' ({' '.join(row['kinds'])})"
    )


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


def next_script(words):
    """next KIND NAME ..., or next KIND STATUS ERROR DESCRIPTION SHAPE ..."""
    if len(words) < 2:
        raise Refused("next KIND NAME, or next KIND STATUS ERROR DESCRIPTION SHAPE")
    out = {} if words[0] == "any" else {"kind": words[0]}
    if not words[1].isdigit():
        return {**out, "preset": words[1], **pairs(words[2:])}
    if len(words) < 5:
        raise Refused("next KIND STATUS ERROR DESCRIPTION SHAPE")
    names = ("status", "error", "error_description", "shape")
    own = dict(zip(names, (int(words[1]), *words[2:5])))
    return {**out, **own, **pairs(words[5:])}


def delay(where, kind, text):
    """Changes one entry of the setting `delay`."""
    all_kinds = dict(call(where, "GET", "/settings")["delay"])
    low, dash, high = text.partition("-")
    if text == "off":
        all_kinds.pop(kind, None)
    else:
        all_kinds[kind] = [float(low), float(high)] if dash else float(low)
    call(where, "POST", "/set", {"delay": all_kinds})


def seconds_of(text):
    unit = {"d": 86400, "h": 3600, "m": 60, "s": 1}.get(text[-1:])
    return float(text[:-1]) * unit if unit else float(text)


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
    if command == "next":
        return call(where, "POST", "/script", next_script(words))
    if command == "errors":
        rows = call(where, "GET", "/errors" + (f"?kind={words[0]}" if words else ""))
        return rows if AS_JSON else [error_line(row) for row in rows]
    if command == "delay" and len(words) == 2:
        return delay(where, *words)
    if command == "pass" and len(words) == 1:
        return call(where, "POST", "/pass", {"seconds": seconds_of(words[0])})
    if command == "register" and len(words) == 2:
        with open(words[1], encoding="ascii") as file:
            wanted = {"client": words[0], "certificate": file.read()}
        return call(where, "POST", "/set", wanted) and None
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
    except (Refused, OSError, ValueError, http.client.HTTPException) as error:
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
