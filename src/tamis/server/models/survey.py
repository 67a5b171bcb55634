"""What sellers think of the rules of a model: who rates what, and what it comes to for all.

Answers belong to a model and a rule's id, not to one version: a new version asks nobody again. Who
gave which rating is for that person's eyes alone; others read means over people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, func, insert, select

from tamis.model.spec import Model
from tamis.server.clock import micros
from tamis.server.models import alerts, stored
from tamis.server.models.said import is_plain, refused
from tamis.server.models.steps import Maker
from tamis.server.problems import not_found
from tamis.server.store.tables.access import users
from tamis.server.store.tables.models import survey_answers

LOWEST, HIGHEST = 0, 3
"""Ratings: 0 says nothing about a lead, 1 a little, 2 a good deal, 3 decides."""
FEWEST = 2
"""Of fewer people no mean is told: it would be somebody's own answer."""
answers: Table = survey_answers


@dataclass(frozen=True)
class Told:
    """What people think of one rule.

    `mean` is of the ratings given, 0 to 3, and null where fewer than `FEWEST` people gave one;
    `people` how many rated it, `unsure` how many said that they do not know.
    """

    rule: str
    mean: float | None
    people: int
    unsure: int


def model_asked(connection: Connection, model: str) -> Model:
    """The model whose rules are rated: its active version. Raises: Problem 404."""
    found = stored.active(connection, model)
    if found is None:
        detail = "no model of this name is active"
        raise not_found(detail)
    return alerts.loaded(found.yaml)


def rate(connection: Connection, maker: Maker, model: str, rule: str, rating: int | None) -> None:
    """Keep what somebody thinks of a rule of the active version, in place of what they said before.

    `rating` is 0 to 3; null: they do not know. Raises: Problem 400, 404.
    """
    if not is_plain(rule) or model_asked(connection, model).rule(rule) is None:
        detail = "there is nothing of such a name"
        raise not_found(detail)
    if rating is not None and not LOWEST <= rating <= HIGHEST:
        raise refused("rating", f"a rating is a whole number from {LOWEST} to {HIGHEST}")
    row = {"model": model, "rule": rule, "login": maker.who}
    mine = [answers.c[name] == value for name, value in row.items()]
    connection.execute(delete(answers).where(*mine))
    connection.execute(insert(answers).values(row | {"rating": rating, "at": micros(maker.at)}))


def own(connection: Connection, model: str, login: str) -> Mapping[str, int | None]:
    """What somebody answered, by rule; null: they do not know. Rules not answered are left out."""
    chosen = select(answers.c.rule, answers.c.rating).where(
        answers.c.model == model, answers.c.login == login
    )
    return {row.rule: row.rating for row in connection.execute(chosen)}


def results(connection: Connection, model: str) -> Sequence[Told]:
    """What all who have a login today think, a line for each rule with an answer, by rule."""
    of_people = answers.join(users, users.c.login == answers.c.login)
    chosen = (
        select(
            answers.c.rule,
            func.count(answers.c.rating),
            func.sum(answers.c.rating),
            func.count(),
        )
        .select_from(of_people)
        .where(answers.c.model == model, users.c.disabled.is_(False))
        .group_by(answers.c.rule)
        .order_by(answers.c.rule)
    )
    return [
        Told(rule, int(total) / rated if rated >= FEWEST else None, rated, asked - rated)
        for rule, rated, total, asked in connection.execute(chosen)
    ]


def people_asked(connection: Connection, model: str) -> int:
    """How many people with a login have answered anything."""
    of_people = answers.join(users, users.c.login == answers.c.login)
    chosen = (
        select(func.count(func.distinct(answers.c.login)))
        .select_from(of_people)
        .where(answers.c.model == model, users.c.disabled.is_(False))
    )
    return int(connection.scalar(chosen) or 0)


def forget(connection: Connection, login: str) -> None:
    """Erase what somebody answered."""
    connection.execute(delete(answers).where(answers.c.login == login))
