"""Export: everything of one person in one document, and nothing of another."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from tests.server.conftest import NOW
from tests.server.privacy.conftest import ANN, BOB, event, put_aside

from tamis.server.clock import micros
from tamis.server.privacy.export import LEFT_OUT, export
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.tables import METADATA, access, messages, models, people, scoring
from tamis.server.store.tables.delivery import outbox
from tamis.server.store.tables.lifecycle import recorded_answers, status_history, statuses
from tamis.server.store.tables.work import deadlines, handoffs, play_firings

now = micros(NOW)


@pytest.fixture
def known(server: Server) -> Server:
    """Ann with real values, and Bob with an event."""
    with server.database.write() as connection:
        add = connection.execute
        base = {"fields": '{"title":"DRH"}', "first_at": now, "last_at": now, "opted_out": False}
        for who in (ANN, BOB):
            add(insert(people.leads).values(
                lead=who.lead, lead_id=who.user, account_id="acme", **base))  # fmt: skip
            names = {"user": who.user, "email": who.email, "anonymous": who.visitor}
            add(insert(people.identities), [
                {"kind": k, "value": v, "lead": who.lead, "at": now, "said_by": ""}
                for k, v in names.items()])  # fmt: skip
            add(insert(messages.events), [event(who, now), event(who, now - 1, lead=False)])
        add(insert(people.accounts).values(
            account_id="acme", fields='{"industry":"bank"}', first_at=0))  # fmt: skip
        add(insert(people.lead_values).values(
            lead=1, field="title", at=now, value='"DRH"', source="api"))  # fmt: skip
        add(insert(people.outcomes).values(
            outcome_id="o1", lead=1, outcome="won", at=now, amount=1_250_000_000,
            received_at=now))  # fmt: skip
        add(insert(people.consents).values(
            lead=1, purpose="profiling", at=now, given=True, source="form"))  # fmt: skip
        add(insert(people.adjustments).values(
            lead=1, model="b2b", dimension="fit", points=-2500, reason="met", made_by="sam",
            made_at=now, first_day=20_000))  # fmt: skip
        add(insert(models.versions).values(
            version_key=9, model="b2b", number=4, yaml="", state="active", owner="", measures="[]",
            relies_on="[]", made_at=0, made_by="x"))  # fmt: skip
        add(insert(scoring.counters).values(counter=5, mark="x", name="demo"))
        add(insert(scoring.matches).values(lead=1, counter=5, day=20_000, n=2, amount=None))
        add(insert(scoring.scores).values(
            version_key=9, lead=1, lead_id=ANN.user, as_of=20_000, excluded=False,
            dimensions='{"fit":4000}', grades='{"fit":"A"}', score=4050, turn=1, changed=1,
        ))  # fmt: skip
        add(insert(messages.quarantine).values(
            put_aside(json.dumps({"userId": ANN.user}).encode(), now)))  # fmt: skip
    return server


def test_everything_in_words_that_can_be_read(known: Server) -> None:
    found = export(known, ANN.email, "ada")
    assert json.loads(json.dumps(found)) == found
    assert found["person"] == ANN.user
    assert found["exported_at"] == found["lead"]["first_at"] == "2026-11-22T09:00:00.000Z"
    assert found["lead"]["fields"] == {"title": "DRH"}
    assert found["account"] == {"account_id": "acme", "fields": {"industry": "bank"}}
    assert {one["value"] for one in found["identities"]} == {ANN.user, ANN.email, ANN.visitor}
    assert [one["properties"]["name"] for one in found["events"]] == [ANN.name] * 2
    assert found["lead_values"][0]["value"] == "DRH"
    assert found["outcomes"][0]["amount"] == "1250.000000"
    assert found["adjustments"][0]["points"] == "-2.500"
    assert found["adjustments"][0]["first_day"] == "2024-10-04"
    assert found["consents"][0]["given"] is True
    score = found["scores"][0]
    assert (score["model"], score["version"], score["score"]) == ("b2b", 4, "40.50")
    assert found["matches"] == [{"day": "2024-10-04", "n": 2, "amount": None, "rule": "demo"}]
    assert ANN.user in found["quarantine"][0]["message"]


def test_what_became_of_a_lead_in_words_that_can_be_read(known: Server) -> None:
    shown, later = "2026-11-22T09:00:00.000Z", "2026-11-22T10:00:00.000Z"
    hour, base = now + 3_600_000_000, {"model": "b2b", "lead": 1}
    with known.database.write() as connection:
        for table, row in (
            (statuses, {"status": "mql", "kind": "mkg", "entry": "inbound", "since": now,
                "cause": "score", "look_at": hour, "step": 7}),
            (status_history, {"step": 7, "at": now, "before": "lead", "after": "mql",
                "passed": False, "cause": "score", "version_key": 9, "entry": 3, "score": 4050}),
            (recorded_answers, {"answer": 2, "question": "budget", "yes": True, "at": now,
                "made_by": "sam"}),
            (handoffs, {"handoff": 5, "play": "call", "queue": "sales", "cause": 3,
                "state": "assigned", "owner": "sam", "turn": 1, "made_at": now,
                "assigned_at": now, "due_at": hour, "snoozed_until": hour, "score": 4050,
                "version_key": 9}),
            (play_firings, {"play": "call", "cause": 3, "at": now, "outcome": "made",
                "handoff": 5, "version_key": 9}),
            (deadlines, {"deadline": 1, "handoff": 5, "kind": "remind", "round": 1,
                "due_at": hour, "fired_at": hour}),
            (outbox, {"target": "crm", "kind": "lead.changed", "payload": '{"stage":"mql"}',
                "idempotency_key": "k", "made_at": now, "since": now, "next_at": hour,
                "leased_until": hour}),
        ):  # fmt: skip
            told = {name: value for name, value in (base | row).items() if name in table.c}
            connection.execute(insert(table).values(told))
    found = export(known, ANN.user, "ada")
    assert json.loads(json.dumps(found)) == found
    (status,), (step,) = found["statuses"], found["status_history"]
    assert (status["entry"], status["since"], status["look_at"]) == ("inbound", shown, later)
    assert (step["before"], step["after"], step["score"]) == ("lead", "mql", "40.50")
    assert (step["model"], step["version"]) == ("b2b", 4)
    (work,), (deadline,), (fired,) = found["handoffs"], found["deadlines"], found["play_firings"]
    assert (work["handoff"], work["made_at"], work["due_at"]) == (5, shown, later)
    assert (work["assigned_at"], work["snoozed_until"]) == (shown, later)
    assert (deadline["handoff"], deadline["due_at"], deadline["fired_at"]) == (5, later, later)
    assert (fired["model"], fired["version"], fired["outcome"]) == ("b2b", 4, "made")
    (message,) = found["outbox"]
    assert (message["payload"], message["next_at"]) == ({"stage": "mql"}, later)
    inside = {"step", "answer", "deadline", "version_key", "turn", "cause"}
    for table in ("handoffs", "play_firings", "deadlines", "recorded_answers"):
        assert inside.isdisjoint(found[table][0]), table
    assert {"step", "entry"}.isdisjoint(step)


def test_nothing_of_another(known: Server) -> None:
    written = json.dumps(export(known, ANN.user, "ada"))
    assert not [text for text in BOB.texts if text in written]


def test_every_table_with_leads_is_in_it(known: Server) -> None:
    tables = {table.name for table in METADATA.sorted_tables if "lead" in table.c}
    assert tables - LEFT_OUT <= set(export(known, ANN.user, "ada"))


def test_a_visitor_who_is_no_lead(known: Server) -> None:
    with known.database.write() as connection:
        visitor = event(BOB, 5, lead=False, anonymous_id="lone")
        connection.execute(insert(messages.events).values(visitor))
    found = export(known, "lone", "ada")
    assert (found["person"], found["lead"], len(found["events"])) == ("lone", None, 1)


def test_the_audit_keeps_that_it_happened(known: Server) -> None:
    export(known, ANN.user, "ada")
    with known.database.read() as connection:
        row = connection.execute(select(access.audit)).one()
    assert (row.who, row.action, row.subject) == ("ada", "person.export", "1")
    assert row.at == micros(NOW + timedelta(0))


def test_nobody(known: Server) -> None:
    with pytest.raises(Problem):
        export(known, "nobody", "ada")
