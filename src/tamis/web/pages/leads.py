"""The list of leads, in the order of calling: who is behind a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter
from sqlalchemy import Connection, select

from tamis.model.lifecycle.spec import Status
from tamis.model.spec import Model
from tamis.reports.phrases import play_name
from tamis.server.models.versions import Version
from tamis.server.problems import Problem
from tamis.server.read import lead_list, lead_page
from tamis.server.read.answers import LeadPage, ScoredLead
from tamis.server.read.catalogue import choice
from tamis.server.read.questions import known_verdicts
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.store.among import among
from tamis.server.store.tables import people
from tamis.server.store.tables.lifecycle import statuses
from tamis.web.names import Name, account_fields, name_of
from tamis.web.visit import Visit, Visiting

ROWS = 50
ModelName = Annotated[str | None, QueryParameter(description="The model; needed for several.")]
FILTERS = ("cell", "stage", "temperature", "play", "owner", "account_id")


@dataclass(frozen=True)
class Row:
    """A lead of the list: who, and what the model says; `play` in words, empty for none.

    `status` is where scores and people have taken it, in words; empty without a lifecycle.
    """

    lead_id: str
    name: Name
    score: Decimal | None
    cell: str | None
    temperature: str | None
    stage: str | None
    status: str
    play: str
    owner: str | None


@dataclass(frozen=True)
class Choice:
    """A filter: the parameter, its label's key, what can be chosen, and what is (empty: all)."""

    name: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Leads:
    """Context of `leads.html` and `leads/rows.html`.

    `next` is the address of the rows behind these, empty at the end; `sought` what was looked for
    and not found, empty for nothing; `owner` and `account_id` are filters that a link set.
    """

    models: Sequence[str]
    model: str
    choices: Sequence[Choice]
    owner: str
    account_id: str
    rows: Sequence[Row]
    next: str
    sought: str = ""


@dataclass(frozen=True)
class Question:
    """Which leads are asked for: filters by name (empty: all), from a cursor on; a name sought."""

    wanted: Mapping[str, str]
    cursor: str | None
    sought: str


@get("/leads", guards=[allows(Permission.READ)], sync_to_thread=True)
def leads(
    *,
    visit: Visiting,
    model: ModelName = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    cell: FromQuery[str] = "",
    stage: FromQuery[str] = "",
    temperature: FromQuery[str] = "",
    play: FromQuery[str] = "",
    owner: FromQuery[str] = "",
    account_id: FromQuery[str] = "",
) -> Response[str]:
    """List leads, or open the one whose e-mail or id is looked for."""
    filters = zip(FILTERS, (cell, stage, temperature, play, owner, account_id), strict=True)
    question = Question(dict(filters), cursor, q.strip())
    with visit.server.database.read() as connection:
        if question.sought and (found := _found(connection, question.sought)):
            return visit.gone_to("/lead", lead_id=found)
        listed = context(visit, connection, model, question)
    return visit.part("leads/rows.html", listed) if cursor else visit.page("leads.html", listed)


def context(visit: Visit, connection: Connection, model: str | None, question: Question) -> Leads:
    """Some leads in the order of calling. Raises: Problem 400 for a value that no lead can have."""
    names, version = choice(connection, model)
    if version is None:
        return Leads((), "", (), "", "", (), "", question.sought)
    wanted = question.wanted
    page = _page(visit, connection, version, question)
    more = {name: value or None for name, value in wanted.items()}
    return Leads(
        models=names,
        model=version.name,
        choices=_choices(version.model, wanted, visit.language),
        owner=wanted["owner"],
        account_id=wanted["account_id"],
        rows=_rows(connection, version.model, page.leads, visit.language),
        next=visit.url("/leads", model=version.name, cursor=page.next, **more) if page.next else "",
        sought=question.sought,
    )


def _found(connection: Connection, name: str) -> str | None:
    try:
        return str(lead_page.found(connection, name)["lead_id"])
    except Problem:
        return None


def _page(visit: Visit, connection: Connection, version: Version, question: Question) -> LeadPage:
    given: dict[str, Any] = {name: (value,) for name, value in question.wanted.items() if value}
    wanted = lead_list.Wanted(**given, excluded=False)
    known_verdicts([version.model], wanted.verdicts)
    asked_for = lead_list.Asked(version, wanted, question.cursor, ROWS, with_fields=True)
    return lead_list.by_turn(visit.server, connection, asked_for)


def _rows(
    connection: Connection, model: Model, found: Sequence[ScoredLead], language: str
) -> list[Row]:
    accounts = account_fields(connection, [one.account_id for one in found])
    plays = {play.id: play_name(play, language) for play in model.plays}
    known = _statuses(connection, model, [one.lead_id for one in found], language)
    return [
        Row(
            one.lead_id,
            name_of(one.lead_id, one.fields or {}, accounts.get(one.account_id or "")),
            one.score,
            one.cell,
            one.temperature,
            one.stage,
            known.get(one.lead_id, ""),
            plays.get(one.play or "", ""),
            one.owner,
        )
        for one in found
    ]


def _statuses(
    connection: Connection, model: Model, ids: Sequence[str], language: str
) -> dict[str, str]:
    """The status of each lead in words; those that have none are left out."""
    query = select(people.leads.c.lead_id, statuses.c.status).join(
        statuses, statuses.c.lead == people.leads.c.lead
    )
    mine = (statuses.c.model == model.name) & among(people.leads.c.lead_id, list(ids))
    named = {one.name: one.label.text(language, one.name) for one in _statuses_of(model)}
    rows = connection.execute(query.where(mine))
    return {row.lead_id: named.get(row.status, row.status) for row in rows}


def _statuses_of(model: Model) -> Sequence[Status]:
    """The statuses that a model's lifecycle has; none without one."""
    return model.lifecycle.statuses if model.lifecycle else ()


def _choices(model: Model, wanted: Mapping[str, str], language: str) -> list[Choice]:
    """The filters that the model has verdicts for."""
    sides = [model.dimension(name) for name in model.cell]
    grades = [[grade.label for grade in reversed(one.grades)] for one in sides if one]
    cells = [a + b for a in grades[0] for b in grades[1]] if len(grades) == 2 else []
    offered = {
        "cell": [(name, name) for name in cells],
        "temperature": [(one.name, one.name) for one in model.temperatures],
        "stage": [(one.name, one.name) for one in model.stages],
        "play": [(play.id, play_name(play, language)) for play in model.plays],
    }
    return [Choice(name, options, wanted[name]) for name, options in offered.items() if options]


HANDLERS = (leads,)
