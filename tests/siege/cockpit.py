#!/usr/bin/python3
"""Log in through cockpit-session as cockpit's web server does: NAME and PASSWORD are what its form has,
COMMAND approves a sign-in (--address and --code are added). Prints what the person sees, and then
"RAN-NAME" once the session's bridge has answered.

  cockpit.py NAME PASSWORD COMMAND...
"""
import base64
import json
import re
import subprocess
import sys

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


def answer(challenge, name, password, approve):
    """-> the response to a challenge: the form at first, then what a person does at a prompt"""
    if not challenge.startswith("X-Conversation"):
        form = base64.b64encode(f"{name}:{password}".encode()).decode()
        return "Basic " + form
    _, cookie, prompt = challenge.split(" ", 2)
    prompt = base64.b64decode(prompt).decode("utf-8", "replace")
    print(prompt, flush=True)
    found = SIGN_IN.search(prompt)
    if found:
        subprocess.run(approve + ["--address", found.group(1), "--code", found.group(2)],
                       check=False, stdout=subprocess.DEVNULL)
    return f"X-Conversation {cookie} " + base64.b64encode(b"").decode()


def main():
    name, password, approve = sys.argv[1], sys.argv[2], sys.argv[3:]
    program = "/usr/lib/cockpit/cockpit-session"
    with subprocess.Popen([program, "localhost"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as session:
        while True:
            frame = read_frame(session.stdout)
            if frame is None:
                break
            message = json.loads(frame.split("\n", 1)[1])
            if message.get("command") == "authorize":
                response = answer(message["challenge"], name, password, approve)
                write_frame(session.stdin, {"command": "authorize", "cookie": message["cookie"], "response": response})
            elif message.get("command") == "init" and "problem" not in message:
                print("RAN-" + name, flush=True)
                break
            else:
                print(json.dumps(message), flush=True)
                break
        session.kill()


main()
