"""Scores as relations: groups and dimensions added up and limited, then one row per lead."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from tamis.facts.leads import lead_relation
from tamis.facts.plan import Plan
from tamis.model.scope import DAYS_SINCE_LAST_EVENT, dimension_column, grade_column, hit_column
from tamis.model.spec import AttributeRule, Dimension, EventRule, Grade, Group, Rule, Score, Verdict
from tamis.points import attribute
from tamis.points.manual import by_dimension, manual_column
from tamis.points.rules import bucket_numbers
from tamis.sql.chain import Step
from tamis.sql.numbers import (
    MILLI,
    NANO,
    NANO_PER_CENT,
    cents,
    divide_rounded,
    limited,
    rounded,
    scaled,
    wide,
)
from tamis.sql.relation import Column, Relation
from tamis.sql.write import added, column, named, one_of, query, table, text, tree, whole

LEAD = Column("lead", "integer", "the lead's key inside the chain")


def steps(plan: Plan) -> tuple[Step, ...]:
    """The steps from points to scores."""
    found = [group_points(plan), dimension_points(plan)]
    if plan.asks_last_event:
        found.append(last_events())
    return (*found, values(plan), scores(plan))


def group_column(number: int) -> str:
    """The column of a group's sum before its cap; `number` as in `buckets`."""
    return f"group__{number}"


def group_points(plan: Plan) -> Step:
    """Every lead with the sum of each group of rules, and which rules gave points, where asked.

    Attribute rules are added up within the lead's row; only events need grouping, once for all.
    """
    buckets = {number: _rules_of(plan, key) for key, number in bucket_numbers(plan.model).items()}
    events = [n for n, rules in buckets.items() if any(isinstance(r, EventRule) for r in rules)]
    select = query(
        "SELECT l.*, :sums, :hits FROM leads AS l",
        sums=[named(_group_sum(plan, n, rules), group_column(n)) for n, rules in buckets.items()],
        hits=[named(_hit(plan, rule), hit_column(n)) for n, rule in _asked(plan).items()],
    )
    assert isinstance(select, exp.Select)
    if events:
        by_lead = _events_by_lead(plan, events).subquery("e", copy=False)
        select = select.join(by_lead, on="e.lead = l.lead", join_type="left")
    columns = [Column(group_column(n), "wide", f"sum of group {n}", unit=BEFORE) for n in buckets]
    about = "leads with the points of each group of rules, before the group's cap"
    columns = [*lead_relation(plan).columns, *columns, *_hit_columns(plan)]
    relation = Relation("group_points", about, ("lead",), tuple(columns))
    return Step(relation, select)


BEFORE = "nano-points"


def _rules_of(plan: Plan, key: tuple[str, str | None]) -> list[Rule]:
    return [rule for rule in plan.model.rules if (rule.dimension, rule.group) == key]


def _group_sum(plan: Plan, number: int, rules: list[Rule]) -> exp.Expr:
    attributes = [rule for rule in rules if isinstance(rule, AttributeRule)]
    parts = []
    if attributes:
        given = attribute.together(plan, attributes)
        parts.append(tree("CASE WHEN l.excluded THEN 0 ELSE :given END", given=given))
    if len(attributes) < len(rules):
        parts.append(tree("coalesce(:sum, 0)", sum=column(group_column(number), "e")))
    return wide(added(parts))


def _events_by_lead(plan: Plan, buckets: list[int]) -> exp.Query:
    sums = [
        tree("sum(CASE WHEN r.bucket = :b THEN p.points ELSE 0 END)", b=whole(number))
        for number in buckets
    ]
    hits = [
        named(
            tree("max(CASE WHEN p.rule = :r AND p.points <> 0 THEN 1 ELSE 0 END)", r=whole(number)),
            hit_column(number),
        )
        for number, rule in _asked(plan).items()
        if isinstance(rule, EventRule)
    ]
    return query(
        "SELECT p.lead, :sums, :hits FROM event_points AS p JOIN rules AS r ON r.rule = p.rule "
        "GROUP BY p.lead",
        sums=[named(sum_, group_column(n)) for sum_, n in zip(sums, buckets, strict=True)],
        hits=hits,
    )


def _asked(plan: Plan) -> dict[int, Rule]:
    """The rules that verdicts ask for by `hit()`, by number."""
    numbers = plan.model.numbers
    return {
        numbers[rule.id]: rule
        for rule in plan.model.rules
        if hit_column(numbers[rule.id]) in plan.verdict_columns
    }


def _hit(plan: Plan, rule: Rule) -> exp.Expr:
    """Whether a rule gave points, for a row of `leads`; null: it met no event."""
    if isinstance(rule, AttributeRule):
        points = exp.paren(attribute.together(plan, [rule]))
        return tree("NOT l.excluded AND :points <> 0", points=points)
    return tree(":hit = 1", hit=column(hit_column(plan.model.numbers[rule.id]), "e"))


def _hit_columns(plan: Plan) -> list[Column]:
    return [
        Column(hit_column(n), "boolean", f"whether rule {n} gave points", null="no")
        for n in _asked(plan)
    ]


def capped(plan: Plan, dimension: Dimension, group: Group | None) -> exp.Expr:
    """The sum of a group for a row `g` of `group_points`, after the group's cap.

    `group` None: the dimension's rules without group.
    """
    number = bucket_numbers(plan.model)[dimension.name, group.name if group else None]
    sum_ = column(group_column(number), "g")
    if group is None or group.cap is None:
        return sum_
    bound = scaled(group.cap, NANO)
    return limited(sum_, wide(whole(-bound)), wide(whole(bound)))


def nano_column(dimension: Dimension) -> str:
    """The column of a dimension's sum before its range."""
    return f"nano__{dimension.name}"


def dimension_points(plan: Plan) -> Step:
    """Every lead with the sum of each dimension: a column per dimension."""
    sums = []
    for dimension in plan.model.dimensions:
        parts = [capped(plan, dimension, group) for group in (None, *dimension.groups)]
        if plan.shape.adjustments:
            parts.append(tree("coalesce(:sum, 0)", sum=column(manual_column(dimension), "m")))
        sums.append(named(added(parts), nano_column(dimension)))
    columns = [
        Column(nano_column(d), "wide", f"sum of {d.name}, before its range", unit=BEFORE)
        for d in plan.model.dimensions
    ]
    relation = Relation(
        "dimension_points",
        "leads with their dimensions, before the range",
        ("lead",),
        (*lead_relation(plan).columns, *columns, *_hit_columns(plan)),
    )
    select = query(
        "SELECT :kept, :sums, :hits FROM group_points AS g",
        kept=[column(c.name, "g") for c in lead_relation(plan).columns],
        hits=[column(c.name, "g") for c in _hit_columns(plan)],
        sums=sums,
    )
    if plan.shape.adjustments:
        assert isinstance(select, exp.Select)
        given = by_dimension(plan).subquery("m", copy=False)
        select = select.join(given, on="m.lead = g.lead", join_type="left")
    return Step(relation, select)


def last_events() -> Step:
    """The day of each lead's latest event of any kind."""
    select = query("SELECT m.lead, m.last_day FROM measures AS m WHERE m.rule = 0")
    day = Column("last_day", "integer", "day of the latest event", unit="days since 1970-01-01")
    return Step(
        Relation("last_events", "the latest event of each lead", ("lead",), (LEAD, day)), select
    )


def values(plan: Plan) -> Step:
    """Every lead with its dimensions in hundredths, limited and rounded."""
    select = query(
        "SELECT :kept, :sums, :extra FROM dimension_points AS p",
        kept=[column(c.name, "p") for c in lead_relation(plan).columns],
        sums=[named(_dimension_cents(d), f"cents__{d.name}") for d in plan.model.dimensions],
        extra=_extra_columns(plan),
    )
    assert isinstance(select, exp.Select)
    if plan.asks_last_event:
        select = select.join(table("last_events", "e"), on="e.lead = p.lead", join_type="left")
    return Step(_values_relation(plan), select)


def _extra_columns(plan: Plan) -> list[exp.Expr]:
    flags: list[exp.Expr] = [column(one.name, "p") for one in _hit_columns(plan)]
    if plan.asks_last_event:
        flags.append(named(tree(":today - e.last_day", today=plan.today), DAYS_SINCE_LAST_EVENT))
    return flags


def _extra(plan: Plan) -> tuple[Column, ...]:
    flags = _hit_columns(plan)
    if plan.asks_last_event:
        flags.append(
            Column(
                DAYS_SINCE_LAST_EVENT,
                "integer",
                "age of the latest event",
                unit="days",
                null="none",
            )
        )
    return tuple(flags)


def _values_relation(plan: Plan) -> Relation:
    return Relation(
        "dimension_values",
        "leads with their dimensions, limited and rounded",
        ("lead",),
        (
            *lead_relation(plan).columns,
            *(
                Column(f"cents__{d.name}", "integer", d.name, unit="hundredths")
                for d in plan.model.dimensions
            ),
            *_extra(plan),
        ),
    )


def _dimension_cents(dimension: Dimension) -> exp.Expr:
    exact = column(nano_column(dimension), "p")
    low, high = (whole(scaled(bound, NANO)) for bound in (dimension.low, dimension.high))
    # Inside its range a sum fits 64 bits, in which arithmetic is much cheaper.
    inside = exp.cast(limited(exact, low, high), exp.DType.BIGINT)
    return exp.cast(divide_rounded(inside, whole(NANO_PER_CENT)), exp.DType.BIGINT)


def scores(plan: Plan) -> Step:
    """Every lead with dimensions, grades, score, cell and temperature."""
    names = [*(c.name for c in lead_relation(plan).columns), *(c.name for c in _extra(plan))]
    dimensions = [
        named(cents(column(f"cents__{d.name}")), dimension_column(d)) for d in plan.model.dimensions
    ]
    grades = [named(_grade(d), grade_column(d)) for d in plan.model.dimensions if d.grades]
    score = [named(cents(_score_cents(plan.model.score)), "score")] if plan.model.score else []
    cell = [named(_cell(plan), "cell")] if plan.model.cell else []
    select = query(
        """
        SELECT :kept, :scored
        FROM (SELECT :kept, :dimensions, :grades, :score FROM dimension_values AS v) AS s
        """,
        kept=[column(name) for name in names],
        dimensions=dimensions,
        grades=grades,
        score=score,
        scored=[*(column(c.name) for c in _score_columns(plan)), *cell],
    )
    if plan.model.temperatures:
        warm = named(first_that_holds(plan, plan.model.temperatures, "temperature"), "temperature")
        select = query(
            "SELECT t.*, :warm FROM :select AS t", warm=warm, select=select.subquery(copy=False)
        )
    return Step(score_relation(plan), select)


def _score_columns(plan: Plan) -> list[Column]:
    model = plan.model
    columns = [Column(dimension_column(d), "number", d.name) for d in model.dimensions]
    columns += [
        Column(grade_column(d), "text", f"grade of {d.name}") for d in model.dimensions if d.grades
    ]
    return columns + ([Column("score", "number", "the score")] if model.score else [])


def score_relation(plan: Plan) -> Relation:
    """Grain and columns of `scores`."""
    cell = [Column("cell", "text", "grades joined, such as A4")] if plan.model.cell else []
    temperature = [Column("temperature", "text", "hot, warm, cold ...", null="none holds")]
    return Relation(
        "scores",
        "leads with dimensions, grades, score, cell and temperature",
        ("lead",),
        (
            *lead_relation(plan).columns,
            *_extra(plan),
            *_score_columns(plan),
            *cell,
            *(temperature if plan.model.temperatures else []),
        ),
    )


def _grade(dimension: Dimension) -> exp.Expr:
    return grade_by_cents(column(f"cents__{dimension.name}"), dimension.grades)


def grade_by_cents(value: exp.Expr, grades: tuple[Grade, ...]) -> exp.Expr:
    """The label of the greatest bound that the value reaches; below all, the lowest label."""
    arms = [
        (
            tree(":v * 10 >= :bound", v=value, bound=whole(scaled(grade.bound, MILLI))),
            text(grade.label),
        )
        for grade in reversed(grades[1:])
    ]
    return one_of(arms, text(grades[0].label))


def _score_cents(score: Score) -> exp.Expr:
    weights = {name: scaled(weight, MILLI) for name, weight in score.weights.items()}
    total: exp.Expr = whole(0)
    for name, weight in weights.items():
        part = tree(":c * CAST(:w AS BIGINT)", c=column(f"cents__{name}"), w=whole(weight))
        total = part if total.is_number else exp.Add(this=total, expression=part)
    divisor = sum(weights.values()) if score.mean else MILLI
    exact = divide_rounded(exp.paren(total), whole(divisor))
    return limited(exact, whole(_cents(score.low)), whole(_cents(score.high)))


def _cents(bound: Decimal) -> int:
    return rounded(bound, 100)


def _cell(plan: Plan) -> exp.Expr:
    grades = [column(f"grade__{name}") for name in plan.model.cell]
    return grades[0] if len(grades) == 1 else tree("concat(:all)", all=grades)


def first_that_holds(plan: Plan, verdicts: tuple[Verdict, ...], section: str) -> exp.Expr:
    """The name of the first verdict whose condition holds, or null."""
    return one_of([(plan.on_verdict(v.when, section), text(v.name)) for v in verdicts], exp.null())
