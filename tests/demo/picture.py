#!/usr/bin/python3
"""A terminal's text as an SVG picture, and back.

  picture.py draw <TEXT >SVG    prompts, typed words, addresses and codes get colours; a line that
                                begins with ">> " is about what happens elsewhere
  picture.py text <SVG >TEXT    the lines that the picture shows
"""
import re
import sys
import xml.etree.ElementTree as tree
from xml.sax.saxutils import escape

TITLE = "A login by ssh with Salesforce, and what works in that session"
FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
SIZE, ADVANCE, LINE = 14, 8.43, 20  # pixels: a letter's height and width, a line
BORDER, BAR = 20, 34
NAMESPACE = "{http://www.w3.org/2000/svg}"
PROMPT = re.compile(r"(\S+@\S+\$ )(.*)")
MARKS = re.compile(r"https://\S+|(?<=2\. Enter  )\S+")
STYLE = """text{font:%dpx %s;fill:#d1d7e0;white-space:pre}
.prompt{fill:#57c785}.typed{fill:#ffffff;font-weight:600}.address{fill:#6cb6ff}.code{fill:#f0c674;font-weight:600}
.aside{fill:#9da7b3;font-style:italic}""" % (SIZE, FONT)


def span(kind, text):
    return f'<tspan class="{kind}">{escape(text)}</tspan>' if text else ""


def marked(text):
    """With addresses and codes in their colours."""
    out, at = "", 0
    for found in MARKS.finditer(text):
        kind = "address" if found[0].startswith("https:") else "code"
        out += escape(text[at:found.start()]) + span(kind, found[0])
        at = found.end()
    return out + escape(text[at:])


def line_of(text):
    prompt = PROMPT.fullmatch(text)
    if prompt:
        return span("prompt", prompt[1]) + span("typed", prompt[2])
    if text.startswith(">> "):
        return span("aside", text)
    return marked(text)


def draw(lines):
    width = round(max(len(line) for line in lines) * ADVANCE) + 2 * BORDER
    height = BAR + len(lines) * LINE + BORDER
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
          f'viewBox="0 0 {width} {height}" role="img">')
    print(f"<title>{TITLE}</title>\n<style>{STYLE}</style>")
    print(f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" '
          'fill="#161b22" stroke="#444c56"/>')
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        print(f'<circle cx="{BORDER + 18 * number}" cy="18" r="5.5" fill="{colour}"/>')
    for number, line in enumerate(lines):
        y = BAR + (number + 1) * LINE - 5
        print(f'<text x="{BORDER}" y="{y}" xml:space="preserve">{line_of(line)}</text>')
    print("</svg>")


def text_of(svg):
    return ["".join(line.itertext()) for line in tree.fromstring(svg).iter(NAMESPACE + "text")]


def main():
    if sys.argv[1:] == ["draw"]:
        draw(sys.stdin.read().rstrip("\n").split("\n"))
    elif sys.argv[1:] == ["text"]:
        print("\n".join(text_of(sys.stdin.read())))
    else:
        sys.exit(__doc__)


main()
