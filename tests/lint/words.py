#!/usr/bin/env python3
"""Every sentence for a person stands in a table.

  words.py [FILE...]    of these files only: where a sentence stands in the code

Silent when each row of messages.def is used, each use gives a row the arguments that it has, and no
string in credhelper/ is a sentence of its own. Details of failures (SF_FAIL) and lines for the log
may be: they are for whoever mends things. What looks like a sentence and is none is in PLAIN.
"""
import glob
import re
import sys

PLAIN = {
    # Values of options, and scripts for shells.
    "options.h": ("bash zsh fish",),
    "options.c": ("login consent", "none publickey", "sshd login", "raw header", "csv table"),
    "cmd_completion.c": ("",),
    "doctor_parts.c": ("not ok  ",),  # what sfoauth-selftest prints
    "reason.c": ("rows of reason.de.def",),
    "git-credential-sfoauth.c": ("capability authtype",),
    "setup_guide.c": ("pam_sfoauth.so", "UsePAM yes"),
    "setup.c": ("openid id",),
    "setup_host.c": ("Match User",),
    # Labels of items in the keyring.
    "store_secret_service.c": ("Salesforce sign-in of",),
    "store_credentials.c": ("Consumer secret of", "Salesforce password of"),
}

STRING = r'"(?:[^"\\\n]|\\.)*"'
TABLE = "credhelper/cli/ui/messages/*.def"


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def code_of(path):
    """Without comments; strings stay."""
    keep = re.compile(rf"{STRING}|'(?:[^'\\]|\\.)+'|//[^\n]*|/\*.*?\*/", re.S)
    return keep.sub(lambda m: m[0] if m[0][0] in "\"'" else "", read(path))


def joined(text):
    """A literal in several parts as one, without quotes."""
    return "".join(part[1:-1] for part in re.findall(STRING, text))


def balanced(code, start):
    """What is between the parenthesis at start and its other half; both left out."""
    depth = 0
    for m in re.finditer(rf"{STRING}|'(?:[^'\\]|\\.)+'|[()]", code[start:]):
        if m[0] in "()":
            depth += 1 if m[0] == "(" else -1
            if depth == 0:
                return code[start + 1 : start + m.start()]
    return code[start + 1 :]


def names(row):
    return {re.split(r"[|]", mark)[0] for mark in re.findall(r"{([^}]*)}", row)}


def table():
    rows = {}
    for path in sorted(glob.glob(TABLE)):
        if path.endswith(".de.def"):
            continue
        code = code_of(path)
        for m in re.finditer(r"SF_MESSAGE\((\w+),", code):
            rows[m[1]] = names(joined(balanced(code, m.start() + len("SF_MESSAGE"))))
    return rows


def uses(path, rows):
    """Names that follow a row as SF_WITH: {"name", value}. Rows that a variable chooses share one."""
    code = code_of(path)
    for m in re.finditer(r"\bSF_MESSAGE_(\w+)\b", code):
        if m[1] == "COUNT" or m[1] not in rows:
            continue
        yield m[1], None
        rest = re.match(r"(?:\s*:\s*SF_MESSAGE_\w+)?\s*,\s*SF_WITH(?=\()", code[m.end() :])
        if rest:
            given = balanced(code, m.end() + rest.end())
            yield m[1], set(re.findall(r'{\s*"(\w+)"\s*,', given))


def sentences(path):
    code = code_of(path)
    for call in ("SF_FAIL", "sf_log_line", "sf_err_fill"):
        for m in reversed(list(re.finditer(rf"\b{call}(?=\()", code))):
            end = m.end() + len(balanced(code, m.end())) + 2
            code = code[: m.start()] + code[end:]
    for m in re.finditer(rf"(?:{STRING}\s*)+", code):
        text = joined(m[0])
        if not re.search(r"[A-Za-z]{2,}[,.:;]? +[a-z]{2,}", re.sub(r"%-?[0-9*.]*[a-zA-Z]|\\n", " ", text)):
            continue
        if not any(plain in text for plain in PLAIN.get(path.split("/")[-1], ())):
            yield text


def main():
    rows, used, bad = table(), set(), 0
    chosen = sys.argv[1:]
    sources = sorted(glob.glob("credhelper/**/*.[ch]", recursive=True))
    for path in sources:
        for word, given in uses(path, rows):
            used.add(word)
            if given is not None and given != rows[word]:
                print(f"words: {path}: {word} has {sorted(rows[word])}, and is given {sorted(given)}")
                bad = 1
    for word in sorted(set(rows) - used):
        print(f"words: nothing says {word}")
        bad = 1
    for path in chosen or sources:
        for text in sentences(path):
            print(f"words: {path}: a sentence in the code: {text[:90]}")
            bad = 1
    sys.exit(bad)


main()
