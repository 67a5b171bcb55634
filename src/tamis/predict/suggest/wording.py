"""A proposed rule in the words of a model file."""

from __future__ import annotations

from collections.abc import Sequence

from tamis.model.editing.splice import scalar
from tamis.model.editing.tree import Path
from tamis.model.spec import Model
from tamis.predict.examples import Column, Saying
from tamis.predict.suggest.ignored import events_of

TRUTH = {"true", "false"}


def lines_of(model: Model, column: Column, points: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """The lines of a rule but for its id; `points` by rising bound, or by value.

    Bands without points are written too, where they end the one below them; values are not.
    """
    said = column.said_by
    assert said is not None
    if said.form == "field":
        is_banded = column.kind == "number"
        given = points if is_banded else [pair for pair in points if pair[1]]
        kind = "bands" if is_banded else "values"
        return (f"field: {_named(model, said)}", f"{kind}: {_mapping(given)}")
    names = events_of(said)
    events = scalar(names[0]) if len(names) == 1 else f"[{', '.join(map(scalar, names))}]"
    lines = [f"event: {events if names else scalar('*')}"]
    lines += [f"where: {scalar(said.where)}"] if said.where else []
    lines += [f"within: {said.within}d"] if said.within else []
    lines += [f"per_day: {said.per_day}"] if said.per_day and said.form == "frequency" else []
    return (*lines, f"{said.form}: {_mapping(points)}")


def declared(model: Model, column: Column) -> tuple[Path, str] | None:
    """What the model must declare for a rule on the column: the field's path, and its type."""
    said = column.said_by
    if said is None or said.form != "field" or model.field(said.scope, str(said.field)):
        return None
    path = ("fields", said.scope, str(said.field))
    if column.kind == "number":
        return path, "number"
    known = {str(value) for value in column.values if value is not None}
    return path, "boolean" if known <= TRUTH else "text"


def _named(model: Model, said: Saying) -> str:
    """The field's name, with its table where both tables have one of that name."""
    name = str(said.field)
    other = model.field("account" if said.scope == "lead" else "lead", name)
    return scalar(f"{said.scope}.{name}" if other else name)


def _mapping(points: Sequence[tuple[str, int]]) -> str:
    return "{" + ", ".join(f"{scalar(name)}: {amount}" for name, amount in points) + "}"
