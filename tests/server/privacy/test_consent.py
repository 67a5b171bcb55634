"""Consent: the latest word holds, whatever the order in which words arrive."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import Connection, delete, insert, select
from tests.server.conftest import RecordingScores
from tests.server.privacy.conftest import ANN, BOB

from tamis.server.privacy import consent
from tamis.server.privacy.consent import Said
from tamis.server.server import Server
from tamis.server.store.database import Database
from tamis.server.store.tables import access, people


@pytest.fixture
def two(database: Database) -> Database:
    with database.write() as connection:
        empty = {"fields": "{}", "first_at": 0, "last_at": 0, "opted_out": False}
        rows = [{"lead": lead, "lead_id": f"l{lead}", **empty} for lead in (1, 2)]
        connection.execute(insert(people.leads), rows)
    return database


def words(connection: Connection) -> list[tuple[int, bool]]:
    c = people.consents.c
    return [(row.at, row.given) for row in connection.execute(select(c.at, c.given).order_by(c.at))]


def test_a_no_is_kept_and_holds(two: Database) -> None:
    with two.write() as connection:
        assert consent.keep(connection, two, [Said(1, 10, False, "form")]) == {1}
        assert consent.keep(connection, two, [Said(1, 11, False, "form")]) == set()
        assert consent.opted_out(connection, [1, 2, 3]) == {1}
        assert consent.keep(connection, two, [Said(1, 12, True, "form")]) == {1}
        assert consent.opted_out(connection, [1, 2]) == set()
        assert words(connection) == [(10, False), (11, False), (12, True)]


def test_a_first_yes_changes_nothing(two: Database) -> None:
    with two.write() as connection:
        assert consent.keep(connection, two, [Said(1, 10, True, "form")]) == set()


@pytest.mark.parametrize("together", [True, False])
def test_any_order_gives_the_same(two: Database, *, together: bool) -> None:
    said = [Said(1, 10, True, "a"), Said(1, 20, False, "b"), Said(1, 20, True, "c"),
            Said(1, 5, False, "d")]  # fmt: skip
    for order in permutations(said):
        with two.write() as connection:
            connection.execute(delete(people.consents))
            consent.settle(connection, [1])
            for batch in [order] if together else [[one] for one in order]:
                consent.keep(connection, two, batch)
            assert consent.opted_out(connection, [1]) == {1}
            assert words(connection) == [(5, False), (10, True), (20, False)]


def test_no_consents_left_leave_the_flag_alone(two: Database) -> None:
    with two.write() as connection:
        consent.keep(connection, two, [Said(1, 10, False, "form")])
        assert consent.settle(connection, [2]) == set()


@pytest.mark.parametrize(
    ("said", "meant"),
    [(True, True), (False, False), ("no", False), (" Yes ", True), (0, False), ("maybe", None),
     (None, None), ([], None), ({}, None)],
)  # fmt: skip
def test_what_traits_say(said: object, meant: object) -> None:
    assert consent.told({consent.TRAIT: said}) is meant


def test_recording_rescores_and_names_nobody_in_the_audit(peopled: Server) -> None:
    assert isinstance(peopled.scores, RecordingScores)
    with peopled.database.write() as connection:
        connection.execute(delete(people.consents))
    assert consent.record(peopled, BOB.email, given=False, source="letter", who="ada")
    assert not consent.record(peopled, BOB.email, given=False, source="letter", who="ada")
    assert peopled.scores.rescored == [([BOB.lead], "consent")]
    with peopled.database.read() as connection:
        assert consent.opted_out(connection, [ANN.lead, BOB.lead]) == {BOB.lead}
        entry = access.audit.c
        rows = connection.execute(select(access.audit).where(entry.action == "person.consent"))
        assert [(row.subject, row.details) for row in rows] == [
            ("2", '{"purpose":"profiling","given":false}')
        ] * 2
