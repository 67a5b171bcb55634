"""The parts of a server, made and joined; started and stopped in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tamis.server.bots.detector import Detector
from tamis.server.clock import Clock
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

    def start(self) -> None:
        """Begin to write what comes in, and to do what is due."""
        server, health = self.server, self.server.health
        with server.database.write() as connection:
            server.scores.prepare(connection)
        server.intake.start()
        self.background.start()
        health.watch("store", lambda: store_is_well(server.database))
        bound = server.settings.queue
        health.watch("queue", queue_is_short(lambda: server.intake.messages, bound))
        health.watch("writer", _alive(lambda: server.intake.alive, "nothing is written any more"))
        health.watch(
            "background", _alive(lambda: self.background.alive, "no turn of the day is made")
        )

    def stop(self) -> None:
        """Write what waits, then end."""
        self.server.intake.stop()
        self.background.stop()

    def close(self) -> None:
        """Let the store and the engine go."""
        self.server.scores.close()
        self.server.database.close()


def _alive(alive: Callable[[], bool], otherwise: str) -> Callable[[], str]:
    return lambda: "" if alive() else otherwise


def assemble(settings: Settings, clock: Clock) -> Assembled:
    """Make the parts; the store has its tables already. Raises: UsageError for a bad URL."""
    database = Database(settings.store)
    scores = LiveScores(database, clock, settings.engine_memory)
    writer = Writer(database, clock, scores, Detector())
    metrics, bell = Metrics(), Bell()
    intake = Intake(writer, metrics, bell.ring, queue=settings.queue, batch=settings.batch)
    server = Server(settings, clock, database, scores, intake, metrics=metrics, bell=bell)
    return Assembled(server, Background(server))


@contextmanager
def at_work(settings: Settings, clock: Clock) -> Iterator[Assembled]:
    """A server without HTTP, for a command's work on a store; nothing runs in the background."""
    assembled = assemble(settings, clock)
    try:
        yield assembled
    finally:
        assembled.close()
