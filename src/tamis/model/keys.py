"""Every key that a model file may hold: what the loader admits and the JSON Schema tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tamis.model import document

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A key: what it is for, its JSON Schema, and whether it must be there."""

    about: str
    schema: Schema = field(default_factory=dict)
    required: bool = False


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


TEXT: Schema = {"type": ["string", "number", "boolean"]}
LABEL: Schema = _ref("label")
EXPRESSION: Schema = {"type": ["string", "boolean"]}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 1}
DURATION: Schema = {"type": ["string", "integer"], "pattern": f"^{document.DURATION.pattern}$"}
DAY: Schema = {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}
NUMBER_KEY = "^[-+]?([0-9][0-9_]*(\\.[0-9_]*)?|\\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?$"
"""A number that stands before a colon, where JSON knows texts only."""
BANDS: Schema = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "number"},
    "propertyNames": {"pattern": NUMBER_KEY},
}
RANGE: Schema = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
ACTIVE: Schema = {"type": "array", "items": DAY, "minItems": 2, "maxItems": 2}
EVENTS: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
FIELD_TYPES = ("text", "integer", "number", "boolean", "date", "timestamp")
ACTIONS = ("handoff", "nurture", "recycle", "webhook", "none")
ROLLUPS = ("max", "mean", "sum", "top")
FIELDS: Schema = {"type": "object", "additionalProperties": {"enum": list(FIELD_TYPES)}}
VERDICTS: Schema = {"type": "object", "additionalProperties": EXPRESSION}

MODEL = {
    "tamis": Key("Version of this file format.", {"enum": [1, "1"]}, required=True),
    "name": Key("Name of the model.", TEXT, required=True),
    "version": Key("Version of the model, a whole number; default 1.", COUNT),
    "about": Key("What the model is for and who agreed on it.", TEXT),
    "timezone": Key("IANA time zone whose calendar days count; default UTC.", {"type": "string"}),
    "fields": Key("Every field that expressions may use, with its type.", _ref("fields")),
    "exclude": Key("Leads for which this holds get no score.", EXPRESSION),
    "dimensions": Key(
        "The sides of the judgement, such as fit and engagement.",
        {"type": "object", "minProperties": 1, "additionalProperties": _ref("dimension")},
        required=True,
    ),
    "score": Key("How dimensions make one score.", _ref("score")),
    "cell": Key(
        "Dimensions whose grades are joined, such as A4.", {"type": "array", "items": TEXT}
    ),
    "temperature": Key("Names and conditions; the first that holds.", VERDICTS),
    "stages": Key("Names and conditions; the last that holds.", VERDICTS),
    "plays": Key("What to do; the first that holds.", {"type": "array", "items": _ref("play")}),
    "accounts": Key("How leads' scores make their account's.", _ref("accounts")),
}
FIELD_TABLES = {
    "lead": Key("Fields of a lead.", FIELDS),
    "account": Key("Fields of the lead's account.", FIELDS),
    "event": Key("Fields of an event.", FIELDS),
}
DIMENSION = {
    "label": Key("Name for people.", LABEL),
    "about": Key("What the dimension judges.", TEXT),
    "range": Key("Lowest and highest value; default [0, 100].", RANGE),
    "grades": Key(
        "Labels and their lower bounds.",
        {"type": "object", "minProperties": 1, "additionalProperties": {"type": "number"}},
    ),
    "decay": Key("How events of this dimension lose weight with age.", _ref("decay")),
    "active": Key("First and last day of the events that count.", ACTIVE),
    "groups": Key(
        "Groups of rules that share a cap.",
        {"type": "object", "additionalProperties": _ref("group")},
    ),
    "odds": Key("How a learned value is read as a probability.", _ref("odds")),
    "rules": Key("What gives and takes points.", {"type": "array", "items": _ref("rule")}),
}
ODDS = {
    "rate": Key(
        "Probability, between 0 and 1, that the value `at` means.",
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        required=True,
    ),
    "double": Key(
        "Points that double the odds.",
        {"type": "number", "exclusiveMinimum": 0},
        required=True,
    ),
    "at": Key("Value that means `rate`.", NUMBER, required=True),
}
GROUP = {"cap": Key("Limit, up and down, of the group's sum.", {"type": "number", "minimum": 0})}
DECAY = {
    "half_life": Key("Age at which half the weight is left.", DURATION),
    "linear": Key("Age at which no weight is left, after an even fall.", DURATION),
    "steps": Key(
        "Ages and the factors that hold from them on.",
        {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}},
    ),
}
RULE_BASE = {
    "id": Key("Name of the rule, unique in the model.", TEXT, required=True),
    "label": Key("Short phrase for people, read as a reason.", LABEL),
    "about": Key("Why the rule is there.", TEXT),
    "group": Key("Group of the dimension that it belongs to.", TEXT),
    "cap": Key("Limit, up and down, of the rule's points.", {"type": "number", "minimum": 0}),
}
EVENT_BASE = {
    "event": Key('Name of an event, a list of names, or "*".', EVENTS, required=True),
    "where": Key("Condition on the event's fields.", EXPRESSION),
    "when": Key("Condition on the lead and its account.", EXPRESSION),
    "within": Key("Window: only events younger than this count.", DURATION),
    "per_day": Key("At most so many events count a day.", COUNT),
    "active": Key("First and last day of the events that count.", ACTIVE),
    "decay": Key("How events lose weight with age.", _ref("decay")),
}
POINTS = Key("Points to give or take.", NUMBER, required=True)
TOTAL = {
    "field": Key("Event field to add up.", TEXT, required=True),
    "bands": Key("Lower bounds and points.", BANDS, required=True),
}
RATE = {
    "over": Key("Name or names of the events to divide by.", EVENTS, required=True),
    "at_least": Key("None with fewer events to divide by; default 1.", COUNT),
    "bands": Key("Lower bounds in per cent and points.", BANDS, required=True),
}

FORMS: Mapping[str, Mapping[str, Key]] = {
    "when": {
        "when": Key("Condition on the lead and its account.", EXPRESSION, required=True),
        "points": POINTS,
    },
    "bands": {
        "field": Key("Lead or account field.", TEXT, required=True),
        "bands": Key("Lower bounds and points.", BANDS, required=True),
    },
    "values": {
        "field": Key("Lead or account field.", TEXT, required=True),
        "values": Key(
            "Values and points.",
            {"type": "object", "minProperties": 1, "additionalProperties": {"type": "number"}},
            required=True,
        ),
        "otherwise": Key("Points for any other value and for none; default 0.", NUMBER),
    },
    "points": {**EVENT_BASE, "points": POINTS},
    "at_least": {
        **EVENT_BASE,
        "at_least": Key("So many events are needed.", COUNT, required=True),
        "points": POINTS,
    },
    "frequency": {
        **EVENT_BASE,
        "frequency": Key("Numbers of events and points.", BANDS, required=True),
    },
    "total": {**EVENT_BASE, "total": Key("Sum of an event field.", _ref("total"), required=True)},
    "rate": {**EVENT_BASE, "rate": Key("Events per hundred others.", _ref("rate"), required=True)},
    "recency": {**EVENT_BASE, "recency": Key("Ages in days and points.", BANDS, required=True)},
    "silent_for": {
        **EVENT_BASE,
        "silent_for": Key("So long without a matching event.", DURATION, required=True),
        "points": POINTS,
    },
}
"""The forms of a rule: the keys of each beside those that every rule has."""

EVENT_FORMS = ("at_least", "frequency", "total", "rate", "recency", "silent_for")
"""Keys that tell the form of an event rule; without any of them it is `points`."""

UNUSED = {
    "frequency": ("decay",),
    "total": ("decay", "per_day"),
    "rate": ("decay", "per_day"),
    "recency": ("decay", "per_day"),
    "silent_for": ("decay", "within", "per_day"),
}
"""Keys that a form admits and ignores: a warning."""

SCORE = {
    "weights": Key(
        "Weight of each dimension in the mean.",
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": "number", "minimum": 0},
        },
    ),
    "sum": Key("Dimensions to add up.", {"type": "array", "items": TEXT, "minItems": 1}),
    "range": Key("Lowest and highest score; default [0, 100].", RANGE),
}
PLAY = {
    "id": Key("Name of the play.", TEXT, required=True),
    "label": Key("Name for people.", LABEL),
    "about": Key("Why the play is there.", TEXT),
    "when": Key("The play applies to leads for which this holds.", EXPRESSION, required=True),
    "do": Key("What to do.", {"enum": list(ACTIONS)}, required=True),
    "to": Key("Queue, sequence or target.", TEXT),
    "respond_within": Key(
        "Business time to respond in.",
        {"type": "string", "pattern": f"^{document.RESPONSE.pattern}$"},
    ),
    "fast_track": Key(
        "Whether a hand-off goes before others in its queue; default false.", {"type": "boolean"}
    ),
}
ACCOUNTS = {
    "rollup": Key("How scores are joined.", {"enum": list(ROLLUPS)}, required=True),
    "of": Key("`score` or a dimension; default score.", TEXT),
    "count": Key("How many of the best `top` takes the mean of; default 3.", COUNT),
}
