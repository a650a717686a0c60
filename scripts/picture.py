"""Draw docs/diff.svg: what `restore --diff` prints for the first two paragraphs of the second spun seed."""

from __future__ import annotations

import re
import sys
import textwrap
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "diff.svg"
SEED = ROOT / "seeds" / "002_8a5da1890fba73c2.txt"
PARAGRAPHS, COLUMNS = 2, 96
CELL, HEIGHT, MARGIN = 8.43, 20, 20
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
STYLE = """text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d7dae0;white-space:pre}
.old{fill:#ff8f88;text-decoration:line-through}.new{fill:#7ee787;font-weight:700}
.minus{fill:#ff8f88}.plus{fill:#7ee787}.head{font-weight:700}.place{fill:#79c0ff}.dim{fill:#8b949e}"""


def styles(coloured: str) -> tuple[str, list[str]]:
    """Text without escape sequences, and the class of each of its characters.

    :param coloured: A terminal's text.
    :return: The text and one class a character.
    """
    plain: list[str] = []
    classes: list[str] = []
    current, position = "", 0
    for match in [*ESCAPE.finditer(coloured), None]:
        piece = coloured[position : match.start() if match else len(coloured)]
        plain.append(piece)
        classes += [current] * len(piece)
        if match is not None:
            position = match.end()
            current = _class(match.group(1).split(";"))
    return "".join(plain), classes


def _class(codes: list[str]) -> str:
    marked = len(codes) > 1
    names = {"31": "old" if marked else "minus", "32": "new" if marked else "plus", "36": "place", "1": "head"}
    return next((names[code] for code in ("31", "32", "36", "1") if code in codes), "")


def wrapped(plain: str, classes: list[str]) -> list[list[tuple[str, str]]]:
    """Lines of at most COLUMNS characters, each as (character, class).

    :param plain: The text.
    :param classes: One class a character.
    :return: The lines.
    """
    rows: list[list[tuple[str, str]]] = []
    position = 0
    for paragraph in plain.split("\n"):
        cursor = position
        for line in textwrap.wrap(paragraph, COLUMNS, break_on_hyphens=False) or [""]:
            cursor = plain.index(line, cursor)
            rows.append(list(zip(line, classes[cursor : cursor + len(line)], strict=True)))
            cursor += len(line)
        position += len(paragraph) + 1
    return rows


def picture(rows: list[list[tuple[str, str]]]) -> str:
    """The SVG.

    :param rows: Lines of (character, class).
    :return: The file's text.
    """
    width, height = COLUMNS * CELL + 2 * MARGIN, len(rows) * HEIGHT + 2 * MARGIN
    body = []
    for number, row in enumerate(rows):
        spans, start = [], 0
        for index in range(1, len(row) + 1):
            if index == len(row) or row[index][1] != row[start][1]:
                text = escape("".join(c for c, _ in row[start:index]))
                name = row[start][1]
                spans.append(f'<tspan class="{name}">{text}</tspan>' if name else text)
                start = index
        body.append(f'<text x="{MARGIN}" y="{MARGIN + 14 + number * HEIGHT}">{"".join(spans)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img" '
        f'aria-label="A spun article, with spun words struck out and restored words after them">'
        f'<style>{STYLE}</style><rect width="100%" height="100%" rx="8" fill="#0d1117"/>{"".join(body)}</svg>\n'
    )


def main() -> int:
    """Draw it.

    :return: 0.
    """
    sys.path.insert(0, str(ROOT))
    from restorer import Document, Restorer
    from restorer.report import reporter

    text = "".join(SEED.read_bytes().decode("utf-8").splitlines(keepends=True)[:PARAGRAPHS])
    result = Restorer.from_pretrained(ROOT / "models" / "small").restore(Document(text))
    prompt = f"$ head -{PARAGRAPHS} seeds/{SEED.name} | restore --diff -\n"
    plain, classes = styles(reporter("diff", color=True).report(result))
    rows = wrapped(prompt + plain.rstrip("\n"), ["dim"] * len(prompt) + classes)
    TARGET.write_text(picture(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
