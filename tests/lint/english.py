#!/usr/bin/env python3
"""Comments, strings and documents are plain English (CONTRIBUTING.md, "Style").

Run in the root of the tree; silent if all is well. Checks:
 - the phrases in GONE are in no comment and no string of the product, and in no document;
 - every .c file of the product and of tests/unit opens with a comment;
 - at least SHARE_MIN of the lines of each room are comments. Blank lines count for nothing, and a line
   with code and a comment counts as code.
German tables (*.de.def) and the examples in CONTRIBUTING.md of what not to write are not checked.
"""
import collections
import glob
import os
import re
import sys

SHARE_MIN = 0.15

# (what is wrong, as a pattern; what to write). Blanks match any white space, also a line end.
GONE = [
    (r"an? (yes|no)(?![-/\w])(?! (such|longer)\b)", "approval, refusal"),
    (r"whoever", "anyone who, the process that"),
    (r"to whom", "who ... to, or name the person"),
    (r"(is|are|was|were) told", "gets, is informed, or what the program prints"),
    (r"(is|are|was|were) to (be|have)", "must be"),
    (r"none of (ours|our)", "not handled by sfoauth"),
    (r"of (its|his|her|their|our) own making", "created by ..."),
    (r"where (it|he|she|one|that|this|there) (has|is|does) (not|none)", "if ... not"),
    (r"as good as", "almost, equivalent to"),
    (r"heed(s|ed)?", "read, obey, use"),
    (r"(is|are|was|were) had", "exists, is available"),
    (r"(to|can|could|cannot) be had", "is available"),
    (r"any more", "no longer, or nothing"),
    (r"once more", "again"),
    (r"nobody's", "of class nobody, or belongs to no ..."),
    (r"all the same", "anyway"),
    (r"by halves", "incompletely"),
    (r"hangs? on", "depends on"),
    (r"mend(s|ed)?", "fix, repair"),
    (r"good for nothing", "useless"),
    (r"but for", "except for"),
]

STRING = r'"(?:[^"\\\n]|\\.)*"'
TOKEN = re.compile(rf"{STRING}|'(?:[^'\\\n]|\\.)+'|//[^\n]*|/\*.*?\*/", re.S)
PRODUCT = [f"{space}/**/*.{end}" for space in ("common", "credhelper", "pam_sfoauth") for end in ("c", "h", "def")]
DOCUMENTS = ["*.md", "*/DESIGN.md", "tests/README.md", "man/*.in"]


def files(patterns):
    return sorted(path for p in patterns for path in glob.glob(p, recursive=True) if not path.endswith(".de.def"))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def blank(text):
    """As many characters and the same lines, without words."""
    return re.sub(r"[^\n]", " ", text)


def words_of(path):
    """The text that people read; everything else is blank, so that line numbers stay right."""
    text = read(path)
    if path.endswith((".c", ".h", ".def")):
        out, end = [], 0
        for m in TOKEN.finditer(text):
            literal = "" if m[0][0] == "'" else m[0]
            out += [blank(text[end : m.start()]), literal or blank(m[0])]
            end = m.end()
        text = "".join(out) + blank(text[end:])
        # A sentence goes on over the frame of a comment, and over two literals.
        text = re.sub(r"(?m)^([ \t]*) \*(?=[ \t\n])", r"\1  ", text)
        return text.replace('"', " ")
    if path == "CONTRIBUTING.md":
        return re.sub(r"(?ms)^\| not \| but \|\n.*?(?=^\n)", lambda m: blank(m[0]), text)
    return text


def phrases(path):
    text = words_of(path)
    for pattern, instead in GONE:
        spaced = pattern.replace(" ", r"\s+")
        for m in re.finditer(rf"(?i)\b(?:{spaced})(?!\w)", text):
            line = text.count("\n", 0, m.start()) + 1
            yield line, " ".join(m[0].split()), instead


def count_lines(path):
    """Lines of comments, and lines of code."""
    code = TOKEN.sub(lambda m: m[0] if m[0][0] in "\"'" else re.sub(r"\S", "\0", m[0]), read(path))
    lines = [line.strip() for line in code.split("\n") if line.strip()]
    comments = sum(1 for line in lines if not line.replace("\0", "").strip())
    return comments, len(lines) - comments


def shares(paths):
    """The comments' share of the lines of each room, and of the whole product."""
    counts = collections.defaultdict(lambda: [0, 0])
    for path in (p for p in paths if p.endswith((".c", ".h"))):
        comments, code = count_lines(path)
        for room in (os.path.dirname(path), "the product"):
            counts[room][0] += comments
            counts[room][1] += code
    return {room: comments / max(1, comments + code) for room, (comments, code) in counts.items()}


def main():
    bad = 0
    product = files(PRODUCT)
    for path in product + files(DOCUMENTS):
        for line, phrase, instead in phrases(path):
            print(f"english: {path}:{line}: \"{phrase}\"; write: {instead}")
            bad = 1
    for path in (p for p in product + files(["tests/unit/*.c"]) if p.endswith(".c")):
        if not read(path).startswith(("/*", "//")):
            print(f"english: {path}: opens without a comment that says what the file is")
            bad = 1
    for room, share in sorted(shares(product).items()):
        if "--share" in sys.argv:
            print(f"{share:.1%} {room}")
        if share < SHARE_MIN:
            print(f"english: {share:.1%} of the lines of {room} are comments; at least {SHARE_MIN:.0%} are required")
            bad = 1
    sys.exit(bad)


if __name__ == "__main__":
    main()
