"""One-token mutants of a C file: operators, comparisons, constants, dropped statements, flags and
table rows, negated conditions. Never in comments, strings and types.

mutants(path) -> list of Mutant. A mutant is named by the name of its file, its function and the words
around it, so that its name stays the same while lines, and files, move.
"""
import collections
import os
import re

Token = collections.namedtuple("Token", "text kind start end")
# name: UNIT:FUNCTION:WORDS {OLD -> NEW} WORDS, UNIT the last part of the path; text[start:end] becomes new.
Mutant = collections.namedtuple("Mutant", "name file function start end new")

SCANNER = re.compile(r"""
    (?P<skip>   \s+ | /\*.*?\*/ | //[^\n]* )
  | (?P<hash>   ^\#(?:[^\n\\]|\\.|\\\n)* )
  | (?P<string> "(?:[^"\\\n]|\\.)*" )
  | (?P<char>   '(?:[^'\\\n]|\\.)+' )
  | (?P<number> \d[\w.]* )
  | (?P<word>   [A-Za-z_]\w* )
  | (?P<op>     <<= | >>= | -> | \+\+ | -- | << | >> | <= | >= | == | != | && | \|\| | [-+*/%&|^]= | \.\.\. | . )
""", re.VERBOSE | re.DOTALL | re.MULTILINE)

BINARY = {"==": ["!="], "!=": ["=="], "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
          "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"], "&": ["|"],
          "|": ["&"], "^": ["&"], "<<": [">>"], ">>": ["<<"], "++": ["--"], "--": ["++"], "+=": ["-="],
          "-=": ["+="], "|=": ["&="], "&=": ["|="], "?": ["|| 1 ?", "&& 0 ?"]}
UNARY = {"!": [""], "~": [""], "-": [""], "++": ["--"], "--": ["++"]}
TYPES = set("const static struct enum union char int unsigned long short void bool size_t ssize_t uint8_t uint16_t "
            "uint32_t uint64_t int64_t off_t uid_t gid_t mode_t SF_CLEANUP DIR _Static_assert".split())
BLOCKS = {"if", "for", "while", "switch", "do", "else", "case", "default"}
ESCAPES = {"\\0": "\\1", "\\n": "\\r", "\\t": "\\v", "\\r": "\\n", "\\\\": "/", "\\'": '"'}
CLOSES = {"(": ")", "[": "]", "{": "}"}
AROUND = 5
# Blanks between tokens that nobody would write.
TIGHT = re.compile(r" (?=[](),;[.]|->)|(?<=[([.!]) |(?<=->) ")


def scan(text):
    tokens = [Token(m.group(), m.lastgroup, m.start(), m.end()) for m in SCANNER.finditer(text)]
    return [t for t in tokens if t.kind != "skip"]


def match_brackets(tokens):
    """-> index of an opening bracket: index of the one that closes it"""
    pairs, stack = {}, []
    for i, token in enumerate(tokens):
        if token.kind == "op" and token.text in CLOSES:
            stack.append(i)
        elif token.kind == "op" and token.text in CLOSES.values():
            pairs[stack.pop()] = i
    return pairs


def numbers_beside(text):
    """The neighbours of a number, spelt like it."""
    digits, suffix = re.fullmatch(r"(0x[0-9a-fA-F]+|\d+)(\w*)", text).groups()
    if digits.startswith("0x"):
        value, spelling = int(digits, 16), hex
    elif len(digits) > 1 and digits[0] == "0":
        value, spelling = int(digits, 8), lambda n: f"0{n:o}"
    else:
        value, spelling = int(digits), str
    near = [1] if value == 0 else [value - 1] if value == 1 else [value + 1, value - 1]
    return [spelling(n) + suffix for n in near]


def chars_beside(text):
    inner = text[1:-1]
    return [f"'{ESCAPES[inner]}'"] if inner in ESCAPES else [f"'{chr(ord(inner) + 1)}'"] if len(inner) == 1 else []


class File:
    """The tokens of one file, and what is known about each of them."""

    def __init__(self, path):
        self.path, self.unit = path, os.path.basename(path)
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.tokens = scan(self.text)
        self.pairs = match_brackets(self.tokens)
        self.functions = [""] * len(self.tokens)
        self.starts = set()  # where statements begin
        self.tables = set()  # inside of initialisers
        self.mark()

    def word(self, i):
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def mark(self):
        """Functions and initialisers at file scope, and the statements in them."""
        i, name = 0, ""
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.kind == "word" and (self.word(i + 1) in ("(", "[") or self.word(i + 1) == "="):
                name = token.text
            if token.text == "{":
                end = self.pairs[i]
                self.functions[i:end] = [name] * (end - i)
                if self.word(i - 1) == ")":
                    self.mark_statements(i, end)
                elif self.word(i - 1) == "=":
                    self.tables.update(range(i + 1, end))
                i = end
            elif token.text in ("(", "["):
                i = self.pairs[i]
            elif token.text == ";":
                name = ""
            i += 1

    def mark_statements(self, i, end):
        is_start, stop = True, 0
        while i < end:
            i += 1
            text = self.word(i)
            if is_start and text not in ("{", "}", ";"):
                self.starts.add(i)
            is_start = text in ("{", "}", ";", "else", "do")
            if text == "{" and self.word(i - 1) in ("=", ",", "{", ")") and i > stop:
                # A compound literal or initialiser, where it is no block.
                before = self.word(i - 1)
                if before == "=" or (before == ")" and not self.is_block(i)):
                    stop = self.pairs[i]
                    self.tables.update(range(i + 1, stop))
                    i, is_start = stop, False
            elif text == "(":
                opened, i = i, self.pairs[i]
                is_start = self.word(opened - 1) in ("if", "for", "while", "switch")
            elif text == ":" and self.word(i - 2) in ("case", "") or text == ":" and self.word(i - 1) == "default":
                is_start = True

    def is_block(self, brace):
        """Is the brace after `)` that of if, for, while or switch?"""
        opened = next(o for o, c in self.pairs.items() if c == brace - 1)
        return self.word(opened - 1) in ("if", "for", "while", "switch")

    def is_declaration(self, start):
        """Does the statement declare something? Labels and calls do not."""
        return (self.word(start) in TYPES or
                (self.tokens[start].kind == "word" and self.word(start) not in BLOCKS | {"return"}
                 and re.match(r"\w", self.word(start + 1)) is not None))

    def statement_end(self, start):
        i = start
        while i < len(self.tokens) and self.word(i) not in (";", "{", "}"):
            i = self.pairs.get(i, i) + 1
        return i if self.word(i) == ";" else None

    def name_of(self, first, last, change):
        """The words around the tokens first to last, which change says."""
        low, high = max(0, first - AROUND), min(len(self.tokens), last + 1 + AROUND)
        while low < first and any(self.word(j) in (";", "{", "}") for j in range(low, first)):
            low += 1
        before = TIGHT.sub("", " ".join(t.text for t in self.tokens[low:first]))
        after = []
        for token in self.tokens[last + 1 : high]:
            after.append(token.text)
            if token.text in (";", "{", "}"):
                break
        return f"{before} {{{change}}} {TIGHT.sub('', ' '.join(after))}".strip()

    # ---- The kinds of mutants: (first token, last token, new text, what changes)

    def replaced(self, i, new):
        return i, i, new, f"{self.word(i)} -> {new}".strip()

    def operators(self, i):
        text, before = self.word(i), self.tokens[i - 1] if i else None
        is_binary = before is not None and (before.kind in ("word", "number", "char", "string") and
                                            before.text not in ("return", "case") or before.text in (")", "]", "++", "--"))
        if text == "*" and (self.word(i - 1) in TYPES or self.word(i - 2) == "struct"):
            return  # a pointer
        table = BINARY if is_binary else UNARY
        for new in table.get(text, []):
            yield self.replaced(i, new)
        if text == "|" and self.tokens[i + 1].kind == "word" and self.word(i + 2) != "(":
            yield i, i + 1, "", f"drop | {self.word(i + 1)}"

    def constants(self, i):
        token = self.tokens[i]
        if token.kind == "number" and not (self.word(i - 1) == "[" and self.word(i + 1) == "]"
                                           and self.is_size(i)):
            for new in numbers_beside(token.text):
                yield self.replaced(i, new)
        elif token.kind == "char":
            for new in chars_beside(token.text):
                yield self.replaced(i, new)
        elif token.text in ("true", "false"):
            yield self.replaced(i, "false" if token.text == "true" else "true")

    def is_size(self, i):
        """Does this number in brackets say how large a declared array is?"""
        start = max((s for s in self.starts if s <= i), default=None)
        return start is None or (self.is_declaration(start)
                                 and "=" not in (self.word(j) for j in range(start, i)))

    def statements(self, i):
        if i not in self.starts or self.is_declaration(i) or self.word(i) in BLOCKS:
            return
        end = self.statement_end(i)
        if end is None or (self.word(i) == "return" and self.functions[end + 1] == ""):
            return
        yield i, end, ";", "drop"

    def conditions(self, i):
        if self.word(i) in ("if", "while") and self.word(i + 1) == "(":
            end = self.pairs[i + 1]
            inner = self.text[self.tokens[i + 1].end : self.tokens[end].start]
            yield i + 1, end, f"(!({inner}))", "!"

    def rows(self, i):
        """A row of a table that has others."""
        if self.word(i) == "{" and i in self.tables:
            end = self.pairs[i]
            if self.word(end + 1) == "," and self.word(i - 1) in ("{", ",", "}"):
                yield i, end + 1, "", "drop"

    def defined(self, token):
        found = re.fullmatch(r"#define\s+(\w+)\s+(\d+)\b.*", token.text)
        if found:
            for new in numbers_beside(found.group(2)):
                start = token.start + found.start(2)
                yield Mutant(f"{self.unit}::#define {found.group(1)} {{{found.group(2)} -> {new}}}", self.path,
                             "", start, start + len(found.group(2)), new)

    def mutants(self):
        for i, token in enumerate(self.tokens):
            if token.kind == "hash":
                yield from self.defined(token)
            if self.functions[i] == "":
                continue
            kinds = (self.operators, self.constants, self.statements, self.conditions, self.rows)
            for first, last, new, change in (found for kind in kinds for found in kind(i)):
                if change in ("drop", "!"):
                    words = TIGHT.sub("", " ".join(t.text for t in self.tokens[first : last + 1][: 3 * AROUND]))
                    place = f"{{{change}}} {words}"
                else:
                    place = self.name_of(first, last, change)
                start, end = self.tokens[first].start, self.tokens[last].end
                # Lines stay where they are: what else is compiled depends on the change alone.
                lines = "\n" * (self.text.count("\n", start, end) - new.count("\n"))
                yield Mutant(f"{self.unit}:{self.functions[i]}:{place}", self.path, self.functions[i], start, end,
                             new + lines)


def mutants(path):
    counts, found = collections.Counter(), []
    for mutant in File(path).mutants():
        counts[mutant.name] += 1
        if counts[mutant.name] > 1:
            mutant = mutant._replace(name=f"{mutant.name} #{counts[mutant.name]}")
        found.append(mutant)
    return found
