"""Leads brought to where a model can judge them: new ones, and those whose status is gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from tamis.model.lifecycle.spec import Lifecycle
from tamis.server.lifecycle.machine import Reaction, enter, place
from tamis.server.lifecycle.origins import origins
from tamis.server.lifecycle.standings import Change, Moved, Stood, standings, write
from tamis.server.models.versions import Version


def settled(
    connection: Connection, version: Version, leads: Collection[int], at: int
) -> tuple[dict[int, Stood], list[Moved]]:
    """Where leads stand in a model's version, each in a status that it has; and who came to it so.

    Those without a status get the first one. Leads that are gone are left out.
    """
    lifecycle = version.model.lifecycle
    assert lifecycle is not None
    stood = standings(connection, version.name, leads)
    found = origins(connection, [lead for lead in leads if lead not in stood])
    changes = [
        Change(lead, None, enter(lifecycle, origin.entry, at, called=origin.called))
        for lead, origin in found.items()
    ]
    changes += [
        Change(lead, was, _placed(lifecycle, was, at))
        for lead, was in stood.items()
        if lifecycle.status(was.standing.status) is None
    ]
    if not changes:
        return stood, []
    moved = write(connection, version, changes, at)
    return standings(connection, version.name, leads), moved


def _placed(lifecycle: Lifecycle, was: Stood, at: int) -> Reaction:
    """Where a lead goes whose status is gone; a score may have something to say of it there."""
    look_at = None if was.standing.held else at
    return place(lifecycle, was.standing, was.milestone, at)._replace(look_at=look_at)


def with_calls(
    connection: Connection, lifecycle: Lifecycle, stood: Mapping[int, Stood], some: Collection[int]
) -> dict[int, Stood]:
    """Standings that know whether teleprospecting spoke with some leads, where kinds ask for it."""
    known = dict(stood)
    if not any(len(status.kinds) > 1 for status in lifecycle.statuses):
        return known
    asked = [lead for lead in some if lead in stood and stood[lead].standing.kind is None]
    for lead, origin in origins(connection, asked).items():
        standing = replace(stood[lead].standing, called=origin.called)
        known[lead] = replace(stood[lead], standing=standing)
    return known
