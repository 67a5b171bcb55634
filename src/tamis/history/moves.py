"""Who moves between two verdicts on the same leads and day, and which rules moved them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history.verdicts import ASPECTS
from tamis.model.spec import Model
from tamis.sql.relation import Column, Relation, Type
from tamis.sql.write import column, named, one_of, query, table, text, tree, whole

COMPARED: tuple[tuple[str, Type], ...] = (
    ("score", "number"),
    *((aspect, "text") for aspect in ASPECTS),
    ("rank", "integer"),
)
LEAD = Column("lead_id", "text", "the lead")
PAIRS = Relation(
    "what_if__pairs",
    "each lead's verdicts under both models; null where excluded or not known to one of them",
    ("lead_id",),
    (
        LEAD,
        Column("excluded_before", "boolean", "no score under the first model"),
        Column("excluded_after", "boolean", "no score under the second"),
        *(
            Column(f"{name}_{side}", type_, f"{name} {side}", null="none, or excluded")
            for name, type_ in COMPARED
            for side in ("before", "after")
        ),
        Column("handoff_before", "boolean", "its play hands it off, first model"),
        Column("handoff_after", "boolean", "its play hands it off, second model"),
        Column("moved", "boolean", "whether a verdict other than the score differs"),
    ),
)
CHANGES = Relation(
    "what_if__changes",
    "what each rule, cap or range gives more or less; points that did not change are left out",
    ("lead_id", "dimension", "rule"),
    (
        LEAD,
        Column("dimension", "text", "the dimension"),
        Column("rule", "text", "the rule, `cap:<group>` or `range:<dimension>`"),
        Column("points", "number", "points after less points before"),
    ),
)
CAUSES = Relation(
    "what_if__causes",
    "for each lead that moved, what changed most in its points",
    ("lead_id",),
    (
        LEAD,
        Column("dimension", "text", "the dimension"),
        Column("rule", "text", "the rule or limit"),
    ),
)


@dataclass(frozen=True, slots=True)
class MovedLead:
    """A lead that moved: score and rank under both models, and what changed most in its points.

    `because` is None where no points of it changed: grades, weights, conditions or its exclusion
    moved it.
    """

    lead_id: str
    score_before: Decimal | None
    score_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    because: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """Leads with the value `before` under one model and `after` under the other; None: no value.

    `first` are the first of them in the order of calling; empty where both values are equal.
    """

    before: str | None
    after: str | None
    leads: int
    first: tuple[MovedLead, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The moves of one aspect: cell, temperature, stage or play; `moved` leads change value."""

    aspect: str
    moved: int
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What changed in the points of a rule, `cap:<group>` or `range:<dimension>`.

    `leads` is how many have other points of it, `points` the sum of the changes, `decided` the
    leads that moved and in whose points nothing changed more.
    """

    dimension: str
    rule: str
    leads: int
    points: Decimal
    decided: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Leads whose score changes by `low` (included) up to `high` (not included); None: no end."""

    low: Decimal | None
    high: Decimal | None
    leads: int


def hold_pairs(session: Session, name: str, before: str, after: str) -> None:
    """Hold the rows of PAIRS under a name, from two relations of `hold_verdicts`."""
    both = [
        named(column(value, at), f"{value}_{side}")
        for value in ("score", *ASPECTS, "rank")
        for side, at in (("before", "b"), ("after", "a"))
    ]
    others = [
        exp.NullSafeNEQ(this=column(value, "b"), expression=column(value, "a"))
        for value in (*ASPECTS, "excluded")
    ]
    select = query(
        """
        SELECT coalesce(b.lead_id, a.lead_id) AS lead_id,
          coalesce(b.excluded, TRUE) AS excluded_before,
          coalesce(a.excluded, TRUE) AS excluded_after, :both,
          coalesce(b.handoff, FALSE) AS handoff_before,
          coalesce(a.handoff, FALSE) AS handoff_after, :moved AS moved
        FROM :before AS b FULL JOIN :after AS a ON a.lead_id = b.lead_id
        """,
        both=both,
        moved=exp.or_(*others),
        before=table(before),
        after=table(after),
    )
    session.keep(name, select)


def touched(before: Model, after: Model) -> tuple[str, ...] | None:
    """The rules that can give other points, by id; None: all, for the leads themselves differ."""
    facts = (before.timezone, before.exclude, before.fields)
    if facts != (after.timezone, after.exclude, after.fields):
        return None
    ids = dict.fromkeys(rule.id for model in (before, after) for rule in model.rules)
    return tuple(id_ for id_ in ids if before.rule(id_) != after.rule(id_))


def contributions_of(rules: Sequence[str] | None) -> exp.Expr | None:
    """A condition on contributions: only those of the rules, and of caps and ranges; None: all."""
    if rules is None:
        return None
    limits = tree("rule LIKE 'cap:%' OR rule LIKE 'range:%'")
    return exp.or_(tree("rule IN (:r)", r=[text(r) for r in rules]), limits) if rules else limits


def hold_changes(session: Session, before: str, after: exp.Query) -> None:
    """Hold CHANGES and CAUSES, from contributions held before and a query of those after."""
    changes = query(
        """
        SELECT coalesce(b.lead_id, a.lead_id) AS lead_id,
          coalesce(b.dimension, a.dimension) AS dimension, coalesce(b.rule, a.rule) AS rule,
          coalesce(a.points, 0) - coalesce(b.points, 0) AS points
        FROM :before AS b FULL JOIN :after AS a
          ON a.lead_id = b.lead_id AND a.dimension = b.dimension AND a.rule = b.rule
        WHERE coalesce(a.points, 0) <> coalesce(b.points, 0)
        """,
        before=table(before),
        after=after.subquery(copy=False),
    )
    session.keep(CHANGES.name, changes)
    hold_causes(session)


def hold_causes(session: Session) -> None:
    """Hold CAUSES, from PAIRS and CHANGES that are held."""
    # Of a rule and of the limit that took the same away again, the rule is named.
    causes = query(
        """
        SELECT c.lead_id, c.dimension, c.rule FROM (
          SELECT c.*, row_number() OVER (PARTITION BY c.lead_id
            ORDER BY abs(c.points) DESC, c.rule LIKE '%:%', c.dimension, c.rule) AS place
          FROM :changes AS c JOIN :pairs AS p ON p.lead_id = c.lead_id WHERE p.moved
        ) AS c WHERE c.place = 1
        """,
        changes=table(CHANGES.name),
        pairs=table(PAIRS.name),
    )
    session.keep(CAUSES.name, causes)


def matrix(session: Session, aspect: str, top: int) -> Matrix:
    """The moves of an aspect, the largest first; leads excluded under both models left out."""
    names = {"before": column(f"{aspect}_before", "p"), "after": column(f"{aspect}_after", "p")}
    counted = query(
        """
        SELECT :before AS before, :after AS after, count(*) FROM :pairs AS p
        WHERE NOT (p.excluded_before AND p.excluded_after)
        GROUP BY 1, 2 ORDER BY 3 DESC, 1 NULLS LAST, 2 NULLS LAST
        """,
        pairs=table(PAIRS.name),
        **names,
    )
    first = _first(session, names["before"], names["after"], top) if top else {}
    rows = cast("list[tuple[str | None, str | None, int]]", session.rows(counted))
    moves = tuple(
        Move(before, after, leads, tuple(first.get((before, after), ())))
        for before, after, leads in rows
    )
    return Matrix(aspect, sum(m.leads for m in moves if m.before != m.after), moves)


def _first(
    session: Session, before: exp.Expr, after: exp.Expr, top: int
) -> dict[tuple[str | None, str | None], list[MovedLead]]:
    """The first leads of each move, by rank."""
    select = query(
        """
        SELECT f.before, f.after, f.lead_id, f.score_before, f.score_after, f.rank_before,
          f.rank_after, c.rule
        FROM (
          SELECT p.*, :before AS before, :after AS after, row_number() OVER (
            PARTITION BY :before, :after
            ORDER BY p.rank_after NULLS LAST, p.rank_before NULLS LAST, p.lead_id) AS place
          FROM :pairs AS p WHERE :before IS DISTINCT FROM :after
        ) AS f LEFT JOIN :causes AS c ON c.lead_id = f.lead_id
        WHERE f.place <= :top ORDER BY f.place
        """,
        before=before,
        after=after,
        pairs=table(PAIRS.name),
        causes=table(CAUSES.name),
        top=whole(top),
    )
    found: dict[tuple[str | None, str | None], list[MovedLead]] = {}
    for old, new, *lead in session.rows(select):
        key = cast("tuple[str | None, str | None]", (old, new))
        found.setdefault(key, []).append(MovedLead(*lead))  # type: ignore[arg-type]
    return found


def rule_effects(session: Session) -> tuple[RuleEffect, ...]:
    """What changed in points, by rule and limit: what decided most moves first."""
    select = query(
        """
        SELECT c.dimension, c.rule, count(*) AS leads, sum(c.points) AS points,
          count(d.lead_id) AS decided
        FROM :changes AS c LEFT JOIN :causes AS d
          ON d.lead_id = c.lead_id AND d.dimension = c.dimension AND d.rule = c.rule
        GROUP BY c.dimension, c.rule ORDER BY decided DESC, leads DESC, c.dimension, c.rule
        """,
        changes=table(CHANGES.name),
        causes=table(CAUSES.name),
    )
    return tuple(RuleEffect(*row) for row in session.rows(select))  # type: ignore[arg-type]


EDGES = tuple(
    Decimal(edge) for edge in ("-20", "-10", "-5", "-1", "0", "0.01", "1", "5", "10", "20")
)
"""Changes of score that people tell apart, in points; from 0 to 0.01 is no change."""


def score_changes(session: Session) -> tuple[Bin, ...]:
    """How many leads' scores change by how much; leads without a score on a side left out."""
    cents = tree("CAST((p.score_after - p.score_before) * 100 AS BIGINT)")
    arms = [
        (tree(":cents < :edge", cents=cents, edge=whole(int(edge * 100))), whole(place))
        for place, edge in enumerate(EDGES)
    ]
    select = query(
        """
        SELECT :bin AS bin, count(*) FROM :pairs AS p
        WHERE p.score_before IS NOT NULL AND p.score_after IS NOT NULL GROUP BY 1
        """,
        bin=one_of(arms, whole(len(EDGES))),
        pairs=table(PAIRS.name),
    )
    counted = {int(str(place)): int(str(leads)) for place, leads in session.rows(select)}
    bounds = (None, *EDGES, None)
    return tuple(
        Bin(bounds[place], bounds[place + 1], counted.get(place, 0))
        for place in range(len(EDGES) + 1)
    )


def moved_rows(aspects: Sequence[str]) -> exp.Query:
    """One row per lead that moved: its verdicts under both models and what changed most."""
    shown = [
        column(f"{name}_{side}", "p")
        for name in ("score", *aspects, "rank")
        for side in ("before", "after")
    ]
    return query(
        """
        SELECT p.lead_id, p.excluded_before, p.excluded_after, :shown, c.rule AS because
        FROM :pairs AS p LEFT JOIN :causes AS c ON c.lead_id = p.lead_id
        WHERE p.moved ORDER BY p.rank_after NULLS LAST, p.rank_before NULLS LAST, p.lead_id
        """,
        shown=shown,
        pairs=table(PAIRS.name),
        causes=table(CAUSES.name),
    )
