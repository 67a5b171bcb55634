"""The quarantine: what is put aside is listed, shown, replayed when it can be taken, or dropped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import TestClient
from sqlalchemy import select
from tests.server.conftest import NOW, RecordingIntake
from tests.server.ingest.conftest import new_key

from tamis.server.clock import micros
from tamis.server.ingest import quarantine
from tamis.server.ingest.message import Delivery, LeadRow, Message, Receipt, Rejected
from tamis.server.ingest.replay import replay
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.database import Database
from tamis.server.store.tables import access

CAME = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
GOOD = json.dumps({"userId": "u1", "event": "signup", "messageId": "m1"}).encode()


def put(database: Database, message: bytes, kind: str = "track", code: str = "no-event") -> int:
    one = Rejected(message, code, "for a test", micros(CAME), kind, "m1", "u1")
    with database.write() as connection:
        quarantine.insert(connection, [(one, "k1")])
    entries, after = [], 0
    while after is not None:
        page = quarantine.page(database, None, after)
        entries, after = page.entries, page.next
    return entries[-1].entry


def audited(database: Database, action: str) -> list[tuple[str, str]]:
    asked = select(access.audit.c.subject, access.audit.c.who).where(
        access.audit.c.action == action
    )
    with database.read() as connection:
        return [(subject, who) for subject, who in connection.execute(asked)]


class Store:
    """Takes what is replayed; puts some of it aside again."""

    def __init__(self, receipt: Receipt | None = None) -> None:
        self.receipt, self.taken = receipt or Receipt(1, 0, 0), []

    def write(self, deliveries: list[Delivery]) -> list[Receipt]:
        self.taken += deliveries
        return [self.receipt for _ in deliveries]


def test_what_is_put_aside_is_shown_as_it_came(database: Database):
    entry = put(database, b'{"a":\xff')
    shown = quarantine.one(database, entry)
    assert shown.message == '{"a":\\xff'
    assert (shown.code, shown.reason, shown.state) == ("no-event", "for a test", "waiting")
    assert (shown.message_id, shown.person, shown.key_id) == ("m1", "u1", "k1")
    assert shown.received_at == "2026-11-20T08:00:00.000Z"
    assert shown.settled_at is None


def test_a_page_says_where_the_next_one_begins(database: Database):
    entries = [put(database, GOOD, code=code) for code in ("nul", "no-event", "nul")]
    first = quarantine.page(database, limit=2)
    assert ([one.entry for one in first.entries], first.next) == (entries[:2], entries[1])
    last = quarantine.page(database, after=first.next, limit=2)
    assert ([one.entry for one in last.entries], last.next) == (entries[2:], None)
    only = quarantine.page(database, code="nul")
    assert [one.entry for one in only.entries] == [entries[0], entries[2]]


def test_reasons_are_counted_of_what_waits(database: Database):
    entries = [put(database, GOOD, code=code) for code in ("nul", "no-event", "nul", "no-id")]
    dropped(database, entries[3])
    found = quarantine.by_code(database)
    assert [(one.code, one.number) for one in found] == [("nul", 2), ("no-event", 1)]
    assert found[0].latest == "2026-11-20T08:00:00.000Z"


def test_a_replayed_message_is_taken_as_of_when_it_came(database: Database):
    entry, store = put(database, GOOD), Store()
    [settled] = replay(database, [entry, entry], NOW, "ada", store.write)
    assert (settled.entry, settled.state) == (entry, "replayed")
    [delivery] = store.taken
    [message] = delivery.items
    assert isinstance(message, Message)
    assert (message.message_id, message.at, message.received_at) == ("m1", *[micros(CAME)] * 2)
    assert delivery.key_id == "k1"
    assert quarantine.one(database, entry).state == "replayed"
    assert quarantine.one(database, entry).settled_at == "2026-11-22T09:00:00.000Z"
    assert audited(database, "quarantine.replayed") == [(str(entry), "ada")]


def test_what_is_bad_still_waits_on_with_its_reason(database: Database):
    bad, good = put(database, b'{"userId":"u"}', code="nul"), put(database, GOOD)
    store = Store()
    first, second = replay(database, [bad, good], NOW, "ada", store.write)
    assert (first.state, first.code, second.state) == ("waiting", "no-event", "replayed")
    assert len(store.taken) == 1
    assert quarantine.one(database, bad).code == "no-event"
    assert audited(database, "quarantine.replayed") == [(str(good), "ada")]


def test_a_message_is_replayed_as_somebody_corrected_it(database: Database):
    entry, store = put(database, b"{"), Store()
    [settled] = replay(database, [entry], NOW, "ada", store.write, corrected=GOOD)
    assert settled.state == "replayed"
    assert store.taken[0].items[0].event == "signup"


def test_what_the_store_puts_aside_again_is_not_called_replayed(database: Database):
    entry = put(database, GOOD)
    [settled] = replay(database, [entry], NOW, "ada", Store(Receipt(0, 0, 1)).write)
    assert (settled.state, settled.code) == ("dropped", "put-aside-again")


@pytest.mark.parametrize("kind", ["batch", "call", "leads"])
def test_other_kinds_are_read_as_what_they_are(database: Database, kind: str):
    call = {"type": "track", **json.loads(GOOD)}
    message = {"batch": {"batch": [call]}, "call": call, "leads": [{"lead_id": "l"}]}[kind]
    store = Store()
    replay(database, [put(database, json.dumps(message).encode(), kind)], NOW, "a", store.write)
    assert isinstance(store.taken[0].items[0], LeadRow if kind == "leads" else Message)


def test_when_the_store_fails_the_message_waits_on(database: Database):
    entry = put(database, GOOD)

    def fails(_: list[Delivery]) -> list[Receipt]:
        raise Problem(429, "busy", "Too much waits")

    with pytest.raises(Problem):
        replay(database, [entry], NOW, "ada", fails)
    assert quarantine.one(database, entry).state == "waiting"
    assert quarantine.one(database, entry).settled_at is None
    assert replay(database, [entry], NOW, "ada", Store().write)[0].state == "replayed"


def test_two_who_replay_at_once_take_it_once(database: Database):
    entry, store, refused = put(database, GOOD), Store(), []

    def others_try(deliveries: list[Delivery]) -> list[Receipt]:
        for again in (
            lambda: replay(database, [entry], NOW, "bob", store.write),
            lambda: dropped(database, entry),
        ):
            with pytest.raises(Problem) as raised:
                again()
            refused.append((raised.value.status, raised.value.detail))
        return store.write(deliveries)

    [settled] = replay(database, [entry], NOW, "ada", others_try)
    told = f"somebody else is replaying entry {entry}: look again in a minute"
    assert (settled.state, refused) == ("replayed", [(409, told)] * 2)
    assert len(store.taken) == 1
    assert audited(database, "quarantine.replayed") == [(str(entry), "ada")]


def dropped(database: Database, entry: int, at: datetime = NOW) -> None:
    with database.write() as connection:
        quarantine.drop(connection, [entry], at, "bob")


def test_one_of_several_that_is_anothers_leaves_all_as_they_are(database: Database):
    first, second = put(database, GOOD), put(database, GOOD)
    with database.write() as connection:
        quarantine.claim(connection, [second], NOW)
    with pytest.raises(Problem):
        replay(database, [first, second], NOW, "ada", Store().write)
    [settled] = replay(database, [first], NOW, "ada", Store().write)
    assert settled.state == "replayed"


def test_what_somebody_began_to_replay_and_never_did_is_free_after_a_minute(database: Database):
    entry = put(database, GOOD)

    def stolen(deliveries: list[Delivery]) -> list[Receipt]:
        dropped(database, entry, NOW + timedelta(minutes=2))
        return Store().write(deliveries)

    [settled] = replay(database, [entry], NOW, "ada", stolen)
    assert (settled.state, settled.code) == ("dropped", "settled-meanwhile")
    assert quarantine.one(database, entry).state == "dropped"
    assert audited(database, "quarantine.replayed") == []


def test_dropping_is_for_good(database: Database):
    entry = put(database, GOOD)
    with database.write() as connection:
        quarantine.drop(connection, [entry], NOW, "ada")
    assert quarantine.one(database, entry).state == "dropped"
    assert audited(database, "quarantine.dropped") == [(str(entry), "ada")]
    with pytest.raises(Problem) as raised, database.write() as connection:
        quarantine.drop(connection, [entry], NOW, "ada")
    assert raised.value.status == 409
    with pytest.raises(Problem) as raised:
        replay(database, [entry], NOW, "ada", Store().write)
    assert raised.value.status == 409


@pytest.mark.parametrize("entry", [0, -1, 10**30, 2**63])
def test_there_is_no_such_entry(database: Database, entry: int):
    with pytest.raises(Problem) as raised:
        quarantine.one(database, entry)
    assert raised.value.status == 404


def test_over_http(admin: TestClient, server: Server):
    good, bad = put(server.database, GOOD), put(server.database, b"{}")
    listed = admin.get("/v1/quarantine", params={"limit": 1, "after": good - 1}).json()
    assert [one["entry"] for one in listed["entries"]] == [good]
    assert listed["next"] == good
    assert admin.get(f"/v1/quarantine/{bad}").json()["message"] == "{}"
    told = admin.post("/v1/quarantine/replay", json={"entries": [good, bad]}).json()
    assert [one["state"] for one in told["entries"]] == ["replayed", "waiting"]
    assert len(server.intake.taken) == 1
    told = admin.post(f"/v1/quarantine/{bad}/replay", content=GOOD).json()
    assert told["state"] == "replayed"
    third = put(server.database, b"{}")
    told = admin.post("/v1/quarantine/drop", json={"entries": [third]}).json()
    assert told["entries"][0]["state"] == "dropped"
    who = [who for subject, who in audited(server.database, "quarantine.dropped")]
    assert who[-1].startswith("key:")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?state=lost", 400),
        ("?after=-1", 400),
        ("?limit=1001", 400),
        ("?after=99999999999999999999", 400),
        ("/999999999999999999999999", 404),
        ("/0", 404),
    ],
)
def test_what_cannot_be_asked(admin: TestClient, path: str, status: int):
    assert admin.get(f"/v1/quarantine{path}").status_code == status


ROUTES = [
    ("GET", "/v1/quarantine"),
    ("GET", "/v1/quarantine/1"),
    ("POST", "/v1/quarantine/replay"),
    ("POST", "/v1/quarantine/1/replay"),
    ("POST", "/v1/quarantine/drop"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_only_those_who_may(client: TestClient, server: Server, method: str, path: str):
    body = {"entries": [1]} if method == "POST" else None
    for auth, status in (((new_key(server, "ingest"), ""), 403), (None, 401)):
        client.auth = auth
        assert client.request(method, path, json=body).status_code == status
    assert isinstance(server.intake, RecordingIntake)
    assert not server.intake.taken
