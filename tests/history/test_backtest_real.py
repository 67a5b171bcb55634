"""Backtests of models on the real data, where they are; else skipped, saying so.

The figures are those of `docs/backtest.md`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.history.real import (
    ACCOUNTS,
    ATTRIBUTION,
    BACKTEST,
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


def columns(found: Backtest) -> dict[str, str]:
    """The rows of the table in the docs, by what they begin with."""
    reached = {one.order: one.share for one in found.captures}
    hot = {one.name: one.conversion.value or 0 for one in found.groups["temperatures"]}
    others = [order for order in ("random", "newest", "activity") if order in found.aucs]
    none = [] if "activity" in found.aucs else ["no events"]
    aucs = [f"{found.aucs[order].value:.3f}" for order in others]
    shares = [f"{(reached[order].value or 0) * 100:.1f} %" for order in others]
    return {
        "leads, snapshots": counted(found.whole.leads, found.whole.rows, found.whole.winners),
        "AUC of the score": printed(found.aucs["score"]),
        "AUC random": ", ".join(aucs + none),
        "deals reached": printed(reached["score"], 1, percent=True),
        "... random": ", ".join(shares + none),
        "conversion hot": ", ".join(f"{hot[n] * 100:.1f} %" for n in ("hot", "warm", "cold")),
    }


BPI2012 = Period(date(2011, 11, 1), date(2012, 1, 31), every=7, horizon=43)
MAVEN_CRM = Period(date(2017, 3, 1), date(2017, 10, 2), every=28, horizon=90)
OLIST = Period(date(2018, 1, 7), date(2018, 5, 27), every=7, horizon=90)


@pytest.mark.verify
def test_bpi2012(tmp_path: Path) -> None:
    """Running loan applications: which will be validated within 43 days?"""
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    found = asked(example, bpi2012(tmp_path), Question(BPI2012, capacity=100))
    assert found.has_signal
    assert found.aucs["random"].holds(0.5)
    assert columns(found) == {row: documented(BACKTEST, row) for row in columns(found)}
    assert (found.leaks, found.no_history) == ((), ())


def test_olist(tmp_path: Path) -> None:
    """Sellers who asked to sell on a marketplace: who signs within 90 days?"""
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    found = asked(example, olist(tmp_path), Question(OLIST, capacity=100))
    assert found.has_signal
    assert found.aucs["random"].holds(0.5)
    assert columns(found) == {row: documented(BACKTEST, row, 1) for row in columns(found)}
    assert (found.leaks, found.no_history) == ((), ("lead.origin", "lead.landing_page"))


@pytest.mark.verify
def test_bpi2012_on_applications_that_had_no_part_in_the_points(tmp_path: Path) -> None:
    period = Period(date(2012, 1, 29), date(2012, 2, 22), every=3, horizon=21)
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    late = since(bpi2012(tmp_path), "2012-01-27")
    found = asked(example, late, Question(period, capacity=100))
    assert found.has_signal
    active = found.aucs["activity"]
    assert f"AUC {printed(found.aucs['score'])}, most active first {printed(active)}" in told_of()


@pytest.mark.verify
def test_olist_on_sellers_who_had_no_part_in_the_points(tmp_path: Path) -> None:
    period = Period(date(2018, 4, 8), date(2018, 5, 27), every=7, horizon=90)
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    late = since(olist(tmp_path), "2018-04-01")
    found = asked(example, late, Question(period, capacity=100))
    assert found.has_signal
    score, newest = (found.aucs[order] for order in ("score", "newest"))
    assert f"AUC {printed(score)}, newest first {printed(newest)}" in told_of()
    reached = {one.order: f"{(one.share.value or 0) * 100:.0f} %" for one in found.captures}
    said = f"{reached['score']} of the deals reached against {reached['newest']} by newest first"
    assert said in told_of()


def told_of() -> str:
    """The docs, without line breaks."""
    return " ".join(BACKTEST.read_text("utf-8").split())


# ---------------------------------------------------------------- none


def no_signal(found: Backtest, row: str) -> None:
    """The report says it in these words, and the docs have the figures."""
    assert not found.has_signal
    assert not found.misleads
    whole = found.whole
    assert counted(whole.leads, whole.rows, whole.winners) == documented(BACKTEST, row)
    assert printed(found.aucs["score"]) == documented(BACKTEST, row, 1)
    assert found.leaks == ()
    assert "no usable signal" in verdict(found, "en")
    assert "aucun signal exploitable" in verdict(found, "fr")


@pytest.mark.verify
def test_attribution() -> None:
    period = Period(date(2018, 7, 8), date(2018, 7, 23), every=3, horizon=7)
    found = asked(model(ATTRIBUTION), attribution(), Question(period))
    no_signal(found, "`attribution`")


@pytest.mark.parametrize(("text", "closed_only"), MAVEN)
def test_maven_crm(text: str, closed_only: bool) -> None:
    """Opportunities: which will be won within 90 days?"""
    found = asked(model(text), maven(closed_only=closed_only), Question(MAVEN_CRM))
    no_signal(found, "`maven_crm`: closed" if closed_only else "`maven_crm`: all")


@pytest.mark.verify
def test_having_an_account_foretells_the_close_in_maven_crm() -> None:
    """Open opportunities mostly have no account, so that rules on accounts seem to tell."""
    found = asked(model(ACCOUNTS), maven(closed_only=False), Question(MAVEN_CRM))
    (leak,) = found.leaks
    assert (leak.field, leak.why) == ("account_id", "lacking")
    assert f"AUC of {printed(found.aucs['score'], 2)}" in told_of()
    said = f"{leak.lacking:,} opportunities without an account was won, though about"
    assert f"{said} {leak.expected:.0f} were to be expected" in told_of()


@pytest.mark.verify
def test_deals_drawn_at_random(tmp_path: Path) -> None:
    """The same sellers and the same model, but chance says who signs, and when."""
    past = by_chance(olist(tmp_path), 842, datetime(2018, 1, 7, tzinfo=UTC), days=240, seed=4)
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    no_signal(asked(example, past, Question(replace(OLIST, every=28))), "`olist`, 842 deals")


@pytest.mark.verify
def test_validations_drawn_at_random(tmp_path: Path) -> None:
    """The same applications and what was done about them, validated by chance."""
    past = by_chance(bpi2012(tmp_path), 3000, datetime(2011, 10, 1, tzinfo=UTC), days=166, seed=4)
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    no_signal(asked(example, past, Question(replace(BPI2012, every=28))), "`bpi2012`, 3,000")
