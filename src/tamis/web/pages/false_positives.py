"""False positives: what sales rejected and why, the rules that misled; and who was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency

from tamis.model.spec import Model
from tamis.reports.phrases import rule_name
from tamis.server.alignment.ask import period_of
from tamis.server.alignment.routes import First, Last, ModelName
from tamis.server.alignment.words import reason
from tamis.server.feedback.forms import FalseNegatives, FalsePositives
from tamis.server.feedback.misled import false_positives
from tamis.server.feedback.missed import false_negatives
from tamis.server.read.catalogue import choice
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.web.figures import Figures
from tamis.web.names import named_by_id
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.READ)]
Counter = NamedDependency[Figures]


@dataclass(frozen=True)
class Counted:
    """What is counted in the background: both kinds of error, and what their leads are called."""

    positives: FalsePositives
    negatives: FalseNegatives
    names: Mapping[str, str]


@dataclass(frozen=True)
class Wrong:
    """Context of `false_positives.html` and `false_positives/parts.html`.

    `found` is None while it is being counted, and without an active model, where `model` is empty.
    `rules` and `reasons` say in words what the ids of the model mean.
    """

    models: Sequence[str]
    model: str
    first: date
    last: date
    found: Counted | None = None
    at: datetime | None = None
    rules: Mapping[str, str] | None = None
    reasons: Mapping[str, str] | None = None


@get("/false-positives", guards=MAY, sync_to_thread=True)
def wrong(
    visit: Visiting,
    figures: Counter,
    *,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[str]:
    """Show what was wrong in a period."""
    return visit.page("false_positives.html", context(visit, figures, model, first, last))


@get("/false-positives/parts", guards=MAY, sync_to_thread=True)
def parts(
    visit: Visiting,
    figures: Counter,
    *,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[str]:
    """Show what was being counted."""
    return visit.part("false_positives/parts.html", context(visit, figures, model, first, last))


def context(
    visit: Visit, figures: Figures, model: str | None, first: date | None, last: date | None
) -> Wrong:
    """Both kinds of error, as far as they are counted."""
    with visit.server.database.read() as connection:
        names, version = choice(connection, model)
    if version is None:
        today = visit.now.date()
        return Wrong((), "", today, today)
    meant = version.model
    period = period_of(meant, visit.server.clock, first, last)
    key = ("false positives", meant.name, period.first, period.last)
    figure = figures.of(
        key,
        lambda: _counted(visit.server, meant, period.first, period.last),
        who=visit.caller.who,
    )
    shown = (names, meant.name, period.first, period.last)
    if figure is None:
        return Wrong(*shown)
    words = _reasons(meant, figure.value.positives, visit.language)
    rules = {rule.id: rule_name(rule, visit.language) for rule in meant.rules}
    return Wrong(*shown, figure.value, figure.at, rules, words)


def _counted(server: Server, model: Model, first: date, last: date) -> Counted:
    period = period_of(model, server.clock, first, last)
    with server.database.read() as connection:
        positives = false_positives(connection, model, period, server.micros)
        negatives = false_negatives(connection, model, period, server.micros)
        ids = [one.lead_id for one in positives.rejections]
        ids += [one.lead_id for one in negatives.leads]
        names = {one.lead_id: one.name for one in named_by_id(connection, ids).values()}
        return Counted(positives, negatives, names)


def _reasons(model: Model, found: FalsePositives, language: str) -> dict[str, str]:
    named = {name for cell in found.by_cell for name in cell.reasons}
    named |= {one.reason for one in found.rejections if one.reason}
    return {name: reason(name, model, language) for name in named}


HANDLERS = (wrong, parts)
