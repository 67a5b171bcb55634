"""Points as relations: measures of event rules, then points of every rule, limited by its cap."""

from __future__ import annotations

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.matches.counters import counters
from tamis.matches.relations import kinds_of
from tamis.model.spec import (
    AtLeastRule,
    EventRule,
    FrequencyRule,
    RateRule,
    RecencyRule,
    SilentRule,
    TotalRule,
)
from tamis.points import attribute
from tamis.points.manual import manual_points
from tamis.points.rules import is_dense
from tamis.points.unit_sums import unit_sums
from tamis.sql.chain import Step
from tamis.sql.numbers import limited, wide
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, query, stacked, switch, table, text, tree

LEAD = Column("lead", "integer", "the lead's key inside the chain")
RULE = Column("rule", "integer", "number of the rule")
COUNT = Column("count", "integer", "events counted in the window", null="an attribute rule")
LAST_DAY = Column(
    "last_day", "integer", "day of the latest", unit="days since 1970-01-01", null="none"
)

MEASURES = Relation(
    "measures",
    "what each event rule counted in its window",
    ("lead", "rule"),
    (
        LEAD,
        RULE,
        COUNT,
        LAST_DAY,
        Column(
            "added",
            "wide",
            "what the rule adds up: events times their weight, an event field; in millionths; or "
            "the events that a rate divides by",
        ),
    ),
)
GATES = Relation(
    "gates",
    "rules whose condition on the lead holds",
    ("lead", "rule"),
    (LEAD, RULE),
)
POINTS = Relation(
    "points",
    "points of each rule for each lead, other than 0 before or after the cap",
    ("lead", "rule"),
    (
        LEAD,
        RULE,
        Column("points", "wide", "points after the cap", unit="nano-points"),
        Column("uncapped", "wide", "points before the cap", unit="nano-points"),
        COUNT,
        LAST_DAY,
    ),
)


def steps(plan: Plan) -> tuple[Step, ...]:
    """The steps from matches to points."""
    found: list[Step] = []
    if counters(plan):
        found += _from_store(plan) if plan.shape.kept is not None else [measures(plan)]
    if _gated(plan):
        found.append(gates(plan))
    if plan.model.event_rules:
        found.append(event_points(plan))
    return (*found, points(plan), *manual_points(plan))


def measures(plan: Plan) -> Step:
    """Matches added up by rule; rule 0 has the latest event of any kind."""
    kinds = kinds_of(plan)
    parts = [_weighted(plan)] if kinds.by_day else []
    if kinds.in_all:
        parts += [query(TALLIED), query(RATED)] if _has(plan, RateRule) else [query(TALLIED)]
    if kinds.adding:
        parts.append(query(ADDED_UP))
    return Step(MEASURES, _of_known_leads(plan, stacked(parts)))


def _from_store(plan: Plan) -> list[Step]:
    """Unit sums of a store, then of the leads that are known and not excluded."""
    sums = unit_sums(plan)
    known = query(
        """
        SELECT l.lead, s.rule, s.count, s.last_day, s.added
        FROM unit_sums AS s JOIN leads AS l ON :same WHERE NOT l.excluded
        """,
        same=column(sums.relation.grain[0], "s").eq(column(sums.relation.grain[0], "l")),
    )
    return [sums, Step(MEASURES, known)]


TALLIED = """
SELECT m.lead, c.rule, m.n AS count, m.last_day, CAST(m.n * 1000000 AS INT128) AS added
FROM matches AS m JOIN counters AS c ON c.counter = m.counter WHERE m.day IS NULL AND NOT c.rated
"""
RATED = """
SELECT m.lead, c.rule, CAST(sum(CASE WHEN c.over THEN 0 ELSE m.n END) AS BIGINT) AS count,
  max(CASE WHEN NOT c.over THEN m.last_day END) AS last_day,
  sum(CASE WHEN c.over THEN m.n ELSE 0 END) AS added
FROM matches AS m JOIN counters AS c ON c.counter = m.counter WHERE m.day IS NULL AND c.rated
GROUP BY m.lead, c.rule
"""
ADDED_UP = """
SELECT t.lead, c.rule, t.n AS count, t.last_day, t.amount AS added
FROM totals AS t JOIN counters AS c ON c.counter = t.counter
"""


def _weighted(plan: Plan) -> exp.Query:
    return query(
        """
        SELECT m.lead, c.rule, CAST(sum(least(m.n, c.per_day)) AS BIGINT) AS count,
          max(m.day) AS last_day,
          sum(least(m.n, c.per_day) * coalesce(w.weight, c.last_weight)) AS added
        FROM matches AS m
        JOIN counters AS c ON c.counter = m.counter
        LEFT JOIN weights AS w ON w.decay = c.decay AND w.age = :today - m.day
        WHERE NOT m.day IS NULL
        GROUP BY m.lead, c.rule
        """,
        today=plan.today,
    )


def _of_known_leads(plan: Plan, measured: exp.Query) -> exp.Query:
    if not plan.shape.integer_ids:
        return measured
    # Whole-number ids meet the leads only here, where there are far fewer rows than events.
    return query(
        "SELECT g.* FROM :measured AS g JOIN leads AS l ON l.lead = g.lead WHERE NOT l.excluded",
        measured=measured.subquery(copy=False),
    )


def _gated(plan: Plan) -> list[EventRule]:
    return [rule for rule in plan.model.event_rules if rule.when]


def gates(plan: Plan) -> Step:
    """The leads for which the condition of a gated rule holds."""
    arms = [(plan.model.numbers[r.id], plan.on_lead(r.when)) for r in _gated(plan) if r.when]
    select = query(
        """
        SELECT l.lead, r.rule FROM leads AS l CROSS JOIN rules AS r
        WHERE r.gated AND NOT l.excluded AND :holds
        """,
        holds=exp.paren(switch(column("rule", "r"), arms, exp.false())),
    )
    return Step(GATES, select)


def event_points(plan: Plan) -> Step:
    """The points of every event rule, limited by the rule's cap."""
    select = query(
        """
        SELECT m.lead, m.rule, r.cap, :nano AS points, m.count, m.last_day
        FROM :rows AS m JOIN rules AS r ON r.rule = m.rule
        """,
        nano=_nano_points(plan),
        rows=_measured(plan).subquery(copy=False),
    )
    assert isinstance(select, exp.Select)
    if _has(plan, AtLeastRule):
        on = tree("w.decay = r.decay AND w.age = :today - m.last_day", today=plan.today)
        select = select.join(table("weights", "w"), on=on, join_type="left")
    if _has(plan, *BANDED):
        on = tree(
            "b.rule = m.rule AND :v >= b.low AND (b.high IS NULL OR :v < b.high)",
            v=_band_value(plan),
        )
        select = select.join(table("bands", "b"), on=on, join_type="left")
    if _gated(plan):
        on = tree("g.lead = m.lead AND g.rule = m.rule")
        select = select.join(table("gates", "g"), on=on, join_type="left")
        select = select.where("NOT r.gated OR NOT g.lead IS NULL")
    about = "points of each event rule for each lead, other than 0 before or after the cap"
    return Step(Relation("event_points", about, POINTS.grain, POINTS.columns), _capped(select))


def points(plan: Plan) -> Step:
    """The points of every rule: attributes and events."""
    attributes = query(
        """
        SELECT l.lead, r.rule, r.cap, :nano AS points,
          CAST(NULL AS BIGINT) AS count, CAST(NULL AS INT) AS last_day
        FROM leads AS l CROSS JOIN rules AS r
        WHERE NOT l.excluded AND r.form IN ('when', 'bands', 'values')
        """,
        nano=attribute.by_rule(plan),
    )
    if not plan.model.event_rules:
        return Step(POINTS, _capped(attributes))
    events = query("SELECT e.* FROM event_points AS e")
    if not plan.model.attribute_rules:
        return Step(POINTS, events)
    return Step(POINTS, stacked([_capped(attributes), events]))


def _capped(select: exp.Query) -> exp.Query:
    cap = wide(tree("p.cap * 1000000"))
    return query(
        """
        SELECT p.lead, p.rule, :points AS points, p.points AS uncapped, p.count, p.last_day
        FROM :rows AS p WHERE p.points <> 0
        """,
        points=tree(
            "CASE WHEN p.cap IS NULL THEN p.points ELSE :capped END",
            capped=limited(tree("p.points"), exp.Neg(this=cap), cap),
        ),
        rows=select.subquery(copy=False),
    )


BANDED = (FrequencyRule, TotalRule, RateRule, RecencyRule)


def _has(plan: Plan, *forms: type[EventRule]) -> bool:
    return any(isinstance(rule, forms) for rule in plan.model.event_rules)


def _measured(plan: Plan) -> exp.Query:
    """Measures, with a row for each lead without event where a rule gives points for none."""
    if not any(is_dense(rule) for rule in plan.model.event_rules):
        return query("SELECT s.*, CAST(NULL AS INT) AS created_day FROM measures AS s")
    return query(
        """
        SELECT s.*, CAST(NULL AS INT) AS created_day
        FROM measures AS s JOIN rules AS r ON r.rule = s.rule WHERE NOT r.dense
        UNION ALL
        SELECT l.lead, r.rule, coalesce(s.count, 0) AS count, s.last_day,
          coalesce(s.added, 0) AS added, l.created_day
        FROM leads AS l CROSS JOIN rules AS r
        LEFT JOIN measures AS s ON s.lead = l.lead AND s.rule = r.rule
        WHERE r.dense AND NOT l.excluded
        """
    )


def _band_value(plan: Plan) -> exp.Expr:
    """The value that bands look at, in millionths."""
    return exp.paren(
        tree(
            """
            CASE r.form
              WHEN 'frequency' THEN CAST(m.count AS INT128) * 1000000
              WHEN 'total' THEN m.added
              WHEN 'rate' THEN CASE WHEN m.added >= r.at_least
                THEN CAST(m.count AS INT128) * 100000000 // m.added END
              WHEN 'recency' THEN CAST(:today - m.last_day AS INT128) * 1000000
            END
            """,
            today=plan.today,
        )
    )


AT_LEAST = """
CASE WHEN m.count >= r.at_least
  THEN CAST(coalesce(w.weight, r.last_weight) AS INT128) * r.points END
"""
SILENT = """
CASE WHEN :today - coalesce(m.last_day, m.created_day) >= r.silent_for
  THEN CAST(r.points AS INT128) * 1000000 END
"""


def _nano_points(plan: Plan) -> exp.Expr:
    """The points of an event rule by its form, in nano-points; null counts as none."""
    arms = [("points", tree("CAST(m.added AS INT128) * r.points"))]
    if _has(plan, AtLeastRule):
        arms.append(("at_least", tree(AT_LEAST)))
    if _has(plan, SilentRule):
        arms.append(("silent_for", tree(SILENT, today=plan.today)))
    banded = (
        tree("CAST(b.points AS INT128) * 1000000") if _has(plan, *BANDED) else exp.Literal.number(0)
    )
    ifs = [exp.If(this=text(form), true=value) for form, value in arms]
    case = exp.Case(this=column("form", "r"), ifs=ifs, default=banded)
    return tree("coalesce(:case, 0)", case=case)
