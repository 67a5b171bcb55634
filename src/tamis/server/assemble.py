"""The parts of a server, made and joined; started and stopped in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from random import SystemRandom

from tamis.server import engagement, record
from tamis.server.bots.detector import Detector
from tamis.server.clock import Clock
from tamis.server.delivery import takers
from tamis.server.delivery.configuration import Targets
from tamis.server.delivery.crm.readers import Readers
from tamis.server.delivery.sender import Sender
from tamis.server.ingest.intake import Intake
from tamis.server.ingest.writer import Writer
from tamis.server.operation.health import queue_is_short, store_is_well
from tamis.server.operation.metrics import Metrics
from tamis.server.read.bell import Bell
from tamis.server.scoring.background import Background
from tamis.server.scoring.live import LiveScores
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.database import Database


@dataclass(frozen=True)
class Assembled:
    """A server, and what works for it in threads of its own."""

    server: Server
    background: Background
    sender: Sender
    readers: Readers

    def start(self) -> None:
        """Begin to write what comes in, and to do what is due."""
        server, health = self.server, self.server.health
        with server.database.write() as connection:
            server.scores.prepare(connection)
            takers.announce(connection, server.targets)
        server.intake.start()
        self.background.start()
        self.sender.start()
        self.readers.start()
        server.past.start()
        server.learning.start()
        health.watch("store", lambda: store_is_well(server.database))
        bound = server.settings.queue
        health.watch("queue", queue_is_short(lambda: server.intake.messages, bound))
        health.watch("writer", _alive(lambda: server.intake.alive, "nothing is written any more"))
        health.watch(
            "background", _alive(lambda: self.background.alive, "no turn of the day is made")
        )
        health.watch("sender", _alive(lambda: self.sender.alive, "nothing is delivered any more"))
        health.watch(
            "learning", _alive(lambda: server.learning.alive, "nothing is learned any more")
        )

    def stop(self) -> None:
        """Write what waits, then end."""
        self.server.intake.stop()
        self.background.stop()
        self.readers.stop()
        self.sender.stop()
        self.server.learning.stop()
        self.server.past.stop()

    def close(self) -> None:
        """Let the store and the engines go."""
        self.server.past.close()
        self.server.scores.close()
        self.server.database.close()


def _alive(alive: Callable[[], bool], otherwise: str) -> Callable[[], str]:
    return lambda: "" if alive() else otherwise


def assemble(settings: Settings, clock: Clock, targets: Targets | None = None) -> Assembled:
    """Make the parts; the store has its tables already. Raises: UsageError for a bad URL."""
    database = Database(settings.store)
    scores = LiveScores(database, clock, settings.engine_memory, engagement.follow)
    writer = Writer(database, clock, scores, Detector())
    metrics, bell = Metrics(), Bell()
    intake = Intake(writer, metrics, bell.ring, queue=settings.queue, batch=settings.batch)
    server = Server(
        settings, clock, database, scores, intake, metrics=metrics, bell=bell, targets=targets
    )
    sender = Sender(
        database,
        clock,
        server.targets,
        SystemRandom(),
        metrics,
        fill=partial(record.filled, server),
    )
    readers = Readers(server, server.targets, sender.name)
    return Assembled(server, Background(server), sender, readers)


@contextmanager
def at_work(settings: Settings, clock: Clock) -> Iterator[Assembled]:
    """A server without HTTP, for a command's work on a store; nothing runs in the background."""
    assembled = assemble(settings, clock)
    try:
        yield assembled
    finally:
        assembled.close()
