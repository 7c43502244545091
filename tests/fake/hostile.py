#!/usr/bin/python3
"""Hostile servers: seeded answers against every request of the worker. Prints TAP.

  hostile.py --signin PROGRAM --dir DIR --syslog FILE [--cases N] [--seed N] [--only N] [--slots N]

Runs in the private house of the component tests, where s0 to s63.my.salesforce.com are 127.0.1.1 and
up. A case is one job for the real worker (driven by tests/e2e/signin.c), every eighth a login through
the real module and libpam. Case N of a seed is always the same; --only N runs it alone and tells all.

What must hold in every case: only answers that mean the truth lead to a yes (hostile_model.py reads
them independently); answers that mean the truth do lead to one; the worker ends by itself, with status
0, before its deadline; nothing it says, logs or shows has a secret in it; no server makes it report a
fault of ours; what it says of the token is what the server saw; no system call was denied. A case that
was only late, or said no for lack of time, is tried again alone, when nothing else runs.
"""
import argparse
import collections
import queue
import random
import sys
import threading
import time

import hostile_tls
from hostile_case import Case, FORMS
from hostile_slot import Slot


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("signin", "dir", "syslog"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int)
    parser.add_argument("--slots", type=int, default=24)
    return parser.parse_args()


def work(slot, waiting, done):
    while True:
        try:
            case = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            slot.run(case)
        except Exception as error:  # pylint: disable=broad-except
            case.fault(f"the test itself failed: {error!r}")
        done.append(case)


def read_log(args):
    with open(args.syslog, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def judge(slot, args, done):
    """-> the cases, those that were late as they are alone"""
    log, judged = read_log(args), []
    for case in done:
        case.judge(log)
        if case.faults and case.is_late:
            print(f"# case {case.number} again, alone: {'; '.join(case.faults)}")
            case = Case(args.seed, case.number, again="-alone")
            slot.run(case)
            case.judge(read_log(args))
        judged.append(case)
    return judged


def table(cases):
    """Cases by request and outcome."""
    counts = collections.defaultdict(collections.Counter)
    for case in cases:
        counts[case.title][case.outcome] += 1
    columns = sorted({outcome for row in counts.values() for outcome in row})
    print(f"# {'request':18} cases " + " ".join(columns))
    for title in sorted(counts):
        row = counts[title]
        print(f"# {title:18} {sum(row.values()):5} "
              + " ".join(f"{row[c]:{len(c)}}" for c in columns))


def main():
    args, started = arguments(), time.monotonic()
    hosts = [f"s{i}.my.salesforce.com" for i in range(args.slots)]
    hostile_tls.make(args.dir, hosts)
    contexts = hostile_tls.contexts(args.dir)
    numbers = range(args.cases) if args.only is None else [args.only]
    # The slow ones first, so that nobody waits for them at the end.
    cases = sorted((Case(args.seed, n) for n in numbers), key=lambda c: not c.is_slow)
    waiting, done = queue.SimpleQueue(), []
    for case in cases:
        waiting.put(case)
    slots = [Slot(i, host, args, contexts) for i, host in enumerate(hosts)]
    threads = [threading.Thread(target=work, args=(slot, waiting, done)) for slot in slots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = judge(slots[0], args, done)
    for case in done:
        if args.only is not None or case.faults:
            for line in case.tell():
                print("# " + line)
    table(done)
    failed = 0
    for count, form in enumerate(FORMS, 1):
        bad = [c for c in done if c.form == form and c.faults]
        failed += len(bad)
        total = sum(c.form == form for c in done)
        print(f"{'not ok' if bad else 'ok'} {count} - {form}: {total} cases"
              + (f", {len(bad)} of them wrong: {sorted(c.number for c in bad)[:20]}" if bad else ""))
    print(f"# {len(done)} cases, seed {args.seed}, {failed} wrong, "
          f"{sum(c.is_yes for c in done)} let in, {time.monotonic() - started:.0f} s")
    print(f"1..{len(FORMS)}")
    return 1 if failed or len(done) != len(cases) else 0


if __name__ == "__main__":
    random.seed(0)
    sys.exit(main())
