"""The order that a model gives to leads: its AUC, and what each form field adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from sqlglot import exp

from tamis.history.evidence_seen import POINTS, SEEN, Seen, weight_of, whole_numbers
from tamis.history.intervals import SURE, UNKNOWN, Deviations, Interval, Ranking, auc
from tamis.model.scope import fields_read
from tamis.model.spec import BandsRule, Field, Model, ValuesRule
from tamis.sql.write import column, query, switch, table, tree, whole

FEWEST = 10
"""Wins below which an order is not judged."""
PLACES = "evidence_places"

Pays = Literal["pays", "costs", "unclear", "too_few", "unread", "elsewhere"]
"""What a field brings: a better order, a worse one, none beyond chance; `unread`: nothing reads it;
`elsewhere`: no rule does, but an exclusion, temperature, stage or play."""


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What knowing a lead field adds to the order of leads.

    `filled` is the share of cases that have it. `gain` is the AUC of the model minus its AUC
    without the `rules` that read the field, among cases that have it; unknown without such rules.
    """

    field: Field
    pays: Pays
    filled: float
    rules: tuple[str, ...]
    gain: Interval


def order_of(seen: Seen) -> Interval:
    """The AUC of the model's order, 0 to 1, with its interval; unknown without 10 wins."""
    places = _placed(seen, exp.true(), ())
    return UNKNOWN if places is None else places.whole


def fields_evidence(seen: Seen) -> tuple[FieldEvidence, ...]:
    """What each lead field adds, in the order of the model; `created_at` is no form's."""
    fields = [f for f in seen.model.fields_of("lead") if f.name != "created_at"]
    return tuple(_of_field(seen, field) for field in fields)


def readers(model: Model, field: Field) -> tuple[str, ...]:
    """The ids of the rules that read a lead or account field, in the order of the model."""
    found = {
        condition.of
        for condition in model.conditions
        if condition.section == "when" and field in fields_read(model, condition)
    }
    found |= {
        rule.id
        for rule in model.rules
        if isinstance(rule, BandsRule | ValuesRule)
        and field in model.fields_named(rule.field, "lead", "account")
    }
    return tuple(rule.id for rule in model.rules if rule.id in found)


def _of_field(seen: Seen, field: Field) -> FieldEvidence:
    known = tree("NOT :f IS NULL", f=column(field.column, "s"))
    counted = query("SELECT count(*) FROM :s AS s WHERE :known", s=table(SEEN), known=known)
    (filled,) = whole_numbers(seen.session.rows(counted)[0])
    rules = readers(seen.model, field)
    if not rules:
        others = any(field in fields_read(seen.model, c) for c in seen.model.conditions)
        pays: Pays = "elsewhere" if others else "unread"
        return FieldEvidence(field, pays, filled / seen.cases, (), UNKNOWN)
    places = _placed(seen, known, rules)
    gain = UNKNOWN if places is None else places.gain
    return FieldEvidence(field, _pays(gain), filled / seen.cases, rules, gain)


def _pays(gain: Interval) -> Pays:
    if gain.low is None or gain.high is None:
        return "too_few"
    return "pays" if gain.low > 0 else "costs" if gain.high < 0 else "unclear"


@dataclass(frozen=True, slots=True)
class _Order:
    """The AUC of all points, and how much of it some rules bring."""

    whole: Interval
    gain: Interval


def _placed(seen: Seen, known: exp.Expr, rules: Sequence[str]) -> _Order | None:
    """Compare the model's order with that of the same points less those of some rules.

    Both AUC come from the same cases, so the interval of their difference is that of paired places:
    the sum over leads of their squared influence (Obuchowski, Biometrics 53, 1997), normal.
    """
    cases = _cases(seen, known, rules)
    ((won, lost),) = seen.session.rows(
        query(
            "SELECT count(CASE WHEN c.won THEN 1 END), count(CASE WHEN NOT c.won THEN 1 END) "
            "FROM :c AS c",
            c=cases.subquery(),
        )
    )
    n_won, n_lost = whole_numbers((won, lost))
    if min(n_won, n_lost) < FEWEST:
        return None
    _hold_places(seen, cases)
    ((all_, less),) = seen.session.rows(
        query(
            "SELECT avg(CASE WHEN p.won THEN p.place END), avg(CASE WHEN p.won THEN p.less END) "
            "FROM :p AS p",
            p=table(PLACES),
        )
    )
    found, without = float(str(all_)), float(str(less))
    d = _deviations(seen, found, without, n_won, n_lost)
    seen.session.drop([PLACES])
    reach = SURE * sqrt(d.squared)
    gained = found - without
    order = auc(Ranking({}, n_won, n_lost, found), d.of_all)
    return _Order(_steady(order), _steady(Interval(gained, gained - reach, gained + reach)))


def _steady(interval: Interval) -> Interval:
    """The interval to 9 decimals: sums of an engine vary in the last ones from run to run."""
    cut = (
        None if v is None else round(v, 9) for v in (interval.value, interval.low, interval.high)
    )
    return Interval(*cut)


def _cases(seen: Seen, known: exp.Expr, rules: Sequence[str]) -> exp.Select:
    """Cases with the model's points `x`, and `y`, those less what some rules gave."""
    numbers = {seen.model.numbers[id_]: seen.model.rule(id_) for id_ in rules}
    worth = switch(
        column("rule", "p"),
        [(number, weight_of(seen.model, rule)) for number, rule in numbers.items() if rule],
        whole(0),
    )
    taken = query(
        "SELECT p.day, p.lead, sum(p.points * :worth) AS points FROM :points AS p "
        "WHERE p.rule IN (:rules) GROUP BY p.day, p.lead",
        worth=worth,
        points=table(POINTS),
        rules=[whole(number) for number in numbers] or [whole(0)],
    )
    # Rounded, so that sums of the same points tie.
    select = query(
        """
        SELECT s.lead_id, s.won, round(s.total, 4) AS x,
          round(s.total - coalesce(t.points, 0), 4) AS y
        FROM :seen AS s LEFT JOIN :taken AS t ON t.day = s.day AND t.lead = s.lead
        WHERE :known
        """,
        seen=table(SEEN),
        taken=taken.subquery(),
        known=known,
    )
    assert isinstance(select, exp.Select)
    return select


def _hold_places(seen: Seen, cases: exp.Select) -> None:
    """Hold each case with its place by `x` and by `y`: the share of the other kind it beats."""
    held = f"{PLACES}_cases"
    seen.session.keep(held, cases)
    select = query(
        """
        SELECT c.lead_id, c.won, CASE WHEN c.won THEN x.below ELSE x.above END AS place,
          CASE WHEN c.won THEN y.below ELSE y.above END AS less
        FROM :cases AS c JOIN :x AS x ON x.value = c.x JOIN :y AS y ON y.value = c.y
        """,
        cases=table(held),
        x=_steps(held, "x").subquery(),
        y=_steps(held, "y").subquery(),
    )
    seen.session.keep(PLACES, select)
    seen.session.drop([held])


def _steps(held: str, name: str) -> exp.Query:
    """Each value with the share of lost cases below it and of won cases above it, ties half."""
    return query(
        """
        SELECT g.value,
          (sum(g.lost) OVER (ORDER BY g.value) - g.lost / 2) / sum(g.lost) OVER () AS below,
          1 - (sum(g.won) OVER (ORDER BY g.value) - g.won / 2) / sum(g.won) OVER () AS above
        FROM (
          SELECT :value AS value, CAST(count(CASE WHEN c.won THEN 1 END) AS DOUBLE) AS won,
            CAST(count(CASE WHEN NOT c.won THEN 1 END) AS DOUBLE) AS lost
          FROM :cases AS c GROUP BY :value
        ) AS g
        """,
        value=column(name, "c"),
        cases=table(held),
    )


@dataclass(frozen=True, slots=True)
class _Far:
    of_all: Deviations
    squared: float


def _deviations(seen: Seen, found: float, without: float, won: int, lost: int) -> _Far:
    def number(value: float) -> exp.Expr:
        return exp.Literal.number(f"{value:.12f}")

    by_lead = query(
        """
        SELECT sum(CASE WHEN p.won THEN p.place - :a ELSE 0 END) AS w,
          sum(CASE WHEN p.won THEN 0 ELSE p.place - :a END) AS l,
          sum(CASE WHEN p.won THEN p.less - :b ELSE 0 END) AS v,
          sum(CASE WHEN p.won THEN 0 ELSE p.less - :b END) AS m,
          max(CASE WHEN p.won THEN 1 ELSE 0 END) AS has_won,
          max(CASE WHEN p.won THEN 0 ELSE 1 END) AS has_lost
        FROM :p AS p GROUP BY p.lead_id
        """,
        a=number(found),
        b=number(without),
        p=table(PLACES),
    )
    select = query(
        """
        SELECT sum(f.w * f.w), sum(f.l * f.l), sum(f.w * f.l), sum(f.has_won), sum(f.has_lost),
          count(*), sum(power((f.w - f.v) / :won + (f.l - f.m) / :lost, 2))
        FROM :f AS f
        """,
        won=whole(won),
        lost=whole(lost),
        f=by_lead.subquery(),
    )
    (row,) = seen.session.rows(select)
    w, lost_, both, squared = (float(str(row[place])) for place in (0, 1, 2, 6))
    with_won, with_lost, leads = whole_numbers(row[3:6])
    return _Far(
        Deviations(w, lost_, both, with_won, with_lost, leads), squared * leads / (leads - 1)
    )
