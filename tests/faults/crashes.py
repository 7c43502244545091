#!/usr/bin/python3
"""kill -9 at system calls of every program, one run each: TAP.

  crashes.py [CASES [SCENES [PROGRAMS]]]

CASES is how many for each program of each scene, spread over those calls that change something or
wait (default 4); "all" is every system call there is. SCENES, PROGRAMS: only those whose name matches.

A renewal loses its refresh token only where Salesforce has rotated it and the worker, which alone has
the new one in its hands, is killed before it has parked it in the kernel: by itself or with the whole
tree. The death of command, helper or keyring program loses none. A sign-in's is issued and never given
back if the command or the worker dies. The lines "lost" count these kills, and nothing else may lose
one. The next call then says so, and presents nothing that is spent."""
import collections
import re
import sys

import scenes
import world as w

EVENTFUL = (
    "sendto sendmsg recvmsg recvfrom write writev keyctl add_key flock clone clone3 fork vfork"
    " execve memfd_create exit_group mkdir mkdirat connect socketpair fcntl lseek poll ppoll"
)

CUT_OFF = "The renewal of this sign-in was interrupted"
# What may lose a refresh token: of a renewal, and of a sign-in.
MAY_LOSE = {True: ("sfoauth-worker", "tree"), False: ("sfoauth", "sfoauth-worker")}


def points(total, wanted):
    if wanted == "all" or int(wanted) >= total:
        return list(range(1, total + 1))
    count = int(wanted) - 1
    return sorted({1 + (2 * i + 1) * total // (2 * count) for i in range(count)} | {total})


def again(scene, left):
    """The next call, undisturbed: an answer, or a clear word that a sign-in is needed. The word may
    come without need where the kill met the very call that sends the old token."""
    done = w.ADA.run([scenes.SFOAUTH, "token"])
    item = left.newest()
    works = item is not None and "refresh_token" in item and left.known.get(item["refresh_token"])
    if done.returncode == 0 or (done.returncode == 4 and not works):
        return []
    if CUT_OFF in done.stderr.decode() and isinstance(scene, scenes.Refresh):
        return []
    return [f"the next call ends with {done.returncode}: {done.stderr.decode()[:200]!r}"]


def one(scene, program, calls, n):
    """-> sentences about what is wrong, the outcome"""
    scene.prepare()
    outcome = scene.fault(program, calls, n, "kill")
    left = w.Left()
    wrongs = left.wrongs() + scene.judge(outcome, left)
    if outcome.status == "hangs":
        wrongs.append("it hangs")
    if w.said_secret(outcome.err):
        wrongs.append("a secret on standard error")
    if outcome.hit and program != "sfoauth" and outcome.status not in (0, 137):
        if outcome.reason() is None and "Not let in. Reference " not in outcome.err:
            wrongs.append(f"status {outcome.status} without a sentence: {outcome.err[:200]!r}")
    wrongs += again(scene, left)
    if w.presented() > 0:
        wrongs.append("the next call has presented a spent refresh token")
    return [f"{program} killed at {n}, {outcome.hit}: {x}" for x in wrongs], outcome


def attack(tap, kind, program, wanted):
    calls = "all" if wanted == "all" else EVENTFUL
    scene = kind()
    scene.prepare()
    total = scene.fault(program, calls, 10**9, "kill")
    wrongs, lost, ends = [], collections.Counter(), collections.Counter()
    if total.status not in (0, 141) or total.calls == 0:
        wrongs.append(f"undisturbed: status {total.status}, {total.calls} calls, {total.err!r}")
    cases = points(total.calls, wanted)
    for n in cases:
        scene = kind()
        wrong, outcome = one(scene, program, calls, n)
        wrongs += wrong
        if scene.is_lost:
            lost[f"{n} {outcome.hit}"] += 1
        is_renewal = issubclass(kind, scenes.Refresh)
        # The worker's record is written by then.
        is_written = is_renewal and outcome.hit == "exit_group"
        if scene.is_lost and (program not in MAY_LOSE[is_renewal] or is_written):
            wrongs.append(f"{program} killed at {n}, {outcome.hit}: a refresh token is lost")
        ends[outcome.reason() or outcome.status] += 1
    tap.result(f"{kind.name}: {program} killed at {len(cases)} of {total.calls} calls", wrongs)
    print(f"#   {kind.name}: {program}: {dict(ends)}")
    if issubclass(kind, scenes.Refresh) or lost:
        print(f"#   lost: {sum(lost.values())} of {len(cases)}")
    if lost:
        print(f"#   gone, or not given back, after a kill at: {', '.join(lost)}")
    sys.stdout.flush()


def main():
    tap = w.Tap()
    wanted = sys.argv[1] if len(sys.argv) > 1 else "4"
    pattern = sys.argv[2] if len(sys.argv) > 2 else "."
    which = sys.argv[3] if len(sys.argv) > 3 else "."
    w.fake("set", "rotation=true", "auto_after=0")
    for kind in scenes.ALL:
        if re.search(pattern, kind.name):
            for program in kind.programs:
                if re.search(which, program):
                    attack(tap, kind, program, wanted)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
