"""Grades, temperatures, stages and plays that no lead can have, given what the rules can give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from sqlglot import exp

from tamis.model.document import Problems, did_you_mean
from tamis.model.expression import parse
from tamis.model.possible.domains import Known, Numbers
from tamis.model.possible.known import known_fields, known_verdicts, reachable_labels
from tamis.model.possible.lists import Entry, narrowed, shadow_of
from tamis.model.possible.outcomes import given, key
from tamis.model.possible.reach import Reach
from tamis.model.scope import names_of
from tamis.model.spec import Condition, Model
from tamis.model.terms import Expression


def unreachable(model: Model, reach: Reach, problems: Problems) -> None:
    """Temperatures, stages and plays that no lead can have."""
    fields = known_fields(model, "lead", "account")
    for listed, known in narrowed(model, {**fields, **known_verdicts(model, reach)}):
        for place, verdict in enumerate(listed.verdicts):
            _judge(listed.what, verdict, listed.verdicts[:place], known, problems)


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
    labels_ = _labels(model)
    for condition in model.conditions:
        if condition.is_verdict:
            verdicts = names_of(model, condition.section).verdicts
            possible = {name: found for name, found in labels_.items() if name in verdicts}
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
