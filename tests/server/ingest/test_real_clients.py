"""Segment's own clients for Python and Node send to a real server, which loses nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from segment.analytics.client import Client
from sqlalchemy import select
from tests.server.ingest.live_server import LiveServer, live_server, turnstile

from tamis.server.ingest import quarantine
from tamis.server.store.database import Database
from tamis.server.store.tables import messages

CLIENTS = Path(__file__).parent / "clients"
COUNT = 500
KINDS = ["identify", "group", "alias", "page", "screen"]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server for all: each test has message ids of its own."""
    with live_server(str(tmp_path_factory.mktemp("live") / "tamis.db")) as found:
        yield found


def python_client(server: LiveServer, **options: Any) -> Client:
    address = options.pop("host", server.address)
    options = {"upload_interval": 0.1, "upload_size": 50, **options}
    return Client(server.key, host=address, **options)


def stored(server: LiveServer, name: str) -> list[dict[str, Any]]:
    """The messages in the store whose ids begin so, in order of arrival."""
    database = Database(server.store)
    events = messages.events
    asked = select(events).where(events.c.message_id.startswith(f"{name}-"))
    with database.read() as connection:
        found = connection.execute(asked.order_by(events.c.event_key)).mappings()
        rows = [dict(row) for row in found]
    database.close()
    for row in rows:
        row["properties"] = json.loads(row["properties"])
        row["context"] = json.loads(row["context"])
    return rows


def aside(server: LiveServer, name: str) -> dict[str | None, str]:
    """Why messages whose ids begin so are in quarantine, by id."""
    database = Database(server.store)
    entries = quarantine.page(database).entries
    database.close()
    return {e.message_id: e.code for e in entries if (e.message_id or "").startswith(f"{name}-")}


def ids(name: str, count: int) -> list[str]:
    return sorted(f"{name}-{number}" for number in range(count))


@pytest.mark.parametrize("gzip", [False, True])
def test_the_python_client(live: LiveServer, gzip: bool):
    name = "gzip" if gzip else "plain"
    client = python_client(live, gzip=gzip)
    named = {kind: {"message_id": f"{name}-{kind}"} for kind in KINDS}
    client.identify("p1", {"email": "Pia@Example.org", "country": "FR"}, **named["identify"])
    client.group("p1", "acme", {"employees": 120}, **named["group"])
    client.alias("visitor-1", "p1", **named["alias"])
    context = {"campaign": {"source": "mail", "name": "spring"}, "ip": "192.0.2.1"}
    client.page("p1", "Site", "Pricing", context=context, **named["page"])
    client.screen("p1", "App", "Home", **named["screen"])
    when = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    for number in range(COUNT):
        about = {"timestamp": when, "message_id": f"{name}-{number}"}
        client.track(f"p{number % 10}", "signup", {"number": number}, **about)
    client.shutdown()
    assert aside(live, name) == {}
    rows = stored(live, name)
    assert [row["kind"] for row in rows] == KINDS + ["track"] * COUNT
    page, tracks = rows[3], rows[5:]
    assert (page["event"], page["user_id"]) == ("page_view", "p1")
    assert page["properties"] == {
        "name": "Pricing",
        "category": "Site",
        "utm_source": "mail",
        "utm_campaign": "spring",
    }
    assert "ip" not in page["context"]
    assert page["context"]["library"] == {"name": "analytics-python"}
    assert [row["message_id"] for row in tracks] == [f"{name}-{n}" for n in range(COUNT)]
    assert {row["event"] for row in tracks} == {"signup"}
    # The clock is one: what sets it right is the way of a request, far less than an hour.
    off = [abs(row["at"] - int(when.timestamp() * 1_000_000)) for row in tracks]
    assert max(off) < 3_600_000_000


def test_the_python_client_tries_again_and_each_message_counts_once(live: LiveServer):
    with turnstile(live.address, [429, 503, 500]) as stile:
        client = python_client(live, host=stile.address)
        for number in range(120):
            client.track("p1", "signup", message_id=f"again-{number}")
        client.flush()
        client.shutdown()
        assert stile.seen > 3
    rows = [row["message_id"] for row in stored(live, "again")]
    assert sorted(rows) == ids("again", 120)
    another = python_client(live)
    for number in range(120):
        another.track("p1", "signup", message_id=f"again-{number}")
    another.shutdown()
    assert [row["message_id"] for row in stored(live, "again")] == rows


def test_one_bad_message_of_the_python_client(live: LiveServer):
    client = python_client(live)
    client.track("p1", "signup", message_id="bad-before")
    client.track("p1", "signup", {"amount": float("nan")}, message_id="bad-number")
    client.track("undefined", "signup", message_id="bad-id")
    client.track("p1", "signup", message_id="bad-after")
    client.shutdown()
    assert [row["message_id"] for row in stored(live, "bad")] == ["bad-before", "bad-after"]
    assert aside(live, "bad") == {"bad-number": "not-json", "bad-id": "not-an-id"}


def test_a_wrong_key_is_not_tried_again(live: LiveServer):
    failed: list[int] = []
    with turnstile(live.address, []) as stile:
        wrong = LiveServer(stile.address, "tk_no_key", live.store)
        client = python_client(wrong, on_error=lambda error, _: failed.append(error.status))
        client.track("p1", "signup", message_id="wrong-1")
        client.shutdown()
        assert (failed, stile.seen) == ([401], 1)
    assert stored(live, "wrong") == []


@pytest.fixture(scope="session")
def node_clients(request: pytest.FixtureRequest) -> Path:
    """A folder with Segment's client for Node, installed once."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    place = Path(request.config.cache.mkdir("node-clients"))
    for name in ("package.json", "send.mjs"):
        shutil.copy(CLIENTS / name, place)
    options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(["npm", "install", *options], cwd=place, check=True, capture_output=True)
    return place


def send_by_node(place: Path, address: str, key: str, name: str, count: int) -> None:
    command = ["node", "send.mjs", address, key, name, str(count)]
    ran = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_node_client(live: LiveServer, node_clients: Path):
    send_by_node(node_clients, live.address, live.key, "node", COUNT)
    assert aside(live, "node") == {}
    rows = {row["message_id"]: row for row in stored(live, "node")}
    assert sorted(rows) == sorted([f"node-{kind}" for kind in KINDS] + ids("node", COUNT))
    for number in range(COUNT):
        properties = {"number": number, "plan": "pro"}
        assert rows[f"node-{number}"]["properties"] == properties
    assert rows["node-page"]["properties"] == {
        "name": "Pricing",
        "url": "https://shop.example/pricing",
        "utm_source": "mail",
        "utm_campaign": "spring",
    }


def test_the_node_client_tries_again_and_each_message_counts_once(
    live: LiveServer, node_clients: Path
):
    with turnstile(live.address, [503, 429, 500]) as stile:
        send_by_node(node_clients, stile.address, live.key, "retry", 60)
    tracks = [row["message_id"] for row in stored(live, "retry") if row["event"] == "signup"]
    assert sorted(tracks) == ids("retry", 60)
