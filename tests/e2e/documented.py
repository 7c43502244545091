#!/usr/bin/python3
"""The command lines that README.md and the manual pages show.

  documented.py FILE...      -> a line each: FILE:LINE, mark, command; with tabs between

In README.md a command line stands in a block ```sh, in a page in a block .Bd -literal. What comes
right before the block is its mark:
  <!-- run as ada -->            .\\" run as ada           each line is run, in order (root: as root)
  <!-- not run: REASON -->       .\\" not run: REASON      an exception, counted
  <!-- no commands -->           .\\" no commands          a file, or something printed
In a page a block without a mark is a failure where its first line begins with a word that is a
program; in README.md every ```sh has a mark. A line that ends in a backslash goes on.
"""
import re
import sys

PROGRAMS = re.compile(r"^(\$ |# )?(sudo |eval |[A-Z_]+=\S* )*(sfoauth|git|ssh|curl|make|apt-get|journalctl|"
                      r"systemctl|printf|echo|sshd|install|sfoauth-worker)\b")


def unroff(line):
    return line.replace("\\e", "\\").replace("\\-", "-").replace("\\&", "")


def blocks_of_markdown(lines):
    mark, block = None, None
    for number, line in enumerate(lines, 1):
        if block is None and line.strip() == "```sh":
            block = (number, mark, [])
        elif block and line.strip() == "```":
            yield block
            block = None
        elif block:
            block[2].append((number, line))
        found = re.match(r"<!-- (.*) -->$", line.strip())
        if line.strip():
            mark = found[1] if found else None


def blocks_of_page(lines):
    mark, block = None, None
    for number, line in enumerate(lines, 1):
        if block is None and line.startswith(".Bd -literal"):
            block = (number, mark, [])
        elif block and line == ".Ed":
            first = block[2][0][1] if block[2] else ""
            if block[1] or PROGRAMS.match(first):
                yield block
            block = None
        elif block:
            block[2].append((number, unroff(line)))
        found = re.match(r'\.\\" ((?:not )?run\b.*|no commands)$', line)
        mark = found[1] if found else None


def commands(rows):
    whole, start = "", None
    for number, line in rows:
        start = start or number
        if line.endswith("\\"):
            whole += line[:-1]
            continue
        whole += line
        if whole.strip() and not whole.lstrip().startswith("#"):
            yield start, whole.strip()
        whole, start = "", None


def main():
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            lines = file.read().split("\n")
        find = blocks_of_markdown if name.endswith(".md") else blocks_of_page
        for number, mark, rows in find(lines):
            if mark == "no commands":
                continue
            for at, command in commands(rows):
                print(f"{name.rsplit('/', 1)[-1]}:{at}", mark or "unmarked", command, sep="\t")


main()
