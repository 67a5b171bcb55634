"""The keys of the sections that lead from score to sale, as `tamis.model.keys` has the others."""

from __future__ import annotations

from collections.abc import Mapping

from tamis.model.keys import COUNT, DURATION, EXPRESSION, LABEL, TEXT, Key, Schema
from tamis.model.lifecycle.spec import MAKERS, MILESTONES, PROFILES
from tamis.model.lifecycle.work import ASSIGN, DAYS, REASONS

NONE = "none"
"""The word that takes something of a ready lifecycle away."""
ANY = "any"
READY = ("taxonomy", "validation")
"""The ready lifecycles; each is a file in `ready/`."""

PERCENT = r"([0-9]{1,4})\s*%"
CLOCK = r"([01]?[0-9]|2[0-4]):([0-5][0-9])"
SPAN = rf"{CLOCK}\s*-\s*{CLOCK}"
DAY = f"({'|'.join(DAYS)})"
COUNTRY = "[A-Z]{2}(-[A-Z0-9]{1,3})?"

NAMES: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
LIST: Schema = {"type": "array", "items": TEXT}
SHARE: Schema = {"type": "string", "pattern": f"^{PERCENT}$"}
LEVEL: Schema = {"type": "string", "pattern": f"^({PERCENT}|{NONE})$"}
LABELS: Schema = {"type": "object", "additionalProperties": LABEL}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _one_of(words: tuple[str, ...]) -> Schema:
    return {"enum": list(words)}


LIFECYCLE = {
    "use": Key("The ready lifecycle to begin with; default taxonomy.", _one_of((*READY, NONE))),
    "profile": Key(
        "b2b hands over from warm, b2c only hot; default b2b.", _one_of(tuple(PROFILES))
    ),
    "statuses": Key(
        "Where a lead can stand, in order; of a ready lifecycle only what differs.",
        {"type": "object", "additionalProperties": _ref("status")},
    ),
    "steps": Key(
        "Who may make which step; one with the same ends replaces a ready one.",
        {"type": "array", "items": _ref("step")},
    ),
    "questions": Key("Questions of your own that steps may need, with their texts.", LABELS),
}
STATUS = {
    "label": Key("Name for people.", LABEL),
    "kinds": Key("Kinds of lead that have this status.", LIST),
    "milestone": Key("What reports count it as.", _one_of((*MILESTONES, NONE))),
    "closed": Key("Whether the work on the lead ends here; default false.", {"type": "boolean"}),
}
STEP = {
    "from": Key("Status or statuses that it leaves, or any.", NAMES, required=True),
    "to": Key("Status that it leads to.", TEXT, required=True),
    "by": Key(
        "Who may make it: score, marketing, sales.",
        {
            "anyOf": [
                _one_of(MAKERS),
                {"type": "array", "items": _one_of(MAKERS), "minItems": 1},
            ]
        },
        required=True,
    ),
    "when": Key("The score makes the step while this holds.", EXPRESSION),
    "back": Key("The score takes the step back while this holds.", EXPRESSION),
    "after": Key("The lead must have stood so long where it stands.", DURATION),
    "stay": Key("The score takes the step back only after so long.", DURATION),
    "needs": Key("Questions that must have been answered by yes.", LIST),
}
FEEDBACK = {
    "reasons": Key(
        "Reasons to reject a hand-off; your own with their texts.",
        {"type": "array", "minItems": 1, "items": {"anyOf": [{"enum": list(REASONS)}, LABELS]}},
    ),
    "false_positives": Key("Tolerated share of rejected hand-offs.", SHARE),
    "over": Key("Time over which the share is taken; default 30d.", DURATION),
}
QUEUE = {
    "label": Key("Name for people.", LABEL),
    "about": Key("What the queue is for.", TEXT),
    "assign": Key("How people get work; default round_robin.", _one_of(ASSIGN)),
    "people": Key("Logins of those who work on it.", LIST),
    "limit": Key("Open work of one person at most.", COUNT),
    "escalate_to": Key("Login of who is told when nobody responds.", TEXT),
    "territories": Key(
        "Conditions and people; the first that holds.",
        {"type": "array", "items": _ref("territory"), "minItems": 1},
    ),
    "otherwise": Key("Queue for leads of no territory.", TEXT),
}
TERRITORY = {
    "when": Key("Leads for which this holds are of the territory.", EXPRESSION, required=True),
    "to": Key("Login or logins of those who work there.", NAMES, required=True),
}
SERVICE = {
    "week": Key(
        'Working hours by day or days, such as `mon-fri: "09:00-12:30 14:00-18:00"`.',
        {
            "type": "object",
            "propertyNames": {"pattern": rf"^{DAY}(\s*-\s*{DAY})?$"},
            "additionalProperties": {
                "anyOf": [
                    {"const": NONE},
                    {"type": "string", "pattern": rf"^{SPAN}(\s+{SPAN})*$"},
                ]
            },
        },
    ),
    "holidays": Key(
        "Country whose public holidays are no working days, such as FR or DE-BY.",
        {"type": "string", "pattern": f"^{COUNTRY}$"},
    ),
    "remind": Key("Share of respond_within after which the owner is told; default 50 %.", LEVEL),
    "escalate": Key("Share after which the queue's `escalate_to` is told; default 100 %.", LEVEL),
    "reassign": Key("Share after which the next person gets it; default never.", LEVEL),
}
GOAL = {
    "milestone": Key("What is counted.", _one_of(MILESTONES), required=True),
    "per_month": Key("How many leads are to reach it each calendar month.", COUNT, required=True),
}

SECTIONS: Mapping[str, Key] = {
    "lifecycle": Key(
        "Where leads stand and who may move them: a ready lifecycle, or changes of one.",
        {"anyOf": [_one_of(READY), _ref("lifecycle")]},
    ),
    "feedback": Key("What sales may say of a hand-off.", _ref("feedback")),
    "queues": Key(
        "Where hand-offs wait, and who gets them.",
        {"type": "object", "additionalProperties": _ref("queue")},
    ),
    "service": Key("Working hours, reminders, escalation.", _ref("service")),
    "goals": Key("Milestones and how many a month.", {"type": "array", "items": _ref("goal")}),
    "costs": Key(
        "What one lead cost, by its source.",
        {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
    ),
}
"""The sections themselves, as keys of the model."""
