"""What sellers think of the rules: they rate, and then see what the past says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from litestar import Response, get, post
from litestar.params import URLEncodedBody
from msgspec import Struct

from tamis.history.evidence_rules import RuleEvidence
from tamis.language import Language, translator
from tamis.model.spec import Dimension, Model, Rule
from tamis.reports.mechanics import points_in_words, source
from tamis.reports.phrases import capital, dimension_name, rule_name
from tamis.server.models import survey
from tamis.server.models.steps import maker_of
from tamis.server.models.survey import Told
from tamis.server.problems import not_found
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.figures import Figures
from tamis.web.pages.model.chosen import ModelName, chosen
from tamis.web.pages.model.forms import id_of
from tamis.web.pages.model.rules import counted, verdict
from tamis.web.pages.model.view import Counts
from tamis.web.visit import Visit, Visiting

Disagreement = Literal["against", "sellers_only", "data_only", "agree", "unknown"]
MUCH, LITTLE, STRONG = 2.0, 1.0, 1.5
"""Mean ratings from which, and up to which, sellers hold a rule for (un)important; what is strong
evidence: so many times as often won, or as seldom."""
SILENT = ("never", "same", "too_few")
ORDER: tuple[Disagreement, ...] = ("against", "sellers_only", "data_only", "agree", "unknown")


@dataclass(frozen=True)
class Rated:
    """A rule that is rated; `id` is its place in the page.

    `rating` is the reader's own, `answered` whether they gave one; null: they do not know. What the
    past says is null before they have answered, and where it says nothing.
    """

    id: str
    rule: str
    label: str
    about: str
    points: str
    source: Sequence[str]
    answered: bool
    rating: int | None
    evidence: RuleEvidence | None
    verdict: str
    tone: str


@dataclass(frozen=True)
class Asked:
    """The rules of a dimension that are rated."""

    label: str
    rules: Sequence[Rated]


@dataclass(frozen=True)
class Result:
    """What all think of a rule beside what the past says; the largest disagreements come first."""

    label: str
    told: Told
    evidence: RuleEvidence | None
    verdict: str
    tone: str
    kind: Disagreement
    words: str


@dataclass(frozen=True)
class Survey:
    """Context of `model/survey.html`.

    `dimensions` are what one rates, none who does not sell; `results` are for who works on models.
    `people` is how many have answered. `used`: the model has a version in use.
    """

    model: str
    models: Sequence[str]
    dimensions: Sequence[Asked]
    done: int
    rules: int
    results: Sequence[Result]
    people: int
    used: bool
    tab: str = "survey"


@dataclass(frozen=True)
class OneRated:
    """Context of `model/rated.html`: one rule after its rating, with how far one is."""

    model: str
    rated: Rated
    done: int
    rules: int


class Rating(Struct):
    """What a button of a rule sends; `rating` is empty for who does not know."""

    model: str = ""
    rule: str = ""
    rating: str = ""


@get("/model/survey", guards=[allows(Permission.READ)], sync_to_thread=True)
def asked(visit: Visiting, figures: Counts, name: ModelName = None) -> Response[str]:
    """Ask for ratings, or show what they come to."""
    with visit.server.database.read() as connection:
        found = chosen(connection, name)
        if found is None:
            return visit.gone_to("/model")
        if found.active is None:
            nothing = Survey(found.model, found.models, (), 0, 0, (), 0, used=False)
            return visit.page("model/survey.html", nothing)
        model = survey.model_asked(connection, found.model)
        own = survey.own(connection, found.model, visit.caller.who)
        told = survey.results(connection, found.model)
        people = survey.people_asked(connection, found.model)
    evidence = _evidence(visit, figures, found.model)
    sells = visit.may(Permission.APPROVE_SALES)
    dimensions = [_dimension(model, one, own, evidence, visit.language) for one in model.dimensions]
    results = _results(model, told, evidence, visit.language) if visit.may(Permission.MODEL) else ()
    context = Survey(
        found.model,
        found.models,
        dimensions if sells else (),
        sum(id_ in own for id_ in model.numbers),
        len(model.rules),
        results,
        people,
        used=True,
    )
    return visit.page("model/survey.html", context)


@post(
    "/model/survey/rate",
    guards=[allows(Permission.APPROVE_SALES)],
    sync_to_thread=True,
    status_code=200,
)
def rate(visit: Visiting, figures: Counts, data: URLEncodedBody[Rating]) -> Response[str]:
    """Keep a rating, and show what the past says of the rule."""
    rating = int(data.rating) if data.rating.isdigit() else None
    with visit.server.database.write() as connection:
        maker = maker_of(visit.caller, visit.server)
        survey.rate(connection, maker, data.model, data.rule, rating)
        model = survey.model_asked(connection, data.model)
        own = survey.own(connection, data.model, visit.caller.who)
    rule = model.rule(data.rule)
    if rule is None:
        detail = "there is nothing of such a name"
        raise not_found(detail)
    shown = _rated(model, rule, own, _evidence(visit, figures, data.model), visit.language)
    done = sum(id_ in own for id_ in model.numbers)
    return visit.part("model/rated.html", OneRated(data.model, shown, done, len(model.rules)))


def _evidence(visit: Visit, figures: Figures, model: str) -> Mapping[str, RuleEvidence]:
    """What the past says of each rule, by its id; nothing where it is not known (yet)."""
    found = counted(visit.server, figures, model)
    past = found.value.evidence if found else None
    return {one.rule.id: one for one in past.rules} if past else {}


def _dimension(
    model: Model,
    dimension: Dimension,
    own: Mapping[str, int | None],
    evidence: Mapping[str, RuleEvidence],
    language: Language,
) -> Asked:
    rules = [_rated(model, rule, own, evidence, language) for rule in dimension.rules]
    return Asked(capital(dimension_name(dimension, language)), rules)


def _rated(
    model: Model,
    rule: Rule,
    own: Mapping[str, int | None],
    evidence: Mapping[str, RuleEvidence],
    language: Language,
) -> Rated:
    answered = rule.id in own
    found = evidence.get(rule.id) if answered else None
    word, tone = verdict(found, model, language) if found else ("", "")
    return Rated(
        id_of(("rate", rule.id)),
        rule.id,
        capital(rule_name(rule, language)),
        rule.about,
        points_in_words(rule, language),
        source(rule, language),
        answered,
        own.get(rule.id),
        found,
        word,
        tone,
    )


def _results(
    model: Model,
    told: Sequence[Told],
    evidence: Mapping[str, RuleEvidence],
    language: Language,
) -> list[Result]:
    found = []
    for one in told:
        rule = model.rule(one.rule)
        if rule is None:
            continue
        past = evidence.get(one.rule)
        word, tone = verdict(past, model, language) if past else ("", "")
        kind = disagreement(one.mean, past)
        label = capital(rule_name(rule, language))
        found.append(Result(label, one, past, word, tone, kind, _words(kind, language)))
    return sorted(found, key=lambda one: (ORDER.index(one.kind), -(one.told.mean or 0)))


def disagreement(mean: float | None, past: RuleEvidence | None) -> Disagreement:
    """Whether sellers and the past say the same of a rule; null `mean`: too few have said."""
    if mean is None or past is None or past.says in SILENT:
        return "unknown"
    if past.says == "misleads":
        return "against" if mean > LITTLE else "agree"
    shown = past.lift.above(0) or past.lift.below(0)
    if mean >= MUCH and not shown:
        return "sellers_only"
    times = past.times or 1.0
    if mean <= LITTLE and shown and max(times, 1 / times) >= STRONG:
        return "data_only"
    return "agree"


def _words(kind: Disagreement, language: Language) -> str:
    _ = translator(language)
    return {
        "against": _("the data go against it"),
        "sellers_only": _("sellers believe in it, the data do not show it"),
        "data_only": _("the data show more than sellers think"),
        "agree": _("sellers and data agree"),
        "unknown": _("the data cannot tell"),
    }[kind]


HANDLERS = (asked, rate)
