"""What the server counts, for Prometheus. Nothing of a text, and no path that a client made up, is ever a label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from restorer.serve.jobs import Answer

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""Media type of :meth:`Metrics.text`."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_TEXTS = (1, 2, 4, 8, 16)


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter("restorer_requests", "Requests answered.", ("route", "status"), registry=self._registry)
        self.seconds = Histogram(
            "restorer_request_seconds",
            "Seconds from the request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.texts = Counter("restorer_texts", "Texts scored.", registry=self._registry)
        self.words = Counter("restorer_words", "Words scored.", registry=self._registry)
        self.findings = Counter("restorer_findings", "Findings made.", registry=self._registry)
        self.edits = Counter("restorer_edits", "Edits applied.", registry=self._registry)
        self.waiting = Gauge("restorer_waiting_texts", "Texts that wait for a worker.", registry=self._registry)
        self.busy = Gauge("restorer_busy_workers", "Workers at work.", registry=self._registry)
        self.batch = Histogram("restorer_batch_texts", "Texts in a batch.", buckets=_TEXTS, registry=self._registry)
        self.restarts = Counter("restorer_worker_restarts", "Workers replaced.", registry=self._registry)

    def count(self, answer: Answer) -> None:
        """Count an answer of a worker's.

        :param answer: The answer.
        """
        self.texts.inc()
        self.words.inc(answer.words)
        self.findings.inc(answer.findings)
        self.edits.inc(answer.edits)

    def text(self) -> bytes:
        """All counters.

        :return: Prometheus' text format.
        """
        return generate_latest(self._registry)
