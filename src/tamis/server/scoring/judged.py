"""What a version says of a lead, where it says something new: for statuses and plays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from tamis.server.models.versions import Version


@dataclass(frozen=True, slots=True)
class Judged:
    """A new verdict of an active version; `entry` is its entry of `score_history`.

    `score` is in hundredths, `turn` lower for who is called earlier; `bits` say which conditions of
    the lifecycle's steps hold (`Lifecycle.holds`; null: of an excluded lead none does). `places`
    are the places, from 1, of the territories that the lead is of, by queue. What the model does
    not say is null. `play_before` is the play of the verdict before; null: none, or no verdict.
    """

    lead: int
    lead_id: str
    entry: int
    turn: int
    excluded: bool = False
    score: int | None = None
    cell: str | None = None
    temperature: str | None = None
    stage: str | None = None
    play: str | None = None
    play_before: str | None = None
    bits: int | None = None
    places: Mapping[str, int] = field(default_factory=dict)


Follow = Callable[[Connection, Version, Sequence[Judged], int], None]
"""What follows from new verdicts of an active version, in their transaction; the instant in µs."""


def nothing(connection: Connection, version: Version, judged: Sequence[Judged], at: int) -> None:
    """Nothing follows."""
