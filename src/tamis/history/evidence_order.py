"""The order that a model gives to leads: its AUC, and what each form field adds to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from sqlglot import exp

from tamis.history.evidence_seen import POINTS, SEEN, Seen, weight_of, whole_numbers
from tamis.history.intervals import FEWEST_WON, SURE, UNKNOWN, Interval
from tamis.history.ranking import auc_by
from tamis.model.scope import fields_read
from tamis.model.spec import BandsRule, Field, Model, ValuesRule
from tamis.sql.write import column, query, switch, table, tree, whole

CASES = "evidence_cases"

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
    if min(seen.won, seen.cases - seen.won) < FEWEST_WON:
        return UNKNOWN
    _hold_cases(seen, exp.true(), ())
    found = auc_by(seen.session, "points", of=CASES)
    seen.session.drop([CASES])
    return _steady(found)


def fields_evidence(seen: Seen) -> tuple[FieldEvidence, ...]:
    """What each lead field adds, in the order of the model; `created_at` is no form's."""
    fields = [f for f in seen.model.fields_of("lead") if f.name != "created_at"]
    read, filled = readers(seen.model), _filled(seen, fields)
    return tuple(_of_field(seen, f, n, read.get(f)) for f, n in zip(fields, filled, strict=True))


def readers(model: Model) -> Mapping[Field, tuple[str, ...]]:
    """The fields that a model reads, each with the ids of the rules that do, in its order.

    A field without rules is read by an exclusion, temperature, stage or play alone.
    """
    found: dict[Field, set[str]] = defaultdict(set)
    for condition in model.conditions:
        for field in fields_read(model, condition):
            found[field].update([condition.of] if condition.section == "when" else [])
    for rule in model.rules:
        if isinstance(rule, BandsRule | ValuesRule):
            for field in model.fields_named(rule.field, "lead", "account"):
                found[field].add(rule.id)
    return {
        field: tuple(rule.id for rule in model.rules if rule.id in ids)
        for field, ids in found.items()
    }


def _filled(seen: Seen, fields: Sequence[Field]) -> Sequence[int]:
    """In how many cases each field is known."""
    if not fields:
        return ()
    counts = [tree("count(:f)", f=column(field.column, "s")) for field in fields]
    counted = query("SELECT :counts FROM :s AS s", counts=counts, s=table(SEEN))
    return tuple(whole_numbers(seen.session.rows(counted)[0]))


def _of_field(
    seen: Seen, field: Field, filled: int, rules: tuple[str, ...] | None
) -> FieldEvidence:
    share = filled / seen.cases
    if not rules:
        return FieldEvidence(field, "unread" if rules is None else "elsewhere", share, (), UNKNOWN)
    gain = _gain(seen, field, rules)
    return FieldEvidence(field, _pays(gain), share, rules, gain)


def _pays(gain: Interval) -> Pays:
    if gain.low is None or gain.high is None:
        return "too_few"
    return "pays" if gain.above(0) else "costs" if gain.below(0) else "unclear"


def _gain(seen: Seen, field: Field, rules: Sequence[str]) -> Interval:
    """The AUC of all points less that of the points without some rules, where a field is known.

    Both AUC come from the same cases, so the interval of their difference is that of paired places:
    the sum over leads of their squared influence (Obuchowski, Biometrics 53, 1997), normal.
    """
    session = seen.session
    _hold_cases(seen, tree("NOT :f IS NULL", f=column(field.column, "s")), rules)
    by_day = "SELECT count_if(c.won), count_if(NOT c.won) FROM :cases AS c GROUP BY c.day"
    days = [tuple(whole_numbers(row)) for row in session.rows(query(by_day, cases=table(CASES)))]
    pairs = sum(won * lost for won, lost in days)
    won, lost = (sum(side) for side in zip(*days, strict=True)) if days else (0, 0)
    enough = pairs and min(won, lost) >= FEWEST_WON
    ((sums),) = session.rows(_gained(pairs)) if enough else ((),)
    session.drop([CASES])
    if not enough:
        return UNKNOWN
    gained, squares, products, parts, leads = (float(str(cell)) for cell in sums)
    # Won cases and lost ones show the same gain, so that of all leads it is half.
    gain = gained / 2
    squared = max(0.0, squares - 2 * gain * products + gain * gain * parts)
    reach = SURE * sqrt(squared * leads / (leads - 1))
    return _steady(Interval(gain, gain - reach, gain + reach))


def _gained(pairs: int) -> exp.Query:
    """Sums over leads of what their cases gain in place by the rules, and of their part of all.

    A case counts by the pairs that it is in: with each case of its day that went the other way.
    """
    return query(
        """
        SELECT sum(l.gained), sum(l.gained * l.gained), sum(l.gained * l.part),
          sum(l.part * l.part), count(*)
        FROM (
          SELECT g.lead, sum(g.gained * g.pairs / :pairs) AS gained, sum(g.pairs / :pairs) AS part
          FROM (
            SELECT c.lead, CASE WHEN c.won THEN x.lost ELSE x.won END AS pairs,
              CASE WHEN c.won THEN x.below - y.below ELSE x.above - y.above END AS gained
            FROM :cases AS c
            JOIN :x AS x ON x.day = c.day AND x.value = c.points
            JOIN :y AS y ON y.day = c.day AND y.value = c.less
          ) AS g GROUP BY g.lead
        ) AS l
        """,
        pairs=exp.cast(whole(pairs), exp.DType.DOUBLE),
        cases=table(CASES),
        x=_places("points").subquery(),
        y=_places("less").subquery(),
    )


def _steady(interval: Interval) -> Interval:
    """The interval to 9 decimals: sums of an engine vary in the last ones from run to run."""
    cut = (
        None if v is None else round(v, 9) for v in (interval.value, interval.low, interval.high)
    )
    return Interval(*cut)


def _hold_cases(seen: Seen, known: exp.Expr, rules: Sequence[str]) -> None:
    """Hold cases: `lead`, `day`, `won`, the model's `points`, and `less` those of some rules.

    Points are whole ten-thousandths, so that sums of the same points tie.
    """
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
    select = query(
        """
        SELECT hash(s.lead_id) AS lead, s.day, s.won,
          CAST(round(s.total * 10000) AS BIGINT) AS points,
          CAST(round((s.total - coalesce(t.points, 0)) * 10000) AS BIGINT) AS less
        FROM :seen AS s LEFT JOIN :taken AS t ON t.day = s.day AND t.lead = s.lead
        WHERE :known
        """,
        seen=table(SEEN),
        taken=taken.subquery(),
        known=known,
    )
    seen.session.keep(CASES, select)


def _places(name: str) -> exp.Query:
    """Each value of a day with the shares of lost cases below it and of won cases above it.

    Ties count half; `won` and `lost` are the cases of the day. A day on which nothing or all was
    won has no place.
    """
    return query(
        """
        SELECT p.day, p.value, p.won, p.lost,
          (p.lost_to - p.lost_here / 2) / p.lost AS below,
          1 - (p.won_to - p.won_here / 2) / p.won AS above
        FROM (
          SELECT g.day, g.value, g.won AS won_here, g.lost AS lost_here,
            sum(g.won) OVER (PARTITION BY g.day) AS won,
            sum(g.lost) OVER (PARTITION BY g.day) AS lost,
            sum(g.won) OVER (PARTITION BY g.day ORDER BY g.value) AS won_to,
            sum(g.lost) OVER (PARTITION BY g.day ORDER BY g.value) AS lost_to
          FROM (
            SELECT c.day, :value AS value, CAST(count_if(c.won) AS DOUBLE) AS won,
              CAST(count_if(NOT c.won) AS DOUBLE) AS lost
            FROM :cases AS c GROUP BY c.day, :value
          ) AS g
        ) AS p
        WHERE p.won > 0 AND p.lost > 0
        """,
        value=column(name, "c"),
        cases=table(CASES),
    )
