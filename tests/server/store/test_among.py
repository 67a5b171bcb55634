"""One parameter for many values: the same rows as an IN list, found by the index."""

from __future__ import annotations

from sqlalchemy import insert, select, text

from tamis.server.store.among import among
from tamis.server.store.database import Database
from tamis.server.store.tables import messages, people

ODD = ["a", "é'", 'quo"te', "\\", "😀", "100%"]


def test_it_finds_what_an_in_list_finds(database: Database) -> None:
    rows = [{"kind": "user", "value": one, "lead": 1, "at": 0, "said_by": ""} for one in ODD]
    i = people.identities.c
    with database.write() as connection:
        connection.execute(insert(people.identities), rows)
        for wanted in (ODD, ODD[:1], ["nobody"], []):
            chosen = select(i.value).where(among(i.value, wanted), i.kind == "user")
            expected = select(i.value).where(i.value.in_(wanted))
            found = connection.execute(chosen).scalars().all()
            assert sorted(found) == sorted(connection.execute(expected).scalars().all())


def test_whole_numbers_and_more_than_a_list_could_hold(database: Database) -> None:
    i = people.identities.c
    with database.read() as connection:
        chosen = select(i.value).where(among(i.lead, range(50_000)))
        assert connection.execute(chosen).scalars().all() == []


def test_sqlite_searches_and_does_not_scan(sqlite_database: Database) -> None:
    chosen = select(messages.events.c.lead).where(
        among(messages.events.c.message_id, ["m"]), messages.events.c.at > 0
    )
    sql = str(chosen.compile(sqlite_database.engine))
    with sqlite_database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("[]", 0)).all()
    assert "SEARCH events USING INDEX" in str(plan[0])
    assert text(sql).text.count("= 1") == 0
