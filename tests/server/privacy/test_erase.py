"""Erasure: no trace in any column of any table, and nobody else loses a row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, insert, select
from tests.server.conftest import NOW
from tests.server.privacy.conftest import ANN, BOB, event, put_aside

from tamis.server.clock import SetClock, micros
from tamis.server.privacy import erased, person
from tamis.server.privacy.erase import erase
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.tables import METADATA, access, messages, people, scoring


def traces(connection: Connection, *texts: str) -> list[str]:
    """Tables and columns in which one of the texts stands, in whatever case."""
    found = []
    for table in METADATA.sorted_tables:
        for row in connection.execute(select(table)).mappings():
            for column, value in row.items():
                text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                if any(one.lower() in text.lower() for one in texts):
                    found.append(f"{table.name}.{column}")
    return found


def number(connection: Connection) -> dict[str, int]:
    counted = {t.name: select(func.count()).select_from(t) for t in METADATA.sorted_tables}
    return {name: connection.scalar(query) or 0 for name, query in counted.items()}


@pytest.mark.parametrize("named", [ANN.user, ANN.email, ANN.email.upper(), ANN.visitor])
def test_nothing_is_left_of_a_person(peopled: Server, named: str) -> None:
    with peopled.database.read() as connection:
        assert {"events.properties", "quarantine.message", "scores.cell", "audit.details"} <= set(
            traces(connection, *ANN.texts)
        )
        bobs = traces(connection, *BOB.texts)
    made = erase(peopled, named, "ada")
    assert (made.events, made.quarantined) == (2, 3)
    with peopled.database.read() as connection:
        assert traces(connection, *ANN.texts) == []
        assert traces(connection, *BOB.texts) == bobs


def test_every_table_with_leads_loses_its_rows(peopled: Server) -> None:
    erase(peopled, ANN.user, "ada")
    with peopled.database.read() as connection:
        for table in METADATA.sorted_tables:
            if "lead" in table.c:
                left = select(func.count()).select_from(table).where(table.c.lead == ANN.lead)
                assert connection.scalar(left) == 0, table.name


def test_the_audit_keeps_that_it_happened_and_not_to_whom(peopled: Server) -> None:
    erase(peopled, ANN.user, "ada")
    with peopled.database.read() as connection:
        rows = connection.execute(select(access.audit).order_by(access.audit.c.entry)).all()
    told = [(row.who, row.action, row.subject, row.details) for row in rows]
    assert told[0] == ("ada", "lead.correct", "a person", "{}")
    assert told[1][2] == BOB.user
    assert told[-1] == ("ada", "person.erase", "a person", "{}")
    assert rows[-1].at == peopled.micros


def test_whoever_is_not_there_cannot_be_erased(peopled: Server) -> None:
    with peopled.database.read() as connection:
        before = number(connection)
    for named in ("nobody", "", "\0", "\ud800", "' OR 1=1 --"):
        with pytest.raises(Problem, match="no person") as raised:
            erase(peopled, named, "ada")
        assert raised.value.status == 404
        assert not named or named not in raised.value.detail
    with peopled.database.read() as connection:
        assert number(connection) == before


def test_erased_twice_is_not_found(peopled: Server) -> None:
    erase(peopled, ANN.user, "ada")
    with pytest.raises(Problem):
        erase(peopled, ANN.email, "ada")


def test_a_visitor_who_is_no_lead_can_be_erased(peopled: Server) -> None:
    with peopled.database.write() as connection:
        visitor = event(BOB, 5, lead=False, anonymous_id="lone", message_id="lone-1")
        connection.execute(insert(messages.events).values(visitor))
    assert erase(peopled, "lone", "ada").events == 1
    with peopled.database.read() as connection:
        assert traces(connection, "lone") == []
        assert connection.scalar(select(func.count()).select_from(people.leads)) == 2


def test_a_short_id_takes_no_message_of_others(peopled: Server) -> None:
    with peopled.database.write() as connection:
        lead = {"lead": 3, "lead_id": "7", "fields": "{}", "first_at": 0, "last_at": 0}
        connection.execute(insert(people.leads).values(opted_out=False, **lead))
        others = [b'{"userId":"u-9","properties":{"n":"7"}}', b'{"cut off 7', b"[7]"]
        own = [b'{"userId":7}', b'{"traits":{"user_id":"7"}}']
        connection.execute(
            insert(messages.quarantine), [put_aside(message, 1) for message in others + own]
        )
    assert erase(peopled, "7", "ada").quarantined == 2


def test_what_is_sent_again_is_known_as_erased(peopled: Server) -> None:
    with peopled.database.read() as connection:
        assert erased.is_erased(connection, {"anything"}) == set()
        ids = list(connection.scalars(select(messages.events.c.message_id).where(
            messages.events.c.lead == ANN.lead)))  # fmt: skip
    erase(peopled, ANN.user, "ada")
    with peopled.database.read() as connection:
        again = {*ids, f"bad-{ANN.user}", "new"}
        assert erased.is_erased(connection, again) == again - {"new"}
        assert traces(connection, *ids) == []


def test_only_what_was_said_before_the_erasure_stays_out(peopled: Server) -> None:
    erase(peopled, ANN.user, "ada")
    now = micros(NOW)
    said = {("email", ANN.email, now), ("user", ANN.user, now + 1), ("user", BOB.user, now - 1)}
    with peopled.database.read() as connection:
        assert erased.said_before(connection, said) == {("email", ANN.email, now)}


def test_fingerprints_go_in_their_time(peopled: Server) -> None:
    erase(peopled, ANN.user, "ada")
    later = micros(NOW + timedelta(days=erased.DAYS, seconds=1))
    with peopled.database.write() as connection:
        assert erased.forget_old(connection, micros(NOW)) == 0
        assert erased.forget_old(connection, later) > 0
        assert erased.said_before(connection, [("email", ANN.email, 0)]) == set()


def test_erased_again_after_coming_back(peopled: Server) -> None:
    assert isinstance(peopled.clock, SetClock)
    erase(peopled, ANN.user, "ada")
    peopled.clock.pass_by(timedelta(days=3))
    with peopled.database.write() as connection:
        visit = event(ANN, 5, lead=False, anonymous_id=ANN.visitor, message_id="back")
        connection.execute(insert(messages.events).values(visit))
    assert erase(peopled, ANN.visitor, "ada").events == 1
    with peopled.database.read() as connection:
        said = [("anonymous", ANN.visitor, peopled.micros)]
        assert erased.said_before(connection, said) == set(said)


def test_readers_of_the_history_go_on_from_its_number(peopled: Server) -> None:
    history = scoring.score_history.c
    with peopled.database.read() as connection:
        highest = connection.scalar(select(func.max(history.entry)))
    erase(peopled, BOB.user, "ada")
    with peopled.database.read() as connection:
        assert connection.scalar(select(func.max(history.entry))) == highest


def test_sqlite_overwrites_what_it_deletes(peopled: Server) -> None:
    if not peopled.database.is_sqlite:
        pytest.skip("PostgreSQL has its own vacuum")
    erase(peopled, ANN.user, "ada")
    with peopled.database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert peopled.database.path is not None
    held = peopled.database.path.read_bytes().lower()
    assert [text for text in ANN.texts if text.lower().encode() in held] == []
    assert BOB.email.encode() in held


def test_a_person_is_found_by_lead_id_first(peopled: Server) -> None:
    with peopled.database.read() as connection:
        assert person.lead_of(connection, ANN.user) == ANN.lead
        assert person.found(connection, f" {ANN.email.title()} ").lead == ANN.lead
        assert person.found(connection, ANN.visitor).values == {ANN.user, ANN.email, ANN.visitor}
