"""Values of a `values:` rule: the check and the engine read each of them alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.model.checks.reading import codes

from tamis.engines.duckdb import DuckDB
from tamis.model.checks import checked_model
from tamis.model.spec import FieldType
from tamis.model.values import value_of
from tamis.run import run


def rule(type_: str, value: str) -> str:
    """A model whose only rule gives 5 points for a value."""
    return (
        f"fields: {{lead: {{f: {type_}}}}}\n"
        f"dimensions: {{fit: {{rules: [{{id: r, field: f, values: {{'{value}': 5}}}}]}}}}\n"
    )


def instant(*time: int) -> datetime:
    """An instant of the first of January 2026."""
    return datetime(2026, 1, 1, *time, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type_", "written", "fact"),
    [
        ("text", "Software", "SOFTWARE"),
        ("integer", "-3", -3),
        ("number", "0.25", 0.25),
        ("boolean", "TRUE", True),
        ("date", "2026-01-01", date(2026, 1, 1)),
        ("timestamp", "2026-01-01", instant()),
        ("timestamp", "2026-01-01T10", instant(10)),
        ("timestamp", "2026-01-01T1030", instant(10, 30)),
        ("timestamp", "2026-01-01 10:30:05.25", instant(10, 30, 5, 250_000)),
        ("timestamp", "2026-01-01T10:30+02:00", instant(8, 30)),
        ("timestamp", "2026-01-01T10Z", instant(10)),
    ],
)
def test_a_value_that_the_check_admits_is_found_in_the_data(
    type_: str, written: str, fact: object
) -> None:
    model = checked_model(f"tamis: 1\nname: m\n{rule(type_, written)}", "m.yaml")
    leads = [{"lead_id": "same", "f": fact}, {"lead_id": "none", "f": None}]
    with DuckDB(threads=1) as session, run(session, model, date(2026, 11, 21), leads=leads) as ran:
        points = {row["lead_id"]: row["fit"] for row in ran.scores.rows()}
    assert points == {"same": Decimal(5), "none": Decimal(0)}


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        ("integer", "many"),
        ("number", "1e3"),
        ("boolean", "yes"),
        ("date", "2026-02-30"),
        ("date", "2026-01-01T10"),
        ("timestamp", "10:30"),
        ("timestamp", "2026-01-01T25"),
        ("timestamp", "0001-01-01T00:00+05:00"),
    ],
)
def test_a_value_that_is_none_of_its_type_is_an_error(type_: FieldType, written: str) -> None:
    assert value_of(type_, written) is None
    assert codes(rule(type_, written)) == ["wrong-value"]


def test_two_spellings_of_one_instant_are_the_same_value() -> None:
    part = """
    fields: {lead: {at: timestamp}}
    dimensions:
      fit: {rules: [{id: r, field: at, values: {2026-01-01T10Z: 1, "2026-01-01 11:00+01:00": 2}}]}
    """
    assert codes(part) == ["equal-values"]
