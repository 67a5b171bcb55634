"""Grades, temperatures, stages and plays that no lead can have, given what the rules can give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from sqlglot import exp

from tamis.errors import Place
from tamis.model.checks.conditions import Condition, conditions_of
from tamis.model.checks.domains import CERTAIN, EITHER, Choices, Domain, Known, Numbers
from tamis.model.checks.possible import given, key, outcomes
from tamis.model.checks.reach import CENT, INFINITE, Reach, Span
from tamis.model.document import Problems, did_you_mean
from tamis.model.expression import parse
from tamis.model.scope import DAYS_SINCE_LAST_EVENT
from tamis.model.spec import Dimension, Expression, Field, Model

MOST_CELLS = 1_000
NEVER = frozenset({False, None})
ONLY_TRUE = frozenset({True})
FIELD_STEPS = {"integer": Decimal(1), "number": Decimal("0.000001"), "date": Decimal(1)}


# What is known ----------------------------------------------------------------------------------


def known_fields(model: Model) -> dict[str, Domain]:
    """What the types of the fields say of lead and account fields, each by both of its names."""
    known: dict[str, Domain] = {}
    for field in model.fields:
        known[field.name] = known[f"{field.table}.{field.name}"] = _of_type(field)
    return known


def _of_type(field: Field) -> Domain:
    # Of a timestamp nothing: against a date it compares by its day, against another to the second.
    if field.type in ("text", "timestamp"):
        return Choices()
    if field.type == "boolean":
        return EITHER
    return Numbers(step=FIELD_STEPS.get(field.type))


def known_verdicts(model: Model, reach: Reach) -> dict[str, Domain]:
    """What the reach of a model says of dimensions, grades, score, cell and hits."""
    known: dict[str, Domain] = {
        f"hit('{id_}')": Choices(frozenset({False}), null=False) if span.is_zero else CERTAIN
        for id_, span in reach.rules.items()
    }
    labels: dict[str, frozenset[str]] = {}
    for dimension in model.dimensions:
        span = reach.dimensions[dimension.name]
        known[dimension.name] = Numbers(span.low, span.high, null=False, step=CENT)
        labels[dimension.name] = frozenset(reachable_labels(dimension, span))
        if dimension.grades:
            known[f"{dimension.name}_grade"] = Choices(
                frozenset(labels[dimension.name]), null=False
            )
    if reach.score:
        known["score"] = Numbers(reach.score.low, reach.score.high, null=False, step=CENT)
    known["cell"] = _cells([labels[name] for name in model.cell])
    known[DAYS_SINCE_LAST_EVENT] = Numbers(Decimal(0), INFINITE, null=True, step=Decimal(1))
    return known


def reachable_labels(dimension: Dimension, span: Span) -> list[str]:
    """The labels of the grades that a dimension can get, lowest first."""
    grades = dimension.grades
    begins = [-INFINITE, *(grade.bound for grade in grades[1:])]
    ends = [*(grade.bound for grade in grades[1:]), INFINITE]
    return [
        grade.label
        for grade, begin, end in zip(grades, begins, ends, strict=False)
        if begin <= span.high and end > span.low
    ]


def _cells(labels: Sequence[frozenset[str]]) -> Domain:
    count = 1
    for part in labels:
        count *= len(part)
    if count > MOST_CELLS:
        return Choices(null=False)
    return Choices(frozenset("".join(parts) for parts in product(*labels)), null=False)


# Lists of verdicts -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One verdict of a list: its name and its condition."""

    name: str
    when: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Listed:
    """Verdicts in the order in which they are asked: the first that holds is taken."""

    what: str
    verdicts: tuple[Entry, ...]


def lists(model: Model) -> Iterator[Listed]:
    """Temperatures, stages (asked from the last) and plays, each list that the model has."""
    entries = tuple(Entry(v.name, v.when, v.place) for v in model.temperatures)
    yield Listed("temperature", entries)
    yield Listed("stage", tuple(Entry(v.name, v.when, v.place) for v in reversed(model.stages)))
    yield Listed("play", tuple(Entry(p.id, p.when, p.place) for p in model.plays))


def reached(listed: Listed, known: Known) -> tuple[list[Entry], bool]:
    """The verdicts of a list that can hold, and whether none of them may."""
    kept: list[Entry] = []
    for verdict in listed.verdicts:
        if shadow_of(verdict, kept, known) is None and given(verdict.when.text, known) is not None:
            kept.append(verdict)
    always = any(outcomes(verdict.when.text, known) == ONLY_TRUE for verdict in kept)
    return kept, not always


def shadow_of(verdict: Entry, earlier: Sequence[Entry], known: Known) -> Entry | None:
    """The verdict asked earlier that holds whenever this one does; None when there is none."""
    narrowed = given(verdict.when.text, known)
    if narrowed is None:
        return None
    found = (one for one in earlier if outcomes(one.when.text, narrowed) == ONLY_TRUE)
    return next(found, None)


def unreachable(model: Model, reach: Reach, problems: Problems) -> None:
    """Temperatures, stages and plays that no lead can have."""
    known: dict[str, Domain] = {**known_fields(model), **known_verdicts(model, reach)}
    for listed in lists(model):
        for place, verdict in enumerate(listed.verdicts):
            _judge(listed.what, verdict, listed.verdicts[:place], known, problems)
        names, none = reached(listed, known)
        known[listed.what] = Choices(frozenset(v.name for v in names), null=none)


def _judge(
    what: str, verdict: Entry, earlier: Sequence[Entry], known: Known, problems: Problems
) -> None:
    if given(verdict.when.text, known) is None:
        message = f"no lead can have the {what} `{verdict.name}`: its condition never holds"
        problems.warning(
            verdict.place, "unreachable-verdict", message, _ranges(verdict.when, known)
        )
        return
    shadow = shadow_of(verdict, earlier, known)
    if shadow:
        message = (
            f"no lead can have the {what} `{verdict.name}`: `{shadow.name}` holds whenever it does"
        )
        hint = (
            "the last stage that holds is taken"
            if what == "stage"
            else f"the first {what} that holds is taken"
        )
        problems.warning(verdict.place, "shadowed-verdict", message, f"{hint}; change the order")


def _ranges(condition: Expression, known: Known) -> str:
    """What the numbers in a condition can be, in words."""
    names = dict.fromkeys(column.name for column in parse(condition.text).find_all(exp.Column))
    spans = [(name, known.get(name)) for name in names]
    told = [
        f"`{name}` lies between {domain.low} and {domain.high}"
        for name, domain in spans
        if isinstance(domain, Numbers) and domain.low.is_finite() and domain.high.is_finite()
    ]
    return "; ".join(told)


# Grades and labels -------------------------------------------------------------------------------


def grades(model: Model, reach: Reach, problems: Problems) -> None:
    """Grades that a dimension cannot reach."""
    for dimension in model.dimensions:
        if not dimension.rules:
            continue
        span = reach.dimensions[dimension.name]
        place = dimension.places.get("grades", dimension.place)
        shown = reachable_labels(dimension, span)
        for grade in dimension.grades:
            if grade.label not in shown:
                message = f"no lead can have the grade `{grade.label}` of `{dimension.name}`"
                hint = f"`{dimension.name}` lies between {span.low} and {span.high}"
                problems.warning(place, "unreachable-grade", message, hint)


def labels(model: Model, problems: Problems) -> None:
    """Texts compared with a verdict that can never be it, such as `stage = 'mlq'`."""
    possible = _labels(model)
    for condition in conditions_of(model):
        if condition.section in ("temperature", "stage", "play"):
            for node in parse(condition.expression.text).walk():
                _compared(node, possible, condition, problems)


def _labels(model: Model) -> Mapping[str, Sequence[str]]:
    own = {d.name: [grade.label for grade in d.grades] for d in model.dimensions}
    possible: dict[str, Sequence[str]] = {f"{n}_grade": part for n, part in own.items() if part}
    possible["temperature"] = [verdict.name for verdict in model.temperatures]
    possible["stage"] = [verdict.name for verdict in model.stages]
    parts = [own[name] for name in model.cell]
    possible["cell"] = ["".join(cell) for cell in product(*parts)] if parts else []
    return possible


def _compared(
    node: exp.Expr, possible: Mapping[str, Sequence[str]], condition: Condition, problems: Problems
) -> None:
    if not isinstance(node, exp.EQ | exp.NEQ | exp.In):
        return
    name = node.this
    others = node.expressions if isinstance(node, exp.In) else [node.expression]
    if not isinstance(name, exp.Column) or not possible.get(key(name)):
        return
    for other in others:
        if (
            isinstance(other, exp.Literal)
            and other.is_string
            and other.name not in possible[key(name)]
        ):
            message = f"`{key(name)}` is never `{other.name}`"
            hint = did_you_mean(other.name, possible[key(name)])
            problems.warning(condition.expression.place, "unknown-label", message, hint)
