"""Steps: everything that was done to a version, by whom, when, and on whose behalf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from tamis.server import audit
from tamis.server.clock import micros, written
from tamis.server.models.forms import Side, Step
from tamis.server.models.stored import Stored
from tamis.server.scoring.entries import latest_entry
from tamis.server.security.guards import Caller
from tamis.server.server import Server
from tamis.server.store.tables.models import version_steps

SIDES: tuple[Side, ...] = ("marketing", "sales")


@dataclass(frozen=True)
class Maker:
    """Who does something, and when; `role` is empty for a program."""

    who: str
    at: datetime
    role: str = ""


def note(
    connection: Connection,
    maker: Maker,
    version: Stored,
    action: str,
    *,
    comment: str = "",
    side: Side | None = None,
) -> None:
    """Write a step into the version's history and into the audit."""
    connection.execute(
        insert(version_steps).values(
            version_key=version.version_key,
            action=action,
            role=side or "",
            made_by=maker.who,
            made_as=maker.role,
            at=micros(maker.at),
            comment=comment,
            entry=latest_entry(connection),
        )
    )
    details = {"side": side} if side else {}
    audit.record(connection, maker.at, maker.who, f"version.{action}", version.title, details)


def history(connection: Connection, version_key: int) -> list[Step]:
    """The steps of a version, the first one first."""
    chosen = select(version_steps).where(version_steps.c.version_key == version_key)
    return [
        Step(row.action, row.role, row.made_by, row.made_as, written(row.at), row.comment)
        for row in connection.execute(chosen.order_by(version_steps.c.step))
    ]


def approvals(steps: Iterable[Step]) -> list[Step]:
    """The approvals that hold: those since a version was last proposed, one for a side at most."""
    given: list[Step] = []
    for step in steps:
        if step.action in ("proposed", "rejected"):
            given.clear()
        elif step.action == "approved":
            given.append(step)
    return given


def maker_of(caller: Caller, server: Server) -> Maker:
    """Who makes a request, now."""
    return Maker(caller.who, server.clock.now(), caller.role)
