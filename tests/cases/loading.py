"""Reads the YAML cases into typed rows, and says where results differ from what they expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Row = dict[str, Any]
FOLDER = Path(__file__).parent
KEYS = {"it", "why", "model", "as_of", "leads", "accounts", "events", "adjustments", "expect"}
EXPECTED = {
    *("scores", "contributions", "accounts", "gave_points", "left_out", "columns"),
    *("unknown_leads", "unreadable", "refused"),
}
OWN_COLUMNS = {
    "leads": {"lead_id": "text", "account_id": "text", "valid_from": "timestamp"},
    "accounts": {"account_id": "text"},
    "events": {
        "lead_id": "text",
        "event": "text",
        "timestamp": "timestamp",
        "event_id": "text",
        "bot": "boolean",
    },
    "adjustments": {
        "lead_id": "text",
        "dimension": "text",
        "points": "number",
        "first_day": "date",
        "last_day": "date",
    },
}
OPTIONAL = {
    "account_id": "leads",
    "valid_from": "leads",
    "event_id": "events",
    "bot": "events",
    "first_day": "adjustments",
    "last_day": "adjustments",
}


@dataclass(frozen=True)
class Case:
    """One case: a model, facts as typed rows, the day, and what is expected."""

    name: str
    model: Row
    as_of: date
    leads: list[Row]
    accounts: list[Row]
    events: list[Row]
    adjustments: list[Row]
    expect: Row

    @property
    def refused(self) -> bool:
        """Whether the run must stop with an error."""
        return bool(self.expect.get("refused", False))

    def __str__(self) -> str:
        return self.name


def all_cases() -> list[Case]:
    """Every case of every file in this folder, by file name."""
    return [case for file in sorted(FOLDER.glob("*.yaml")) for case in cases_of(file)]


def cases_of(file: Path) -> Iterator[Case]:
    """The cases of one file."""
    page = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    for entry in page["cases"]:
        unknown = (entry.keys() - KEYS) | (entry["expect"].keys() - EXPECTED)
        if unknown:
            raise ValueError(f"{file.name}: {entry['it']}: unknown keys {sorted(unknown)}")
        model = {"tamis": 1, "name": file.stem.replace("_", "-")}
        model |= entry.get("model") or page["model"]
        yield Case(
            name=f"{file.stem}: {entry['it']}",
            model=model,
            as_of=entry.get("as_of") or page["as_of"],
            leads=rows(model, "leads", entry.get("leads")),
            accounts=rows(model, "accounts", entry.get("accounts")),
            events=rows(model, "events", entry.get("events")),
            adjustments=rows(model, "adjustments", entry.get("adjustments")),
            expect=entry["expect"],
        )


def rows(model: Row, table: str, written: list[Row] | None) -> list[Row]:
    """Rows of the table with every declared column, null where the case says nothing."""
    written = written or []
    declared = (model.get("fields") or {}).get(table.removesuffix("s")) or {}
    used = {column for row in written for column in row}
    columns = {
        name: kind
        for name, kind in OWN_COLUMNS[table].items()
        if name in used or OPTIONAL.get(name) != table
    }
    columns |= declared
    if used - columns.keys():
        raise ValueError(f"not declared in the model: {sorted(used - columns.keys())}")
    return [{name: typed(row.get(name), kind) for name, kind in columns.items()} for row in written]


def typed(value: Any, kind: str) -> Any:
    """A value by its declared type; null stays null."""
    if value is None:
        return None
    match kind:
        case "integer":
            return int(value)
        case "number":
            return Decimal(str(value))
        case "text":
            return str(value)
        case "timestamp" | "date":
            return value if isinstance(value, date) else datetime.fromisoformat(value)
        case _:
            return bool(value)


def differences(
    case: Case,
    scores: list[Row],
    contributions: list[Row],
    accounts: list[Row],
    counters: dict[str, int] | None = None,
) -> list[str]:
    """Where results differ from what the case expects, in words; empty when they do not.

    `counters` holds `unknown_leads` and `unreadable`; without it they are not compared.
    """
    expect = case.expect
    found = [
        *compared(expect.get("scores"), scores, ["lead_id"]),
        *compared(expect.get("contributions"), contributions, ["lead_id", "dimension", "rule"]),
        *compared(expect.get("accounts"), accounts, ["account_id"]),
        *points_given(expect.get("gave_points") or {}, contributions),
    ]
    present = {row["lead_id"] for row in scores}
    found += [f"{who} has a score" for who in expect.get("left_out", []) if who in present]
    if "columns" in expect and scores and list(scores[0]) != expect["columns"]:
        found.append(f"columns {list(scores[0])}")
    for name, count in (counters or {}).items():
        if expect.get(name, count) != count:
            found.append(f"{name} is {count}, not {expect[name]}")
    return found


def compared(expected: list[Row] | None, actual: list[Row], keys: list[str]) -> Iterator[str]:
    """Differences of the written columns, row by row."""
    for row in expected or []:
        written = [key for key in keys if key in row]
        who = " ".join(str(row[key]) for key in written)
        matching = [one for one in actual if all(one[key] == row[key] for key in written)]
        if "points" in row and row["points"] == 0:
            yield from (f"{who} gave {one['points']}" for one in matching)
        elif len(matching) != 1:
            yield f"{who} has {len(matching)} rows"
        else:
            yield from unequal(who, row, matching[0])


def unequal(who: str, expected: Row, actual: Row) -> Iterator[str]:
    """Differences of two rows in the columns of the first."""
    for column, value in expected.items():
        if column not in actual:
            yield f"{who} has no column {column}"
        elif not same(value, actual[column]):
            yield f"{who}: {column} is {actual[column]}, not {value}"


def same(expected: Any, actual: Any) -> bool:
    """Whether two values are equal, numbers by their exact value."""
    if isinstance(expected, bool) or not isinstance(expected, int | float) or actual is None:
        return bool(expected == actual)
    return Decimal(str(expected)) == Decimal(str(actual))


def points_given(expected: dict[str, list[str]], contributions: list[Row]) -> Iterator[str]:
    """Leads whose rules with points are not those expected."""
    for lead_id, rules in expected.items():
        gave = {row["rule"] for row in contributions if row["lead_id"] == lead_id}
        gave = {rule for rule in gave if not rule.startswith(("cap:", "range:"))}
        if gave != set(rules):
            yield f"{lead_id}: {sorted(gave)} gave points, not {sorted(rules)}"
