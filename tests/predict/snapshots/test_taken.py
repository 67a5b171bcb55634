"""Examples from facts and outcomes: which rows there are, their labels, weights and columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.history.keep import keep
from tamis.model.checks import checked_model
from tamis.predict.examples import Column, Saying
from tamis.predict.snapshots import Past, examples_from, on_day
from tamis.sources import Options

Row = dict[str, Any]
TODAY = date(2026, 11, 22)
MODEL = checked_model(
    """
tamis: 1
name: small
timezone: Europe/Paris
fields:
  lead: {country: text, staff: integer, newsletter: boolean, created_at: timestamp, met: date}
  account: {industry: text, revenue: number}
  event: {channel: text, url: text}
exclude: country = 'XX'
dimensions:
  fit: {grades: {A: 20, B: 0}, rules: [{id: french, when: "country = 'FR'", points: 20.125}]}
  activity:
    rules:
      - {id: pricing, event: view, where: "url = '/pricing'", within: 30d, per_day: 1, points: 10}
      - {id: calls, event: [call, visit], within: 14d, frequency: {1: 5}}
      - {id: fresh, event: "*", recency: {0: 3, 10: 1}, within: 90d}
      - {id: fair, event: view, active: [2026-05-01, 2026-05-10], points: 1}
score: {sum: [fit, activity]}
cell: [fit]
temperature: {hot: score >= 20}
stages: {warm: score >= 10}
""",
    "small.yaml",
)
COUNTRIES = {"a": "FR", "b": "DE", "c": "FR", "d": None, "e": "XX", "late": "FR"}


def lead(id_: str, **more: Any) -> Row:
    return {
        "lead_id": id_,
        "account_id": None,
        "country": COUNTRIES.get(id_),
        "staff": None,
        "newsletter": None,
        "created_at": None,
        "met": None,
        **more,
    }


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour)


def event(id_: str, name: str, day: str, hour: int = 9, **more: Any) -> Row:
    row = {"lead_id": id_, "event": name, "timestamp": at(day, hour), "bot": None}
    return {**row, "channel": None, "url": None, **more}


def outcome(id_: str, what: str, day: str, hour: int = 9) -> Row:
    return {"lead_id": id_, "outcome": what, "timestamp": at(day, hour)}


OUTCOMES = [
    outcome("early", "lost", "2026-01-05"),
    outcome("a", "won", "2026-06-20"),
    outcome("b", "won", "2026-05-21"),
    outcome("d", "lost", "2026-05-11"),
    outcome("d", "won", "2026-05-25"),
    outcome("late", "lost", "2026-06-30"),
]


def past_of(events: list[Row] | None = None, leads: list[Row] | None = None, **more: Any) -> Past:
    asked = {"horizon": 30, "every": 10, "since": date(2026, 5, 1), "outcomes": OUTCOMES}
    with DuckDB(threads=1) as session:
        return examples_from(
            session,
            MODEL,
            TODAY,
            leads=leads or [lead(id_) for id_ in COUNTRIES],
            events=events or None,
            **{**asked, **more},
        )


def day_of(events: list[Row], day: str, leads: list[Row] | None = None, **more: Any) -> Past:
    with DuckDB(threads=1) as session:
        return on_day(
            session,
            MODEL,
            date.fromisoformat(day),
            leads=leads or [lead("a")],
            events=events,
            **more,
        )


def cells(past: Past, name: str) -> dict[str, object]:
    """A column by lead, of a past of one day."""
    column = named(past, name)
    return dict(zip(past.examples.ids, column.values.tolist(), strict=True))


def named(past: Past, name: str) -> Column:
    found = [one for one in (*past.examples.columns, *past.unsaid) if one.name == name]
    assert len(found) == 1, name
    return found[0]


def rows(past: Past) -> dict[tuple[str, str], bool]:
    assert past.examples.order is not None
    days = [str(date(1970, 1, 1) + timedelta(days=int(n))) for n in past.examples.order]
    won = past.examples.won.tolist()
    return dict(zip(zip(past.examples.ids, days, strict=True), won, strict=True))


def test_a_row_is_a_lead_neither_decided_nor_excluded_and_won_within_the_horizon() -> None:
    past = past_of()
    assert [str(day) for day in past.days] == [
        "2026-05-01",
        "2026-05-11",
        "2026-05-21",
        "2026-05-31",
    ]
    assert past.until == date(2026, 6, 30)
    assert rows(past) == {
        # The win of 20 June is the thirtieth day after 21 May.
        ("a", "2026-05-01"): False,
        ("a", "2026-05-11"): False,
        ("a", "2026-05-21"): True,
        ("a", "2026-05-31"): True,
        # Decided on 21 May: no row on that day or later.
        ("b", "2026-05-01"): True,
        ("b", "2026-05-11"): True,
        # Lost first: decided then, though won later.
        ("d", "2026-05-01"): True,
        **{("c", str(day)): False for day in past.days},
        **{("late", str(day)): False for day in past.days},
    }
    assert past.dropped.decided == 2 + 3
    assert past.dropped.excluded == 4
    assert past.dropped.sentences("en") == (
        "5 snapshots left out: the leads were already won or lost.",
        "4 snapshots left out: the model excludes the leads.",
        "Days after 31 May 2026 left out: their 30 days are not over yet.",
    )


def test_leads_weigh_alike_and_the_mean_weight_is_one() -> None:
    examples = past_of().examples
    assert examples.weight.mean() == pytest.approx(1)
    of_lead = np.bincount(examples.lead, examples.weight)
    assert of_lead == pytest.approx([len(examples) / 5] * 5)
    pairs = set(zip(examples.ids, examples.lead.tolist(), strict=True))
    assert len(pairs) == len({id_ for id_, _ in pairs}) == len({number for _, number in pairs})


def test_outcomes_after_today_are_not_known() -> None:
    with_later = [*OUTCOMES, outcome("c", "won", "2027-01-10")]
    with DuckDB(threads=1) as session:
        past = examples_from(
            session,
            MODEL,
            date(2026, 6, 30),
            leads=[lead(id_) for id_ in COUNTRIES],
            outcomes=with_later,
            horizon=30,
            every=10,
            since=date(2026, 5, 1),
        )
    assert rows(past) == rows(past_of())


def test_days_are_those_of_the_models_zone() -> None:
    # Half past ten in the evening of 21 May, UTC, is the 22nd in Paris.
    past = past_of(
        [event("c", "call", "2026-05-21", hour=22)],
        outcomes=[*OUTCOMES[:2], outcome("b", "won", "2026-05-21", hour=22), OUTCOMES[-1]],
    )
    assert rows(past)["b", "2026-05-21"]
    calls = dict(zip(rows(past), named(past, "call ever").values.tolist(), strict=True))
    assert calls["c", "2026-05-21"] == 0
    assert calls["c", "2026-05-31"] == 1


def test_counts_and_ages_of_events() -> None:
    events = [
        event("a", "view", "2026-05-31", url="/pricing", channel="web"),
        event("a", "view", "2026-05-31", url="/pricing", channel="web"),
        event("a", "view", "2026-05-25", url="/pricing", channel="web"),
        event("a", "view", "2026-05-24", url="/blog", channel="web"),
        event("a", "call", "2026-03-02", channel="phone"),
        event("a", "view", "2026-06-01", url="/pricing", channel="web"),
        event("b", "call", "2026-05-17"),
    ]
    leads = [lead("a"), lead("b"), lead("c")]
    past = day_of(events, "2026-05-31", leads)
    found = {
        one.name: one.values.tolist()
        for one in past.examples.columns
        if one.said_by and one.said_by.form != "field"
    }
    nan = pytest.approx(float("nan"), nan_ok=True)
    expected = {
        "view in 7 days": [3, 0, 0],
        "view in 30 days": [4, 0, 0],
        "view in 90 days": [4, 0, 0],
        "view ever": [4, 0, 0],
        "view days since": [0, nan, nan],
        "call in 7 days": [0, 0, 0],
        "call in 30 days": [0, 1, 0],
        "call in 90 days": [0, 1, 0],
        "call ever": [1, 1, 0],
        "call days since": [90, 14, nan],
        "any event in 7 days": [3, 0, 0],
        "any event in 30 days": [4, 1, 0],
        "any event in 90 days": [4, 1, 0],
        "any event ever": [5, 1, 0],
        "any event days since": [0, 14, nan],
        "any event days since, in 90 days": [0, 14, nan],
        "channel web in 7 days": [3, 0, 0],
        "channel web in 30 days": [4, 0, 0],
        "channel web in 90 days": [4, 0, 0],
        "channel web ever": [4, 0, 0],
        "channel web days since": [0, nan, nan],
        "channel phone in 7 days": [0, 0, 0],
        "channel phone in 30 days": [0, 0, 0],
        "channel phone in 90 days": [0, 0, 0],
        "channel phone ever": [1, 0, 0],
        "channel phone days since": [90, nan, nan],
        # At most one a day; and an age of 14 days is no longer within 14 days.
        "rule pricing in 30 days": [2, 0, 0],
        "rule calls in 14 days": [0, 0, 0],
    }
    assert found == expected
    # Events of a campaign's days only: no frequency can say that.
    assert cells(past, "rule fair ever") == {"a": 0, "b": 0, "c": 0}
    assert named(past, "rule fair ever").said_by is None
    assert named(past, "rule pricing in 30 days").said_by == Saying(
        "frequency", event="view", where="url = '/pricing'", within=30, per_day=1
    )


def test_bots_never_count() -> None:
    human = event("a", "view", "2026-05-20")
    bot = event("a", "view", "2026-05-21", bot=True)
    only_bots = event("a", "crawl", "2026-05-21", bot=True)
    with_, without = (day_of(events, "2026-05-31") for events in ([human, bot, only_bots], [human]))
    assert_same(with_, without)


def test_fields_by_kind_and_accounts() -> None:
    people = [
        lead("a", account_id="x", staff=7, newsletter=True, created_at=at("2026-05-01")),
        lead("b", account_id="y", newsletter=False, met=date(2026, 6, 1)),
        lead("c", met=date(2026, 5, 30)),
    ]
    accounts = [{"account_id": "x", "industry": "Software", "revenue": 1.5}]
    past = day_of([event("a", "call", "2026-05-30")], "2026-05-31", people, accounts=accounts)
    nan = pytest.approx(float("nan"), nan_ok=True)
    assert cells(past, "country") == {"a": "FR", "b": "DE", "c": "FR"}
    assert cells(past, "staff") == {"a": 7, "b": nan, "c": nan}
    assert cells(past, "newsletter") == {"a": "true", "b": "false", "c": None}
    assert cells(past, "created_at days since") == {"a": 30, "b": nan, "c": nan}
    # A day that lies ahead tells what came later.
    assert cells(past, "met days since") == {"a": nan, "b": nan, "c": 1}
    assert cells(past, "account.industry") == {"a": "Software", "b": None, "c": None}
    assert cells(past, "account.revenue") == {"a": 1.5, "b": nan, "c": nan}
    assert named(past, "account.industry").said_by == Saying(
        "field", field="industry", scope="account"
    )
    assert named(past, "met days since").said_by == Saying("field", field="met", days_since=True)
    assert past.no_history == (
        *("country", "staff", "newsletter", "met days since"),
        *("account.industry", "account.revenue"),
    )


def test_activity_of_the_account_is_that_of_its_other_leads() -> None:
    people = [lead(one, account_id=of) for one, of in zip("abc", ("x", "x", "y"), strict=True)]
    events = [
        *[event("a", "call", "2026-05-30")] * 2,
        event("b", "view", "2026-05-02"),
        event("b", "view", "2026-05-01"),
    ]
    past = day_of(events, "2026-05-31", [*people, lead("d")])
    found = cells(past, "events of the account's other leads in 30 days")
    assert found == {"a": 1, "b": 2, "c": 0, "d": pytest.approx(float("nan"), nan_ok=True)}


def test_the_models_own_verdicts_come_along() -> None:
    past = day_of(
        [event("a", "view", "2026-05-30", url="/pricing")], "2026-05-31", [lead("a"), lead("b")]
    )
    assert past.rules.ids == ("french", "pricing", "calls", "fresh", "fair")
    assert past.rules.points.tolist() == [[20.125, 10, 0, 3, 0], [0, 0, 0, 0, 0]]
    assert past.score is not None
    assert past.score.tolist() == [33.13, 0]
    assert past.cell.tolist() == ["A", "B"]
    assert past.temperature.tolist() == ["hot", None]
    assert past.stage.tolist() == ["warm", None]
    assert cells(past, "dimension fit") == {"a": 20.13, "b": 0}
    assert cells(past, "score") == {"a": 33.13, "b": 0}


def test_columns_learned_from_are_asked_though_nobody_has_such_events() -> None:
    before = day_of([event("a", "webinar", "2026-05-30", channel="web")], "2026-05-31")
    after = day_of([event("a", "call", "2026-06-10")], "2026-06-30", like=before.examples.columns)
    names = [column.name for column in before.examples.columns]
    assert [column.name for column in after.examples.columns] == names
    assert cells(after, "webinar ever") == {"a": 0}
    with DuckDB(threads=1) as session:
        eventless = on_day(
            session, MODEL, date(2026, 6, 30), leads=[lead("a")], like=before.examples.columns
        )
    assert cells(eventless, "webinar in 7 days") == {"a": 0}


def test_a_store_tells_what_it_has_counted(tmp_path: Path) -> None:
    events = [
        event("a", "view", "2026-05-31", url="/pricing", channel="web"),
        event("a", "call", "2026-05-20", channel="phone"),
    ]
    file = tmp_path / "events.parquet"
    pq.write_table(pa.Table.from_pylist(events), file)
    with DuckDB(threads=1) as session:
        keep(
            session,
            MODEL,
            date(2026, 5, 31),
            folder=tmp_path / "store",
            events=str(file),
            options=Options(),
        )
    with DuckDB(threads=1) as session:
        kept = on_day(
            session,
            MODEL,
            date(2026, 5, 31),
            leads=[lead("a")],
            events=None,
            store=tmp_path / "store",
        )
    read = day_of(events, "2026-05-31")
    names = {column.name for column in kept.examples.columns}
    assert {"rule pricing in 30 days", "any event in 7 days", "any event ever"} <= names
    assert "channel web ever" not in names
    for name in names:
        assert kept.examples.column(name).values.tolist() == pytest.approx(
            read.examples.column(name).values.tolist(), nan_ok=True
        )
    assert kept.rules.points.tolist() == read.rules.points.tolist()


def test_without_any_lead_there_is_nothing_to_learn_from() -> None:
    with pytest.raises(SourceError, match="no lead not decided yet"):
        past_of(leads=[lead("e")])


def assert_same(one: Past, other: Past) -> None:
    """The same rows in the same columns."""
    assert one.examples.ids == other.examples.ids
    for its, of_other in zip(
        (*one.examples.columns, *one.unsaid), (*other.examples.columns, *other.unsaid), strict=True
    ):
        assert (its.name, its.said_by) == (of_other.name, of_other.said_by)
        np.testing.assert_array_equal(its.values, of_other.values, its.name)
    np.testing.assert_array_equal(one.rules.points, other.rules.points)
