"""Evidence on models from the real data, where they are; else skipped, saying so.

The figures are those of `docs/evidence.md`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.history.real import (
    ATTRIBUTION,
    EVIDENCE,
    EXAMPLES,
    MAVEN,
    Past,
    attribution,
    bpi2012,
    by_chance,
    counted,
    documented,
    maven,
    model,
    olist,
    printed,
    told,
)

from tamis.engines.registry import open_session
from tamis.history.evidence import Evidence, evidence
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.reports.evidence import evidence_sections

TODAY = date(2026, 11, 22)


def found(
    of: Model, past: Past, horizon: int, *, on: date | None = None
) -> tuple[Evidence, str, str]:
    """The evidence, its figures told, with the report in English and in French."""
    with open_session() as session:
        seen = evidence(
            session,
            of,
            TODAY,
            leads=past.leads,
            accounts=past.accounts,
            events=past.events,
            outcomes=past.outcomes,
            horizon=horizon,
            on=on,
        )
        told(seen)
        english, french = (str(tuple(evidence_sections(seen, one))) for one in ("en", "fr"))
    return seen, english, french


def as_documented(found: Evidence, row: str) -> None:
    """The figures are those of the row of the docs that begins so."""
    seen, none = found.seen, "" if found.has_signal else ", no usable signal"
    assert [documented(EVIDENCE, row, place) for place in range(4)] == [
        f"{seen.horizon} days",
        str(len(seen.days)),
        counted(seen.cases, seen.leads, seen.won),
        printed(found.order) + none,
    ]


def told_of() -> str:
    """The docs, without line breaks."""
    return " ".join(EVIDENCE.read_text("utf-8").split())


def no_signal(row: str, seen: Evidence, english: str, french: str) -> None:
    """The report says it in these words, and the docs have the figures."""
    assert not seen.has_signal
    assert seen.order.holds(0.5)
    as_documented(seen, row)
    assert "No usable signal" in english
    assert "Aucun signal exploitable" in french


@pytest.mark.verify
def test_bpi2012(tmp_path: Path) -> None:
    """Running loan applications: calls about the offer foretell a validation."""
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    seen, english, _ = found(example, bpi2012(tmp_path), 43)
    assert seen.has_signal
    assert "No usable signal" not in english
    as_documented(seen, "`bpi2012`: loan")
    rules = {one.rule.id: one for one in seen.rules}
    assert rules["offer_calls"].says == "supports"
    assert f"odds by {printed(rules['offer_calls'].odds, 1)}" in told_of()
    assert rules["recency"].duplicates == ("stalled",)
    assert rules["stalled"].duplicates == ("recency",)


def test_olist(tmp_path: Path) -> None:
    """Sellers who asked to sell on a marketplace."""
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    seen, english, _ = found(example, olist(tmp_path), 90)
    assert seen.has_signal
    assert "No usable signal" not in english
    as_documented(seen, "`olist`: marketplace")


@pytest.mark.verify
@pytest.mark.parametrize(
    ("horizon", "row", "misleading"),
    [(7, "`attribution`: advertising", ["display"]), (14, "`attribution` |", [])],
)
def test_attribution(horizon: int, row: str, misleading: list[str]) -> None:
    seen, english, french = found(model(ATTRIBUTION), attribution(), horizon)
    no_signal(row, seen, english, french)
    assert [one.rule.id for one in seen.rules if one.says == "misleads"] == misleading
    assert not [one for one in seen.rules if one.says == "supports"]


@pytest.mark.verify
def test_wins_dated_by_the_last_touch_make_an_order_that_is_none() -> None:
    """It is the conversion itself, counted as a touch of people who have converted before."""
    wrong, day = attribution(by_last_touch=True), date(2018, 7, 15)
    seen, *_ = found(model(ATTRIBUTION), wrong, 15, on=day)
    touches, *_ = found(model(ATTRIBUTION), replace(wrong, events=attribution().events), 15, on=day)
    assert seen.has_signal
    assert touches.order.holds(0.5)
    assert f"AUC {printed(seen.order, 2)}" in told_of()
    assert f"without it: {printed(touches.order, 2)}" in told_of()


@pytest.mark.parametrize(("text", "closed_only"), MAVEN)
def test_maven_crm(text: str, closed_only: bool) -> None:
    """Opportunities: which will be won within 90 days?"""
    row = "`maven_crm`: closed" if closed_only else "`maven_crm`: all"
    no_signal(row, *found(model(text), maven(closed_only=closed_only), 90))


@pytest.mark.verify
def test_deals_drawn_at_random(tmp_path: Path) -> None:
    """The same sellers and the same model, but chance says who signs, and when."""
    past = by_chance(olist(tmp_path), 842, datetime(2018, 1, 7, tzinfo=UTC), days=240, seed=4)
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    no_signal("`olist`, 842 deals", *found(example, past, 90))


@pytest.mark.verify
def test_validations_drawn_at_random(tmp_path: Path) -> None:
    """The same applications and what was done about them, validated by chance."""
    past = by_chance(bpi2012(tmp_path), 3000, datetime(2011, 10, 1, tzinfo=UTC), days=166, seed=4)
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    no_signal("`bpi2012`, 3,000", *found(example, past, 43))
