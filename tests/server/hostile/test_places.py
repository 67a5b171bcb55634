"""Behind a proxy's path, at an IPv6 address, and wherever the machine's clock says it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import select
from tests.server.hostile.real_server import RealServer, real_server
from tests.server.read.conftest import MODEL, version
from tests.server.scoring.live_store import live_store

from tamis.server.clock import SystemClock, day_number, micros
from tamis.server.ingest.message import Message
from tamis.server.store.database import Database
from tamis.server.store.tables import scoring

LONG = pytest.mark.verify
ZONES = (
    "Pacific/Kiritimati",
    "Nowhere/At-All",
    *(pytest.param(one, marks=LONG) for one in ("America/St_Johns", "<+14>-14", ":::", "")),
)
PARIS = ZoneInfo("Europe/Paris")
CALL = {"messageId": "m", "userId": "a b é", "event": "page_view"}


def modelled(url: str) -> str:
    """A store with a model that is active."""
    database = Database(url)
    with database.write() as connection:
        version(connection)
    database.close()
    return url


@pytest.mark.parametrize(
    "written", ["tamis/", *(pytest.param(one, marks=LONG) for one in ("/tamis", "/a/b.c"))]
)
def test_behind_a_path_of_a_proxy(tmp_path: Path, written: str) -> None:
    path = "/" + written.strip("/")
    with real_server(str(tmp_path / "tamis.db"), tmp_path, "--path", written) as server:
        assert server.address.endswith(path)
        everything_is_below(server, path)
        assert server.stopped() == 0
        assert server.failures() == []


def everything_is_below(server: RealServer, path: str) -> None:
    link = server.link()
    assert link.startswith(f"{server.address}/first-admin/")
    with httpx.Client(base_url=server.address) as browser:
        assert f'href="{path}/static/' in browser.get(link).text
        link = link.replace("/first-admin/", "/v1/first-admin/")
        assert browser.get(link).json()["purpose"] == "first-admin"
        who = {"login": "ann", "name": "Ann", "password": "seven wild horses"}
        made = browser.post(link, json=who)
        assert made.status_code == 201, made.text
        assert f"Path={path};" in made.headers["set-cookie"] + ";"
        assert [cookie.path for cookie in browser.cookies.jar] == [path]
        browser.headers["X-CSRF-Token"] = made.json()["csrf_token"]
        added = {"login": "sam", "name": "Sam", "role": "sales"}
        link = browser.post("/v1/users", json=added).json()["link"]["path"]
        assert link.startswith(f"{path}/set-password/")
        assert browser.get(httpx.URL(server.address).join(link)).status_code == 200
        identified = {"userId": CALL["userId"], "traits": {"email": "ada@example.org"}}
        assert browser.post("/v1/identify", json=identified).is_success
        one = browser.get("/v1/leads/ada@example.org")
        assert one.headers["content-location"] == f"{path}/v1/leads/a%20b%20%C3%A9"
        assert browser.get(httpx.URL(server.address).join(one.headers["content-location"])).json()
        described = browser.get("/v1/schema/openapi.json").json()
        root = described["servers"][0]["url"].rstrip("/")
        assert f"{path}/v1/leads" in {root + one for one in described["paths"]}
        assert described["servers"] == [{"url": "/"}]
        with browser.stream("GET", "/v1/changes") as stream:
            assert next(stream.iter_lines()).startswith("retry:")
        browser.headers.pop("X-CSRF-Token")
    outside = httpx.get(f"http://{httpx.URL(server.address).netloc.decode()}/healthz")
    assert (outside.status_code, outside.json()["type"]) == (404, "urn:tamis:problem:not-found")


@pytest.mark.parametrize("host", [pytest.param("::1", marks=LONG), "::"])
def test_at_an_address_of_ipv6(sqlite_url: str, tmp_path: Path, host: str) -> None:
    with real_server(modelled(sqlite_url), tmp_path, "--host", host) as server:
        assert server.address.startswith(f"http://[{host}]:")
        reached = f"http://[::1]:{server.port}"
        headers = {"Authorization": f"Bearer {server.key('ingest', 'read')}"}
        with httpx.Client(base_url=reached, headers=headers) as client:
            assert client.post("/v1/track", json=CALL).status_code == 200
            assert len(client.get("/v1/leads").json()["leads"]) == 1
            # A false login is counted against an address, which has another shape here.
            false = client.post("/v1/login", json={"login": "x", "password": "y"})
            assert false.status_code == 401
        assert server.stopped() == 0
        assert server.failures() == []


@pytest.mark.parametrize("zone", ZONES)
def test_wherever_the_machine_says_it_is(sqlite_url: str, tmp_path: Path, zone: str) -> None:
    with (
        real_server(modelled(sqlite_url), tmp_path, environment={"TZ": zone}) as server,
        server.client("ingest", "read") as client,
    ):
        before = SystemClock().now()
        assert client.post("/v1/track", json=CALL).status_code == 200
        (lead,) = client.get("/v1/leads", params={"fields": True}).json()["leads"]
        after = SystemClock().now()
        assert before <= datetime.fromisoformat(lead["changed_at"]) <= after
        days = {before.astimezone(PARIS).date(), after.astimezone(PARIS).date()}
        assert date.fromisoformat(lead["as_of"]) in days
        assert lead["score"] == 4
        late = {**CALL, "messageId": "l", "timestamp": "2026-11-21T09:30:00"}
        assert client.post("/v1/track", json=late).status_code == 200
        moments = client.get(f"/v1/leads/{lead['lead_id']}/timeline").json()
        assert moments["moments"][-1]["at"].startswith("2026-11-21T09:30:00")
        assert server.stopped() == 0
        assert server.failures() == []


@pytest.fixture
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The time zone of this process, for a test."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("machine_zone", ZONES, indirect=True)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns"])
def test_the_day_turns_at_midnight_of_the_model(
    sqlite_url: str, machine_zone: str, zone: str
) -> None:
    day = date(2026, 11, 22)
    store = live_store(sqlite_url, MODEL.replace("Europe/Paris", zone), day, zone)
    midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    store.clock.instant = midnight - timedelta(microseconds=1)
    at = micros(store.clock.now())
    call: Any = Message("m", "page", "page_view", at, at, user_id="u")
    store.deliver([call])
    store.assembled.background.work_off()
    assert days(store.database) == {day_number(day)}, machine_zone
    store.clock.instant = midnight
    store.assembled.background.work_off()
    shown = {row["lead_id"]: row["score"] for row in store.current()}
    # Half as much after seven days.
    assert shown == {"u": Decimal("3.62")}
    store.assembled.close()


def days(database: Database) -> set[int]:
    """The days that scores are of."""
    with database.read() as connection:
        return set(connection.execute(select(scoring.scores.c.as_of)).scalars())
