"""Backtests of models on the real data, where they are; else skipped, saying so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.history.real import (
    ATTRIBUTION,
    EXAMPLES,
    MAVEN,
    Past,
    attribution,
    bpi2012,
    by_chance,
    maven,
    model,
    olist,
    since,
    told,
)

from tamis.history.backtest import Backtest, Question, backtest
from tamis.history.snapshots import Period
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.reports.backtest import verdict


def asked(of: Model, past: Past, question: Question) -> Backtest:
    """The backtest, its figures told."""
    found = backtest(
        of,
        question,
        leads=past.leads,
        accounts=past.accounts,
        events=past.events,
        outcomes=past.outcomes,
    )
    told(found)
    return found


# ---------------------------------------------------------------- a signal


BPI2012 = Period(date(2011, 11, 1), date(2012, 1, 31), every=7, horizon=43)
OLIST = Period(date(2018, 1, 7), date(2018, 5, 27), every=7, horizon=90)


def test_bpi2012(tmp_path: Path) -> None:
    """Running loan applications: which will be validated within 43 days?"""
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    found = asked(example, bpi2012(tmp_path), Question(BPI2012, capacity=100))
    assert found.has_signal
    assert (found.aucs["score"].low or 0) > (found.aucs["random"].high or 1)


def test_olist(tmp_path: Path) -> None:
    """Sellers who asked to sell on a marketplace: who signs within 90 days?"""
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    found = asked(example, olist(tmp_path), Question(OLIST, capacity=100))
    assert found.has_signal
    assert found.aucs["random"].holds(0.5)


def test_bpi2012_on_applications_that_had_no_part_in_the_points(tmp_path: Path) -> None:
    period = Period(date(2012, 1, 29), date(2012, 2, 22), every=3, horizon=21)
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    late = since(bpi2012(tmp_path), "2012-01-27")
    assert asked(example, late, Question(period, capacity=100)).has_signal


def test_olist_on_sellers_who_had_no_part_in_the_points(tmp_path: Path) -> None:
    period = Period(date(2018, 4, 8), date(2018, 5, 27), every=7, horizon=90)
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    late = since(olist(tmp_path), "2018-04-01")
    assert asked(example, late, Question(period, capacity=100)).has_signal


# ---------------------------------------------------------------- none


def no_signal(found: Backtest) -> None:
    """The report says it in these words."""
    assert not found.has_signal
    assert "no usable signal" in verdict(found, "en")
    assert "aucun signal exploitable" in verdict(found, "fr")


def test_attribution() -> None:
    period = Period(date(2018, 7, 8), date(2018, 7, 23), every=3, horizon=7)
    no_signal(asked(model(ATTRIBUTION), attribution(), Question(period)))


@pytest.mark.parametrize(("text", "closed_only"), MAVEN)
def test_maven_crm(text: str, closed_only: bool) -> None:
    """Opportunities: which will be won within 90 days?"""
    period = Period(date(2017, 3, 1), date(2017, 10, 2), every=28, horizon=90)
    no_signal(asked(model(text), maven(closed_only=closed_only), Question(period)))


def test_deals_drawn_at_random(tmp_path: Path) -> None:
    """The same sellers and the same model, but chance says who signs, and when."""
    past = by_chance(olist(tmp_path), 842, datetime(2018, 1, 7, tzinfo=UTC), days=240, seed=4)
    no_signal(
        asked(
            load_model(EXAMPLES / "olist" / "model.yaml"), past, Question(replace(OLIST, every=28))
        )
    )


def test_validations_drawn_at_random(tmp_path: Path) -> None:
    """The same applications and what was done about them, validated by chance."""
    past = by_chance(bpi2012(tmp_path), 3000, datetime(2011, 10, 1, tzinfo=UTC), days=166, seed=4)
    no_signal(
        asked(
            load_model(EXAMPLES / "bpi2012" / "model.yaml"),
            past,
            Question(replace(BPI2012, every=28)),
        )
    )
