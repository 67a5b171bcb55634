"""Reading a rule: its form is told by its keys; everything else is common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tamis.model import keys
from tamis.model.document import Value
from tamis.model.spec import (
    AtLeastRule,
    Band,
    Bands,
    BandsRule,
    Decay,
    FrequencyRule,
    HalfLife,
    Linear,
    Period,
    PointsRule,
    RateRule,
    RecencyRule,
    Rule,
    SilentRule,
    Steps,
    TotalRule,
    ValuesRule,
    WhenRule,
)
from tamis.model.terms import Expression, Label

LIMIT = 10_000
BOUND_LIMIT = 10**15
ANY_EVENT = "*"


def read_rule(
    value: Value, dimension: str, decay: Decay | None, active: Period | None
) -> Rule | None:
    """The rule, or None after noting what it lacks; `decay` and `active` are its dimension's."""
    if not value.is_mapping:
        value.wrong(
            "wrong-type",
            f"a rule is expected here, not {value.shown()}",
            "write `{id: ..., when: ..., points: ...}`",
        )
        return None
    present = {str(key.node.value) for key, _ in _pairs(value)}
    form = _form(present)
    known = {**keys.RULE_BASE, **keys.FORMS[form]}
    found = value.entries(list(known), f"a rule with `{form}`")
    missing = [name for name, key in known.items() if key.required and name not in found]
    if missing:
        value.lacks(missing, list(known), "the rule")
        return None
    for key in keys.UNUSED.get(form, ()):
        if key in found:
            message = f"`{key}` has no effect on a rule with `{form}`"
            found[key].problems.warning(found[key].place, "unused-key", message, "leave it out")
    return _built(form, found, value, dimension, decay=decay, active=active)


def _pairs(value: Value) -> list[tuple[Value, Value]]:
    quiet = Value(value.node, value.file, type(value.problems)())
    return quiet.items()


def _form(present: set[str]) -> str:
    if "event" in present:
        return next((form for form in keys.EVENT_FORMS if form in present), "points")
    if "field" in present or "bands" in present or "values" in present:
        return "values" if "values" in present else "bands"
    return "points" if present & {"within", "per_day", *keys.EVENT_FORMS} else "when"


def _built(
    form: str,
    found: Mapping[str, Value],
    value: Value,
    dimension: str,
    *,
    decay: Decay | None,
    active: Period | None,
) -> Rule | None:
    base = _base(found, value, dimension)
    own = READERS[form](found)
    if "event" in found:
        base |= _event_base(found, form, decay, active)
    if base["id"] is None or any(part is None for part in own.values()):
        return None
    if "events" in base and base["events"] is None:
        return None
    return CLASSES[form](**base, **own)


def _base(found: Mapping[str, Value], value: Value, dimension: str) -> dict[str, Any]:
    return {
        "id": found["id"].text(),
        "dimension": dimension,
        "label": read_label(found["label"]) if "label" in found else Label(),
        "about": (found["about"].text() or "") if "about" in found else "",
        "group": found["group"].text() if "group" in found else None,
        "cap": found["cap"].number(limit=LIMIT, low=0) if "cap" in found else None,
        "places": {"": value.place} | {key: part.place for key, part in found.items()},
    }


def _event_base(
    found: Mapping[str, Value], form: str, decay: Decay | None, active: Period | None
) -> dict[str, Any]:
    if form == "silent_for":
        if "active" in found:
            found["active"].wrong("active-silence", "a rule with `silent_for` cannot have `active`")
        active = None
    return {
        "events": read_events(found["event"]),
        "where": read_expression(found["where"]) if "where" in found else None,
        "when": read_expression(found["when"]) if "when" in found else None,
        "within": found["within"].duration() if "within" in found else None,
        "per_day": found["per_day"].whole(low=1) if "per_day" in found else None,
        "active": read_period(found["active"]) if "active" in found else active,
        "decay": read_decay(found["decay"]) if "decay" in found else decay,
    }


def read_label(value: Value) -> Label:
    """A text for all languages, or one for each."""
    if not value.is_mapping:
        text = value.text()
        return Label({"": text} if text else {})
    texts = {str(key.node.value): element.text() for key, element in value.items()}
    return Label({language: text for language, text in texts.items() if text})


def read_expression(value: Value) -> Expression | None:
    """A condition as text; it is parsed when the model is checked."""
    text = value.text()
    return None if text is None else Expression(text, value.text_place)


def read_events(value: Value) -> tuple[str, ...] | None:
    """Event names; empty for any event."""
    if not value.is_list:
        name = value.text()
        return None if name is None else () if name == ANY_EVENT else (name,)
    names = value.each(Value.text)
    if not names:
        value.wrong("no-event", "at least one event is needed")
        return None
    return () if ANY_EVENT in names else tuple(dict.fromkeys(names))


def read_period(value: Value) -> Period | None:
    """The first and last day, both included."""
    days = [element.day() for element in value.elements()]
    kept = [day for day in days if day is not None]
    if not value.is_list or len(kept) < len(days):
        return None
    if len(kept) != 2 or kept[0] > kept[1]:
        hint = "write `[2026-01-01, 2026-03-31]`"
        value.wrong("wrong-period", "a period is a first and a last day", hint)
        return None
    return Period(kept[0], kept[1])


def read_decay(value: Value) -> Decay | None:
    """A half-life, an even fall or steps; None for `none`."""
    if value.is_text("none"):
        return None
    found = value.entries(list(keys.DECAY), "decay")
    if len(found) != 1:
        if value.is_mapping:
            hint = "write `{half_life: 30d}`, `{linear: 90d}`, `{steps: {30d: 0.5}}` or `none`"
            value.wrong("wrong-decay", "a decay is one of half_life, linear and steps", hint)
        return None
    if "steps" in found:
        return _steps(found["steps"])
    kind, body = next(iter(found.items()))
    days = body.duration()
    if days is None:
        return None
    return HalfLife(days) if kind == "half_life" else Linear(days)


def _steps(value: Value) -> Steps | None:
    factors: dict[int, Decimal] = {}
    for key, element in value.items():
        age, factor = key.duration(low=0), element.number(limit=1, decimals=6, low=0)
        if age is None or factor is None:
            continue
        if age in factors:
            key.wrong("equal-bounds", f"two steps begin at {age} days")
        factors[age] = factor
    return Steps(tuple(sorted(factors.items()))) if factors else None


def read_bands(value: Value) -> Bands | None:
    """Bands in ascending order; equal bounds are an error."""
    bands: dict[Decimal, Decimal] = {}
    for key, element in value.items():
        bound, points = key.number(limit=BOUND_LIMIT), element.number(limit=LIMIT)
        if bound is None or points is None:
            continue
        if bound in bands:
            key.wrong("equal-bounds", f"two bands begin at {bound}")
        bands[bound] = points
    if value.is_mapping and not bands:
        value.wrong("no-band", "at least one band is needed", "write `{0: 0, 10: 5}`")
    return tuple(Band(bound, points) for bound, points in sorted(bands.items())) or None


def _points(found: Mapping[str, Value]) -> dict[str, Any]:
    return {"points": found["points"].number(limit=LIMIT)}


def _values(found: Mapping[str, Value]) -> dict[str, Any]:
    pairs = []
    for key, element in found["values"].items():
        points = element.number(limit=LIMIT)
        if points is not None:
            pairs.append((str(key.node.value), points))
    otherwise = found["otherwise"].number(limit=LIMIT) if "otherwise" in found else Decimal(0)
    return {"field": found["field"].text(), "values": tuple(pairs), "otherwise": otherwise}


def _total(found: Mapping[str, Value]) -> dict[str, Any]:
    inner = _inner(found["total"], keys.TOTAL, "total")
    if inner is None:
        return {"field": None, "bands": None}
    return {"field": inner["field"].text(), "bands": read_bands(inner["bands"])}


def _rate(found: Mapping[str, Value]) -> dict[str, Any]:
    inner = _inner(found["rate"], keys.RATE, "rate")
    if inner is None:
        return {"over": None, "bands": None, "at_least": None}
    at_least = inner["at_least"].whole(low=1) if "at_least" in inner else 1
    return {
        "over": read_events(inner["over"]),
        "bands": read_bands(inner["bands"]),
        "at_least": at_least,
    }


def _inner(value: Value, known: Mapping[str, keys.Key], what: str) -> dict[str, Value] | None:
    inner = value.entries(list(known), what)
    missing = [name for name, key in known.items() if key.required and name not in inner]
    value.lacks(missing, list(known), what)
    return None if missing else inner


READERS: Mapping[str, Callable[[Mapping[str, Value]], dict[str, Any]]] = {
    "when": lambda found: {"when": read_expression(found["when"]), **_points(found)},
    "bands": lambda found: {"field": found["field"].text(), "bands": read_bands(found["bands"])},
    "values": _values,
    "points": _points,
    "at_least": lambda found: {"at_least": found["at_least"].whole(low=1), **_points(found)},
    "frequency": lambda found: {"bands": read_bands(found["frequency"])},
    "total": _total,
    "rate": _rate,
    "recency": lambda found: {"bands": read_bands(found["recency"])},
    "silent_for": lambda found: {"silent_for": found["silent_for"].duration(), **_points(found)},
}

CLASSES: Mapping[str, Callable[..., Rule]] = {
    "when": WhenRule,
    "bands": BandsRule,
    "values": ValuesRule,
    "points": PointsRule,
    "at_least": AtLeastRule,
    "frequency": FrequencyRule,
    "total": TotalRule,
    "rate": RateRule,
    "recency": RecencyRule,
    "silent_for": SilentRule,
}


def form_of(rule: Rule) -> str:
    """The name of a rule's form, as `keys.FORMS` names it."""
    return next(form for form, class_ in CLASSES.items() if type(rule) is class_)
