"""Lines of the parsers that the corpus reaches, from llvm-cov's lcov: see coverage.sh."""
import os
import re
import sys

LACKS = re.compile(r"SF_E_NOMEM|_NOMEM\b|no_memory\(|the kernel gives no randomness")


def read(path):
    """FILE -> (line -> count, first line -> function)."""
    files, lines, functions = {}, {}, {}
    with open(path, encoding="utf-8") as lcov:
        for text in lcov:
            kind, _, rest = text.rstrip("\n").partition(":")
            if kind == "SF":
                lines, functions = files.setdefault(os.path.relpath(rest.lstrip("/")
                    if not os.path.exists(rest) else rest), ({}, {}))
            elif kind == "FN":
                at, _, name = rest.partition(",")
                functions[int(at)] = name.split(":")[-1]
            elif kind == "DA":
                at, count = rest.split(",")[:2]
                lines[int(at)] = max(lines.get(int(at), 0), int(count))
    return files


def lacking(source):
    """Lines of statements that only a lack of memory or randomness reaches, and their ends."""
    found = set()
    for number, text in enumerate(source, 1):
        if LACKS.search(text):
            found.add(number)
            while not source[number - 1].rstrip().endswith((";", ":", "{", "}")):
                number += 1
                found.add(number)
            if source[number - 1].lstrip().startswith("case "):
                found.add(number + 1)
    return found


def missed(lines, functions, skipped, source):
    """(lines that count, those of them that nothing reached)"""
    starts = sorted(functions)
    without = lacking(source)
    counted, bare = [], []
    for at, count in sorted(lines.items()):
        owner = [start for start in starts if start <= at]
        if owner and functions[owner[-1]] in skipped:
            continue
        if count == 0 and at in without:
            continue
        counted.append(at)
        if count == 0:
            bare.append(at)
    return counted, bare


def main():
    path, least, skipped, parsers = sys.argv[1:]
    skipped = {line.split()[0] for line in skipped.splitlines() if line.strip()}
    files = read(path)
    all_counted = all_missed = bad = 0
    print(f"{'file':40} {'lines':>6} {'missed':>7} {'reached':>8}")
    for name in parsers.split():
        lines, functions = files[name]
        with open(name, encoding="utf-8") as text:
            source = text.read().split("\n")
        counted, bare = missed(lines, functions, skipped, source)
        share = 100 * (1 - len(bare) / len(counted))
        note = "" if share >= float(least) else f"  below {least} %: {' '.join(map(str, bare))}"
        bad += share < float(least)
        all_counted += len(counted)
        all_missed += len(bare)
        print(f"{name:40} {len(counted):6} {len(bare):7} {share:7.1f}%{note}")
    share = 100 * (1 - all_missed / all_counted)
    print(f"{'all parsers':40} {all_counted:6} {all_missed:7} {share:7.1f}%")
    sys.exit(1 if bad or share < float(least) else 0)


main()
