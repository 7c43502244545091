#!/usr/bin/python3 -ISB
"""A worker gone bad, in the real one's place: does what the client id of its job says.

Words, with commas between them:
  show facts done fail     a frame as it should be; show=URI, facts=USER, done=STATE
  ask link                 ask=WORD (default: password); link: show without a code
  verdict                  wait for a frame
  TYPE (a number)          a whole frame of that type, or its type alone
  cut-N-FRAME              only the first N bytes      trail-FRAME   a byte more
  drop-N-FRAME             without its N-th field      twice-FRAME   its last field twice
  odd-N-FRAME              its N-th field with a control character
  pad-FRAME                with an unknown field, to 16 KiB and a byte
  empty                    a packet of no bytes        flood         a thousand frames
  fds-FRAME                with descriptors            permissions-N in facts
  close sleep exit-N kill  how it ends (default: exit-0)
"""
import array
import os
import signal
import socket
import struct
import sys
import time

ORG, USER = "00D5f000000AbcdEAC", "0055f00000EfGhiAAF"
BASE = "https://acme.my.salesforce.com"
KIND, CLIENT_ID, REVOKE = 1, 3, 4
TYPES = {"show": 16, "link": 16, "ask": 17, "facts": 18, "done": 19, "fail": 20}
STATES = {"none": 0, "kept": 1, "revoked": 2, "orphaned": 3}
RECORD = f"""sfoauth=1
origin={BASE}:443
app=3MVG9acme.Local_App
org_id={ORG}
user_id={USER}
username=ada@acme.example
scope=openid id api
issued_at_ms=1790000000000
expires_at=1990000000
generation=0123456789abcdef
access_token={ORG[:15]}!scripted
"""


def u32(number):
    return struct.pack(">I", number)


def fields_of(name, value=None):
    end = [(22, u32(STATES.get(value, 1))), (23, u32(3)), (24, u32(0)), (25, u32(0))]
    code = int(value) if name == "fail" and value else 4  # EXPIRED of err.def
    rows = {
        "1": [(1, u32(1)), (2, BASE), (3, "x"), (8, bytes(8)), (9, b"\0"), (10, u32(1))],
        "2": [(17, "x")], "3": [(14, b"\1")], "ask": [(17, value or "password")],
        "link": [(15, value or BASE + "/services/oauth2/authorize"), (10, u32(600))],
        "show": [(15, value or BASE + "/setup/connect"), (16, "K7P2QW4Z"), (10, u32(600))],
        "facts": [(26, f"https://login.salesforce.com/id/{ORG}/{USER}"), (27, BASE), (28, ORG[:15]),
                  (29, USER), (30, ORG), (31, b"\1"), (32, b"\1"), (33, "STANDARD"),
                  (34, (value or "ada") + "@acme.example")],
        "done": end,
        "fail": [(18, u32(code)), (20, u32(0)), (21, "scripted"), (22, u32(0))] + end[1:],
        "32": [(38, BASE), (40, b"\0")],
        "33": [(38, BASE), (34, "x"), (39, "x"), (13, "x"), (40, b"\0")],
        "34": [(38, BASE), (40, b"\0")], "48": [(13, "x")],
    }
    for word in ("ask", "show", "facts", "done", "fail"):
        rows[str(TYPES[word])] = rows[word]
    return [(tag, v.encode() if isinstance(v, str) else v) for tag, v in rows.get(name, [])]


def join(name, fields):
    data = bytes([TYPES[name] if name in TYPES else int(name)])
    return data + b"".join(struct.pack(">BH", tag, len(v)) + v for tag, v in fields)


def frame(word):
    verb, _, rest = word.partition("-")
    number, _, last = rest.partition("-")
    name, _, value = (last or rest or word).partition("=")
    fields = fields_of(name, value or None)
    if verb == "cut":
        return join(name, fields)[: int(number)]
    if verb == "trail":
        return join(name, fields) + b"\0"
    if verb == "drop":
        del fields[int(number)]
    elif verb == "twice":
        fields.append(fields[-1])
    elif verb == "odd":
        tag, v = fields[int(number)]
        fields[int(number)] = (tag, v[:1] + b"\x1b" + v[2:])
    elif verb == "pad":
        room = 16 * 1024 + 1 - len(join(name, fields)) - 3
        fields.append((200, b"x" * room))
    return join(name, fields)


def send(frames, data):
    try:
        frames.send(data, socket.MSG_NOSIGNAL)
    except OSError:
        pass


def act(frames, word):
    if word == "verdict":
        frames.recv(20000)
    elif word == "sleep":
        time.sleep(100)
    elif word == "close":
        frames.close()
    elif word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word.startswith("exit-"):
        sys.exit(int(word[5:]))
    elif word == "flood":
        frames.setblocking(False)
        for _ in range(1000):
            send(frames, frame("show"))
    elif word == "empty":
        send(frames, b"")
    elif word.startswith("permissions-"):
        more = [(37, b"P%d" % i) for i in range(int(word[12:]))]
        send(frames, join("facts", fields_of("facts") + more))
    elif word.startswith("fds-"):
        passed = array.array("i", [0, 1, 2])
        frames.sendmsg([frame(word)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
    else:
        if word == "done":
            os.write(4, RECORD.encode())
        send(frames, frame(word))


def main():
    frames = socket.socket(fileno=3)
    job, at, fields = frames.recv(20000), 1, {}
    while at < len(job):
        tag, length = struct.unpack(">BH", job[at : at + 3])
        fields[tag] = job[at + 3 : at + 3 + length]
        at += 3 + length
    if fields[KIND] == u32(REVOKE):
        send(frames, join("done", fields_of("done", "revoked")))
        return
    for word in fields[CLIENT_ID].decode().split(","):
        act(frames, word)


main()
