"""The note over HTTP: made from the store with real scores, for those who may read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import insert, update
from tests.server.one_application import served
from tests.server.read.conftest import caller
from tests.server.scoring.live_store import LiveStore, live_store

from tamis.model.templates import template_text
from tamis.server.clock import micros
from tamis.server.ingest.message import AccountRow, LeadRow, Message, OutcomeRow
from tamis.server.security import sessions
from tamis.server.store.tables import access, lifecycle, messages, models, people

TODAY = date(2026, 11, 22)
Told = tuple[str, dict[str, Any]]


@contextmanager
def opened(url: str) -> Iterator[LiveStore]:
    """A store whose model has product lines."""
    first = TODAY - timedelta(days=40)
    made = live_store(url, template_text("products"), first, "Europe/Paris")
    yield made
    made.assembled.close()


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LiveStore]:
    """Such a store, in SQLite."""
    with opened(sqlite_url) as made:
        yield made


def did(store: LiveStore, days_ago: int, *told: Told, lead: str = "ines") -> None:
    """Events of a lead, at noon of a day."""
    store.day(TODAY - timedelta(days=days_ago), turn=False)
    at = micros(store.clock.now())
    items = [
        Message(f"{lead}-{days_ago}-{place}", "track", name, at + place, at + place, lead,
                properties=properties)
        for place, (name, properties) in enumerate(told)
    ]  # fmt: skip
    store.deliver(items)


@pytest.fixture
def ines(store: LiveStore) -> LiveStore:
    """The store with her in it."""
    add_ines(store)
    return store


def add_ines(store: LiveStore) -> None:
    """A lead of a company who came back after a call, with what others should not see of her."""
    at = micros(store.clock.now())
    fields = {
        "job_title": "Marketing director",
        "email": "ines@north.example",
        "phone": "0612345678",
    }
    account = {"name": "North Sails", "employees": 120, "industry": "software"}
    store.deliver([AccountRow("north", at, account), LeadRow("ines", at, fields, "north")])
    store.deliver([OutcomeRow("deal-1", "ines", "won", at, at)])
    did(store, 20, ("call_answered", {"channel": "phone"}))
    did(store, 5, ("page_view", {"url": "https://a.example/product/pilot"}))
    did(store, 1, ("demo_request", {"product": "pilot"}), ("email_click", {"channel": "email"}))
    store.day(TODAY, turn=False)


def got(store: LiveStore, lead: str = "ines", **query: Any) -> Any:
    with caller(store.assembled.server, "read") as client:
        answer = client.get(f"/v1/leads/{lead}/note", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_note_from_the_store(store_url: str) -> None:
    with opened(store_url) as store:
        add_ines(store)
        note = got(store)
    assert (note["lead_id"], note["as_of"], note["language"]) == ("ines", "2026-11-22", "en")
    scores = [one["score"] for one in note["sentences"][5]["facts"][1:]]
    before, after = (f"{score:.0f}" for score in scores)
    assert [one["text"] for one in note["sentences"]] == [
        "To do: “call about Pilot”.",
        "Marketing director at North Sails.",
        "Main actions: asked for a demo or a sales contact (yesterday); asked for Pilot "
        "(yesterday); spoke or met with us (three weeks ago).",
        "Last contact: a call, three weeks ago.",
        "Since then: three new actions.",
        f"The score has gone from {before} to {after} since then.",
        "Interests: Interest in Pilot (25 out of 100).",
        "Last deal: won six weeks ago.",
        "Profile: decides on such a purchase; works in an industry that we serve (software); "
        "company of the right size (120).",
    ]
    assert note["text"].startswith("To do: “call about Pilot”. Marketing director at North Sails.")
    for private in ("@", "0612345678"):
        assert private not in note["text"]


def test_its_facts_are_shown(ines: LiveStore) -> None:
    facts = {one["text"].split(":")[0]: one["facts"] for one in got(ines)["sentences"]}
    assert facts["To do"] == [{"fact": "play", "play": "call_pilot"}]
    assert facts["Last contact"] == [
        {"fact": "event", "message_id": "ines-20-0", "name": "call_answered", "day": "2026-11-02",
         "channel": "phone", "format": None}
    ]  # fmt: skip
    # The click came after the request, in the same second.
    later = ["ines-1-1", "ines-1-0", "ines-5-0"]
    assert facts["Since then"][1] == {"fact": "events", "message_ids": later}
    asked = facts["Main actions"][0]
    assert (asked["rule"], asked["count"], asked["last_day"]) == ("asked", 1, "2026-11-21")


def test_the_language_asked_for_goes_before_that_of_the_caller(ines: LiveStore) -> None:
    assert got(ines, language="fr")["text"].startswith("À faire\u00a0:")
    server = ines.assembled.server
    with server.database.write() as connection:
        row = {"login": "sam", "name": "Sam", "role": "sales", "language": "fr", "made_at": 0}
        connection.execute(insert(access.users).values(**row))
        token = sessions.begin(connection, server.clock, "sam")
    with TestClient(served(server)) as client:
        client.headers["cookie"] = f"{sessions.COOKIE}={token}"
        assert client.get("/v1/leads/ines/note").json()["language"] == "fr"
        assert client.get("/v1/leads/ines/note?language=en").json()["language"] == "en"
        refused = client.get("/v1/leads/ines/note?language=de")
    assert refused.status_code == 400


@pytest.mark.parametrize("role", ["sales", "marketing", "admin"])
def test_people_of_every_role_may_read_it(store: LiveStore, role: str) -> None:
    server = store.assembled.server
    store.deliver([LeadRow("ines", micros(store.clock.now()), {})])
    with server.database.write() as connection:
        row = {"login": "one", "name": "One", "role": role, "made_at": 0}
        connection.execute(insert(access.users).values(**row))
        token = sessions.begin(connection, server.clock, "one")
    with TestClient(served(server)) as client:
        client.headers["cookie"] = f"{sessions.COOKIE}={token}"
        assert client.get("/v1/leads/ines/note").status_code == 200


@pytest.mark.parametrize(("scopes", "status"), [((), 401), (("ingest",), 403), (("read",), 404)])
def test_others_may_not(store: LiveStore, scopes: tuple[str, ...], status: int) -> None:
    with caller(store.assembled.server, *scopes) as client:
        assert client.get("/v1/leads/nobody/note").status_code == status


def test_an_unchanged_note_is_not_sent_again(ines: LiveStore) -> None:
    with caller(ines.assembled.server, "read") as client:
        tag = client.get("/v1/leads/ines/note").headers["etag"]
        again = client.get("/v1/leads/ines/note", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_events_of_machines_are_not_told(ines: LiveStore) -> None:
    with ines.database.write() as connection:
        marked = messages.events.c.message_id == "ines-20-0"
        connection.execute(update(messages.events).where(marked).values(bot="scanner"))
    said = got(ines)["text"]
    assert "Last contact" not in said


def test_a_recorded_meeting_is_the_last_contact_until_it_is_denied(ines: LiveStore) -> None:
    row = {"model": "random", "lead": 1, "question": "meeting", "made_by": "sam"}
    row["at"] = micros(ines.clock.now() - timedelta(days=2))
    for yes, expected in ((True, "a meeting, on Friday"), (False, "a call, three weeks ago")):
        with ines.database.write() as connection:
            connection.execute(insert(lifecycle.recorded_answers).values(**row, yes=yes))
        assert f"Last contact: {expected}." in got(ines)["text"]


def test_who_opted_out_has_a_note_that_says_so_and_nothing_else(ines: LiveStore) -> None:
    at = micros(ines.clock.now())
    ines.deliver([LeadRow("ines", at, {"consent_profiling": False})])
    note = got(ines)
    text = "This person asked not to be profiled (today): there is no note."
    assert note["text"] == text
    assert note["sentences"] == [
        {"text": text, "facts": [{"fact": "refusal", "day": "2026-11-22"}]}
    ]


def test_who_opted_out_without_a_record_has_the_same(ines: LiveStore) -> None:
    with ines.database.write() as connection:
        connection.execute(update(people.leads).values(opted_out=True))
    assert got(ines)["text"] == "This person asked not to be profiled: there is no note."


def test_a_lead_that_the_model_has_not_scored_has_what_is_known(ines: LiveStore) -> None:
    with ines.database.write() as connection:
        other = template_text("products").replace(
            "tamis: 1", "tamis: 1\nexclude: email is not null"
        )
        connection.execute(update(models.versions).values(state="retired"))
        row = {"model": "other", "number": 1, "yaml": other, "state": "active", "scored": True}
        row |= {"owner": "ann", "measures": "[]", "relies_on": "[]", "made_at": 0, "made_by": "ann"}
        connection.execute(insert(models.versions).values(**row))
    said = [one["text"] for one in got(ines)["sentences"]]
    assert said == [
        "Marketing director at North Sails.",
        "Last contact: a call, three weeks ago.",
        "Since then: three new actions.",
        "Last deal: won six weeks ago.",
    ]


def test_of_several_models_one_is_named(ines: LiveStore) -> None:
    with ines.database.write() as connection:
        row = {"model": "other", "number": 1, "yaml": template_text("b2c"), "state": "active"}
        row |= {"scored": True, "owner": "ann", "measures": "[]", "relies_on": "[]"}
        connection.execute(insert(models.versions).values(**row, made_at=0, made_by="ann"))
    with caller(ines.assembled.server, "read") as client:
        assert client.get("/v1/leads/ines/note").status_code == 400
    assert got(ines, model="random")["model"] == "random"
    assert got(ines, model="other")["model"] == "other"
