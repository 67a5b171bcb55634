"""Already decided, and won within the horizon: one meaning for every question of the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.engines.base import Session
from tamis.engines.registry import open_session
from tamis.errors import SourceError
from tamis.history.backtest import Question, backtest_in
from tamis.history.decided import DECIDED, hold_decided, span_of_outcomes, undecided, won_after
from tamis.history.evidence import evidence
from tamis.history.holdout import Assigned, analyse
from tamis.history.snapshots import Period
from tamis.history.what_if import what_if
from tamis.history.what_if_past import Past
from tamis.model.checks import checked_model
from tamis.sources import Options, provide
from tamis.sources.outcomes import provide_outcomes
from tamis.sql import days
from tamis.sql.write import query, table

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2026, 3, 28)
TODAY = date(2026, 11, 22)
HORIZON = 30
MODEL = checked_model(
    """
tamis: 1
name: small
timezone: Europe/Paris
fields: {lead: {size: integer}}
dimensions:
  fit:
    rules: [{id: size, field: size, bands: {0: 1, 50: 4}}]
score: {sum: [fit]}
plays: [{id: call, when: score >= 4, do: handoff, to: sales}]
""",
    "small.yaml",
)
Row = dict[str, Any]


def outcome(lead: str, what: str, after: int, amount: int | None = None) -> Row:
    """An outcome so many days after the day asked."""
    at = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=PARIS) + timedelta(days=after)
    return {"lead_id": lead, "outcome": what, "timestamp": at, "amount": amount}


OUTCOMES = [
    outcome("lost then won", "lost", 3),
    outcome("lost then won", "won", 9, amount=50),
    outcome("lost then won", "won", 12, amount=70),
    outcome("won too late", "lost", 3),
    outcome("won too late", "won", HORIZON + 1),
    outcome("won at last", "won", HORIZON),
    outcome("lost before", "lost", -1),
    outcome("lost before", "won", 5),
    outcome("lost that day", "lost", 0),
    outcome("lost that day", "won", 5),
    outcome("won before", "won", -20),
    outcome("won before", "won", 5),
    outcome("long known", "lost", HORIZON + 60),
]
LEADS = [
    {"lead_id": lead, "size": 100} for lead in [*{row["lead_id"] for row in OUTCOMES}, "never"]
]
OPEN = {"lost then won", "won too late", "won at last", "long known", "never"}
WON = {"lost then won", "won at last"}


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def leads_of(session: Session, relation: str, where: str) -> set[object]:
    rows = session.rows(query(f"SELECT r.lead_id FROM :r AS r WHERE {where}", r=table(relation)))
    return {lead for (lead,) in rows}


def test_a_backtest_keeps_this_meaning(session: Session) -> None:
    question = Question(Period(DAY, DAY, horizon=HORIZON))
    found = backtest_in(session, MODEL, question, leads=LEADS, outcomes=OUTCOMES)
    assert leads_of(session, "snapshots", "TRUE") == OPEN
    assert leads_of(session, "snapshots", "r.won") == WON
    assert (found.whole.leads, found.whole.won) == (len(OPEN), len(WON))
    # Of a lead won twice the first win counts, with its amount: 9 days and 30 days.
    assert (found.whole.days.value, found.whole.amount.value) == (19.5, 50)


def test_evidence_keeps_this_meaning(session: Session) -> None:
    found = evidence(session, MODEL, TODAY, leads=LEADS, outcomes=OUTCOMES, on=DAY, horizon=HORIZON)
    assert leads_of(session, "evidence_seen", "TRUE") == OPEN
    assert leads_of(session, "evidence_seen", "r.won") == WON
    assert (found.seen.cases, found.seen.won) == (len(OPEN), len(WON))


def test_what_if_keeps_this_meaning(session: Session) -> None:
    give = partial(provide, leads=LEADS, accounts=None, events=None, options=Options())
    provide_outcomes(session, MODEL, TODAY, OUTCOMES, Options())
    past = Past(DAY, HORIZON)
    found = what_if(session, MODEL, MODEL, TODAY, lambda one: give(session, one, TODAY), past=past)
    assert found.conversions is not None
    (everyone,) = found.conversions.of("all")
    assert (everyone.leads, everyone.won) == (len(OPEN), len(WON))
    assert found.conversions.decided == len(LEADS) - len(OPEN)


def test_a_holdout_counts_any_win_since_the_assignment(session: Session) -> None:
    """Its leads were drawn whether or not they were decided before."""
    provide_outcomes(session, MODEL, TODAY, OUTCOMES, Options())
    rows = [Assigned(str(lead["lead_id"]), "handoff", DAY) for lead in LEADS]
    won = WON | {"lost before", "lost that day", "won before"}
    assert analyse(session, MODEL, TODAY, rows, HORIZON).handoff.won == len(won)


INSTANTS = st.builds(
    # The night from 28 to 29 March 2026 is the one in which Paris goes over to summer time.
    lambda hours: datetime(2026, 3, 28, 21, tzinfo=ZoneInfo("UTC")) + timedelta(hours=hours),
    st.integers(0, 60),
)
PASTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), INSTANTS, st.sampled_from([None, 1, 2, 3])),
    min_size=1,
    max_size=12,
)


@given(PASTS, st.integers(0, 4), st.integers(0, 3))
@settings(max_examples=60)
def test_decided_leads_are_those_of_a_plain_loop(
    past: list[tuple[str, bool, datetime, int | None]], after: int, horizon: int
) -> None:
    day = DAY + timedelta(days=after)
    rows = [
        {"lead_id": lead, "outcome": "won" if won else "lost", "timestamp": at, "amount": amount}
        for lead, won, at, amount in past
    ]
    with open_session() as session:
        # A row more says what the type of an amount is.
        provide_outcomes(session, MODEL, TODAY, [*rows, outcome("x", "won", 0, 9)], Options())
        hold_decided(session, MODEL, TODAY)
        select = query(
            """
            SELECT d.lead_id, d.day, d.won_day, CAST(d.amount AS INTEGER), :undecided, :won
            FROM :decided AS d WHERE d.lead_id <> 'x'
            """,
            undecided=undecided(day),
            won=won_after(day, day + timedelta(days=horizon)),
            decided=table(DECIDED.name),
        )
        found = {str(row[0]): row[1:] for row in session.rows(select)}
    assert found == {lead: by_hand(past, lead, day, horizon) for lead, *_ in past}


def by_hand(
    past: list[tuple[str, bool, datetime, int | None]], lead: str, day: date, horizon: int
) -> tuple[object, ...]:
    own = [(at, won, amount) for one, won, at, amount in past if one == lead]
    first = min(at for at, *_ in own).astimezone(PARIS).date()
    wins = [(at, -(amount or 0)) for at, won, amount in own if won]
    number = days.number(first)
    if not wins:
        return number, None, None, day < first, False
    at, less = min(wins)
    won = at.astimezone(PARIS).date()
    in_time = day < won <= day + timedelta(days=horizon)
    return number, days.number(won), -less or None, day < first, in_time


def test_the_span_of_outcomes_is_in_days_of_the_model(session: Session) -> None:
    rows = [
        {"lead_id": "a", "outcome": "lost", "timestamp": "2026-03-28T23:30:00Z"},
        {"lead_id": "a", "outcome": "won", "timestamp": "2026-04-01T21:59:00Z"},
    ]
    provide_outcomes(session, MODEL, TODAY, rows, Options())
    assert span_of_outcomes(session, MODEL, TODAY) == (date(2026, 3, 29), date(2026, 4, 1))


def test_without_an_outcome_there_is_no_span(session: Session) -> None:
    provide_outcomes(session, MODEL, TODAY, OUTCOMES, Options())
    session.keep("outcome_rows", query("SELECT * FROM outcome_rows WHERE FALSE"))
    with pytest.raises(SourceError, match="there is no outcome"):
        span_of_outcomes(session, MODEL, TODAY)
