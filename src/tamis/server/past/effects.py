"""What a draft does to leads and points, held in the relations that `tamis.history.moves` reads."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from tamis.history import moves
from tamis.history.verdicts import ASPECTS
from tamis.model.spec import Dimension, Group, Model
from tamis.points.manual import by_dimension, manual_column
from tamis.points.rules import bucket_numbers
from tamis.scores.relations import capped, group_column
from tamis.server.past.trial import BEFORE, GIVEN, Trial, more, touched_buckets
from tamis.sql.numbers import NANO, limited, scaled, wide
from tamis.sql.write import added, column, named, query, stacked, switch, table, text, tree, whole


def hold_pairs(trial: Trial, name: str) -> None:
    """Hold each lead's verdicts under both models, as `moves.PAIRS`."""
    both = [
        named(column(value, at), f"{value}_{side}")
        for value in ("excluded", "score", *ASPECTS, "rank", "handoff")
        for side, at in (("before", "b"), ("after", "a"))
    ]
    others = [
        exp.NullSafeNEQ(this=column(value, "b"), expression=column(value, "a"))
        for value in (*ASPECTS, "excluded")
    ]
    select = query(
        """
        SELECT b.lead_id, :both, :moved AS moved
        FROM :before AS b JOIN :after AS a ON a.lead = b.lead
        """,
        both=both,
        moved=exp.or_(*others),
        before=table(trial.day.base),
        after=table(trial.verdicts),
    )
    trial.day.session.keep(name, select)


def hold_changes(trial: Trial) -> None:
    """Hold what changed in points, as `moves.CHANGES`, and its causes; pairs must be held.

    The day must be at work with the trial, for the sums of its groups are read.
    """
    parts = [*_of_attributes(trial), *_of_events(trial), *_of_caps(trial), *_of_ranges(trial)]
    session = trial.day.session
    if parts:
        changed = query(
            """
            SELECT l.lead_id, c.dimension, c.rule, :points AS points
            FROM :parts AS c JOIN :leads AS l ON l.lead = c.lead
            """,
            points=tree("CAST(c.nano AS DECIMAL(28, 0)) * CAST('0.000000001' AS DECIMAL(10, 9))"),
            parts=stacked(parts).subquery(copy=False),
            leads=table(trial.day.base),
        )
    else:
        changed = query(
            """
            SELECT b.lead_id, '' AS dimension, '' AS rule, CAST(0 AS DECIMAL(38, 9)) AS points
            FROM :leads AS b WHERE FALSE
            """,
            leads=table(trial.day.base),
        )
    session.keep(moves.CHANGES.name, changed)
    moves.hold_causes(session)


def _part(dimension: str, rule: str, nano: exp.Expr, rows: exp.Expr) -> exp.Query:
    return query(
        """
        SELECT p.lead, :dimension AS dimension, :rule AS rule, p.nano
        FROM (SELECT g.lead, :nano AS nano FROM :rows) AS p WHERE p.nano <> 0
        """,
        dimension=text(dimension),
        rule=text(rule),
        nano=wide(nano),
        rows=rows,
    )


def _of_attributes(trial: Trial) -> Iterator[exp.Query]:
    for old, new in trial.other.attributes:
        rows = table(trial.day.called("group_points"), "g")
        yield _part(new.dimension, new.id, more(trial, old, new), rows)


def _of_events(trial: Trial) -> Iterator[exp.Query]:
    """What all event rules that differ give more, in one look at their rows."""
    numbers = trial.model.numbers
    rules = {numbers[new.id]: new for _, new in trial.other.events}
    if not rules:
        return
    names = {
        "dimension": [(number, text(rule.dimension)) for number, rule in rules.items()],
        "rule": [(number, text(rule.id)) for number, rule in rules.items()],
    }
    yield query(
        """
        SELECT p.lead, :dimension AS dimension, :rule AS rule, p.nano FROM (
          SELECT b.lead, b.number, sum(b.points) AS nano FROM (
            SELECT g.lead, g.rule AS number, g.points FROM :given AS g
            UNION ALL
            SELECT o.lead, o.rule AS number, -o.points AS points
            FROM :before AS o WHERE o.rule IN (:numbers)
          ) AS b GROUP BY b.lead, b.number HAVING sum(b.points) <> 0
        ) AS p
        """,
        dimension=switch(column("number", "p"), names["dimension"], exp.null()),
        rule=switch(column("number", "p"), names["rule"], exp.null()),
        numbers=[whole(number) for number in rules],
        given=table(GIVEN),
        before=table(trial.day.called("event_points")),
    )


def _of_caps(trial: Trial) -> Iterator[exp.Query]:
    """What the cap of a group takes more, where the group or its cap changed."""
    for dimension, group in _groups(trial.model):
        old = _group_of(trial.day.model, dimension, group)
        name = _column(trial.model, dimension, group)
        if group.cap is None and old.cap is None:
            continue
        if name not in touched_buckets(trial) and group.cap == old.cap:
            continue
        before = capped(trial.day.plan, dimension, old)
        nano = tree(
            "(:after - :sum) - (:before - :had)",
            after=exp.paren(capped(trial.plan, dimension, group)),
            sum=column(name, "g"),
            before=exp.paren(_as_before(trial, before)),
            had=_as_before(trial, column(name, "g")),
        )
        yield _part(dimension.name, f"cap:{group.name}", nano, table("group_points", "g"))


def _of_ranges(trial: Trial) -> Iterator[exp.Query]:
    """What the range of a dimension takes more, where its points or its ends changed."""
    touched = {new.dimension for _, new in trial.other.pairs}
    for dimension in trial.model.dimensions:
        old = trial.day.model.dimension(dimension.name)
        assert old is not None
        caps = [group.cap for group in dimension.groups] != [group.cap for group in old.groups]
        ends = (dimension.low, dimension.high) != (old.low, old.high)
        if not (dimension.name in touched or caps or ends):
            continue
        after = _sum(trial, dimension, trial.plan)
        before = _as_before(trial, _sum(trial, old, trial.day.plan))
        nano = tree(
            "(:in_after - :after) - (:in_before - :before)",
            in_after=exp.paren(_within(dimension, after)),
            after=exp.paren(after),
            in_before=exp.paren(_within(old, before)),
            before=exp.paren(before),
        )
        part = _part(dimension.name, f"range:{dimension.name}", nano, _rows(trial))
        yield part


def _rows(trial: Trial) -> exp.Expr:
    """The sums of groups with manual points beside, of leads that are not excluded."""
    rows = query("SELECT g.* FROM group_points AS g WHERE NOT g.excluded")
    if trial.plan.shape.adjustments:
        rows = query(
            """
            SELECT g.*, m.* EXCLUDE (lead) FROM group_points AS g
            LEFT JOIN :manual AS m ON m.lead = g.lead WHERE NOT g.excluded
            """,
            manual=by_dimension(trial.plan).subquery(copy=False),
        )
    return rows.subquery("g", copy=False)


def _sum(trial: Trial, dimension: Dimension, plan: object) -> exp.Expr:
    """The points of a dimension before its range, for a row `g`."""
    of = trial.plan if plan is trial.plan else trial.day.plan
    parts: list[exp.Expr] = [
        exp.paren(capped(of, dimension, group)) for group in (None, *dimension.groups)
    ]
    if trial.plan.shape.adjustments:
        parts.append(tree("coalesce(:sum, 0)", sum=column(manual_column(dimension), "g")))
    return added(parts)


def _within(dimension: Dimension, exact: exp.Expr) -> exp.Expr:
    low, high = (wide(whole(scaled(b, NANO))) for b in (dimension.low, dimension.high))
    return limited(exp.paren(exact), low, high)


def _as_before(trial: Trial, expression: exp.Expr) -> exp.Expr:
    """An expression over sums of groups, over those of the active version."""
    changed = touched_buckets(trial)

    def old(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in changed:
            return column(BEFORE + node.name, "g")
        return node

    return expression.copy().transform(old)


def _groups(model: Model) -> Iterator[tuple[Dimension, Group]]:
    return ((dimension, group) for dimension in model.dimensions for group in dimension.groups)


def _group_of(model: Model, dimension: Dimension, group: Group) -> Group:
    old = model.dimension(dimension.name)
    assert old is not None
    return next(one for one in old.groups if one.name == group.name)


def _column(model: Model, dimension: Dimension, group: Group) -> str:
    return group_column(bucket_numbers(model)[dimension.name, group.name])
