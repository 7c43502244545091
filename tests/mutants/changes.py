#!/usr/bin/python3
"""Find the place in the product that a row of the file list changes, and change it.

  changes.py check              every row resolves; prints those that do not, status 1
  changes.py files              the files that the rows change, one a line
  changes.py apply PLACE [DIR]  change the source, with a copy of the file in DIR; prints the name of the file
  changes.py show PLACE         print the change as a difference, and change nothing

PLACE is the second column of a row, UNIT:FUNCTION:CHANGE (the grammar stands at the top of list).
"""
import collections
import difflib
import functools
import glob
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
import tokens  # pylint: disable=wrong-import-position

ROOMS = ("common", "credhelper", "pam_sfoauth")
LIST = "tests/mutants/list"
CONSTANTS = {"never": "false", "always": "true"}
JOINS = ("&&", "||", "|")
CLOSERS = (")", "]", "}")
Row = collections.namedtuple("Row", "number is_short why place killers")
# Of the tokens first to last of a file, last included; new takes their place. first > last: nothing is taken.
Edit = collections.namedtuple("Edit", "first last new")


class Unresolved(Exception):
    """A row names something that is not in the source. Its text says what."""


def read_rows():
    with open(LIST, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            why, _, rest = line.removeprefix("* ").partition(" | ")
            place, separator, killers = rest.rpartition(" | ")
            if not separator or place.count(":") < 2:
                sys.exit(f"{LIST}:{number}: a row is WHY | UNIT:FUNCTION:CHANGE | KILLERS")
            yield Row(number, line.startswith("* "), why, place, killers.split())


# ---- Files, by the last part of their path

@functools.cache
def product():
    """-> the paths of all sources"""
    return sorted(path for room in ROOMS for kind in ("c", "def", "h")
                  for path in glob.glob(f"{room}/**/*.{kind}", recursive=True))


@functools.cache
def opened(path):
    return Source(path)


def path_of(unit):
    found = [path for path in product() if f"/{path}".endswith(f"/{unit}")]
    if len(found) > 1:
        raise Unresolved(f"{unit} is the name of several files: {' '.join(found)}")
    return found[0] if found else None


def source_of(unit, function):
    """The file of the unit; where the function has moved out of it, the only other file that has it."""
    path = path_of(unit)
    if path and opened(path).range_of(function):
        return opened(path)
    others = [p for p in product() if not p.endswith(".h") and opened(p).range_of(function)]
    if len(others) == 1:
        return opened(others[0])
    what = f"{unit} has no {function}" if path else f"there is no file {unit}"
    raise Unresolved(f"{what}; {function} is in {' and in '.join(others) if others else 'no file at all'}")


class Source(tokens.File):
    """A file, and where its functions, tables and rows are."""

    def __init__(self, path):
        super().__init__(path)
        self.ranges, self.rows_of = {}, {}
        if path.endswith(".def"):
            self.find_rows()
            return
        for i, function in enumerate(self.functions):
            if function:
                first, _ = self.ranges.get(function, (i, i))
                self.ranges[function] = (first, i + 1)

    def find_rows(self):
        """In a .def a row is known by its first argument; several may share it."""
        i = 0
        while i < len(self.tokens):
            if self.tokens[i].kind == "word" and self.word(i + 1) == "(":
                end = self.pairs[i + 1]
                self.rows_of.setdefault(self.word(i + 2), []).append((i, end))
                i = end
            i += 1
        self.ranges = {name: (found[0][0], found[-1][1]) for name, found in self.rows_of.items()}

    def range_of(self, function):
        """-> its first and last token: the braces of a function or table, the whole of a row"""
        return self.ranges.get(function)

    def matches(self, pattern, low, high):
        """-> of every place that the pattern fits, where each of its tokens is, and the token after"""
        found = (self.match_at(pattern, i, high) for i in range(low, high + 1))
        return [places for places in found if places]

    def match_at(self, pattern, i, high):
        """-> where each token of the pattern is, and the token after, if it fits at i; else None"""
        if not pattern:
            return [i]
        if pattern[0] == "...":
            start = i
            while True:
                rest = self.match_at(pattern[1:], i, high)
                if rest:
                    return [start] + rest
                if i > high or self.word(i) in CLOSERS:
                    return None
                i = self.pairs.get(i, i) + 1
        rest = self.match_at(pattern[1:], i + 1, high) if i <= high and fits(pattern[0], self.tokens[i]) else None
        return [i] + rest if rest else None

    def changed(self, edits):
        """-> the text of the file after the edits, its lines where they were"""
        text = self.text
        for first, last, new in sorted(edits, reverse=True):
            start = self.tokens[first].start
            end = self.tokens[last].end if first <= last else start
            text = text[:start] + f" {new} " + "\n" * text.count("\n", start, end) + text[end:]
        return text


def fits(wanted, token):
    if wanted == "_":
        return token.kind == "word"
    if wanted == '"..."':
        return token.kind == "string"
    return wanted == token.text


# ---- Changes

class Change:
    """One change: the pattern, which of its tokens go, what comes, and which match is meant."""

    def __init__(self, text):
        self.text = text
        self.which = None
        numbered = re.search(r" #(\d+|\*)$", text)
        if numbered:
            self.which = numbered.group(1)
            text = text[: numbered.start()]
        self.is_addition = text.startswith("add ")
        if self.is_addition:
            self.new = text[4:]
            return
        before, middle, after = outer_group(text)
        self.verb, old, self.new = read_group(middle)
        self.before, self.old, self.after = (words_of(part) for part in (before, old, after))
        if not self.before + self.old + self.after:
            raise Unresolved("the change is empty")

    def edits(self, source, low, high):
        if self.is_addition:
            return [Edit(low + 1, low, self.new)]
        found = source.matches(self.before + self.old + self.after, low, high)
        if self.which is None and len(found) > 1:
            raise Unresolved(f"it fits {len(found)} places: add #1 to #{len(found)}, or #* for all, or words around it")
        chosen = found if self.which in (None, "*") else found[int(self.which) - 1 : int(self.which)]
        if not chosen:
            raise Unresolved(f"`{self.text}` fits nothing there")
        return [self.edit_at(source, places) for places in chosen]

    def edit_at(self, source, places):
        low, high = places[len(self.before)], places[len(self.before + self.old)] - 1
        if self.verb != "drop":
            return Edit(low, high, self.new)
        if source.word(high) == ";":
            return Edit(low, high, ";")
        # An operand goes with the operator that joins it.
        joins = {source.word(low), source.word(high)} & set(JOINS)
        if not joins and source.word(low - 1) in JOINS:
            low -= 1
        elif not joins and source.word(high + 1) in JOINS:
            high += 1
        return Edit(low, high, "")


def words_of(text):
    return [t.text for t in tokens.scan(text)]


def arrow_in(text):
    """-> where ` -> ` stands outside of inner braces, or -1"""
    depth = 0
    for token in tokens.scan(text):
        if token.kind == "op" and token.text in "{}":
            depth += 1 if token.text == "{" else -1
        is_apart = text[token.start - 1 : token.start] in ("", " ") and text[token.end : token.end + 1] in ("", " ")
        if token.text == "->" and depth == 0 and is_apart:
            return token.start
    return -1


def outer_group(text):
    """-> before, {the change}, after; without braces around a change, it is all of the text"""
    found = tokens.scan(text)
    try:
        pairs = tokens.match_brackets(found)
    except IndexError:
        raise Unresolved(f"`{text}` closes a bracket that it does not open") from None
    for i, token in enumerate(found):
        if token.text == "{" and token.kind == "op" and i in pairs:
            end = found[pairs[i]]
            inner = text[token.end : end.start]
            if arrow_in(inner) >= 0 or inner.split(" ", 1)[0] in ("drop", *CONSTANTS):
                return text[: token.start], inner, text[end.end :]
    return "", text, ""


def read_group(text):
    """-> verb, old, new"""
    verb, _, rest = text.partition(" ")
    if verb == "drop":
        return verb, rest, ""
    if verb in CONSTANTS:
        return verb, rest, CONSTANTS[verb]
    at = arrow_in(text)
    if at < 0:
        raise Unresolved(f"`{text}` is no change: never, always, drop, add, or OLD -> NEW")
    if "_" in words_of(text[at + 2 :]):
        raise Unresolved(f"`{text}` puts in `_`, which is no name")
    return "", text[:at], text[at + 2 :].strip()


def resolve(place):
    """-> the source and its edits"""
    unit, function, change = (part.strip() for part in place.split(":", 2))
    source = source_of(unit, function)
    if change == "drop row" and source.rows_of:
        return source, [Edit(low, high, "") for low, high in source.rows_of[function]]
    edits = []
    for part in change.split(" AND "):
        named = re.match(r"(\w+): ?(.*)", part)
        if named:
            function, part = named.groups()
        if not source.range_of(function):
            raise Unresolved(f"{source.path} has no {function}")
        edits += Change(part).edits(source, *source.range_of(function))
    if all(words_of(edit.new) == [t.text for t in source.tokens[edit.first : edit.last + 1]] for edit in edits):
        raise Unresolved("it changes nothing")
    return source, edits


# ---- Commands

def check():
    bad = count = 0
    for row in read_rows():
        count += 1
        try:
            resolve(row.place)
        except (Unresolved, ValueError) as error:
            bad += 1
            print(f"{LIST}:{row.number}: {row.why}: {error}")
    if bad:
        print(f"{bad} of {count} sabotages name what is not there any more; tests/README.md says how a row is written")
    return 1 if bad else 0


def files():
    found = set()
    for row in read_rows():
        try:
            found.add(resolve(row.place)[0].path)
        except (Unresolved, ValueError):
            pass
    print(*sorted(found), sep="\n")
    return 0


def apply(place, copies=None, is_shown=False):
    try:
        source, edits = resolve(place)
    except (Unresolved, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    text = source.changed(edits)
    if is_shown:
        print(*difflib.unified_diff(source.text.splitlines(), text.splitlines(), source.path, source.path,
                                    lineterm="", n=1), sep="\n")
        return 0
    if copies:
        shutil.copy2(source.path, copies)
    with open(source.path, "w", encoding="utf-8") as file:
        file.write(text)
    print(source.path)
    return 0


def main():
    command, *rest = sys.argv[1:] or [""]
    if command in ("check", "files") and not rest:
        return {"check": check, "files": files}[command]()
    if command == "apply" and len(rest) in (1, 2):
        return apply(*rest)
    if command == "show" and len(rest) == 1:
        return apply(rest[0], is_shown=True)
    sys.exit(__doc__)


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    sys.exit(main())
