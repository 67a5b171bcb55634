"""Metrics: what the server counts of itself, in the text form that Prometheus reads.

Labels have few values: routes by their template, results and codes by our own names. No person's
id is ever one.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
MESSAGES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)


class Metrics:
    """The counters of one server; parts call these methods, `text` shows what came together.

    Every method may be called from any thread.

    >>> metrics = Metrics()
    >>> metrics.messages("taken", 3)
    >>> b'tamis_messages_total{result="taken"} 3.0' in metrics.text()
    True
    """

    def __init__(self) -> None:
        # Of its own: two servers in one process, as in tests, do not meet.
        registry = CollectorRegistry()
        self._registry = registry
        self._messages = Counter(
            "tamis_messages", "Messages answered.", ["result"], registry=registry
        )
        self._quarantined = Counter(
            "tamis_quarantined", "Messages put aside, by reason.", ["code"], registry=registry
        )
        self._batch_messages = Histogram(
            "tamis_batch_messages",
            "Messages in one transaction.",
            buckets=MESSAGES,
            registry=registry,
        )
        self._batch_seconds = Histogram(
            "tamis_batch_seconds",
            "Seconds of one transaction, scores included.",
            buckets=SECONDS,
            registry=registry,
        )
        self._queue = Gauge("tamis_queue_messages", "Messages that wait.", registry=registry)
        self._refused = Counter(
            "tamis_refused_messages", "Messages refused for a full queue.", registry=registry
        )
        self._turn_done = Gauge(
            "tamis_turn_leads_done", "Leads done of the day's turn.", ["model"], registry=registry
        )
        self._turn_total = Gauge(
            "tamis_turn_leads", "Leads of the day's turn.", ["model"], registry=registry
        )
        self._requests = Histogram(
            "tamis_request_seconds",
            "Seconds until the answer began.",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=registry,
        )
        self._listeners = Gauge(
            "tamis_listeners", "Clients that listen to score changes.", registry=registry
        )
        self._deliveries = Counter(
            "tamis_deliveries", "Attempts to deliver.", ["target", "result"], registry=registry
        )
        self._failures = Counter(
            "tamis_background_failures",
            "Work in the background that failed.",
            ["part"],
            registry=registry,
        )

    def messages(self, result: str, number: int) -> None:
        """Messages answered; `result` is taken, repeated or quarantined."""
        self._messages.labels(result).inc(number)

    def quarantined(self, code: str, number: int = 1) -> None:
        """Messages put aside for one reason."""
        self._quarantined.labels(code).inc(number)

    def batch(self, messages: int, seconds: float) -> None:
        """One transaction of the writer."""
        self._batch_messages.observe(messages)
        self._batch_seconds.observe(seconds)

    def queue(self, length: int) -> None:
        """Messages that wait now."""
        self._queue.set(length)

    def refused(self, messages: int) -> None:
        """Messages answered with 429, for the queue was full."""
        self._refused.inc(messages)

    def turn(self, model: str, done: int, total: int) -> None:
        """How far a model's turn of the day is."""
        self._turn_done.labels(model).set(done)
        self._turn_total.labels(model).set(total)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request answered; `route` is its template."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def listening(self, number: int) -> None:
        """Clients that listen now to score changes."""
        self._listeners.set(number)

    def delivery(self, target: str, result: str) -> None:
        """An attempt to deliver: `target` is its name in our file, `result` one of a few words."""
        self._deliveries.labels(target, result).inc()

    def background_failed(self, part: str) -> None:
        """Work in the background that failed and will be tried again."""
        self._failures.labels(part).inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)
