"""The outcomes that a condition can have when only ranges are known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tamis.model.possible.domains import NULL, Choices, Domain, Numbers
from tamis.model.possible.outcomes import given, outcomes

KNOWN: dict[str, Domain] = {
    "score": Numbers(Decimal(0), Decimal(40), null=False, step=Decimal("0.01")),
    "n": Numbers(step=Decimal(1)),
    "grade": Choices(frozenset({"A", "B"}), null=False),
    "t": Choices(),
    "ok": Choices(frozenset({True, False})),
    "nothing": NULL,
    "hit('demo')": Choices(frozenset({False}), null=False),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", "T"),
        ("false", "F"),
        ("not false", "T"),
        ("1 = 1", "T"),
        ("1 < 1", "F"),
        ("'a' = 'a'", "T"),
        ("'a' <> 'a'", "F"),
        ("score >= 0", "T"),
        ("score >= 0.01", "TF"),
        ("score > 40", "F"),
        ("score < 41", "T"),
        ("41 > score", "T"),
        ("score = 12", "TF"),
        ("score <> 41", "T"),
        ("score between 0 and 40", "T"),
        ("score between 50 and 60", "F"),
        ("score not between 50 and 60", "T"),
        ("score + 1 > 41", "F"),
        ("score - 50 < 0", "T"),
        ("-score > 0", "F"),
        ("score is null", "F"),
        ("score is not null", "T"),
        ("n > 5", "TFN"),
        ("n is null", "TF"),
        ("grade = 'A'", "TF"),
        ("grade = 'C'", "F"),
        ("grade in ('A', 'B', 'C')", "TF"),
        ("grade in ('C', 'D')", "F"),
        ("grade not in ('C')", "T"),
        ("grade < 'C'", "TF"),
        ("t = 'x'", "TFN"),
        ("t in ('x', 'y')", "TFN"),
        ("t like '%x'", "TFN"),
        ("ok", "TFN"),
        ("not ok", "TFN"),
        ("ok and not ok", "FN"),
        ("ok or true", "T"),
        ("ok and false", "FN"),
        ("nothing = 1", "N"),
        ("nothing is null", "T"),
        ("not (nothing = 1)", "N"),
        ("nothing + 1 > 0", "TFN"),
        ("hit('demo')", "F"),
        ("not hit('demo') and score >= 0", "T"),
        ("hit('other')", "TFN"),
        ("score >= 20 and score < 20", "F"),
        ("score > 20 and score < 20.01", "F"),
        ("score > 20 and score < 20.02", "TF"),
        ("grade = 'A' and grade = 'B'", "F"),
        ("grade <> 'A' and grade <> 'B'", "F"),
        ("t = 'x' and t in ('y', 'z')", "FN"),
        ("n is null and n > 1", "FN"),
        ("n is not null and n is null", "F"),
        ("score < 10 or score > 30", "TF"),
        ("case when ok then true else false end", "TFN"),
        ("date '2026-01-01' < date '2026-01-02'", "T"),
    ],
)
def test_outcomes(text: str, expected: str) -> None:
    letters = {True: "T", False: "F", None: "N"}
    assert {letters[outcome] for outcome in outcomes(text, KNOWN)} == set(expected)


def test_a_condition_that_holds_narrows_its_names() -> None:
    narrowed = given(
        "score >= 12.345 and grade <> 'A' and t = 'x' and not ok and n is not null", KNOWN
    )
    assert narrowed is not None
    assert narrowed["score"] == Numbers(Decimal("12.35"), Decimal(40), False, Decimal("0.01"))
    assert narrowed["grade"] == Choices(frozenset({"B"}), null=False)
    assert narrowed["t"] == Choices(frozenset({"x"}), null=False)
    assert narrowed["ok"] == Choices(frozenset({False}), null=False)
    assert not narrowed["n"].null


def test_a_condition_that_cannot_hold_narrows_to_nothing() -> None:
    assert given("score > 40", KNOWN) is None
