"""Manual points as people have them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tamis.errors import SourceError
from tamis.model.checks import checked_model
from tamis.run import score
from tamis.sources import Options

DAY = date(2026, 11, 21)
MODEL = checked_model(
    "{tamis: 1, name: m, dimensions: {fit: {rules: [{id: any, when: 'true', points: 10}]}, "
    "activity: {rules: [{id: seen, event: view, points: 1}]}}}",
    "m.yaml",
)
LEADS = [{"lead_id": "7"}, {"lead_id": "ann"}]


def manual(
    adjustments: object,
    leads: object = LEADS,
    events: object = None,
    options: Options | None = None,
    day: date = DAY,
) -> dict[tuple[object, object], object]:
    """The manual points of each lead and dimension."""
    facts = {"leads": leads, "events": events, "adjustments": adjustments}
    with score(MODEL, **facts, as_of=day, options=options) as result:
        rows = result.contributions.rows()
    found = [row for row in rows if row["rule"] == "manual"]
    return {(row["lead_id"], row["dimension"]): row["points"] for row in found}


def csv(folder: Path, text: str) -> str:
    file = folder / "by_hand.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_french_spreadsheet_is_read(tmp_path: Path) -> None:
    text = (
        "lead_id;dimension;points;first_day;last_day;motif\n"
        "ann;fit;2,5;16/11/2026;30/11/2026;salon\nann;fit;-1;;;\n7;activity;3;;20/11/2026;\n"
    )
    file = csv(tmp_path, text)
    assert manual(file) == {("ann", "fit"): Decimal("1.5")}
    expected = {("ann", "fit"): Decimal("1.5"), ("7", "activity"): Decimal(3)}
    assert manual(file, day=date(2026, 11, 20)) == expected
    assert manual(file, day=date(2026, 12, 1)) == {("ann", "fit"): Decimal(-1)}


@pytest.mark.parametrize("id_", [7, "7"])
def test_they_meet_leads_whose_ids_are_whole_numbers_inside(id_: object) -> None:
    events = [{"lead_id": 7, "event": "view", "timestamp": DAY}]
    rows = [{"lead_id": id_, "dimension": "fit", "points": 4}]
    assert manual(rows, [{"lead_id": 7}], events) == {("7", "fit"): Decimal(4)}


def test_an_id_that_only_looks_like_a_whole_number_is_another_lead() -> None:
    events = [{"lead_id": 7, "event": "view", "timestamp": DAY}]
    strange = ["007", "+7", "7.0", "7 ", "ann", "9" * 30]
    rows = [{"lead_id": id_, "dimension": "fit", "points": 4} for id_ in strange]
    assert manual(rows, [{"lead_id": 7}], events) == {}


def test_other_names_of_columns_are_mapped() -> None:
    rows = [{"who": "ann", "dimension": "fit", "points": 4}]
    options = Options(columns={"adjustments": {"lead_id": "who"}})
    assert manual(rows, options=options) == {("ann", "fit"): Decimal(4)}


def test_no_rows_are_no_points() -> None:
    assert manual([]) == {}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("ann,fat,1,", ":3: `fat` is no dimension of the model"),
        ("ann,fit,1.0001,", ":3: `1.0001` cannot be given as points"),
        ("ann,fit,-10000.5,", ":3: `-10000.5` cannot be given as points"),
        ("ann,fit,many,", ":3: column `points`: `many` is not a number"),
        ("ann,fit,1,soon", ":3: column `last_day`: `soon` is not a date"),
        (",fit,1,", ":3: no `lead_id`"),
        ("ann,,1,", ":3: no `dimension`"),
        ("ann,fit,,", ":3: no `points`"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path: Path, cells: str, said: str) -> None:
    file = csv(tmp_path, f"lead_id,dimension,points,last_day\nann,fit,1,\n{cells}\n")
    with pytest.raises(SourceError) as raised:
        manual(file)
    assert f"{file}{said}" in str(raised.value)


def test_a_missing_column_is_told() -> None:
    with pytest.raises(SourceError, match="no column `points`"):
        manual([{"lead_id": "ann", "dimension": "fit"}])


def test_an_expiry_is_not_needed() -> None:
    rows = [{"lead_id": "ann", "dimension": "fit", "points": 4}]
    assert manual(rows, day=date(2199, 1, 1)) == {("ann", "fit"): Decimal(4)}
