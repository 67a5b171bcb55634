"""A learned model beside the rules: the grid of agreement, suggested points, rules worth adding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from tamis.language import number, translator
from tamis.model.spec import Model
from tamis.reports.learned.beside import cell_name
from tamis.reports.phrases import capital, rule_name, spaced
from tamis.server.learning.forms import (
    Addition,
    Agreement,
    AgreementCell,
    Disagreement,
    Figure,
    Suggestion,
)
from tamis.web.names import Name, named_by_id
from tamis.web.pages.learned.words import share_said, times_said, titled

MOST_LEADS = 50
TONES = {"against": "late", "more": "soon", "less": "soon", "supports": "up"}


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


VERDICTS: Mapping[str, str] = {
    "supports": _("supported"),
    "more": _("worth more"),
    "less": _("worth less"),
    "none": _("no effect seen"),
    "against": _("points the other way"),
    "too_few": _("too few leads to tell"),
}
KEPT: Mapping[str, str] = {
    "locked": _("locked: stays"),
    "exclusion": _("shuts leads out: stays"),
}


@dataclass(frozen=True)
class Suggested:
    """Points of a rule beside those that the data support, in words."""

    key: str
    label: str
    level: str
    today: str
    points: str
    interval: str
    odds: str
    leads: int
    conversion: str
    verdict: str
    tone: str
    kept: str
    takes: bool


@dataclass(frozen=True)
class Added:
    """A rule worth adding: its levels with points, and its lines in the model's YAML."""

    key: str
    label: str
    leads: int
    with_it: str
    without_it: str
    levels: Sequence[tuple[str, str, str, int, str]]
    yaml: str


@dataclass(frozen=True)
class Quarter:
    """A cell of the grid of agreement."""

    name: str
    label: str
    leads: int
    won: int | None
    conversion: str


@dataclass(frozen=True)
class Grid:
    """The grid of agreement by name of its cells; the bounds from which on a lead is high."""

    cells: Mapping[str, Quarter]
    high_score: float | None
    high_probability: float | None
    correlation: float | None


@dataclass(frozen=True)
class Differing:
    """A lead whom rules and learned model judge otherwise."""

    lead: Name
    kind: str
    rules: float | None
    learned: float


def suggested(found: Sequence[Suggestion], model: Model | None, language: str) -> list[Suggested]:
    """Suggestions in words: first those worth a draft, then by how many leads they touch."""
    order = sorted(found, key=lambda one: (not one.worth_a_draft, -one.leads))
    labels = {rule.id: rule_name(rule, language) for rule in model.rules} if model else {}
    return [_suggested(one, labels, language) for one in order]


def _suggested(one: Suggestion, labels: Mapping[str, str], language: str) -> Suggested:
    say = translator(language)
    return Suggested(
        key=one.key,
        label=capital(labels.get(one.rule, spaced(one.rule))),
        level=one.level,
        today=number(one.today, language, sign=True),
        points="\u2013" if one.points is None else number(one.points, language, sign=True),
        interval=interval_said(one.supported, language),
        odds=times_said(one.odds, language),
        leads=one.leads,
        conversion=share_said(one.conversion, language),
        verdict=say(VERDICTS[one.says]),
        tone=TONES.get(one.says, "soft"),
        kept=say(KEPT[one.kept]) if one.kept else "",
        takes=one.worth_a_draft,
    )


def interval_said(value: Figure, language: str) -> str:
    """An interval of points; a dash where it is not known."""
    if value.low is None or value.high is None:
        return "\u2013"
    low, high = (number(end, language, decimals=1, sign=True) for end in (value.low, value.high))
    return f"{low} … {high}"


def added(found: Sequence[Addition], language: str) -> list[Added]:
    """Rules worth adding, in words."""
    return [
        Added(
            key=one.key,
            label=titled(one.column, language),
            leads=one.leads,
            with_it=share_said(one.with_it, language),
            without_it=share_said(one.without_it, language),
            levels=[
                (
                    level.name,
                    number(level.points, language, sign=True),
                    interval_said(level.supported, language),
                    level.leads,
                    share_said(level.conversion, language),
                )
                for level in one.levels
            ],
            yaml="\n".join(one.lines),
        )
        for one in found
    ]


def grid(found: Agreement, language: str) -> Grid:
    """The grid of agreement in words."""
    return Grid(
        {cell.name: _quarter(cell, language) for cell in found.cells},
        found.high_score,
        found.high_probability,
        found.rank_correlation,
    )


def _quarter(cell: AgreementCell, language: str) -> Quarter:
    return Quarter(
        cell.name,
        cell_name(cell.name, language),
        cell.leads,
        cell.won,
        share_said(cell.conversion, language),
    )


def differing(connection: Connection, found: Sequence[Disagreement]) -> list[Differing]:
    """Leads worth a look, with their names."""
    some = found[:MOST_LEADS]
    names = named_by_id(connection, [one.lead_id for one in some])
    return [
        Differing(names[one.lead_id], one.kind, one.rules, one.learned)
        for one in some
        if one.lead_id in names
    ]
