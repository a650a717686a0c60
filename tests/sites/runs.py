"""Runs for tests of sites, written as a batch writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from restorer.batch.tables import DocumentsWriter

__all__ = ["finding", "page", "write_run"]


def finding(text: str, replacement: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    base = {"before": "the ", "text": text, "after": " of it", "replacement": replacement, "confidence": 0.9}
    return base | {"kind": "wording", "leftover": None, "applied": True} | more


def page(url: str, probability: float = 0.0, density: float = 0.0, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    findings = more.pop("findings", [])
    base = {"file": "crawl", "number": 1, "id": url, "url": url, "title": "", "date": "", "words": 300}
    base |= {"spun_probability": probability, "spin_density": density, "quotes_spun": None, "capitals_spun": None}
    base |= {"leftovers": 0, "flagged": len(findings), "applied": len(findings), "source": "", "source_date": ""}
    return base | more | {"findings": json.dumps(findings)}


def write_run(folder: Path, pages: Iterable[dict[str, Any]]) -> Path:
    """An output folder with these pages."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = DocumentsWriter(folder / "documents.parquet")
    for row in pages:
        writer.add(row)
    writer.close()
    return folder
