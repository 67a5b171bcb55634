"""A model with a lifecycle and territories, leads on every side of its bounds, and what holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tamis.actions.standing import STANDING, standing
from tamis.facts.plan import Plan
from tamis.run import Result
from tamis.sql.chain import Chain

DAY = date(2026, 11, 21)
MODEL: dict[str, Any] = {
    "tamis": 1,
    "name": "standing",
    "fields": {
        "lead": {"points": "integer", "country": "text", "test": "boolean", "title": "text"},
    },
    "exclude": "test = true",
    "dimensions": {
        "fit": {
            "rules": [
                {"id": "points", "field": "points", "bands": {n: n for n in (0, 10, 25, 30, 50)}},
                {"id": "demo", "event": "demo", "points": 1},
            ]
        }
    },
    "score": {"sum": ["fit"]},
    "stages": {"lead": "score >= 30", "mql": "score >= 50"},
    "lifecycle": {
        "use": "none",
        "statuses": {"prospect": None, "lead": None, "mql": None, "sql": None},
        "steps": [
            {
                "from": "prospect",
                "to": "lead",
                "by": "score",
                "when": "stage in ('lead', 'mql')",
                "back": "score < 25",
                "stay": "2d",
            },
            {"from": "lead", "to": "mql", "by": ["score", "sales"], "when": "hit('demo')"},
            {"from": "mql", "to": "sql", "by": "sales"},
            {
                "from": "sql",
                "to": "mql",
                "by": "score",
                "when": "seniority(title) = 'c_level' and days_since_last_event > 9",
            },
        ],
    },
    "queues": {
        "sales": None,
        "north": {
            "territories": [
                {"when": "country = 'FR'", "to": ["ada"]},
                {"when": "score >= 30", "to": ["bob"]},
            ],
            "otherwise": "sales",
        },
        "south": {"territories": [{"when": "country is null", "to": ["cleo"]}]},
    },
}
LEADS = [
    {"lead_id": "cold", "points": 0, "country": "FR"},
    {"lead_id": "edge", "points": 25, "country": "ES"},
    {"lead_id": "warm", "points": 30, "country": "ES"},
    {"lead_id": "demo", "points": 50, "country": "FR"},
    {"lead_id": "boss", "points": 10, "title": "CEO"},
    {"lead_id": "test", "points": 50, "country": "FR", "test": True},
]
EVENTS = [
    {"lead_id": "demo", "event": "demo", "timestamp": date(2026, 11, 20)},
    {"lead_id": "boss", "event": "visit", "timestamp": date(2026, 11, 1)},
]
LEAD, LEAD_BACK, MQL, SQL_BACK = 1, 2, 4, 8
EXPECTED: Mapping[str, tuple[int | None, int | None, int | None]] = {
    "cold": (LEAD_BACK, 1, None),
    "edge": (0, None, None),
    "warm": (LEAD, 2, None),
    "demo": (LEAD + MQL, 1, None),
    "boss": (LEAD_BACK + SQL_BACK, None, 1),
    "test": (None, None, None),
}
"""Of each lead: the bit set of its steps, its territory in the north and in the south."""


def standings(result: Result) -> dict[str, tuple[Any, ...]]:
    """What a result says of each lead: its steps and territories."""
    chain = result.chain
    added = standing(Plan(result.model, result.as_of, result.shape))
    whole = replace(result, chain=Chain(chain.inputs, chain.constants, (*chain.steps, *added)))
    keys = {row["lead"]: row["lead_id"] for row in result.relation("played").rows()}
    rows = whole.relation(STANDING).rows()
    return {
        str(keys[row["lead"]]): (row["steps"], row["territory__1"], row["territory__2"])
        for row in rows
    }
