#!/usr/bin/python3
"""Can a stranger who measures tell a mapped account from another one?

  parity.py [OPTION]... MAPPED OTHER
  --pairs N        attempts of each, in turns (default 30)
  --answer TEXT    typed at the prompt; {state} becomes the state of the address that was shown
  --moment NAME    prompt: until the prompt; refusal: from the answer to the end; end: all of it;
                   several are measured in the same attempts
  --at-once N      pairs that run at the same time (default 6)

Calls the PAM service sshd with a remote address, as sshd does. Prints for each moment its name, how
often the best threshold tells them apart in percent (50 is chance, 100 is always), and both medians.
"""
import argparse
import ctypes
import json
import multiprocessing
import re
import statistics
import sys
import time

PAM_RHOST = 4


class Message(ctypes.Structure):
    """struct pam_message"""

    _fields_ = [("style", ctypes.c_int), ("text", ctypes.c_char_p)]


class Response(ctypes.Structure):
    """struct pam_response"""

    _fields_ = [("text", ctypes.c_void_p), ("code", ctypes.c_int)]


TALK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.POINTER(Message)),
                        ctypes.POINTER(ctypes.POINTER(Response)), ctypes.c_void_p)


class Conversation(ctypes.Structure):
    """struct pam_conv"""

    _fields_ = [("talk", TALK), ("data", ctypes.c_void_p)]


def attempt(user, answer):
    """One attempt: milliseconds to the prompt, to the refusal, in all; and what was shown."""
    pam, libc = ctypes.CDLL("libpam.so.0"), ctypes.CDLL("libc.so.6")
    libc.calloc.restype = libc.strdup.restype = ctypes.c_void_p
    asked, shown = [], []

    def talk(count, messages, replies, _):
        memory = libc.calloc(count, ctypes.sizeof(Response))
        replies[0] = ctypes.cast(memory, ctypes.POINTER(Response))
        for i in range(count):
            text = messages[i].contents.text.decode()
            shown.append(text)
            if messages[i].contents.style not in (1, 2):
                continue
            state = re.search(r"[?&]state=([^&\s]+)", text)
            typed = answer.replace("{state}", state.group(1) if state else "")
            asked.append(time.monotonic())
            replies[0][i].text = libc.strdup(typed.encode())
        return 0

    conversation = Conversation(TALK(talk), None)
    handle = ctypes.c_void_p()
    assert pam.pam_start(b"sshd", user.encode(), ctypes.byref(conversation),
                         ctypes.byref(handle)) == 0
    pam.pam_set_item(handle, PAM_RHOST, b"192.0.2.77")
    begin = time.monotonic()
    code = pam.pam_authenticate(handle, 0)
    end = time.monotonic()
    pam.pam_end(handle, code)
    prompt = asked[0] if asked else end
    return {"prompt": (prompt - begin) * 1000, "refusal": (end - prompt) * 1000,
            "end": (end - begin) * 1000, "code": code, "shown": shown}


def told_apart(one, other):
    """How often the best threshold is right, in percent."""
    best = 0.5
    for threshold in one + other:
        below = sum(x <= threshold for x in one) / len(one)
        above = sum(x > threshold for x in other) / len(other)
        right = (below + above) / 2
        best = max(best, right, 1 - right)
    return round(best * 100)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--answer", default="x")
    parser.add_argument("--moment", action="append", default=[])
    parser.add_argument("--at-once", type=int, default=6)
    parser.add_argument("--one", action="store_true")
    parser.add_argument("mapped")
    parser.add_argument("other")
    args = parser.parse_args()
    if args.one:
        json.dump(attempt(args.mapped, args.answer), sys.stdout)
        return
    # A process for each attempt, as in sshd.
    tasks = [(name, args.answer) for name in [args.mapped, args.other] * args.pairs]
    with multiprocessing.get_context("fork").Pool(args.at_once, maxtasksperchild=1) as pool:
        seen = pool.starmap(attempt, tasks, chunksize=1)
    for moment in args.moment:
        mapped = [x[moment] for x in seen[::2]]
        other = [x[moment] for x in seen[1::2]]
        print(moment, told_apart(mapped, other), f"{statistics.median(mapped):.0f}",
              f"{statistics.median(other):.0f}")


if __name__ == "__main__":
    main()
