"""Write docs/cli.md from the program's own help, or with --check say whether it is up to date."""

from __future__ import annotations

import os
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
WIDTH = 100

HEAD = """\
# Command line

<!-- Written by scripts/cli_docs.py from `restore --help`; change the help, then run `make docs`. -->

`restore FILE...` restores; `restore batch`, `restore detect`, `restore explain`, `restore sites`, `restore sources` and
`restore train` are commands of their own and come first. A file of that name is reached as `./detect`.

| exit status | means |
|---|---|
| 0 | done; for `detect`: nothing found |
| 1 | `detect` found something; `batch` came to its end, but for records that `errors.jsonl` names |
| 2 | error: one line on stderr says why; nothing was printed or written, or it names what `--in-place` did change |
| 130 | interrupted from the keyboard; files are whole, and the answers of a review are kept |
| 141 | whoever read the output stopped reading |

Settings come from the command line, else from `RESTORER_` variables of the environment (`RESTORER_FPR`,
`RESTORER_MODEL`, ...), else from the nearest `restorer.toml` or `[tool.restorer]` in `pyproject.toml` upwards of the
working folder, else from the defaults. The keys are {keys}.
"""


def page() -> str:
    """The whole page.

    :return: Markdown, the same whatever the terminal.
    """
    from restorer.cli.app import command
    from restorer.config import Settings

    os.environ["COLUMNS"] = str(WIDTH)
    group = command()
    keys = ", ".join(f"`{key}`" for key in Settings.__dataclass_fields__)
    parts = [HEAD.format(keys=keys), _section("restore", group.get_help(group.make_context("restore", ["-"])))]
    root = group.make_context("restore", ["-"])
    for name in group.list_commands(root):
        child = group.commands[name]
        context = child.context_class(child, info_name=name, parent=root, max_content_width=WIDTH)
        parts.append(_section(f"restore {name}", child.get_help(context)))
    return "\n".join(parts)


def _section(title: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return f"## {title}\n\n```\n{lines}\n```\n"


def main(arguments: list[str]) -> int:
    """Write or check the page.

    :param arguments: ``--check`` or nothing.
    :return: 0, or 1 when the check fails.
    """
    text = page()
    if "--check" not in arguments:
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print("docs/cli.md is out of date; run: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
