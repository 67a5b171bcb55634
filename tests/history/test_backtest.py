"""A backtest sees what was known on each day and nothing else; it finds signal, leaks and none."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tamis
from tamis.engines.registry import open_session
from tamis.errors import UsageError
from tamis.history.backtest import Backtest, Question, backtest, backtest_in
from tamis.history.keep import keep
from tamis.history.snapshots import Period, take
from tamis.model.checks import checked_model
from tamis.reports.backtest import backtest_sections, verdict
from tamis.sources import Options, provide
from tamis.sources.outcomes import provide_outcomes
from tamis.sql.write import query

PARIS = ZoneInfo("Europe/Paris")
FIRST = date(2026, 1, 1)
MODEL = checked_model(
    """
tamis: 1
name: small
timezone: Europe/Paris
fields:
  lead: {created_at: timestamp, size: integer, note: text}
dimensions:
  fit:
    grades: {A: 20, B: 0}
    rules:
      - {id: size, field: size, bands: {0: 0, 10: 10, 50: 30}}
      - {id: noted, when: note is not null, points: 5}
  engagement:
    grades: {2: 20, 1: 0}
    rules:
      - {id: visits, event: visit, points: 8, decay: {half_life: 10d}, per_day: 2}
      - {id: silent, event: "*", silent_for: 20d, points: -10}
score: {sum: [fit, engagement]}
cell: [fit, engagement]
temperature: {hot: score >= 30, cold: "true"}
stages: {lead: score >= 5, mql: score >= 25}
plays: [{id: call, when: score >= 20, do: handoff, to: sales}]
""",
    "small.yaml",
)
Row = dict[str, object]


def at(day: float, hour: float = 12) -> datetime:
    """An instant of a day of the period, in UTC."""
    begun = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=PARIS)
    return (begun + timedelta(days=day, hours=hour)).astimezone(ZoneInfo("UTC"))


def local_day(row: Row, name: str) -> date:
    instant = row[name]
    assert isinstance(instant, datetime)
    return instant.astimezone(PARIS).date()


# ---------------------------------------------------------------- only what was known


@st.composite
def pasts(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Row], list[date], int]:
    """Leads, events, outcomes over 80 days; the days to ask; the horizon."""
    random = draw(st.randoms(use_true_random=False))
    leads: list[Row] = []
    for n in range(12):
        rows = [at(random.randint(0, 50), random.uniform(0, 24))]
        rows += [at(random.randint(0, 80), random.uniform(0, 24)) for _ in range(n % 3)]
        for since in sorted(set(rows)):
            leads.append(
                {
                    "lead_id": f"l{n}",
                    "created_at": rows[0],
                    "valid_from": since,
                    "size": random.choice([None, 5, 20, 80]),
                    "note": random.choice([None, "x"]),
                }
            )
    events: list[Row] = [
        {
            "lead_id": f"l{random.randrange(13)}",
            "event": random.choice(["visit", "open"]),
            "timestamp": at(random.randint(0, 90), random.choice([0, 0.01, 12, 23.99])),
        }
        for _ in range(80)
    ]
    outcomes: list[Row] = [
        {
            "lead_id": f"l{n}",
            "outcome": random.choice(["won", "lost"]),
            "timestamp": at(random.randint(10, 100), random.choice([0, 0.01, 12, 23.99])),
        }
        for n in random.choices(range(12), k=9)
    ]
    asked = sorted({FIRST + timedelta(days=random.randint(20, 70)) for _ in range(2)})
    return leads, events, outcomes, asked, random.randint(1, 30)


def snapshots_of(
    leads: list[Row], events: list[Row], outcomes: list[Row], asked: list[date], horizon: int
) -> list[Row]:
    """The snapshots that a backtest takes."""
    names = ["lead_id", "day", "score", "cell", "temperature", "stage", "rank", "won", "days_to"]
    names += ["newest", "activity"]
    with open_session() as session:
        provided = provide(
            session, MODEL, asked[-1], leads=leads, accounts=None, events=events, options=Options()
        )
        provide_outcomes(session, MODEL, asked[-1] + timedelta(days=120), outcomes, Options())
        take(session, MODEL, provided, asked, horizon)
        rows = session.rows(query(f"SELECT {', '.join(names)} FROM snapshots"))
    return [dict(zip(names, row, strict=True)) for row in rows]


def by_hand(
    leads: list[Row], events: list[Row], outcomes: list[Row], day: date, horizon: int
) -> dict[object, Row]:
    """The same, scored over facts truncated to the day, with labels read from the outcomes."""
    known = [r for r in leads if max(local_day(r, n) for n in ("created_at", "valid_from")) <= day]
    past = [row for row in events if local_day(row, "timestamp") <= day]
    decided: dict[object, list[date]] = defaultdict(list)
    wins: dict[object, list[date]] = defaultdict(list)
    for row in outcomes:
        decided[row["lead_id"]].append(local_day(row, "timestamp"))
        if row["outcome"] == "won":
            wins[row["lead_id"]].append(local_day(row, "timestamp"))
    with tamis.score(MODEL, leads=known, events=past or events[:0], as_of=day) as result:
        scored = result.scores.rows()
    found: dict[object, Row] = {}
    for row in scored:
        if any(on <= day for on in decided[row["lead_id"]]):
            continue
        waits = [(on - day).days for on in wins[row["lead_id"]]]
        won = min(waits, default=horizon + 1) <= horizon
        recent = [
            e
            for e in past
            if e["lead_id"] == row["lead_id"] and (day - local_day(e, "timestamp")).days < 30
        ]
        kept = {n: row[n] for n in ("lead_id", "cell", "temperature", "stage", "rank")}
        score = int(float(str(row["score"])) * 100 + 0.5)
        found[row["lead_id"]] = kept | {
            "score": score,
            "won": won,
            "days_to": min(waits) if won else None,
            "activity": len(recent),
        }
    return found


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(pasts())
def test_a_day_is_scored_as_over_facts_truncated_to_it(
    past: tuple[list[Row], list[Row], list[Row], list[date], int],
) -> None:
    leads, events, outcomes, asked, horizon = past
    taken = snapshots_of(leads, events, outcomes, asked, horizon)
    for day in asked:
        number = (day - date(1970, 1, 1)).days
        found = {
            row["lead_id"]: {n: v for n, v in row.items() if n not in ("day", "newest")}
            for row in taken
            if row["day"] == number
        }
        assert found == by_hand(leads, events, outcomes, day, horizon)


# ---------------------------------------------------------------- what it says


def company(leads: int = 240, *, chance: bool = False) -> dict[str, list[Row]]:
    """Leads that visit more before they are won; with `chance`, outcomes drawn at random."""
    random = Random(4)
    found: dict[str, list[Row]] = {"leads": [], "events": [], "outcomes": []}
    for n in range(leads):
        lead, born, wins = f"l{n}", random.randint(0, 60), n % 4 == 0
        lucky = random.random() < 0.25 if chance else wins
        decided = born + random.randint(20, 50)
        found["leads"].append(
            {
                "lead_id": lead,
                "created_at": at(born),
                "size": random.choice([5, 20, 80]),
                "note": "signed" if lucky and random.random() < 0.95 else None,
            }
        )
        found["events"] += [
            {"lead_id": lead, "event": "visit", "timestamp": at(born + random.uniform(0, 19))}
            for _ in range(random.randint(4, 9) if wins else random.randint(0, 3))
        ]
        outcome = "won" if lucky else "lost"
        found["outcomes"].append(
            {"lead_id": lead, "outcome": outcome, "timestamp": at(decided), "amount": 100 * n}
        )
    return found


def asked(
    data: dict[str, list[Row]],
    *,
    capacity: int | None = None,
    precision: float | None = None,
    last: int = 60,
) -> Backtest:
    period = Period(FIRST + timedelta(days=10), FIRST + timedelta(days=last), 7, 40)
    return backtest(MODEL, Question(period, capacity, precision), **data)


def without_notes(data: dict[str, list[Row]]) -> dict[str, list[Row]]:
    return data | {"leads": [row | {"note": None} for row in data["leads"]]}


def test_signal_is_found_and_beats_the_baselines() -> None:
    found = asked(without_notes(company()), capacity=5, precision=0.5)
    assert found.has_signal
    score, random = found.aucs["score"], found.aucs["random"]
    assert (score.low or 0) > 0.55 > (random.low or 1)
    captures = {one.order: one for one in found.captures}
    assert captures["score"].reached > captures["random"].reached
    assert sum(group.rows for group in found.groups["cells"]) == found.whole.rows
    assert sum(group.won for group in found.groups["deciles"]) == found.whole.won
    best, worst = found.groups["deciles"][0], found.groups["deciles"][-1]
    assert (best.conversion.value or 0) > (worst.conversion.value or 0)
    assert "tells leads apart" in verdict(found, "en")
    precise = next(bound for bound in found.bounds if bound.why == "precision")
    assert precise.bound is not None
    assert (precise.conversion.value or 0) >= 0.5


def test_outcomes_drawn_at_random_give_no_usable_signal() -> None:
    found = asked(without_notes(company(chance=True)))
    assert not found.has_signal
    assert "no usable signal" in verdict(found, "en")
    assert "aucun signal exploitable" in verdict(found, "fr")


def test_a_planted_leak_is_found() -> None:
    found = asked(company())
    assert [(leak.field, leak.why) for leak in found.leaks] == [("note", "filled")]
    assert (found.leaks[0].won_filled or 0) > 0.85
    assert found.leaks[0].rest_filled is not None
    assert found.leaks[0].rest_filled < 0.1
    said = " ".join(p for s in backtest_sections(found, "en") for p in s.points)
    assert "note looks filled in after the outcome" in said
    assert "lead.note" in found.no_history


def test_a_lead_lost_before_it_was_won_is_a_won_lead_to_a_leak() -> None:
    data = company()
    # After the last day asked, so that the snapshots are the same.
    lost = [row | {"outcome": "lost", "timestamp": at(61)} for row in data["outcomes"]]
    assert asked(data | {"outcomes": data["outcomes"] + lost}).leaks == asked(data).leaks


def test_an_honest_field_is_no_leak() -> None:
    assert asked(without_notes(company())).leaks == ()


def test_a_value_that_tells_everything_is_a_leak() -> None:
    data = without_notes(company())
    won = {row["lead_id"] for row in data["outcomes"] if row["outcome"] == "won"}
    leads = [row | {"size": 90 if row["lead_id"] in won else 3} for row in data["leads"]]
    (leak,) = asked(data | {"leads": leads}).leaks
    assert (leak.field, leak.why, leak.auc) == ("size", "value", 1.0)


LACKED = {"note": "note", "account": "account_id", "sector": "account.sector"}
"""What a lead may lack, and the field that is then suspected."""
WITH_ACCOUNTS = checked_model(
    """
tamis: 1
name: accounts
fields:
  lead: {note: text}
  account: {sector: text, city: text}
dimensions:
  fit: {rules: [{id: sold_to, field: sector, values: {shop: 5}, otherwise: 1}]}
score: {sum: [fit]}
""",
    "accounts.yaml",
)


def of_accounts(planted: str = "", *, but: int = 0) -> Backtest:
    """Leads of whom a third lack a note, an account or its sector, and a quarter are won.

    Only `but` so many of the won ones lack what is `planted`, and these have the rest.
    """
    random = Random(8)
    leads, accounts, outcomes = list[Row](), list[Row](), list[Row]()
    for n in range(320):
        has, wins, firm = {name: random.random() < 2 / 3 for name in LACKED}, n % 4 == 0, f"of {n}"
        if wins and planted:
            has |= {planted: True} if but <= 0 else dict.fromkeys(LACKED, True) | {planted: False}
            but -= 1
        account, note = firm if has["account"] else None, "x" if has["note"] else None
        leads.append({"lead_id": f"l{n}", "account_id": account, "note": note})
        sector = random.choice(["shop", "farm"]) if has["sector"] else None
        city = random.choice(["Lyon", "Nice", None])
        accounts.append({"account_id": firm, "sector": sector, "city": city})
        outcome = "won" if wins else "lost"
        outcomes.append({"lead_id": f"l{n}", "outcome": outcome, "timestamp": at(30)})
    question = Question(Period(FIRST, FIRST, horizon=30))
    return backtest(WITH_ACCOUNTS, question, leads=leads, accounts=accounts, outcomes=outcomes)


@pytest.mark.parametrize("planted", LACKED)
def test_a_field_without_which_nobody_is_won_is_a_leak(planted: str) -> None:
    found = of_accounts(planted)
    (leak,) = found.leaks
    assert (leak.field, leak.why) == (LACKED[planted], "lacking")
    assert (leak.expected or 0) / (leak.lacking or 1) == pytest.approx(0.25, abs=0.05)
    for language, said in (
        ("en", "None of the {n} leads without"),
        ("fr", "Aucune des {n} pistes"),
    ):
        points = [p for s in backtest_sections(found, language) for p in s.points]
        assert len(points) == 1
        assert str(points[0]).startswith(said.format(n=leak.lacking))
        assert f" {leak.field} " in str(points[0])
    assert json.loads(json.dumps(found.to_json()))["leaks"][0]["lacking"] == leak.lacking


@pytest.mark.parametrize("planted", LACKED)
def test_a_single_win_without_a_field_clears_it(planted: str) -> None:
    assert of_accounts(planted, but=1).leaks == ()


def test_honest_fields_of_accounts_are_no_leak() -> None:
    assert of_accounts().leaks == ()


def test_a_value_that_each_lead_has_alone_is_no_leak() -> None:
    """48 leads, each with a note of its own: nothing can be told from it."""
    data = without_notes(company(48))
    leads = [row | {"note": f"of {row['lead_id']}"} for row in data["leads"]]
    assert asked(data | {"leads": leads}).leaks == ()


def test_rows_that_come_after_the_outcome_are_a_leak_and_are_not_read_before() -> None:
    data = company()
    decided = {row["lead_id"]: row["timestamp"] for row in data["outcomes"]}
    leads = [row | {"note": None, "valid_from": row["created_at"]} for row in data["leads"]]
    leads += [row | {"valid_from": decided[row["lead_id"]]} for row in data["leads"] if row["note"]]
    late, never = asked(data | {"leads": leads}), asked(without_notes(data))
    assert [(leak.field, leak.why, leak.after) for leak in late.leaks] == [("note", "later", 1.0)]
    assert late.no_history == ()
    assert late.aucs["score"] == never.aucs["score"]


def test_days_whose_horizon_is_not_over_are_left_out() -> None:
    found = asked(company(), last=90)
    assert found.left_out
    over = found.known_until - timedelta(days=40)
    assert max(found.days) <= over < min(found.left_out)
    said = " ".join(next(iter(backtest_sections(found, "en"))).sentences)
    assert f"{len(found.left_out)} days are left out" in said


def test_a_period_that_is_too_late_is_refused() -> None:
    period = Period(date(2027, 1, 1), date(2027, 2, 1))
    with pytest.raises(UsageError, match="no day can be judged"):
        backtest(MODEL, Question(period), **company(40))


def test_capture_counts_each_lead_once() -> None:
    """Two calls a week among six leads: the order of calling is by points, then by id."""
    leads: list[Row] = [
        {"lead_id": f"l{n}", "created_at": at(0), "size": 80 if n < 3 else 5, "note": None}
        for n in range(6)
    ]
    outcomes: list[Row] = [
        {"lead_id": "l1", "outcome": "won", "timestamp": at(40)},
        {"lead_id": "l2", "outcome": "won", "timestamp": at(12)},
        {"lead_id": "l5", "outcome": "won", "timestamp": at(30)},
        {"lead_id": "l0", "outcome": "lost", "timestamp": at(200)},
    ]
    period = Period(FIRST + timedelta(days=10), FIRST + timedelta(days=17), 7, 40)
    found = backtest(MODEL, Question(period, 2), leads=leads, outcomes=outcomes)
    score = next(one for one in found.captures if one.order == "score")
    # Week one: l0, l1. Week two: l2 is decided, so l3, l4. Reached: l1 of l1, l2, l5.
    assert (score.calls, score.reached, score.deals) == (4, 1, 3)


def test_a_store_gives_the_same_scores_and_is_told(tmp_path: Path) -> None:
    data, period = without_notes(company(60)), Period(FIRST, FIRST + timedelta(days=60), 7, 40)
    events = tmp_path / "events.jsonl"
    lines = [json.dumps(row | {"timestamp": str(row["timestamp"])}) for row in data["events"]]
    events.write_text("\n".join(lines), encoding="utf-8")
    given = data | {"events": str(events)}
    with open_session() as session:
        plain = backtest_in(session, MODEL, Question(period), **given)
        last, store = FIRST + timedelta(days=90), tmp_path / "store"
        keep(session, MODEL, last, folder=store, events=str(events), options=Options())
        found = backtest_in(session, MODEL, Question(period), **given, store=store)
    assert found.aucs["score"] == plain.aucs["score"]
    assert found.whole == plain.whole
    assert plain.store is None
    assert found.store is not None
    assert found.store.last_day == max(local_day(row, "timestamp") for row in data["events"])
    told = json.loads(json.dumps(found.to_json()))["store"]
    assert told == {"folder": str(store), "last_day": str(found.store.last_day), "refused": ""}


def test_json_holds_plain_values() -> None:
    found = json.loads(json.dumps(asked(company(), capacity=5).to_json()))
    assert found["signal"] is True
    assert found["auc"]["score"]["low"] > 0.5
    assert found["leaks"][0]["field"] == "note"
    assert {"bands", "deciles", "cells", "temperatures", "stages", "months"} <= set(found)
