"""Whether scoring pays yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tamis.engines.registry import open_session
from tamis.history.assess import Situation, Way, advise
from tamis.history.assess_data import BARE, bare_model, situation
from tamis.model.checks import checked_model
from tamis.sources import Options

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("conversions", "way"),
    [
        (None, "rules_or_hand"),
        (0, "rules_or_hand"),
        (9, "rules_or_hand"),
        (10, "rules"),
        (39, "rules"),
        (40, "rules_with_care"),
        (119, "rules_with_care"),
        (120, "learned"),
    ],
)
def test_the_way_follows_the_conversions(conversions: int | None, way: Way) -> None:
    assert advise(Situation(300, 80, conversions, 60)).way == way


def test_who_can_call_everyone_needs_no_score() -> None:
    assert advise(Situation(80, 80, 500)).way == "order"
    assert advise(Situation(81, 80, 500)).way == "learned"


def test_few_leads_are_scored_by_hand() -> None:
    assert advise(Situation(19, 5, 500)).way == "by_hand"
    assert advise(Situation(20, 5, 500)).way == "learned"


def test_what_is_not_known_is_to_be_collected_first() -> None:
    assert advise(Situation()).needs == ("outcomes", "volume", "capacity", "cycle")
    known = Situation(300, 80, 55, 60, 365, (("phone", 0.3), ("email", 0.9)), 0.1)
    advice = advise(known)
    assert advice.needs == ("fields", "events")
    assert advice.thin == ("phone",)
    assert "history" in advise(Situation(300, 80, 55, 60, 100)).needs


def test_the_next_step_is_told_at_the_pace_on_record() -> None:
    advice = advise(Situation(300, 80, 60, 60, recorded=70))
    assert advice.next_at == 120
    assert advice.ready_in == pytest.approx(10)
    assert advise(Situation(300, 80, 120)).next_at is None


def test_files_tell_volume_conversions_cycle_and_filling() -> None:
    first = date(2026, 3, 1)
    leads = [
        {
            "lead_id": f"l{n}",
            "created_at": first + timedelta(days=n),
            "phone": "01" if n % 4 == 0 else None,
        }
        for n in range(140)
    ]
    outcomes = [
        {
            "lead_id": f"l{n}",
            "outcome": "won" if n % 2 else "lost",
            "timestamp": first + timedelta(days=n + 30),
        }
        for n in range(21)
    ]
    events = [{"lead_id": f"l{n}", "event": "visit", "timestamp": first} for n in range(35)]
    with open_session() as session:
        model = bare_model(session, leads, Options())
        read = situation(session, model, TODAY, leads=leads, events=events, outcomes=outcomes)
    assert read.leads_a_week == pytest.approx(7)
    assert (read.conversions, read.cycle, read.recorded) == (10, 30, 20)
    assert dict(read.fill) == {"created_at": 1, "phone": 0.25}
    assert read.with_events == pytest.approx(0.25)


def test_days_are_those_of_the_models_time_zone() -> None:
    """Created and decided within an hour of midnight in Paris, in summer: 22 o'clock in UTC."""
    model = checked_model(
        "{tamis: 1, name: paris, timezone: Europe/Paris, fields: {lead: {created_at: timestamp}}, "
        "dimensions: {fit: {rules: [{id: all, when: 'true', points: 1}]}}}",
        "paris.yaml",
    )
    leads = [
        {"lead_id": "before", "created_at": datetime(2026, 7, 1, 21, 30, tzinfo=UTC)},
        {"lead_id": "after", "created_at": datetime(2026, 7, 1, 22, 30, tzinfo=UTC)},
    ]
    outcomes = [
        {"lead_id": "before", "outcome": "won", "timestamp": datetime(2026, 7, 4, 22, tzinfo=UTC)},
        {"lead_id": "after", "outcome": "lost", "timestamp": datetime(2026, 7, 4, 21, tzinfo=UTC)},
    ]
    with open_session() as session:
        read = situation(session, model, TODAY, leads=leads, outcomes=outcomes)
        bare = situation(
            session,
            bare_model(session, leads, Options()),
            TODAY,
            leads=leads,
            outcomes=outcomes,
        )
    assert (read.leads_a_week, read.cycle, read.recorded) == (7, 4, 1)
    assert (bare.leads_a_week, bare.cycle, bare.recorded) == (14, 3, 0)


def test_outcomes_alone_tell_the_conversions() -> None:
    outcomes = [{"lead_id": "a", "outcome": "won", "timestamp": date(2026, 1, 1)}]
    with open_session() as session:
        read = situation(session, BARE, TODAY, leads=None, outcomes=outcomes)
    assert read == Situation(conversions=1, recorded=0)
