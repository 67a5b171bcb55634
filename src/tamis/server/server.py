"""The server's parts, joined: what every route and command works with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tamis.server.clock import Clock, micros
from tamis.server.delivery.configuration import Targets
from tamis.server.operation.health import Health
from tamis.server.operation.metrics import Metrics
from tamis.server.read.bell import Bell
from tamis.server.settings import Settings
from tamis.server.store.database import Database

if TYPE_CHECKING:
    from tamis.server.ingest.intake import Intake
    from tamis.server.learning.desk import Learning
    from tamis.server.past.desk import Past
    from tamis.server.scoring.live import LiveScores


class Server:
    """One running server, or a command at work on its store.

    `scores` makes scores inside the caller's transaction; `intake` takes deliveries from requests
    and answers when they are durable and scored. `bell` rings when scores
    have changed. `metrics` and `health` are of this server alone. `targets` are those that it sends
    to; a command has none, and what it puts into the outbox a server sends.
    """

    # No dataclass: Litestar would read the types of its parts whenever a route asks for it.
    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        database: Database,
        scores: LiveScores,
        intake: Intake,
        *,
        metrics: Metrics | None = None,
        bell: Bell | None = None,
        targets: Targets | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.database = database
        self.scores = scores
        self.intake = intake
        self.metrics = metrics or Metrics()
        self.bell = bell or Bell()
        self.targets = targets or Targets()
        self.health = Health()

    @cached_property
    def past(self) -> Past:
        """The desk for questions about the past; `assemble` starts it."""
        # Here, for commands ask nothing of the past, and it brings the engine.
        from tamis.server.past.desk import Past  # noqa: PLC0415

        return Past(self.settings, self.database, self.clock)

    @cached_property
    def learning(self) -> Learning:
        """The desk for learned models; `assemble` starts it."""
        from tamis.server.learning.desk import Learning  # noqa: PLC0415 (as the past)

        return Learning(self)

    @property
    def micros(self) -> int:
        """The instant, as the store holds it."""
        return micros(self.clock.now())
