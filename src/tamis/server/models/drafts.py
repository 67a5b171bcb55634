"""Drafts: versions made from YAML, edited, and described: owner, review, measures, fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, insert, select, update

from tamis.errors import ModelError, Place
from tamis.errors import Problem as Found
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.server.clock import day_number, micros
from tamis.server.models import steps, stored
from tamis.server.models.forms import Edit, NewVersion, Reliance
from tamis.server.models.said import refused, said
from tamis.server.models.steps import Maker, note
from tamis.server.models.stored import Stored
from tamis.server.problems import Problem, bad_request, conflict
from tamis.server.store.tables.access import users
from tamis.server.store.tables.models import versions

NAME = re.compile(r"\w[\w .+-]{0,99}")
"""Names that can stand in an address, between slashes."""


def add(connection: Connection, maker: Maker, new: NewVersion) -> Stored:
    """A new draft of the model that the YAML names. Raises: Problem 400, with what is wrong."""
    model = checked(new.yaml)
    number = stored.next_number(connection, model.name)
    row = {
        "model": model.name,
        "number": number,
        "yaml": new.yaml,
        "state": "draft",
        "owner": _owner(connection, maker, new.owner),
        "review_day": _day(new.review_day),
        "measures": stored.in_json(new.measures),
        "relies_on": stored.in_json(_reliances(model, new.relies_on)),
        "about": said("about", new.about),
        "made_at": micros(maker.at),
        "made_by": maker.who,
    }
    connection.execute(insert(versions).values(row))
    made = stored.find(connection, model.name, number)
    note(connection, maker, made, "drafted", comment=made.about)
    return made


def edit(connection: Connection, maker: Maker, version: Stored, change: Edit) -> Stored:
    """Change a draft's YAML, or what is said of any version. Raises: Problem 400 or 409."""
    model = checked(version.yaml if change.yaml is None else change.yaml)
    values: dict[str, object] = {}
    if change.yaml is not None and change.yaml != version.yaml:
        _refuse_yaml(connection, version, model)
        values["yaml"] = change.yaml
    if change.owner is not None:
        values["owner"] = _owner(connection, maker, change.owner)
    if change.review_day is not None:
        values["review_day"] = _day(change.review_day)
    if change.measures is not None:
        values["measures"] = stored.in_json(change.measures)
    if change.relies_on is not None:
        values["relies_on"] = stored.in_json(_reliances(model, change.relies_on))
    if change.about is not None:
        values["about"] = said("about", change.about)
    if values:
        chosen = versions.c.version_key == version.version_key
        connection.execute(update(versions).where(chosen).values(values))
        note(connection, maker, version, "edited", comment=", ".join(values))
    return stored.by_key(connection, version.version_key)


def checked(yaml: str) -> Model:
    """The model in a YAML that somebody sends. Raises: Problem 400, each error at its place."""
    try:
        model = checked_model(yaml, "yaml")
    except ModelError as error:
        raise _wrong(error.problems) from error
    if not NAME.fullmatch(model.name):
        message = "the name of a model has letters, digits, spaces and . + - _, at most 100"
        raise _wrong([Found(model.places["name"], "wrong-name", message)])
    return model


def _refuse_yaml(connection: Connection, version: Stored, model: Model) -> None:
    if version.state != "draft":
        detail = f"{version.title} is {version.state}: add a new version instead"
        raise conflict(detail)
    # Scores were made by this YAML, and whoever scores holds it by the version's key.
    done = {step.action for step in steps.history(connection, version.version_key)}
    if done & {"shadowing", "activating"}:
        detail = f"{version.title} has run in shadow or was activated: add a new version instead"
        raise conflict(detail)
    if model.name != version.model:
        message = f"the name is `{version.model}` in all versions of this model"
        raise _wrong([Found(model.places["name"], "other-name", message)])


def _wrong(problems: Sequence[Found]) -> Problem:
    errors = [
        {
            "field": f"yaml:{place_in(found.place)}".rstrip(":"),
            "message": "; ".join(filter(None, (f"{found.message} [{found.code}]", found.hint))),
        }
        for found in problems
    ]
    return Problem(400, "wrong-model", "The model has errors", "see `errors`", errors)


def place_in(place: Place) -> str:
    """Line and column in the YAML, as `14:9`; empty for the whole of it."""
    return str(place).partition(":")[2]


def _owner(connection: Connection, maker: Maker, login: str) -> str:
    login = said("owner", login) or (maker.who if maker.role else "")
    known = (users.c.login == login) & users.c.disabled.is_(False)
    if not connection.execute(select(users.c.login).where(known)).first():
        detail = "owner"
        raise refused(detail, "an owner is needed who has a login here")
    return login


def _day(day: date | None) -> int | None:
    return None if day is None else day_number(day)


def _reliances(model: Model, fields: Sequence[Reliance]) -> Sequence[Reliance]:
    unknown = [one.field for one in fields if not model.fields_named(one.field, "lead", "account")]
    if unknown:
        message = "the model declares no such field of leads or accounts"
        errors = [{"field": "relies_on", "message": f"`{name}`: {message}"} for name in unknown]
        detail = "see `errors`"
        raise bad_request(detail, errors)
    return fields
