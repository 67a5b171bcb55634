"""What is known of the names in conditions: from the types of fields, and from what rules give."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from tamis.model.possible.domains import CERTAIN, EITHER, Choices, Domain, Numbers
from tamis.model.possible.reach import CENT, INFINITE, Reach, Span
from tamis.model.scope import DAYS_SINCE_LAST_EVENT
from tamis.model.spec import Dimension, Field, Model, Table

MOST_CELLS = 1_000
FIELD_STEPS = {"integer": Decimal(1), "number": Decimal("0.000001"), "date": Decimal(1)}


def known_fields(model: Model, *tables: Table) -> dict[str, Domain]:
    """What the types of the fields of some tables say of them, each by both of its names.

    `tables` are those that one condition sees: a lead and an event may both have a field `active`.
    """
    known: dict[str, Domain] = {}
    for field in model.fields_of(*tables):
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
    if model.cell:
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
