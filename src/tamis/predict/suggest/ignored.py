"""Which columns no rule of a model reads yet, and where a rule on them would stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tamis.history.evidence_order import readers
from tamis.model.checks.personal import attribute_of
from tamis.model.spec import Dimension, EventRule, FieldType, Model, RateRule
from tamis.predict.examples import Column, Saying
from tamis.predict.said.naming import identifier

LEARNED = "learned"
"""The dimension of rules that a learned model wrote."""
CUTTABLE: tuple[FieldType, ...] = ("text", "boolean", "integer", "number")
"""Types of fields that have values or bands; the age of a date has no such rule."""


def own(model: Model) -> Model:
    """The model without what was learned: of its rules, those that people wrote."""
    kept = tuple(one for one in model.dimensions if one.name != LEARNED)
    return replace(model, dimensions=kept)


def ignored(model: Model, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that a rule could say and none of the model's own does.

    Fields that tell of a personal attribute, such as age or gender, are not offered, and neither
    are dates: their age has no bands.
    """
    mine = own(model)
    read = {(field.table, field.name) for field, rules in readers(mine).items() if rules}
    found = []
    for column in columns:
        said = column.said_by
        if said is None:
            continue
        if said.form == "field":
            is_free = _is_offered(mine, said) and (said.scope, said.field) not in read
        else:
            is_free = not any(_counts(rule, said) for rule in mine.event_rules)
        found += [column] if is_free else []
    return tuple(found)


def events_of(said: Saying) -> tuple[str, ...]:
    """The names of the events that a column counts; empty for any event."""
    if said.event is None or said.event == "*":
        return ()
    return (said.event,) if isinstance(said.event, str) else said.event


def has_room(model: Model) -> bool:
    """Whether the model has a dimension that a rule can be put into."""
    return bool(_open(model))


def dimension_for(model: Model, said: Saying) -> str:
    """The dimension with most rules of the kind: on fields, or on events; the first of several.

    Raises: ValueError for a model without room.
    """
    on_events = said.form != "field"
    alike = [
        (sum(isinstance(rule, EventRule) is on_events for rule in one.rules), -place, one.name)
        for place, one in enumerate(_open(model))
    ]
    return max(alike)[2]


def _open(model: Model) -> list[Dimension]:
    """Where rules can stand: one that counts a campaign's days only would limit the new rule."""
    return [one for one in own(model).dimensions if not one.active]


def new_id(model: Model, name: str, taken: tuple[str, ...] = ()) -> str:
    r"""An id for a rule, made of a name, that neither the model nor `taken` has yet.

    >>> from tamis.model.checks import checked_model
    >>> new_id(checked_model("tamis: 1\nname: new\ndimensions: {fit: {}}", "m"), "Lead source")
    'lead_source'
    """
    plain = identifier(name)[:60]
    plain = plain if plain[0].isalpha() else f"rule_{plain}"
    used = {*model.numbers, *taken}
    found, count = plain, 2
    while found in used:
        found, count = f"{plain}_{count}", count + 1
    return found


def _is_offered(model: Model, said: Saying) -> bool:
    name = str(said.field)
    field = model.field(said.scope, name)
    if said.days_since or attribute_of(name):
        return False
    return field is None or field.type in CUTTABLE


def _counts(rule: EventRule, said: Saying) -> bool:
    """Whether a rule counts what a column does: names one of its events, or asks its condition.

    A rule on any event names none of them.
    """
    counted = (*rule.events, *(rule.over if isinstance(rule, RateRule) else ()))
    names = events_of(said)
    is_alike = bool(set(names) & set(counted)) if names else not rule.events
    if said.where is None:
        return is_alike
    return rule.where is not None and said.where.strip() in rule.where.text
