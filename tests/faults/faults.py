#!/usr/bin/python3
"""Allocations and system calls that fail, in every program that runs for a person: TAP.

  faults.py memory|calls [CASES [SCENES]]

CASES is how many for each kind of fault in each program of each scene; "all" is every allocation,
and every occurrence of every call; without it a few of both. SCENES: only those whose name matches.

A refresh token is lost only where the command or the worker has just got a new one and cannot hand
it on, or where nothing can be stored from then on and the person is told. From the moment it has
left until it is known to be good, any failure may end in the sentence of a renewal that was cut off;
and what is spent is never presented."""
import collections
import mmap
import os
import re
import struct
import sys
import time

import scenes
import world as w

PRELOAD = "/etc/ld.so.preload"
MAY_LOSE = ("sfoauth", "sfoauth-worker")

# What it may fail with, and what that may lead to besides success. A program of ours that cannot
# say more is gone for its caller: WORKER.
ERRORS = {
    "connect": ("ECONNREFUSED EACCES", "UNAVAILABLE KEYRING"),
    "read": ("EIO", "UNAVAILABLE SYSTEM WORKER KEYRING CONFIG TLS USAGE"),
    "recvfrom": ("ECONNRESET EIO", "UNAVAILABLE TLS WORKER KEYRING SYSTEM"),
    "recvmsg": ("EIO ENOMEM", "WORKER SYSTEM KEYRING STORE UNAVAILABLE"),
    "write": ("ENOSPC EIO", "SYSTEM STORE UNAVAILABLE WORKER KEYRING TLS"),
    "sendto": ("ENOBUFS ECONNRESET", "UNAVAILABLE TLS WORKER SYSTEM KEYRING STORE"),
    "sendmsg": ("ENOBUFS EPIPE", "UNAVAILABLE WORKER SYSTEM KEYRING STORE"),
    "openat": ("EMFILE EACCES", "SYSTEM WORKER CONFIG UNAVAILABLE TLS KEYRING SIGN_IN_NEEDED"),
    "clone": ("EAGAIN", "WORKER KEYRING UNAVAILABLE SYSTEM"),
    "execve": ("ENOENT ENOMEM", "WORKER"),
    "memfd_create": ("EMFILE", "SYSTEM WORKER"),
    "socketpair": ("EMFILE", "WORKER UNAVAILABLE SYSTEM KEYRING"),
    "flock": ("ENOLCK EINTR", "SYSTEM BUSY"),
    "prctl": ("EINVAL", "SYSTEM WORKER SANDBOX KEYRING"),
    "add_key": ("EDQUOT EACCES", ""),
    "keyctl": ("EDQUOT ENOKEY EACCES", "SIGN_IN_NEEDED"),
    "fcntl": ("EINVAL", "SYSTEM WORKER UNAVAILABLE KEYRING"),
    "getrandom": ("ENOSYS", "SYSTEM WORKER TLS UNAVAILABLE KEYRING NOMEM STORE"),
    "mmap": ("ENOMEM", "NOMEM SYSTEM WORKER UNAVAILABLE TLS SANDBOX KEYRING CONFIG"),
    "seccomp": ("EINVAL ENOMEM", "SANDBOX WORKER"),
    "landlock_create_ruleset": ("ENOSYS EINVAL", "SANDBOX WORKER"),
}
NUMBERS = {"ECONNREFUSED": 111, "EACCES": 13, "EIO": 5, "ECONNRESET": 104, "ENOMEM": 12}
NUMBERS |= {"ENOSPC": 28, "ENOBUFS": 105, "EPIPE": 32, "EMFILE": 24, "EAGAIN": 11, "ENOENT": 2}
NUMBERS |= {"ENOLCK": 37, "EINTR": 4, "EINVAL": 22, "EDQUOT": 122, "ENOKEY": 126, "ENOSYS": 38}


LOADER = ("read", "openat", "mmap")
FEW = "^(a refresh|git's get, from the kernel|what an ssh)"


class Page:
    """What nomem.c reads and counts."""

    def __init__(self):
        with open(w.W + "/nomem", "wb") as file:
            file.write(bytes(4096))
        os.chmod(w.W + "/nomem", 0o666)
        with open(w.W + "/nomem", "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 4096)

    def set(self, program, fail_at, goes_on=False):
        # The kernel's name of a program has 15 characters; the C library's has all.
        self.map[:72] = struct.pack("32sQQQqQ", program.encode(), fail_at, goes_on, 0, 0, 0)

    def read(self):
        """-> asked, live, failed"""
        return struct.unpack("QqQ", self.map[48:72])


def points(total, wanted):
    if wanted == "all" or int(wanted) >= total:
        return list(range(1, total + 1))
    count = int(wanted)
    return sorted({1 + (2 * i + 1) * total // (2 * count) for i in range(count)})


def allocations(total, wanted):
    """As points; of a great many, most of them the CA file's, more at either end."""
    if total < 20000:
        return points(total, wanted)
    if wanted == "all":
        between = range(1001, total - 10000, 100)
        return [*range(1, 1001), *between, *range(total - 9999, total + 1)]
    last = {total - 10000 + n for n in points(10000, wanted)}
    return sorted({*points(400, wanted), *points(total, wanted), *last})


def is_libc(program, outcome, n):
    """glibc's look-up of the home crashes, or ends on an assertion, without memory: so it does in a
    program that does nothing else."""
    return program == "sfoauth" and n < 8 and outcome.status in (134, 139) and not outcome.out


def look(scene, outcome, allowed, is_silent=False):
    """-> sentences about what is wrong after a run."""
    left = w.Left()
    wrongs = left.wrongs() + scene.judge(outcome, left)
    reason = outcome.reason()
    if outcome.status == "hangs":
        wrongs.append("it hangs")
    elif reason in scene.also or (is_silent and outcome.status == 70):
        pass
    elif outcome.status == 127 and outcome.err:
        pass  # ld.so's
    elif reason is None:
        wrongs.append(f"status {outcome.status} without a sentence: {outcome.err[:200]!r}")
    elif reason == "SPENT" and isinstance(scene, scenes.Refresh):
        pass
    elif reason == "KEYRING_REFUSES" and "STORE" in allowed:
        pass
    elif reason != "OK" and reason not in allowed:
        wrongs.append(f"ends with {reason}: {outcome.err[:200]!r}")
    if w.said_secret(outcome.err):
        wrongs.append("a secret on standard error")
    return wrongs


def lost_wrongly(scene, program, outcome, goes_on):
    if not scene.is_lost or program in MAY_LOSE:
        return []
    if goes_on and "could not be stored in the desktop keyring" in outcome.err:
        return []
    return ["a refresh token is lost"]


def no_memory(tap, page, kind, program, wanted):
    scene = kind()
    scene.prepare()
    page.set(program, 0)
    first = scene.fault("none", "all", 1, "kill")
    total, usual, _ = page.read()
    page.set("", 0)
    wrongs, ends, lost = [], collections.Counter(), []
    most = usual
    if total == 0 or first.status != 0:
        wrongs.append(f"undisturbed: status {first.status}, {total} allocations, {first.err!r}")
    cases = [(n, False) for n in allocations(total, wanted)]
    cases += [(n, True) for n in points(total, wanted if wanted != "all" else "20")]
    # GLib ends a program that it cannot give memory to; a TLS library calls it a bad certificate.
    allowed = {
        "sfoauth-keyring": ("NOMEM", "WORKER"),
        "sfoauth-worker": ("NOMEM", "UNAVAILABLE", "TLS", "SYSTEM", "WORKER"),
    }.get(program, ("NOMEM",))
    for n, goes_on in cases:
        scene = kind()
        scene.prepare()
        page.set(program, n, goes_on)
        outcome = scene.fault("none", "all", 1, "kill")
        _, live, failed = page.read()
        page.set("", 0)
        if is_libc(program, outcome, n):
            ends["glibc"] += 1
            continue
        which = f"{program}, allocation {n}{' and all after it' if goes_on else ''}"
        wrong = look(scene, outcome, allowed) + lost_wrongly(scene, program, outcome, goes_on)
        wrongs += [f"{which}: {x}" for x in wrong]
        # libcurl and OpenSSL 3.5 leave a few blocks of their own behind where they had to give up.
        spare = 64 if program == "sfoauth-worker" else 2
        if failed and program != "sfoauth-keyring" and live > usual + spare:
            wrongs.append(f"{which}: {live} blocks are never freed, usually {usual}")
        most = max(most, live)
        if scene.is_lost:
            lost.append(str(n))
        ends[outcome.reason() or outcome.status] += 1
    tap.result(f"{kind.name}: {program}, {len(cases)} failures in {total} allocations", wrongs)
    print(f"#   {dict(ends)}; blocks at the end: {usual}, at most {most}")
    if lost:
        print(f"#   gone, or not given back: {', '.join(lost)}")


def one_call(kind, program, call, number, n):
    """-> sentences, the outcome or None where the call is not made that often"""
    scene = kind()
    scene.prepare()
    outcome = scene.fault(program, call, n, NUMBERS[number])
    if not outcome.hit and outcome.status != "hangs":
        return [], None, False
    which = f"{program}, {call} {n}: {number}"
    allowed = ERRORS[call][1].split()
    if program == "sfoauth-keyring":
        allowed += ["KEYRING_SILENT"]  # GLib wakes its own threads by writing
    # Standard error is written to as well.
    wrong = look(scene, outcome, allowed, is_silent=call == "write" and str(n).endswith("+"))
    wrong += lost_wrongly(scene, program, outcome, str(n).endswith("+"))
    return [f"{which}: {x}" for x in wrong], outcome, scene.is_lost


def calls(tap, kind, program, wanted):
    """Some of each call, and all from the first on; of those that load the program only some."""
    wrongs, ends, lost, slow, count = [], collections.Counter(), [], [], 0
    for call, (numbers, _) in ERRORS.items():
        total = 0
        if wanted or call in LOADER:
            scene = kind()
            scene.prepare()
            total = scene.fault(program, call, 10**9, "kill").calls
            if total == 0:
                continue
        for number in numbers.split()[: None if wanted else 1]:
            # libcurl then waits in the kernel; the worker is killed 3 seconds after its deadline.
            if (program, call) == ("sfoauth-worker", "fcntl"):
                continue
            some = points(total, wanted) if wanted else [total] if call in LOADER else []
            for n in some if call in LOADER or number != numbers.split()[0] else [*some, "1+"]:
                wrong, outcome, is_lost = one_call(kind, program, call, number, n)
                wrongs += wrong
                if outcome is None:
                    continue
                count += 1
                ends[outcome.reason() or outcome.status] += 1
                if is_lost:
                    lost.append(f"{call} {n}")
                if outcome.seconds > 4:
                    slow.append(f"{call} {n}: {outcome.seconds:.0f} s")
    tap.result(f"{kind.name}: {program}, {count} system calls that fail", wrongs)
    print(f"#   {dict(ends)}{'; waits: ' * bool(slow)}{', '.join(slow)}")
    if lost:
        print(f"#   gone, or not given back: {', '.join(lost)}")


def main():
    tap = w.Tap()
    what = sys.argv[1]
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    pattern = sys.argv[3] if len(sys.argv) > 3 else "." if wanted or what == "memory" else FEW
    w.fake("set", "rotation=true", "auto_after=0")
    page = Page()
    with open(PRELOAD, "w", encoding="ascii") as file:
        file.write(w.W + "/nomem.so\n" if what == "memory" else "")
    for kind in scenes.ALL:
        if not re.search(pattern, kind.name) or kind is scenes.Handoff:
            continue
        for program in kind.programs:
            if program == "tree":  # all at once, for crashes.py: no program has that name
                continue
            started = time.monotonic()
            if what == "memory":
                no_memory(tap, page, kind, program, wanted or "1")
            else:
                calls(tap, kind, program, wanted)
            print(f"#   {time.monotonic() - started:.1f} s")
            sys.stdout.flush()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
