"""Which names each kind of expression may use."""

from __future__ import annotations

from sqlglot import exp

from tamis.model.expression import Names, Typed, parse
from tamis.model.spec import Condition, Dimension, Field, Model
from tamis.sql.write import column, tree

DAYS_SINCE_LAST_EVENT = "days_since_last_event"
MANUAL = "manual"
"""What contributions call points that people gave by hand, where a rule's id stands."""


def names_of(model: Model, section: str) -> Names:
    """The names that conditions of a section may use, with the reason why others may not."""
    if section == "where":
        return _event_names(model)
    if section in ("exclude", "when"):
        return _lead_names(model)
    return _verdict_names(model, section)


def fields_read(model: Model, condition: Condition) -> tuple[Field, ...]:
    """The fields that a condition names, in the order of the file.

    Where a field and a verdict share a name, the unqualified name is the verdict's.
    """
    verdicts = names_of(model, condition.section).verdicts
    found: set[Field] = set()
    for name in parse(condition.expression.text).find_all(exp.Column):
        if name.table or name.name not in verdicts:
            full = f"{name.table}.{name.name}" if name.table else name.name
            found.update(model.fields_named(full, *condition.tables))
    return tuple(field for field in model.fields if field in found)


def _lead_names(model: Model) -> Names:
    """Names for `exclude` and for `when` of rules: fields of the lead and its account."""
    elsewhere = {f.name: "event fields are for `where`" for f in model.fields_of("event")}
    elsewhere |= {
        d.name: "verdicts are for temperature, stages and plays" for d in model.dimensions
    }
    return Names(model.fields_of("lead", "account"), elsewhere=elsewhere)


def _event_names(model: Model) -> Names:
    """Names for `where`: fields of the event."""
    elsewhere = {
        f.name: "`where` sees the event only; use `when`"
        for f in model.fields_of("lead", "account")
    }
    return Names(model.fields_of("event"), elsewhere=elsewhere)


def _verdict_names(model: Model, section: str) -> Names:
    """Names for a verdict of `section`: fields of lead and account, and the verdicts above it."""
    verdicts: dict[str, Typed] = {}
    for dimension in model.dimensions:
        verdicts[dimension.name] = Typed(column(dimension_column(dimension)), "number", 2)
        if dimension.grades:
            verdicts[f"{dimension.name}_grade"] = Typed(column(grade_column(dimension)), "text")
    if model.score:
        verdicts["score"] = Typed(column("score"), "number", 2)
    if model.cell:
        verdicts["cell"] = Typed(column("cell"), "text")
    if model.temperatures and section != "temperature":
        verdicts["temperature"] = Typed(column("temperature"), "text")
    if model.stages and section in ("play", "step", "territory"):
        verdicts["stage"] = Typed(column("stage"), "text")
    verdicts[DAYS_SINCE_LAST_EVENT] = Typed(column(DAYS_SINCE_LAST_EVENT), "number")
    return Names(
        model.fields_of("lead", "account"),
        verdicts,
        hit=lambda id_: hit(model, id_),
        rules=tuple(model.numbers),
        elsewhere=_beyond_verdicts(model),
    )


def _beyond_verdicts(model: Model) -> dict[str, str]:
    """Why a name that is no verdict asked before cannot be used."""
    hints = {f.name: "event fields are for `where`" for f in model.fields_of("event")}
    hints |= {
        f"{d.name}_grade": f"`{d.name}` has no grades" for d in model.dimensions if not d.grades
    }
    order = "it is decided later: temperature, then stages, then plays"
    for name, key, there in (
        ("score", "score", model.score),
        ("cell", "cell", model.cell),
        ("temperature", "temperature", model.temperatures),
        ("stage", "stages", model.stages),
    ):
        hints[name] = order if there else f"the model has no section `{key}`"
    return hints | {"play": order, "rank": "the rank is what comes out in the end"}


def dimension_column(dimension: Dimension) -> str:
    """The column of a dimension's value inside the chain."""
    return f"dimension__{dimension.name}"


def grade_column(dimension: Dimension) -> str:
    """The column of a dimension's grade inside the chain."""
    return f"grade__{dimension.name}"


def hit_column(number: int) -> str:
    """The column that tells whether a rule gave points, inside the chain."""
    return f"hit__{number}"


def hit(model: Model, id_: str) -> exp.Expr | None:
    """Whether a rule gave points, as a condition; None when there is no such rule."""
    number = model.numbers.get(id_)
    return None if number is None else tree("coalesce(:hit, FALSE)", hit=column(hit_column(number)))
