#!/usr/bin/python3
"""Run a program on a terminal of its own and do what a person does at a Salesforce sign-in.

  drive.py [OPTION]... -- COMMAND [ARGUMENT]...
  --as USER            who runs it (default: who we are)
  --approve COMMAND    run by sh for each new code shown, with $SF_CODE and $SF_URI
  --approve-after S    so many seconds after the code was shown, instead of at once
  --answer TEXT        typed, with Enter, at "Press Enter here" (default: nothing but Enter); @FILE: what is in it
  --no-answer          type nothing there
  --on REGEX=TEXT      once REGEX was printed, type TEXT and Enter; several: one after the other.
                       @FILE: what is in it; !COMMAND: what sh prints, with the last address in $SF_URI
  --columns N          the width of the terminal (default: it does not say)
  --timeout S          default 40

All that was printed goes to stdout without carriage returns. Ends with the command's status,
with 124 after the time-out.
"""
import argparse
import fcntl
import os
import pwd
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

ADDRESS = re.compile(r"(?:1\. (?:Open|Aufrufen) +|in (?:a browser|einem Browser aufrufen):\s+)(\S+)\s")
SIGN_IN = re.compile(r"1\. (?:Open|Aufrufen)\s+(\S+)\s+2\. (?:Enter|Eingeben)\s+(\S+)\s")
PROMPT = "Press Enter here"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--as", dest="user")
    parser.add_argument("--approve")
    parser.add_argument("--approve-after", type=float, default=0)
    parser.add_argument("--answer", default="")
    parser.add_argument("--no-answer", action="store_true")
    parser.add_argument("--on", action="append", default=[])
    parser.add_argument("--columns", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=40)
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    if args.answer.startswith("@"):
        with open(args.answer[1:], encoding="utf-8") as file:
            args.answer = file.read().strip()
    return args


def text_of(row, printed):
    """What a row of --on types."""
    if row.startswith("@"):
        with open(row[1:], encoding="utf-8") as file:
            return file.read().strip()
    if row.startswith("!"):
        environment = dict(os.environ, SF_URI=(ADDRESS.findall(printed) or [""])[-1])
        done = subprocess.run(["sh", "-c", row[1:]], env=environment, check=False,
                              stdout=subprocess.PIPE)
        return done.stdout.decode().strip()
    return row


class Person:
    """What is typed and approved, given what was printed so far."""

    def __init__(self, args):
        self.args = args
        self.codes = set()
        self.due = []
        self.answered = 0
        self.script = [row.split("=", 1) for row in args.on]
        self.script_from = 0

    def approve(self):
        for when, environment in list(self.due):
            if time.monotonic() >= when:
                self.due.remove((when, environment))
                subprocess.run(["sh", "-c", self.args.approve], env=environment, check=False,
                               stdout=subprocess.DEVNULL)

    def react(self, text):
        """-> what to type now"""
        typed = ""
        for uri, code in SIGN_IN.findall(text):
            if self.args.approve and code not in self.codes:
                self.codes.add(code)
                self.due.append((time.monotonic() + self.args.approve_after,
                                 dict(os.environ, SF_CODE=code, SF_URI=uri)))
        self.approve()
        prompts = text.count(PROMPT)
        if prompts > self.answered and re.search(PROMPT + r"[^\n]*: ", text):
            self.answered = prompts
            typed += "" if self.args.no_answer else self.args.answer + "\n"
        while self.script:
            found = re.search(self.script[0][0], text[self.script_from:])
            if not found:
                break
            self.script_from += found.end()
            typed += text_of(self.script.pop(0)[1], text) + "\n"
        return typed


def start(args):
    master, slave = os.openpty()
    size = struct.pack("HHHH", 24 if args.columns else 0, args.columns, 0, 0)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
    who = {}
    if args.user:
        entry = pwd.getpwnam(args.user)
        os.fchown(slave, entry.pw_uid, entry.pw_gid)
        groups = os.getgrouplist(args.user, entry.pw_gid)
        who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups,
               "cwd": entry.pw_dir,
               "env": {"HOME": entry.pw_dir, "USER": args.user, "LOGNAME": args.user,
                       "SHELL": entry.pw_shell, "PATH": os.environ["PATH"], "TERM": "dumb",
                       "LANG": "C.UTF-8"}}
    process = subprocess.Popen(args.command, stdin=slave, stdout=slave, stderr=slave,
                               start_new_session=True,
                               preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **who)
    os.close(slave)
    return process, master


def show(data):
    sys.stdout.buffer.write(data.replace(b"\r", b""))
    sys.stdout.buffer.flush()


def drain(master):
    """What was printed before the end and not read yet. A process that is left behind may hold the terminal open."""
    while select.select([master], [], [], 0.5)[0]:
        try:
            show(os.read(master, 65536))
        except OSError:
            return


def main():
    args = arguments()
    person = Person(args)
    process, master = start(args)
    deadline = time.monotonic() + args.timeout
    raw, status = b"", None
    while status is None:
        ready = select.select([master], [], [], 0.1)[0]
        try:
            data = os.read(master, 65536) if ready else None
        except OSError:
            # Hung up: by the end, or by login(1), which opens its terminal again.
            data = b"" if process.poll() is not None else None
            time.sleep(0.02)
        if data:
            raw += data
            show(data)
        if data == b"":
            status = process.wait(max(0.1, deadline - time.monotonic()))
        elif data is None and process.poll() is not None:
            # It may have printed between the two looks.
            drain(master)
            status = process.returncode
        elif time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            print(f"\n# drive.py: no end after {args.timeout:.0f} s")
            status = 124
        else:
            typed = person.react(raw.decode("utf-8", "replace").replace("\r", ""))
            if typed:
                os.write(master, typed.encode())
    sys.exit(status if status >= 0 else 128 - status)


main()
