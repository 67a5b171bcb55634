"""Evidence on models from the real data, where they are; else skipped, saying so."""

from __future__ import annotations

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
    told,
)

from tamis.engines.registry import open_session
from tamis.history.evidence import Evidence, evidence
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.reports.evidence import evidence_sections

TODAY = date(2026, 11, 22)


def found(of: Model, past: Past, horizon: int) -> tuple[Evidence, str, str]:
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
        )
        told(seen)
        english, french = (str(tuple(evidence_sections(seen, one))) for one in ("en", "fr"))
    return seen, english, french


def no_signal(seen: Evidence, english: str, french: str) -> None:
    """The report says it in these words."""
    assert not seen.has_signal
    assert "No usable signal" in english
    assert "Aucun signal exploitable" in french


def test_bpi2012(tmp_path: Path) -> None:
    """Running loan applications: calls about the offer foretell a validation."""
    example = load_model(EXAMPLES / "bpi2012" / "model.yaml")
    seen, english, _ = found(example, bpi2012(tmp_path), 43)
    assert seen.has_signal
    assert "No usable signal" not in english
    says = {one.rule.id: one.says for one in seen.rules}
    assert says["offer_calls"] == "supports"


def test_olist(tmp_path: Path) -> None:
    """Sellers who asked to sell on a marketplace."""
    example = load_model(EXAMPLES / "olist" / "model.yaml")
    seen, english, _ = found(example, olist(tmp_path), 90)
    assert seen.has_signal
    assert "No usable signal" not in english


@pytest.mark.parametrize("horizon", [7, 14])
def test_attribution(horizon: int) -> None:
    no_signal(*found(model(ATTRIBUTION), attribution(), horizon))


@pytest.mark.parametrize(("text", "closed_only"), MAVEN)
def test_maven_crm(text: str, closed_only: bool) -> None:
    """Opportunities: which will be won within 90 days?"""
    no_signal(*found(model(text), maven(closed_only=closed_only), 90))


def test_deals_drawn_at_random(tmp_path: Path) -> None:
    """The same sellers and the same model, but chance says who signs, and when."""
    past = by_chance(olist(tmp_path), 842, datetime(2018, 1, 7, tzinfo=UTC), days=240, seed=4)
    no_signal(*found(load_model(EXAMPLES / "olist" / "model.yaml"), past, 90))


def test_validations_drawn_at_random(tmp_path: Path) -> None:
    """The same applications and what was done about them, validated by chance."""
    past = by_chance(bpi2012(tmp_path), 3000, datetime(2011, 10, 1, tzinfo=UTC), days=166, seed=4)
    no_signal(*found(load_model(EXAMPLES / "bpi2012" / "model.yaml"), past, 43))
