"""How long pages take on the server, by the number of leads in the store.

    python -m benchmarks.web_pages STORE [--times 60]

STORE is a store that `benchmarks.web_store` made. Prints, for each page, milliseconds at the median
and at the 95th part of a hundred, from request to answer, without a socket; and for pages with
figures that are counted in the background, the seconds until they are there the first time.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from litestar.testing import TestClient
from sqlalchemy import select

from tamis.server.assemble import assemble
from tamis.server.clock import SystemClock
from tamis.server.security import sessions
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.tables.people import leads
from tamis.server.store.tables.work import handoffs
from tamis.web.app import application

PATHS = (
    *(("camille", path) for path in ("/my-leads", "/pipeline", "/leads", "/grid")),
    *(("camille", f"/leads?cell={cell}") for cell in ("A4", "B2", "D4", "D1")),
    *(("max", path) for path in ("/report", "/false-positives", "/data-quality")),
    *(("max", path) for path in ("/model", "/model/edit", "/set-up/keys", "/set-up/targets")),
    *(("admin", path) for path in ("/set-up/people", "/set-up/audit", "/set-up/health")),
    *(("admin", path) for path in ("/set-up/import", "/set-up/quarantine", "/set-up/privacy")),
)
COUNTING = 'hx-trigger="load delay:700ms"'
"""What a page has in place of figures that are being counted."""
LONGEST = 900
"""Seconds to wait for figures."""


def main() -> None:
    """Measure, and print a line for each page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--times", type=int, default=60)
    given = parser.parse_args()
    settings = replace(Settings(), store=str(given.store))
    parts = assemble(settings, SystemClock())
    with parts.server.database.write() as connection:
        parts.server.scores.prepare(connection)
    with TestClient(application(parts.server)) as client:
        for login, path in (*PATHS, *_leads(parts.server)):
            _measure(client, _cookie(parts.server, login), path, given.times)
    parts.close()


def _leads(server: Server) -> list[tuple[str, str]]:
    """Pages of leads: one that sales have, and one whom nobody has."""
    with server.database.read() as connection:
        held = connection.scalar(
            select(leads.c.lead_id)
            .join(handoffs, handoffs.c.lead == leads.c.lead)
            .where(handoffs.c.state == "assigned")
            .limit(1)
        )
        other = connection.scalar(select(leads.c.lead_id).order_by(leads.c.lead.desc()).limit(1))
    return [("camille", f"/lead?lead_id={one}") for one in (held, other) if one]


def _cookie(server: Server, login: str) -> dict[str, str]:
    with server.database.write() as connection:
        token = sessions.begin(connection, server.clock, login)
    return {"Cookie": f"{sessions.COOKIE}={token}"}


def _measure(client: TestClient[Any], headers: dict[str, str], path: str, times: int) -> None:
    began = time.perf_counter()
    first = client.get(path, headers=headers)
    once = (time.perf_counter() - began) * 1000
    counted = _counted(client, headers, path) if COUNTING in first.text else None
    took = []
    for _ in range(times):
        began = time.perf_counter()
        answer = client.get(path, headers=headers)
        took.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(took, n=20)[-1]
    said = "" if counted is None else f"   figures after {counted:.1f} s"
    kind = "" if answer.status_code == 200 else f"   status {answer.status_code}"
    line = f"{path:45.45} p50 {statistics.median(took):7.1f}  p95 {p95:7.1f}  first {once:7.1f}"
    print(line + said + kind, flush=True)


def _counted(client: TestClient[Any], headers: dict[str, str], path: str) -> float:
    began = time.perf_counter()
    while COUNTING in client.get(path, headers=headers).text:
        if time.perf_counter() - began > LONGEST:
            break
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
