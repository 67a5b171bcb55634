"""The model in use: rules in words with what they do, grades, stages, plays, what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from litestar import Response, get
from litestar.di import NamedDependency

from tamis.model.spec import Grade, Model, Verdict
from tamis.reports.phrases import deadline, dimension_name, play_name
from tamis.reports.sheet import SaidWays, accounts_in_words, action_in_words, said, score_sentence
from tamis.server.models import alerts, answers
from tamis.server.models.forms import VersionAnswer
from tamis.server.models.stored import Stored
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.web.figures import Figure, Figures
from tamis.web.pages.model.chosen import Chosen, ModelName, chosen
from tamis.web.pages.model.rules import Counted, DimensionRows, counted, rows
from tamis.web.visit import Visit, Visiting

Counts = NamedDependency[Figures]


@dataclass(frozen=True)
class Condition:
    """A temperature, stage or play with its condition in words.

    `ways` are alternatives, each of terms that must all hold. `action` and `deadline` are a play's.
    """

    name: str
    ways: SaidWays
    action: str = ""
    deadline: str = ""
    fast_track: bool = False


@dataclass(frozen=True)
class Graded:
    """A dimension's grades, the best first."""

    label: str
    grades: Sequence[Grade]


@dataclass(frozen=True)
class InUse:
    """Context of `model.html`: the version of a model that is in use.

    `version` is None where none is; the rest is then empty. `counted` None: being counted; `looked`
    is the version with what is to be looked at, None: being looked for.
    """

    model: str
    models: Sequence[str]
    versions: Sequence[Stored]
    version: Stored | None = None
    about: str = ""
    score: str = ""
    accounts: str = ""
    dimensions: Sequence[DimensionRows] = ()
    counted: Counted | None = None
    graded: Sequence[Graded] = ()
    temperatures: Sequence[Condition] = ()
    stages: Sequence[Condition] = ()
    plays: Sequence[Condition] = ()
    looked: Figure[VersionAnswer] | None = None
    tab: str = "use"


@get("/model", guards=[allows(Permission.READ)], sync_to_thread=True)
def in_use(visit: Visiting, figures: Counts, name: ModelName = None) -> Response[str]:
    """Show the model in use."""
    with visit.server.database.read() as connection:
        found = chosen(connection, name)
    if found is None:
        return visit.page("model/none.html", None)
    return visit.page("model.html", context(visit, figures, found))


@get("/model/rules", guards=[allows(Permission.READ)], sync_to_thread=True)
def rules(visit: Visiting, figures: Counts, name: ModelName = None) -> Response[str]:
    """Give the rules alone, with what was counted since."""
    return _part(visit, figures, name, "model/rules.html")


@get("/model/looked-at", guards=[allows(Permission.READ)], sync_to_thread=True)
def looked_at(visit: Visiting, figures: Counts, name: ModelName = None) -> Response[str]:
    """Give what is to be looked at alone."""
    return _part(visit, figures, name, "model/alerts.html")


def _part(visit: Visit, figures: Figures, name: str | None, template: str) -> Response[str]:
    with visit.server.database.read() as connection:
        found = chosen(connection, name)
    if found is None:
        return visit.gone_to("/model")
    return visit.part(template, context(visit, figures, found))


def context(visit: Visit, figures: Figures, found: Chosen) -> InUse:
    """The model in use in words, with what has been counted."""
    active, language = found.active, visit.language
    if active is None:
        return InUse(found.model, found.models, found.versions)
    model = alerts.loaded(active.yaml)
    count = counted(visit.server, figures, found.model)
    look = partial(_looked, visit.server, active)
    return InUse(
        found.model,
        found.models,
        found.versions,
        active,
        active.about or model.about,
        score_sentence(model, language),
        accounts_in_words(model, language),
        rows(model, count.value if count else None, language),
        count.value if count else None,
        tuple(
            Graded(dimension_name(one, language), tuple(reversed(one.grades)))
            for one in model.dimensions
            if one.grades
        ),
        _verdicts(model, model.temperatures, language),
        _verdicts(model, model.stages, language),
        _plays(model, language),
        figures.of(("model-alerts", active.version_key, active.review_day), look),
    )


def _verdicts(model: Model, of: Sequence[Verdict], language: str) -> tuple[Condition, ...]:
    return tuple(Condition(one.name, said(model, one.when.text, language)) for one in of)


def _plays(model: Model, language: str) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            play_name(play, language),
            said(model, play.when.text, language),
            action_in_words(play, language),
            deadline(play, language),
            play.fast_track,
        )
        for play in model.plays
    )


def _looked(server: Server, version: Stored) -> VersionAnswer:
    with server.database.read() as connection:
        return answers.version(connection, server.clock.now(), version)


HANDLERS = (in_use, rules, looked_at)
