"""From a model file to a `Model`: every key read once, every problem noted at its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, cast

from tamis.errors import Place, UserError
from tamis.model import keys
from tamis.model.document import RESPONSE, Problems, Value, parse
from tamis.model.lifecycle.keys import SECTIONS
from tamis.model.lifecycle.load import read_lifecycle
from tamis.model.lifecycle.load_work import (
    read_costs,
    read_feedback,
    read_goals,
    read_queues,
    read_service,
)
from tamis.model.lifecycle.work import Feedback, Service
from tamis.model.load_rules import (
    LIMIT,
    read_decay,
    read_expression,
    read_label,
    read_period,
    read_rule,
)
from tamis.model.spec import (
    Action,
    Decay,
    Dimension,
    Field,
    FieldType,
    Grade,
    Group,
    Model,
    Odds,
    Period,
    Play,
    Rollup,
    Rule,
    Score,
    Table,
    Verdict,
)
from tamis.model.terms import Label

RANGE_LIMIT = 1_000_000
WEIGHT_LIMIT = 1_000
FULL_RANGE = (Decimal(0), Decimal(100))
T = TypeVar("T")


def read_model(text: str, file: str, problems: Problems) -> Model | None:
    """The model in `text`, or None when the document is no mapping; problems are collected.

    What could not be read is left out of the model, so that the rest can still be checked.
    """
    root = parse(text, file, problems)
    return None if root is None else _model(root)


def read_text(path: Path) -> str:
    """The text of a model file.

    Raises: UserError when it is not there or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("the file is not UTF-8", Place(str(path)), "save it as UTF-8") from error
    except OSError as error:
        message = f"cannot read the file: {error.strerror}"
        raise UserError(message, Place(str(path))) from error


def _model(root: Value) -> Model:
    found = root.entries([*keys.MODEL, *SECTIONS], "the model")
    _require(root, found, keys.MODEL, "the model")
    if "tamis" in found and not found["tamis"].is_text("1"):
        found["tamis"].wrong(
            "wrong-version", "this Tamis reads version 1 of the file format", "write `tamis: 1`"
        )
    dimensions = _dimensions(found["dimensions"]) if "dimensions" in found else ()
    return Model(
        name=_text(found, "name") or "model",
        version=_get(found, "version", lambda v: v.whole(low=1)) or 1,
        about=_text(found, "about"),
        timezone=_text(found, "timezone") or "UTC",
        fields=_fields(found["fields"]) if "fields" in found else (),
        exclude=_get(found, "exclude", read_expression),
        dimensions=dimensions,
        score=_get(found, "score", _score),
        cell=_get(found, "cell", lambda v: v.each(Value.text)) or (),
        temperatures=_get(found, "temperature", _verdicts) or (),
        stages=_get(found, "stages", _verdicts) or (),
        plays=_get(found, "plays", lambda v: v.each(_play)) or (),
        accounts=_get(found, "accounts", _rollup),
        lifecycle=_get(found, "lifecycle", read_lifecycle),
        feedback=_get(found, "feedback", read_feedback) or Feedback(),
        queues=_get(found, "queues", read_queues) or (),
        service=_get(found, "service", read_service) or Service(),
        goals=_get(found, "goals", read_goals) or (),
        costs=_get(found, "costs", read_costs) or {},
        file=root.file,
        places={"": root.place} | {key: value.place for key, value in found.items()},
    )


def _require(
    at: Value, found: Mapping[str, Value], known: Mapping[str, keys.Key], what: str
) -> bool:
    missing = [name for name, key in known.items() if key.required and name not in found]
    at.lacks(missing, list(known), what)
    return not missing


def _get(found: Mapping[str, Value], key: str, read: Callable[[Value], T | None]) -> T | None:
    return read(found[key]) if key in found else None


def _text(found: Mapping[str, Value], key: str) -> str:
    return _get(found, key, Value.text) or ""


def _fields(value: Value) -> tuple[Field, ...]:
    fields = []
    for table, names in value.entries(list(keys.FIELD_TABLES), "fields").items():
        for name, type_ in names.items():
            kind = type_.word(keys.FIELD_TYPES)
            if kind is not None:
                fields.append(
                    Field(
                        cast(Table, table), str(name.node.value), cast(FieldType, kind), name.place
                    )
                )
    return tuple(fields)


def _dimensions(value: Value) -> tuple[Dimension, ...]:
    dimensions = tuple(_dimension(str(key.node.value), key, body) for key, body in value.items())
    if value.is_mapping and not dimensions:
        value.wrong(
            "no-dimension", "at least one dimension is needed", "write `{fit: {rules: []}}`"
        )
    return dimensions


def _dimension(name: str, key: Value, body: Value) -> Dimension:
    found = body.entries(list(keys.DIMENSION), f"dimension `{name}`")
    _require(body, found, keys.DIMENSION, f"dimension `{name}`")
    low, high = _get(found, "range", _range) or FULL_RANGE
    decay = read_decay(found["decay"]) if "decay" in found else None
    active = read_period(found["active"]) if "active" in found else None
    return Dimension(
        name=name,
        label=_get(found, "label", read_label) or Label(),
        about=_text(found, "about"),
        low=low,
        high=high,
        grades=_get(found, "grades", _grades) or (),
        decay=decay,
        active=active,
        groups=_get(found, "groups", _groups) or (),
        odds=_get(found, "odds", _odds),
        rules=_rules(found["rules"], name, decay, active) if "rules" in found else (),
        place=key.place,
        places={key: value.place for key, value in found.items()},
    )


def _rules(
    value: Value, dimension: str, decay: Decay | None, active: Period | None
) -> tuple[Rule, ...]:
    return value.each(lambda element: read_rule(element, dimension, decay, active))


def _range(value: Value) -> tuple[Decimal, Decimal] | None:
    bounds = [element.number(limit=RANGE_LIMIT) for element in value.elements()]
    kept = [bound for bound in bounds if bound is not None]
    if not value.is_list or len(kept) < len(bounds):
        return None
    if len(kept) != 2 or kept[0] >= kept[1]:
        value.wrong("wrong-range", "a range is a lower and a higher number", "write `[0, 100]`")
        return None
    return kept[0], kept[1]


def _grades(value: Value) -> tuple[Grade, ...]:
    grades: list[Grade] = []
    for key, bound in value.items():
        number = bound.number(limit=RANGE_LIMIT)
        if number is None:
            continue
        if any(grade.bound == number for grade in grades):
            bound.wrong("equal-bounds", f"two grades begin at {number}")
        grades.append(Grade(str(key.node.value), number))
    _grade_order(value, [grade.bound for grade in grades])
    return tuple(sorted(grades, key=lambda grade: grade.bound))


def _grade_order(value: Value, bounds: list[Decimal]) -> None:
    # As written: grades are sorted, so a wrong figure would quietly change its place.
    if bounds not in (sorted(bounds), sorted(bounds, reverse=True)):
        message = "the bounds of the grades neither fall nor rise from one to the next"
        hint = "write them in order, the best grade first: is one of them a typing error?"
        value.problems.warning(value.place, "grade-order", message, hint)


def _groups(value: Value) -> tuple[Group, ...]:
    groups = []
    for key, body in value.items():
        name = str(key.node.value)
        found = {} if body.is_null else body.entries(list(keys.GROUP), f"group `{name}`")
        cap = _get(found, "cap", lambda v: v.number(limit=LIMIT, low=0))
        groups.append(Group(name, cap, key.place))
    return tuple(groups)


def _odds(value: Value) -> Odds | None:
    found = value.entries(list(keys.ODDS), "odds")
    if not _require(value, found, keys.ODDS, "odds"):
        return None
    rate = found["rate"].number(limit=1, decimals=6, low=0)
    double = found["double"].number(limit=RANGE_LIMIT, low=0)
    at = found["at"].number(limit=RANGE_LIMIT)
    if rate in (0, 1):
        message = f"a rate lies between 0 and 1: {rate} has no odds"
        found["rate"].wrong("wrong-odds", message, "write the share of leads won, such as 0.1")
    if double == 0:
        message = "the odds double over more than 0 points"
        found["double"].wrong("wrong-odds", message, "write `double: 10`")
    if rate is None or double is None or at is None or rate in (0, 1) or double == 0:
        return None
    return Odds(rate, double, at)


def _score(value: Value) -> Score | None:
    found = value.entries(list(keys.SCORE), "score")
    if not value.is_mapping:
        return None
    if ("weights" in found) == ("sum" in found):
        value.wrong("wrong-score", "a score has either `weights` or `sum`")
        return None
    low, high = _get(found, "range", _range) or FULL_RANGE
    weights = _weights(found["weights"]) if "weights" in found else _summed(found["sum"])
    places = {key: element.place for key, element in found.items()}
    return Score(
        mean="weights" in found,
        weights=weights,
        low=low,
        high=high,
        place=value.place,
        places=places,
    )


def _weights(value: Value) -> dict[str, Decimal]:
    read = {
        str(key.node.value): weight.number(limit=WEIGHT_LIMIT, low=0)
        for key, weight in value.items()
    }
    weights = {name: weight for name, weight in read.items() if weight is not None}
    if value.is_mapping and len(weights) == len(read) and not any(weights.values()):
        value.wrong("wrong-score", "at least one weight must be above 0")
    return weights


def _summed(value: Value) -> dict[str, Decimal]:
    names = value.each(Value.text)
    if len(set(names)) != len(names):
        value.wrong("wrong-score", "a dimension stands twice in the sum")
    if value.is_list and not names:
        value.wrong("wrong-score", "the sum needs at least one dimension")
    return dict.fromkeys(names, Decimal(1))


def _verdicts(value: Value) -> tuple[Verdict, ...]:
    verdicts = []
    for key, condition in value.items():
        expression = read_expression(condition)
        if expression is not None:
            verdicts.append(Verdict(str(key.node.value), expression, key.place))
    return tuple(verdicts)


def _play(value: Value) -> Play | None:
    found = value.entries(list(keys.PLAY), "a play")
    if not _require(value, found, keys.PLAY, "a play"):
        return None
    id_, when, do = (
        found["id"].text(),
        read_expression(found["when"]),
        found["do"].word(keys.ACTIONS),
    )
    if id_ is None or when is None or do is None:
        return None
    return Play(
        id=id_,
        when=when,
        do=cast(Action, do),
        to=_get(found, "to", Value.text),
        respond_within=_get(found, "respond_within", _respond_within),
        fast_track=_get(found, "fast_track", lambda v: v.word(("true", "false"))) == "true",
        label=_get(found, "label", read_label) or Label(),
        about=_text(found, "about"),
        place=found["id"].place,
    )


def _respond_within(value: Value) -> str | None:
    found = RESPONSE.fullmatch(value.text() or "")
    if not found:
        hint = "write business time as `30m`, `8h` or `2d`"
        value.wrong(
            "wrong-duration", f"a time to respond is expected here, not {value.shown()}", hint
        )
        return None
    return f"{found[1]}{found[2]}"


def _rollup(value: Value) -> Rollup | None:
    found = value.entries(list(keys.ACCOUNTS), "accounts")
    if not _require(value, found, keys.ACCOUNTS, "accounts"):
        return None
    kind = found["rollup"].word(keys.ROLLUPS)
    if kind is None:
        return None
    return Rollup(
        rollup=cast(Any, kind),
        of=_text(found, "of") or "score",
        count=_get(found, "count", lambda v: v.whole(low=1)) or 3,
        place=found.get("of", value).place,
    )
