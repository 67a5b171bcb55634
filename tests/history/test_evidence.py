"""Evidence: each rule, field and order held against what became of leads."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from tests.history.reference import auc_of

from tamis.engines.base import Session
from tamis.engines.registry import open_session
from tamis.errors import SourceError
from tamis.history.evidence import Evidence, evidence
from tamis.history.evidence_days import days_to_judge
from tamis.history.evidence_figures import (
    Sides,
    odds_beyond,
    points_from_data,
    weight_of_evidence,
)
from tamis.history.intervals import SURE, Interval
from tamis.history.keep import keep
from tamis.history.survey import read_survey
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.reports.evidence import evidence_sections
from tamis.reports.evidence_data import as_data
from tamis.sources import Options
from tamis.sources.store import StoreUse
from tamis.sql.write import query

TODAY = date(2026, 11, 22)
DAY = date(2026, 5, 1)
MODEL = checked_model(
    """
tamis: 1
name: small
fields:
  lead: {title: text, country: text, phone: text, colour: text, staff: integer}
dimensions:
  fit:
    rules:
      - {id: boss, when: "title = 'CEO'", points: 30}
      - {id: chief, when: "upper(title) = 'CEO'", points: 5}
      - {id: abroad, when: "country <> 'FR'", points: 20}
      - {id: reachable, when: phone is not null, points: 10}
      - {id: size, field: staff, bands: {0: 1, 50: 4}}
      - {id: martian, when: "country = 'MARS'", points: 50}
      - {id: here, when: "true", points: 3}
score: {weights: {fit: 1}}
plays: [{id: call, when: "colour = 'red'", do: none}]
""",
    "small.yaml",
)


def leads_and_outcomes(
    count: int, seed: int, *, chance: bool = False
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Leads whose title helps and whose country hurts, unless won by chance."""
    draw = random.Random(seed)
    leads: list[dict[str, object]] = []
    outcomes: list[dict[str, object]] = []
    for number in range(count):
        boss, abroad = draw.random() < 0.3, draw.random() < 0.4
        leads.append(
            {
                "lead_id": f"lead {number}",
                "title": "CEO" if boss else "Intern",
                "country": "DE" if abroad else "FR",
                "phone": "01" if draw.random() < 0.5 else None,
                "colour": draw.choice(["red", "blue"]),
                "staff": draw.choice([10, 100]),
            }
        )
        odds = 0.2 if chance else 0.1 + 0.3 * boss - 0.08 * abroad
        if draw.random() < odds:
            day = DAY + timedelta(days=draw.randint(1, 30))
            outcomes.append({"lead_id": f"lead {number}", "outcome": "won", "timestamp": day})
    outcomes.append({"lead_id": "nobody", "outcome": "lost", "timestamp": DAY + timedelta(days=90)})
    return leads, outcomes


def found(
    session: Session,
    leads: Sequence[object],
    outcomes: Sequence[object],
    *,
    survey: Path | None = None,
    on: date | None = DAY,
    horizon: int = 90,
) -> Evidence:
    return evidence(
        session,
        MODEL,
        TODAY,
        leads=leads,
        outcomes=outcomes,
        on=on,
        horizon=horizon,
        survey=read_survey(survey, MODEL) if survey else (),
    )


@pytest.fixture(scope="module")
def small() -> Iterator[Evidence]:
    with open_session() as session:
        yield found(session, *leads_and_outcomes(2000, 7))


def test_rules_are_judged_by_what_became_of_leads(small: Evidence) -> None:
    says = {one.rule.id: one.says for one in small.rules}
    assert says == {
        "boss": "duplicates",
        "chief": "duplicates",
        "abroad": "misleads",
        "reachable": "unclear",
        "size": says["size"],
        "martian": "never",
        "here": "same",
    }
    boss = small.rules[0]
    assert boss.duplicates == ("chief",)
    assert boss.times is not None
    assert boss.times > 2


def test_counts_are_those_of_the_leads() -> None:
    leads, outcomes = leads_and_outcomes(2000, 7)
    won = {one["lead_id"] for one in outcomes if one["outcome"] == "won"}
    bosses = [one["lead_id"] for one in leads if one["title"] == "CEO"]
    with open_session() as session:
        boss = found(session, leads, outcomes).rules[0]
    assert (boss.cases, boss.leads) == (len(bosses), len(bosses))
    assert boss.sides == Sides(
        len(bosses),
        len(won & set(bosses)),
        2000 - len(bosses),
        len(won - set(bosses)),
    )
    assert boss.earned == pytest.approx(30)


def test_a_rule_that_gives_everyone_points_is_judged_by_how_many(small: Evidence) -> None:
    size = next(one for one in small.rules if one.rule.id == "size")
    assert size.by_amount
    assert size.sides.with_ + size.sides.without == small.seen.cases
    assert 0 < size.sides.with_ < small.seen.cases
    assert size.earned == pytest.approx(3)


def test_points_by_the_data_share_out_the_same_points(small: Evidence) -> None:
    weighed = [one for one in small.rules if one.from_data is not None]
    assert {one.rule.id for one in weighed} >= {"boss", "abroad", "reachable"}
    total = sum(abs(one.earned) for one in weighed)
    assert sum(abs(one.from_data or 0) for one in weighed) == pytest.approx(total)
    by_id = {one.rule.id: one.from_data or 0 for one in weighed}
    assert by_id["boss"] > 20
    assert by_id["abroad"] < 0


def test_fields_pay_when_their_rules_better_the_order(small: Evidence) -> None:
    pays = {one.field.name: one.pays for one in small.fields}
    assert pays["title"] == "pays"
    assert pays["country"] == "costs"
    assert pays["colour"] == "elsewhere"
    phone = next(one for one in small.fields if one.field.name == "phone")
    assert phone.filled == pytest.approx(0.5, abs=0.05)
    assert phone.gain.value == 0


def test_the_order_has_a_signal_and_chance_has_none(small: Evidence) -> None:
    assert small.has_signal
    none = 0
    with open_session() as session:
        for seed in range(5):
            none += not found(session, *leads_and_outcomes(800, seed, chance=True)).has_signal
    assert none >= 4


def test_orders_and_gains_are_those_of_a_plain_loop() -> None:
    """Leads stand in several days' cases, and some titles are not known."""
    leads, outcomes = leads_and_outcomes(300, 5)
    leads = [{**one, "title": None if n % 5 == 0 else one["title"]} for n, one in enumerate(leads)]
    outcomes.append({"lead_id": "old", "outcome": "lost", "timestamp": DAY - timedelta(days=65)})
    with open_session() as session:
        asked = found(session, leads, outcomes, on=None, horizon=30)
        seen = session.rows(
            query("SELECT s.lead_id, s.total, s.won, s.lead__title, s.day FROM evidence_seen AS s")
        )
    rows = [(str(lead), float(str(total)), bool(won)) for lead, total, won, *_ in seen]
    assert len(rows) > len({lead for lead, *_ in rows})
    days = [row[-1] for row in seen]
    assert near(asked.order, auc_of(rows, days))
    known = [row for row, case in zip(rows, seen, strict=True) if case[3]]
    on = [case[-1] for case in seen if case[3]]
    bosses = {str(one["lead_id"]) for one in leads if one["title"] == "CEO"}
    # The title gives 30 points and 5 more.
    without = [(lead, total - 35 * (lead in bosses), won) for lead, total, won in known]
    title = next(one for one in asked.fields if one.field.name == "title")
    assert near(title.gain, paired(known, without, on))


Cases = list[tuple[str, float, bool]]


def near(one: Interval, other: Interval) -> bool:
    return [one.value, one.low, one.high] == pytest.approx(
        [other.value, other.low, other.high], abs=1e-8
    )


def paired(more: Cases, less: Cases, days: Sequence[object]) -> Interval:
    """The difference of two AUC of the same cases, by the definition of an influence.

    A case weighs by the pairs that it is in, with the cases of its day that went the other way.
    """
    won = Counter(day for day, (*_, is_won) in zip(days, more, strict=True) if is_won)
    lost = Counter(day for day, (*_, is_won) in zip(days, more, strict=True) if not is_won)
    pairs = sum(won[day] * lost[day] for day in won)
    gained: dict[str, float] = defaultdict(float)
    parts: dict[str, float] = defaultdict(float)
    gain = 0.0
    places_of = zip(more, days, places(more, days), places(less, days), strict=True)
    for (lead, _, is_won), day, here, there in places_of:
        if won[day] and lost[day]:
            weight = (lost[day] if is_won else won[day]) / pairs
            gained[lead] += (here - there) * weight
            parts[lead] += weight
            gain += is_won * (here - there) * weight
    squared = sum((gained[lead] - gain * parts[lead]) ** 2 for lead in gained)
    reach = SURE * (squared * len(gained) / (len(gained) - 1)) ** 0.5
    return Interval(gain, gain - reach, gain + reach)


def places(cases: Cases, days: Sequence[object]) -> list[float]:
    """The share of the other kind of its day that each case is on the right side of, ties half."""
    scores: dict[tuple[object, bool], list[float]] = defaultdict(list)
    for day, (_, score, won) in zip(days, cases, strict=True):
        scores[day, won].append(score)
    found = []
    for day, (_, score, won) in zip(days, cases, strict=True):
        others = scores[day, not won]
        beaten = sum((score > o if won else score < o) + (score == o) / 2 for o in others)
        found.append(beaten / len(others) if others else 0.0)
    return found


def test_leads_already_decided_are_left_out_and_late_wins_do_not_count() -> None:
    leads = [{"lead_id": name, "title": "CEO"} for name in ("early", "within", "late", "never")]
    leads = [{**dict.fromkeys(("country", "phone", "colour", "staff")), **one} for one in leads]
    outcomes = [
        {"lead_id": "early", "outcome": "lost", "timestamp": DAY},
        {"lead_id": "early", "outcome": "won", "timestamp": DAY + timedelta(days=5)},
        {"lead_id": "within", "outcome": "won", "timestamp": DAY + timedelta(days=90)},
        {"lead_id": "late", "outcome": "won", "timestamp": DAY + timedelta(days=91)},
    ]
    with open_session() as session:
        seen = found(session, leads, outcomes).seen
    assert (seen.cases, seen.won) == (3, 1)
    assert not seen.ends_early


def test_several_days_count_each_win_once() -> None:
    leads, outcomes = leads_and_outcomes(300, 3)
    outcomes.append({"lead_id": "old", "outcome": "lost", "timestamp": DAY - timedelta(days=65)})
    with open_session() as session:
        asked = found(session, leads, outcomes, on=None, horizon=30)
    assert len(asked.seen.days) > 2
    assert asked.seen.won == sum(one["outcome"] == "won" for one in outcomes)


def test_without_leads_to_judge_the_day_is_named() -> None:
    leads, outcomes = leads_and_outcomes(3, 1)
    leads = [{**one, "valid_from": date(2026, 8, 1)} for one in leads]
    with open_session() as session, pytest.raises(SourceError, match="2026-05-01"):
        found(session, leads, outcomes)


@pytest.mark.parametrize("since", ["created_at", "valid_from"])
def test_a_day_before_the_first_lead_is_said_to_be_so(since: str) -> None:
    """As with a horizon longer than the data: the hint is one that then works."""
    model = checked_model(
        "{tamis: 1, name: young, fields: {lead: {created_at: timestamp}}, timezone: Europe/Paris, "
        "dimensions: {act: {rules: [{id: all, when: 'true', points: 5}]}}}",
        "young.yaml",
    )
    # Half an hour after midnight in Paris.
    first = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    leads = [{"lead_id": "a", "created_at": None} | {since: first}]
    leads += [{"lead_id": "b", "created_at": None} | {since: first + timedelta(days=9)}]
    outcomes = [{"lead_id": "b", "outcome": "won", "timestamp": first + timedelta(days=30)}]

    def asked(horizon: int, on: date | None = None) -> Evidence:
        with open_session() as session:
            return evidence(
                session, model, TODAY, leads=leads, outcomes=outcomes, horizon=horizon, on=on
            )

    with pytest.raises(SourceError, match="2026-03-03 lies before the first lead") as raised:
        asked(90)
    assert "which is of 2026-05-02" in str(raised.value)
    assert raised.value.hint == "choose --horizon 30d or shorter, or --as-of 2026-05-02 or later"
    assert asked(30).seen.days == (date(2026, 5, 2),)
    assert asked(90, date(2026, 5, 2)).seen.cases == 1
    with pytest.raises(SourceError, match="lies before"):
        asked(31)


def test_a_day_before_the_first_event_is_said_to_be_so(tmp_path: Path) -> None:
    """Where leads tell no day: from events as from a store, and not for a model of fields alone."""
    visits, fields = (
        checked_model(
            f"{{tamis: 1, name: early, timezone: Europe/Paris, dimensions: {{act: {{rules: "
            f"[{{id: some, {rule}, points: 5}}]}}}}}}",
            "early.yaml",
        )
        for rule in ("event: visit", "when: 'true'")
    )
    events, store = tmp_path / "events.csv", tmp_path / "store"
    # After midnight in Paris.
    events.write_text("lead_id,event,timestamp\na,visit,2026-05-01T22:30:00Z", encoding="utf-8")
    outcomes = [{"lead_id": "b", "outcome": "won", "timestamp": date(2026, 5, 30)}]
    with open_session() as session:
        keep(session, visits, TODAY, folder=store, events=str(events), options=Options())

        def asked(model: Model, horizon: int, kept: Path | None = None) -> Evidence:
            return evidence(
                session,
                model,
                TODAY,
                leads=[{"lead_id": "a"}, {"lead_id": "b"}],
                events=str(events),
                outcomes=outcomes,
                horizon=horizon,
                store=kept,
            )

        for kept in (None, store):
            assert asked(visits, 28, kept).seen.cases == 2
            with pytest.raises(SourceError, match="2026-05-01 lies before the first event") as no:
                asked(visits, 29, kept)
            assert str(no.value.hint).startswith("choose --horizon 28d or shorter")
        assert asked(fields, 29).seen.cases == 2


def test_outcomes_before_any_lead_are_said_to_be_so() -> None:
    leads, outcomes = leads_and_outcomes(30, 1)
    leads = [{**one, "valid_from": TODAY} for one in leads]
    with open_session() as session, pytest.raises(SourceError) as raised:
        found(session, leads, outcomes, on=None, horizon=30)
    assert "the outcomes end on 2026-07-30, before that" in str(raised.value.hint)


def test_leads_that_are_all_decided_are_not_said_to_come_later() -> None:
    leads, outcomes = leads_and_outcomes(3, 1)
    outcomes = [{**outcomes[-1], "lead_id": one["lead_id"], "timestamp": DAY} for one in leads]
    with open_session() as session, pytest.raises(SourceError, match="not decided yet"):
        found(session, leads, outcomes)


def test_a_store_gives_the_same_evidence_and_is_told(tmp_path: Path) -> None:
    model = checked_model(
        "{tamis: 1, name: visits, dimensions: {act: {rules: ["
        "{id: visit, event: visit, points: 5}]}}}",
        "visits.yaml",
    )
    events, store = tmp_path / "events.csv", tmp_path / "store"
    lines = [f"l{n},visit,{DAY}" for n in range(0, 60, 2)]
    events.write_text("\n".join(["lead_id,event,timestamp", *lines]), encoding="utf-8")
    leads = [{"lead_id": f"l{n}"} for n in range(60)]
    outcomes = [
        {"lead_id": f"l{n}", "outcome": "won", "timestamp": DAY + timedelta(days=9)}
        for n in range(0, 60, 4)
    ]

    def asked(session: Session, store: Path | None = None) -> Evidence:
        return evidence(
            session,
            model,
            TODAY,
            leads=leads,
            events=str(events),
            outcomes=outcomes,
            on=DAY,
            horizon=30,
            store=store,
        )

    with open_session() as session:
        plain = asked(session)
        keep(session, model, TODAY, folder=store, events=str(events), options=Options())
        kept = asked(session, store)
        refused = asked(session, tmp_path)
    assert (kept.rules, kept.order) == (plain.rules, plain.order)
    assert plain.store is None
    assert kept.store == StoreUse(store, DAY)
    for language, said in (("en", "counted up to 1 May 2026"), ("fr", "1er mai 2026")):
        assert said in str(tuple(evidence_sections(kept, language)))
        assert str(store) not in str(tuple(evidence_sections(plain, language)))
    assert as_data(kept)["store"] == {"folder": store, "last_day": DAY, "refused": ""}
    assert as_data(plain)["store"] is None
    assert refused.store == StoreUse(tmp_path, refused="no matches are kept there")
    assert "were not used: no matches are kept there" in str(
        tuple(evidence_sections(refused, "en"))
    )


def test_days_are_a_horizon_apart_and_over() -> None:
    days = days_to_judge(date(2025, 1, 1), date(2026, 11, 20), 90)
    assert days[-1] == date(2026, 8, 22)
    assert all(later - earlier == timedelta(days=90) for earlier, later in pairwise(days))
    assert days[0] >= date(2025, 1, 1)
    assert days_to_judge(date(2026, 11, 1), date(2026, 11, 20), 90) == (date(2026, 8, 22),)


def test_odds_beyond_do_not_mistake_what_others_explain() -> None:
    # In each stratum the rule says nothing; over all, those with it win far more often.
    strata = [Sides(90, 45, 10, 5), Sides(10, 1, 90, 9)]
    whole = odds_beyond([strata[0] + strata[1]])
    beyond = odds_beyond(strata)
    assert whole.low is not None
    assert whole.low > 2
    assert beyond.value == pytest.approx(1)
    assert beyond.holds(1)


def test_odds_of_one_table_are_those_of_woolf() -> None:
    # With one stratum the variance is 1/a + 1/b + 1/c + 1/d.
    odds = odds_beyond([Sides(40, 10, 60, 5)])
    error = (1 / 10 + 1 / 30 + 1 / 5 + 1 / 55) ** 0.5
    assert odds.value == pytest.approx(10 * 55 / (30 * 5))
    assert odds.high is not None
    assert odds.high / (odds.value or 1) == pytest.approx(2.718281828 ** (1.96 * error), rel=1e-3)


def test_the_weight_of_evidence_shrinks_what_few_cases_say() -> None:
    few, many = (weight_of_evidence(Sides(n, n // 2, 1000, 100)) for n in (4, 400))
    assert few is not None
    assert many is not None
    assert 0 < few < many
    assert points_from_data([(10, None)]) == (None,)


def test_whole_ids_and_a_model_of_events_alone_are_judged() -> None:
    model = checked_model(
        "{tamis: 1, name: visits, dimensions: {act: {rules: ["
        "{id: visit, event: visit, points: 5}]}}}",
        "visits.yaml",
    )
    leads = [{"lead_id": n} for n in range(100)]
    events = [{"lead_id": n, "event": "visit", "timestamp": DAY} for n in range(0, 100, 2)]
    late = {"lead_id": 1, "event": "visit", "timestamp": DAY + timedelta(days=1)}
    outcomes = [
        {"lead_id": n, "outcome": "won", "timestamp": DAY + timedelta(days=9)}
        for n in range(0, 100, 4)
    ]
    with open_session() as session:
        asked = evidence(
            session,
            model,
            TODAY,
            leads=leads,
            events=[*events, late],
            outcomes=outcomes,
            on=DAY,
            horizon=30,
        )
    (visit,) = asked.rules
    assert visit.sides == Sides(50, 25, 50, 0)
    assert (visit.says, asked.fields) == ("supports", ())
    assert asked.order.value == pytest.approx(0.5 + 0.5 * 2 / 3)
    assert asked.seen.ends_early
