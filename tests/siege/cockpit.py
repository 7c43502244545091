#!/usr/bin/python3
"""Log in through cockpit-session as cockpit's web server does: NAME and PASSWORD are what its form has,
COMMAND approves a sign-in (--address and --code are added). Prints what the person sees, with
"echo=on" or "echo=off" behind a prompt, and then "RAN-NAME" once the session's bridge has answered.
$SF_ANSWER is typed at each prompt (default: nothing but Enter).

  cockpit.py NAME PASSWORD COMMAND...
"""
import base64
import json
import os
import re
import subprocess
import sys

PROGRAM = "/usr/lib/cockpit/cockpit-session"
CLIENT = "198.51.100.7"
SIGN_IN = re.compile(r"1\. Open +(\S+)\s+2\. Enter +(\S+)\s")


def read_frame(stream):
    """-> the next message, or None at the end"""
    digits = b""
    while True:
        byte = stream.read(1)
        if not byte:
            return None
        if byte == b"\n":
            break
        digits += byte
    return stream.read(int(digits)).decode("utf-8", "replace")


def write_frame(stream, message):
    # cockpit-session has no parser of JSON: no blanks, and the response comes last.
    data = b"\n" + json.dumps(message, separators=(",", ":")).encode()
    stream.write(str(len(data)).encode() + b"\n" + data)
    stream.flush()


def answer(message, name, password, approve):
    """-> the response to a challenge: the form at first, then what a person does at a prompt"""
    challenge = message["challenge"]
    if not challenge.startswith("X-Conversation"):
        form = base64.b64encode(f"{name}:{password}".encode()).decode()
        return "Basic " + form
    _, cookie, prompt = challenge.split(" ", 2)
    prompt = base64.b64decode(prompt).decode("utf-8", "replace")
    echoes = message.get("echo")
    print(message.get("message", "") + prompt, f"echo={'on' if echoes else 'off'}", flush=True)
    found = SIGN_IN.search(prompt)
    if found:
        subprocess.run(approve + ["--address", found.group(1), "--code", found.group(2)],
                       check=False, stdout=subprocess.DEVNULL)
    return f"X-Conversation {cookie} " + base64.b64encode(os.environ.get("SF_ANSWER", "").encode()).decode()


def main():
    name, password, approve = sys.argv[1], sys.argv[2], sys.argv[3:]
    # Where the client is: Debian 12's reads it in the environment, Debian 13's in the message.
    remote = dict(os.environ, COCKPIT_REMOTE_PEER=CLIENT)
    with open(PROGRAM, "rb") as file:
        peer = {"remote-peer": CLIENT} if b"remote-peer" in file.read() else {}
    with subprocess.Popen([PROGRAM, "localhost"], env=remote, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as session:
        while True:
            frame = read_frame(session.stdout)
            if frame is None:
                break
            message = json.loads(frame.split("\n", 1)[1])
            if message.get("command") == "authorize":
                response = answer(message, name, password, approve)
                write_frame(session.stdin, {"command": "authorize", "cookie": message["cookie"], **peer,
                                            "response": response})
            elif message.get("command") == "init" and "problem" not in message:
                print("RAN-" + name, flush=True)
                break
            else:
                print(json.dumps(message), flush=True)
                break
        session.kill()


main()
