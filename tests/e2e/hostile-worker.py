#!/usr/bin/python3
"""Every frame in every phase, and every way to end, through the real module and libpam. Prints TAP.

  hostile-worker.py SIGNIN DIR SYSLOG

scripted-worker.py is in the worker's place. The table below is by hand; relay.c's own must be the
same, and what PAM says, what is audited and whether a record is handed on must follow from it.
"""
import collections
import concurrent.futures
import os
import re
import subprocess
import sys

STARTED, SHOWN, ASKED, FACTS, JUDGED, DONE, OVER, BROKEN = range(8)
LEGAL = {(STARTED, 16): SHOWN, (STARTED, 17): ASKED, (SHOWN, 17): ASKED, (SHOWN, 18): FACTS,
         (ASKED, 18): FACTS, (JUDGED, 19): DONE, (DONE, 0): OVER}
# What leads on in each flow, and the words that lead there. An answer is a frame to wait for.
FLOWS = {
    "device": ({STARTED: 16, SHOWN: 18}, {SHOWN: ["show"]}, ["show"]),
    "paste": ({STARTED: 16, SHOWN: 17, ASKED: 18}, {SHOWN: ["link"], ASKED: ["link", "ask=callback"]},
              ["link", "ask=callback", "verdict"]),
    "password": ({STARTED: 17, ASKED: 18}, {ASKED: ["ask"]}, ["ask", "verdict"]),
}


def path_of(flow):
    """{phase: words that lead there}"""
    _, first, shown = FLOWS[flow]
    judged = shown + ["facts", "verdict"]
    return {STARTED: [], **first, JUDGED: judged, DONE: judged + ["done"]}


PATH = path_of("device")
WORDS = {16: "show", 17: "ask", 18: "facts", 19: "done", 20: "fail"}
ALL = [1, 2, 3, 16, 17, 18, 19, 20, 32, 33, 34, 48, 49, 50, 51, 0, 4, 21, 63, 128, 255]
# A worker that has to be killed after its first frame may have a token.
TOKEN = {STARTED: "none", SHOWN: "orphaned", ASKED: "orphaned", JUDGED: "orphaned", DONE: "revoked"}
YES, AUTH_ERR, SYSTEM_ERR, UNAVAILABLE = 0, 7, 4, 9
PROTOCOL = (SYSTEM_ERR, "protocol")
WORKER = (SYSTEM_ERR, "worker")
FULL = PATH[DONE]
Case = collections.namedtuple("Case", "group words wanted token flow", defaults=["device"])


def cells(flow):
    """(phase, frame) -> outcome"""
    legal = {**FLOWS[flow][0], JUDGED: 19, DONE: 0}
    for phase, path in path_of(flow).items():
        for kind in ALL:
            if legal[phase] == kind:
                continue
            word = WORDS.get(kind, str(kind))
            wanted, token = PROTOCOL, TOKEN[phase]
            if kind == 17 and phase == ASKED:
                wanted = (AUTH_ERR, "wrong_input")  # what was answered did not do
            if kind == 19:
                token = "revoked"  # with it came a record
            if kind == 20 and phase != DONE:
                wanted, token = (AUTH_ERR, "expired"), "none"
            yield Case(f"{flow}: a frame that is not legal now", path + [word, "sleep"], wanted, token, flow)
        if phase != DONE:
            for end in (["exit-0"], ["kill"], ["close", "sleep"], ["empty", "sleep"]):
                yield Case(f"{flow}: an end that comes too early", path + end, WORKER,
                           "none" if end == ["exit-0"] and phase != JUDGED else TOKEN[phase], flow)


def spoilt():
    """A legal frame that is spoilt."""
    group = "a legal frame that is spoilt"
    # One field of the facts that is missing is a fact that does not hold; the rest is refused.
    facts = ["id_url", "instance_url", None, "user_mismatch", "org_mismatch", "not_asserted",
             "inactive", "user_type", "not_mapped"]
    for phase, word, size, fields in ((STARTED, "show", 70, 3), (SHOWN, "facts", 190, 9),
                                      (JUDGED, "done", 29, 4)):
        path, token = PATH[phase], "orphaned" if phase != STARTED else "none"
        for n in [1, 2, 3, 4, 5] + list(range(8, size, 13 if phase != JUDGED else 5)):
            if (phase, n) != (SHOWN, 1):
                # Between two fields of the facts the rest is missing, which is another refusal.
                yield Case(group, path + [f"cut-{n}-{word}", "sleep"],
                           PROTOCOL if word != "facts" else None, "either")
        for verb in ("trail", "twice", "pad"):
            yield Case(group, path + [f"{verb}-{word}", "sleep"], PROTOCOL, "either")
        for n in range(fields):
            if word != "facts":
                yield Case(group, path + [f"drop-{n}-{word}", "sleep"], PROTOCOL, "either")
            elif facts[n]:
                yield Case("facts that do not suffice", path + [f"drop-{n}-{word}", "verdict", "done"],
                           (AUTH_ERR, facts[n]), "either")
            if word != "done":
                yield Case(group, path + [f"odd-{n}-{word}", "sleep"],
                           None if (word, n) == ("show", 2) else PROTOCOL, "either")
        yield Case(group, path + ["flood", "sleep"], PROTOCOL, "either")
        assert token


def others():
    """What the other flows have, and have not."""
    for flow, other in (("paste", "ask=callback"), ("password", "ask")):
        full = path_of(flow)[DONE]
        yield Case(f"{flow}: a sign-in as it should be", full, (YES, "ok"), "kept", flow)
        yield Case(f"{flow}: facts before the answer", full[: full.index("verdict")] + ["facts", "sleep"],
                   (UNAVAILABLE, "unavailable"), "orphaned", flow)
        yield Case(f"{flow}: another user", [w if w != "facts" else "facts=kim" for w in full],
                   (AUTH_ERR, "not_mapped"), "revoked", flow)
        yield Case(f"{flow}: no word after the answer", path_of(flow)[ASKED] + ["sleep"],
                   (UNAVAILABLE, "unavailable"), "orphaned", flow)
        yield Case(f"{flow}: asked twice", full[: full.index("verdict") + 1] + [other, "sleep"], (AUTH_ERR, "wrong_input"), "orphaned",
                   flow)
        for word in ("ask=code", "ask=" + "x" * 100, "drop-0-ask", "twice-ask", "trail-ask", "cut-5-ask",
                     "ask=password" if flow == "paste" else "ask=callback"):
            yield Case(f"{flow}: a question that it has not", path_of(flow)[ASKED][:-1] + [word, "sleep"],
                       PROTOCOL, "orphaned" if flow == "paste" else "either", flow)
    yield Case("paste: a code to enter", ["show", "sleep"], PROTOCOL, "orphaned", "paste")
    yield Case("paste: a foreign page", ["show=https://evil.my.salesforce.com/x", "sleep"], PROTOCOL, "orphaned", "paste")
    yield Case("paste: a foreign page", ["link=https://evil.my.salesforce.com/x", "ask=callback", "sleep"],
               (AUTH_ERR, "verification_uri"), "either", "paste")
    yield Case("device: an address without a code", ["link", "sleep"], PROTOCOL, "orphaned")
    yield Case("device: a password is asked for", ["show", "ask", "sleep"], PROTOCOL, "orphaned")


def stories():
    """Whole sign-ins."""
    yield Case("a sign-in as it should be", FULL, (YES, "ok"), "kept")
    yield Case("descriptors with a frame", ["fds-show", "facts", "verdict", "done"], PROTOCOL, "either")
    yield Case("a sign-in as it should be", ["show", "permissions-64", "verdict", "done"], (YES, "ok"), "kept")
    yield Case("a bad end after everything", FULL + ["exit-1"], WORKER, "revoked")
    yield Case("a bad end after everything", FULL + ["kill"], WORKER, "revoked")
    yield Case("a bad end after everything", FULL + ["close", "sleep"], WORKER, "revoked")
    yield Case("a bad end after everything", FULL + ["empty", "sleep"], WORKER, "revoked")
    yield Case("a bad end after everything", FULL + ["sleep"], (UNAVAILABLE, "unavailable"), "revoked")
    yield Case("no word at all", ["sleep"], (UNAVAILABLE, "unavailable"), "none")
    yield Case("no word at all", ["show", "sleep"], (UNAVAILABLE, "unavailable"), "orphaned")
    yield Case("no word at all", ["show", "facts", "sleep"], (UNAVAILABLE, "unavailable"), "orphaned")
    yield Case("facts told twice", ["show", "facts", "facts", "verdict", "done"], PROTOCOL, "either")
    yield Case("facts told twice", ["show", "facts=kim", "facts", "verdict", "done"],
               (AUTH_ERR, "not_mapped"), "either")
    yield Case("another user", ["show", "facts=kim", "verdict", "done"], (AUTH_ERR, "not_mapped"), "revoked")
    yield Case("another user", ["show", "facts=root", "verdict", "done"], (AUTH_ERR, "not_mapped"), "revoked")
    yield Case("another user", ["show", "permissions-65", "sleep"], PROTOCOL, "orphaned")
    # Refused while the worker goes on: how much of it is still read is a matter of time.
    yield Case("a foreign page", ["show=https://evil.my.salesforce.com/x", "facts", "verdict", "done"],
               (AUTH_ERR, "verification_uri"), "either")
    yield Case("everything at once", ["show", "facts", "done", "verdict"], (YES, "ok"), "kept")
    for state in ("none", "revoked", "orphaned"):
        yield Case("a yes without a record", ["show", "facts", "verdict", f"done={state}"], (YES, "ok"), state)
    for code in (0, 99, 255, 2147483648, 4294967295):
        yield Case("a failure without a reason", ["show", f"fail={code}", "sleep"], PROTOCOL, "orphaned")
    yield Case("a failure that has one", ["show", "fail=1", "sleep"], (AUTH_ERR, "denied"), "none")


def run(number, case, signin, where):
    """-> (code, handed on, children, shown) of one sign-in"""
    directory = f"{where}/{number}"
    os.makedirs(directory)
    with open(f"{directory}/sshd", "w", encoding="ascii") as file:
        file.write(f"auth required pam_sfoauth.so conf={directory}/sfoauth.conf\n")
    with open(f"{directory}/sfoauth.conf", "w", encoding="ascii") as file:
        file.write("[org acme]\nlogin_url = https://acme.my.salesforce.com\n"
                   f"client_id = {','.join(case.words)}\norganization_id = 00D5f000000Abcd\n"
                   "[pam]\norg = acme\n"
                   f"flows = {case.flow}\n" "username_template = {user}@acme.example\napprove_timeout = 10\n")
    done = subprocess.run([signin, "pam", directory, "ada", f"worker-{number}"], check=False,
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
    return dict(line.split(" ", 1) for line in done.stdout.decode().splitlines() if " " in line)


def judge(number, case, out, lines):
    """What is wrong, as words."""
    if len(lines) != 1:
        return [f"{len(lines)} audit lines: {out}"]
    code = int(out["code"])
    reason = re.findall(r" reason=(\S+)", lines[0])[0]
    token = re.findall(r" token=(\S+)", lines[0])[0]
    wrong = []
    if code == YES if case.wanted is None else (code, reason) != case.wanted:
        wrong.append(f"wanted {case.wanted}")
    if case.token != "either" and token != case.token:
        wrong.append(f"wanted token={case.token}")
    if (code == YES) != (" result=allowed " in lines[0]):
        wrong.append("PAM and audit differ")
    if (out["handoff"] == "1") != (code == YES and case.token == "kept"):
        wrong.append("a record where there is none to be, or none")
    if out["children"] != "0":
        wrong.append("a child is left")
    if wrong:
        wrong.append(f"got {code} {lines[0]} {number}")
    return wrong


def main():
    signin, where, syslog = sys.argv[1:]
    own = subprocess.run([signin, "table"], check=True, stdout=subprocess.PIPE).stdout.decode()
    rows = [tuple(map(int, line.split())) for line in own.splitlines()]
    bad = [row for row in rows if LEGAL.get(row[:2], BROKEN) != row[2]]
    print(f"{'not ok' if bad or len(rows) != 8 * 256 else 'ok'} 1 - relay.c's table is the one by hand: "
          f"{len(rows)} cells{' ' + str(bad) if bad else ''}")
    # Those that wait for a deadline first.
    cases = sorted([*stories(), *others(), *spoilt(), *(cell for flow in FLOWS for cell in cells(flow))], key=lambda c: c.wanted != (UNAVAILABLE, "unavailable"))
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        outs = list(pool.map(lambda n: run(n, cases[n], signin, where), range(len(cases))))
    with open(syslog, encoding="utf-8", errors="replace") as file:
        log = file.read().splitlines()
    groups = collections.defaultdict(list)
    for number, (case, out) in enumerate(zip(cases, outs)):
        lines = [line for line in log if f" rhost=worker-{number} " in line and " result=" in line]
        wrong = judge(number, case, out, lines)
        groups[case.group].append(not wrong)
        if wrong:
            print(f"# {','.join(case.words)}: {'; '.join(wrong)}")
    for count, (group, results) in enumerate(groups.items(), 2):
        print(f"{'ok' if all(results) else 'not ok'} {count} - {group}: {len(results)} cases"
              + ("" if all(results) else f", {results.count(False)} of them wrong"))
    print(f"# {len(cases)} sign-ins")
    print(f"1..{len(groups) + 1}")
    return 0 if all(all(r) for r in groups.values()) and not bad else 1


sys.exit(main())
