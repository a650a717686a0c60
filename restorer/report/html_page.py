"""What every stand-alone page has in common: its head, and how figures and findings are shown in it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

from restorer.report.characters import ACTING, picture
from restorer.report.html_style import STYLE

__all__ = ["figures", "head", "in_context", "shown"]


def head(title: str, more_style: str = "", script: str = "") -> str:
    """Beginning of a page, up to its body.

    The style sheet, and the script if there is one, are the only things the page may load, and only in exactly this
    form: the policy names their hashes.

    :param title: The page's title.
    :param more_style: Rules of its own, behind those of :data:`restorer.report.html_style.STYLE`.
    :param script: Its script, which stands at its end.
    :return: HTML.
    """
    style = STYLE + more_style
    scripts = f"script-src 'sha256-{_digest(script)}'; " if script else ""
    policy = f"default-src 'none'; style-src 'sha256-{_digest(style)}'; {scripts}base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def figures(cells: Mapping[str, str]) -> str:
    """Figures with their names.

    :param cells: Name → figure.
    :return: HTML.
    """
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{shown(value)}</dd></div>" for name, value in cells.items())
    return f'<dl class="figures">{rows}</dl>'


def in_context(finding: Mapping[str, Any]) -> str:
    """A finding with the words around it, up to the ends of its line.

    :param finding: As a row of ``documents.parquet`` has it.
    :return: HTML.
    """
    old, new = shown(finding["text"]), shown(finding["replacement"] or "")
    body = f"<mark>{old}</mark>"
    if finding["applied"]:
        body = f"<del>{old}</del>" + (f" <ins>{new}</ins>" if new else "")
    before, after = finding["before"].split("\n")[-1], finding["after"].split("\n")[0]
    return f'<p class="example" dir="auto">…{shown(before)}{body}{shown(after)}…</p>'


def shown(text: str) -> str:
    """Text as HTML, with acting characters as labelled pictures.

    :param text: Any text.
    :return: HTML without markup from the text.
    """
    escaped = escape(text.replace("\r\n", "\n"))
    return ACTING.sub(lambda match: f'<span class="acting">{escape(picture(match.group()))}</span>', escaped)
