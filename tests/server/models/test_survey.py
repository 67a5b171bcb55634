"""What sellers think of rules: ratings replaced, means over people, nobody's answer told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, update
from tests.server.models.conftest import YAML

from tamis.server.models import survey
from tamis.server.models.drafts import add
from tamis.server.models.forms import NewVersion
from tamis.server.models.steps import Maker
from tamis.server.models.survey import Told
from tamis.server.problems import Problem
from tamis.server.store.database import Database
from tamis.server.store.tables.access import users
from tamis.server.store.tables.models import versions

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MODEL = "new-business"


@pytest.fixture
def store(database: Database) -> Database:
    """Three sellers, and a model in use with the rules `boss` and `pages`."""
    with database.write() as connection:
        for login in ("ada", "bob", "eve"):
            row = {"login": login, "name": login, "role": "sales", "made_at": 0, "disabled": False}
            connection.execute(insert(users).values(row))
        add(connection, Maker("ada", NOW, "admin"), NewVersion(YAML))
        connection.execute(update(versions).values(state="active"))
    return database


def rate(database: Database, login: str, rule: str, rating: int | None) -> None:
    with database.write() as connection:
        survey.rate(connection, Maker(login, NOW, "sales"), MODEL, rule, rating)


def told(database: Database) -> list[Told]:
    with database.read() as connection:
        return list(survey.results(connection, MODEL))


def test_the_latest_answer_of_a_person_counts(store: Database) -> None:
    rate(store, "ada", "boss", 0)
    rate(store, "ada", "boss", 3)
    rate(store, "bob", "boss", 2)
    assert told(store) == [Told("boss", 2.5, 2, 0)]
    with store.read() as connection:
        assert survey.own(connection, MODEL, "ada") == {"boss": 3}
        assert survey.people_asked(connection, MODEL) == 2


def test_who_does_not_know_is_in_no_mean(store: Database) -> None:
    rate(store, "ada", "pages", 1)
    rate(store, "bob", "pages", 2)
    rate(store, "eve", "pages", None)
    assert told(store) == [Told("pages", 1.5, 2, 1)]
    with store.read() as connection:
        assert survey.own(connection, MODEL, "eve") == {"pages": None}


def test_the_mean_of_one_person_is_not_told(store: Database) -> None:
    rate(store, "ada", "boss", 3)
    rate(store, "bob", "boss", None)
    assert told(store) == [Told("boss", None, 1, 1)]


def test_who_has_left_is_not_counted_and_can_be_forgotten(store: Database) -> None:
    for login in ("ada", "bob", "eve"):
        rate(store, login, "boss", 3)
    with store.write() as connection:
        connection.execute(update(users).where(users.c.login == "eve").values(disabled=True))
    assert told(store) == [Told("boss", 3.0, 2, 0)]
    with store.write() as connection:
        survey.forget(connection, "ada")
    assert told(store) == [Told("boss", None, 1, 0)]


@pytest.mark.parametrize(
    ("model", "rule", "rating", "status"),
    [
        (MODEL, "boss", 4, 400),
        (MODEL, "boss", -1, 400),
        (MODEL, "none", 1, 404),
        (MODEL, "bo\x00ss", 1, 404),
        ("other", "boss", 1, 404),
    ],
)
def test_what_cannot_be_an_answer_is_refused(
    store: Database, model: str, rule: str, rating: int, status: int
) -> None:
    with pytest.raises(Problem) as refused, store.write() as connection:
        survey.rate(connection, Maker("ada", NOW, "sales"), model, rule, rating)
    assert refused.value.status == status
    assert told(store) == []
