"""The ends of what facts may hold: numbers, days and letters on which engines tend to differ."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.engines.running import Ran, ran, ran_on

from tamis.engines.base import Engine

DAY = date(2026, 11, 20)
MOST, LARGEST = 2**63 - 1, Decimal("999999999999999999.999999")
CONDITIONS = (
    "n + 1 > n",
    "n * n > 0",
    "n * 10 > 0",
    "n - m < 0",
    "n / 3 > 1000000",
    "m / 0.000001 > 1",
    "abs(n) > 999999999999999999",
    "n = 999999999999999999",
    "n in (1, 999999999999999999, m)",
    "m > 999999999999999998.999999",
    "m + 0.000001 > m",
    "m * 0.5 >= 499999999999999999.5",
    "m * m is null",
    "round(m) > m",
    "round(m, 2) <> m",
    "m between -999999999999999999.999999 and n",
    "lower(t) = 'iσσ'",  # noqa: RUF001 (sigmas)
    "upper(t) = 'IΣΣ'",
    "upper(t) = 'STRAẞE'",
    "t ilike '%É%'",
    "contains(t, 'ÉTÉ')",
    "starts_with(t, 'É')",
    "ends_with(t, 'é')",
    "length(t) > 3",
    "t like '%\\_'",
    "t like '_\n_'",
    "matches(t, '^a.b$')",
    "matches(t, '\\bt')",
    "matches(t, '[^\\w]')",
    "t > 'Z'",
    "t < 'a'",
    "trim(t) = 'é'",
    "d < date '0500-01-01'",
    "d > date '9000-01-01'",
    "days_since(d) > 36500",
    "days_since(at) < 0",
    "at < date '1900-01-02'",
    "at > d",
)
TEXTS = ("İΣΣ", "Straße", "été", "ÉTÉ", " é ", "a\nb", "back\\_", "thé", "Zoé", "a", "", "ﬁ")
DATES = (
    date(1, 1, 2),
    date(1899, 12, 31),
    date(1970, 1, 1),
    date(2299, 12, 31),
    date(9999, 12, 30),
)
NUMBERS = (MOST, -MOST, 10**18 - 1, 3, 0)
AMOUNTS = (LARGEST, -LARGEST, Decimal("0.000001"), Decimal("0.5"), Decimal(0))
MODEL: dict[str, Any] = {
    "tamis": 1,
    "name": "extremes",
    "timezone": "America/New_York",
    "fields": {
        "lead": {"n": "integer", "m": "number", "t": "text", "d": "date", "at": "timestamp"},
        "event": {"worth": "number"},
    },
    "dimensions": {
        "all": {
            "range": [-1000000, 1000000],
            "rules": [
                *(
                    {"id": f"c{place}", "when": condition, "points": 1}
                    for place, condition in enumerate(CONDITIONS)
                ),
                {
                    "id": "total",
                    "event": "e",
                    "total": {"field": "worth", "bands": {0: 1, 10**15: 2}},
                },
                {"id": "last", "event": "*", "recency": {0: 3, 40000: 4, 700000: 5}},
                {"id": "much", "event": "e", "points": 10000, "per_day": 9},
            ],
        }
    },
    "score": {"sum": ["all"], "range": [-1000000, 1000000]},
    "stages": {"far": "score < 999999999999999999", "other": "score = n"},
}
LEADS = [
    {
        "lead_id": f"{text}{place}",
        "n": NUMBERS[place % len(NUMBERS)],
        "m": AMOUNTS[(place // 2) % len(AMOUNTS)],
        "t": text,
        "d": DATES[place % len(DATES)],
        "at": datetime.combine(DATES[(place // 3) % len(DATES)], datetime.min.time()),
    }
    for place, text in enumerate(TEXTS)
]
EVENTS = [
    {"lead_id": lead["lead_id"], "event": "e", "timestamp": at, "worth": worth}
    for lead in LEADS
    for at in (datetime(1, 1, 2), datetime(2026, 11, 19, 12), datetime(9999, 12, 30))  # noqa: DTZ001
    for worth in (LARGEST, LARGEST, Decimal("-0.000001"))
]


def on(engine: Engine) -> Ran:
    """What an engine makes of them."""
    return ran_on(engine, MODEL, (LEADS, [], EVENTS), DAY)


def expected() -> Ran:
    """What DuckDB makes of them."""
    return ran(MODEL, LEADS, [], EVENTS, DAY)
