"""The grid: how many leads are in each cell, stage and play."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from tamis.server.clock import day_of
from tamis.server.models.versions import Version
from tamis.server.read.answers import Grid
from tamis.server.read.catalogue import today
from tamis.server.read.verdicts import S
from tamis.server.server import Server

COUNTED = ("cell", "stage", "play", "temperature")


def grid(server: Server, connection: Connection, version: Version) -> Grid:
    """The counts of a version, as its last turn and what came since left them."""
    columns = [S.c[name] for name in COUNTED]
    query = select(S.c.excluded, *columns, func.count().label("n"))
    of_version = query.where(S.c.version_key == version.version_key)
    rows = connection.execute(of_version.group_by(S.c.excluded, *columns)).mappings()
    counts: dict[str, dict[str, int]] = {name: {} for name in COUNTED}
    leads = excluded = 0
    for row in rows:
        if row["excluded"]:
            excluded += row["n"]
            continue
        leads += row["n"]
        for name, of_name in counts.items():
            of_name[row[name] or ""] = of_name.get(row[name] or "", 0) + row["n"]
    return Grid(
        model=version.name,
        version=version.number,
        as_of=day_of(today(version, server.clock)),
        leads=leads,
        excluded=excluded,
        cells=_sorted(counts["cell"]),
        stages=_sorted(counts["stage"]),
        plays=_sorted(counts["play"]),
        temperatures=_sorted(counts["temperature"]),
    )


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
