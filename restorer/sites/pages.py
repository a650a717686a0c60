"""The pages of one or more runs, by site; DuckDB over the runs' tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from restorer.errors import FileAccessError, InputError
from restorer.extras import needed
from restorer.sites.domains import registered

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Page", "Pages", "Total", "tables"]

TABLE = "documents.parquet"
_COLUMNS = frozenset(
    "url title date words spun_probability spin_density quotes_spun capitals_spun leftovers source source_date "
    "findings".split()
)
# A browser takes a backslash for a slash, so what follows one is no part of the host.
_HOST = r"^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@\\]*@)?(\[[^\]/]*\]|[^/:?#\\]+)"
MOST_HOSTS = 50
"""Hosts of a site that are named."""
_MEMORY = "2GB"
_ROWS = 500


@dataclass(frozen=True, slots=True)
class Total:
    """All pages of a site.

    :param domain: Its registered domain.
    :param pages: Pages seen, each address once.
    :param flagged: Those above the threshold.
    :param words: Words of all.
    :param hosts: Hosts of its pages, in order.
    """

    domain: str
    pages: int
    flagged: int
    words: int
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page above the threshold; fields as in ``documents.parquet``.

    :param url: Its address.
    :param title: Its title.
    :param date: Its date.
    :param probability: Probability that it is spun.
    :param density: Share of its words in spun spans.
    :param quotes_spun: Whether its quotations were spun too.
    :param capitals_spun: Whether its capitalised words were spun too.
    :param leftovers: Number of spinner's leftovers.
    :param source: What it was copied from.
    :param source_date: The date of that.
    :param findings: Its findings with their context.
    """

    url: str
    title: str
    date: str
    probability: float
    density: float
    quotes_spun: bool | None
    capitals_spun: bool | None
    leftovers: int
    source: str
    source_date: str
    findings: tuple[dict[str, Any], ...]


def tables(runs: Sequence[Path]) -> list[Path]:
    """The tables of some runs.

    :param runs: Output folders of ``restore batch``, or the tables themselves.
    :return: The tables.
    :raises FileAccessError: if there is none.
    """
    found = []
    for run in runs:
        path = run / TABLE if run.is_dir() else run
        if not path.is_file():
            msg = f"{run}: holds no {TABLE}; name an output folder of restore batch that has come to its end"
            raise FileAccessError(msg)
        found.append(path)
    return found


class Pages:
    """The pages of some runs, ready to be asked about sites."""

    def __init__(self, runs: Sequence[Path]) -> None:
        """Read the tables; an address that several runs have is the last one's.

        :param runs: Output folders of ``restore batch``, or their tables.
        :raises FileAccessError: if one holds no table.
        :raises InputError: if one is not a table of a run.
        :raises MissingDependencyError: if DuckDB or tldextract is not installed.
        """
        paths = tables(runs)
        self._database = _connected()
        for number, path in enumerate(paths):
            self._check(path)
            self._database.execute(
                f"CREATE TABLE run{number} AS SELECT {number} AS run, row_number() OVER () AS place, "
                f"{', '.join(sorted(_COLUMNS))} FROM read_parquet(?)",
                [str(path)],
            )
        every = " UNION ALL ".join(f"SELECT * FROM run{number}" for number in range(len(paths)))
        self._database.execute(
            "CREATE TABLE page AS SELECT *, lower(regexp_extract(url, ?, 1)) AS host FROM ("
            f"SELECT *, row_number() OVER (PARTITION BY url ORDER BY run DESC, place) AS version FROM ({every})) "
            "WHERE version = 1 OR url = ''",
            [_HOST],
        )
        hosts = [host for (host,) in self._database.execute("SELECT DISTINCT host FROM page ORDER BY host").fetchall()]
        self._database.execute("CREATE TABLE site (host VARCHAR, domain VARCHAR)")
        if hosts:
            self._database.executemany("INSERT INTO site VALUES (?, ?)", [[h, d] for h, d in registered(hosts).items()])

    @property
    def without_address(self) -> int:
        """Pages that belong to no site."""
        row = self._database.execute("SELECT COUNT(*) FROM page JOIN site USING (host) WHERE domain = ''").fetchone()
        return int(row[0]) if row else 0

    def totals(self, limit: float) -> list[Total]:
        """The sites.

        :param limit: Least probability of a page that counts as spun.
        :return: Their figures, in order of domain.
        """
        rows = self._database.execute(
            "SELECT domain, COUNT(*), COUNT(*) FILTER (spun_probability >= ?), SUM(words), "
            "list_sort(list(DISTINCT host)) FROM page JOIN site USING (host) WHERE domain <> '' "
            "GROUP BY domain ORDER BY domain",
            [limit],
        ).fetchall()
        return [
            Total(name, pages, spun, int(words), tuple(hosts[:MOST_HOSTS])) for name, pages, spun, words, hosts in rows
        ]

    def flagged(self, limit: float) -> Iterator[tuple[str, Page]]:
        """The pages above the threshold.

        :param limit: Least probability of a page that counts as spun.
        :return: Each with its site's domain, site by site in order of domain, the worst first.
        """
        cursor = self._database.execute(
            "SELECT domain, url, title, date, spun_probability, spin_density, quotes_spun, capitals_spun, leftovers, "
            "source, source_date, findings FROM page JOIN site USING (host) WHERE domain <> '' AND "
            "spun_probability >= ? ORDER BY domain, spun_probability * spin_density DESC, url",
            [limit],
        )
        while rows := cursor.fetchmany(_ROWS):
            for domain, *fields, findings in rows:
                yield domain, Page(*(*fields, tuple(json.loads(findings))))

    def _check(self, path: Path) -> None:
        import duckdb

        try:
            rows = self._database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        except duckdb.Error as error:
            msg = f"{path}: is no Parquet file that can be read ({str(error).splitlines()[0]}); run the batch again"
            raise InputError(msg) from error
        missing = sorted(_COLUMNS - {row[0] for row in rows})
        if missing:
            msg = f"{path}: is no table of a run, {', '.join(missing)} missing; name an output folder of restore batch"
            raise InputError(msg)


def _connected() -> DuckDBPyConnection:
    needed("duckdb", "figures per site need")
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "autoinstall_known_extensions": "false",
    }
    return duckdb.connect(":memory:", config=settings)
