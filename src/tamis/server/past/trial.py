"""A draft judged on a day from the rows of the active version: only what differs is made anew.

Sums of groups change by what rules give more or less, exactly, for they are whole numbers; what
follows from the sums is made by the steps of the chain. So every figure is that of a whole run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlglot import exp

from tamis.actions import relations as actions
from tamis.facts.plan import Plan
from tamis.model.scope import hit_column
from tamis.model.spec import AttributeRule, Model
from tamis.points import attribute, rules, unit_sums
from tamis.points import relations as points
from tamis.scores import relations as scores
from tamis.server.past.alike import Other, other_rules
from tamis.server.past.day import PASSING, Day, verdict_rows
from tamis.sql.chain import Chain, Constants, Step
from tamis.sql.numbers import wide
from tamis.sql.write import added, column, named, query, table, tree, whole
from tamis.stages import relations as stages

GIVEN: Final = "past__given"
"""What event rules that differ give now."""
DELTA: Final = "past__delta"
"""By how much that changes the groups of each lead."""
BEFORE: Final = "before__"
RESTRICTED: Final = ("rules", "kept_days")


@dataclass(frozen=True)
class Trial:
    """A draft judged on a day; `verdicts` names its rows, as those of `Day.base`."""

    day: Day
    plan: Plan
    other: Other
    verdicts: str

    @property
    def model(self) -> Model:
        """The draft."""
        return self.plan.model


def try_on(day: Day, draft: Model) -> Trial | None:
    """Judge a draft on a day; None where the rows of the active version do not serve.

    Raises: EngineError.
    """
    plan = Plan(draft, day.day, day.provided.shape)
    other = other_rules(day.plan, plan)
    if other is None:
        return None
    trial = Trial(day, plan, other, day.called("tried"))
    day.show()
    if other.events:
        _give(trial)
    day.session.drop(["group_points"])
    day.session.view("group_points", _group_points(trial))
    chain = _verdict_chain(plan)
    given = list(day.held)
    for name in PASSING:
        day.session.drop([name])
        day.session.keep(name, chain.select(name, given=given))
        given.append(name)
    day.session.keep(trial.verdicts, verdict_rows(draft, chain, given))
    return trial


def _verdict_chain(plan: Plan) -> Chain:
    """The steps from the sums of groups to the order of calling."""
    last = [scores.last_events()] if plan.asks_last_event else []
    found: list[Step] = [scores.dimension_points(plan), *last]
    found += [scores.values(plan), scores.scores(plan), *stages.steps(plan)]
    found += [actions.played(plan), actions.ranks(plan), actions.actions(plan)]
    return Chain((), (), tuple(found))


# Points of event rules ---------------------------------------------------------------------------


def _give(trial: Trial) -> None:
    """Hold what the event rules that differ give, and by how much that changes each group."""
    day, plan, session = trial.day, trial.plan, trial.day.session
    if trial.other.recounted:
        kept = plan.shape.kept
        assert kept is not None
        plan = replace(plan, shape=replace(plan.shape, kept=replace(kept, sums=())))
    numbers = _numbers(trial)
    counted = unit_sums.constants(plan) if trial.other.recounted else ()
    for constants in (*counted, *rules.constants(plan)):
        session.load(_restricted(constants, numbers))
    made = _steps(plan, recounted=trial.other.recounted)
    new = [step.relation.name for step in made]
    given = [name for name in day.held if name not in new]
    session.keep(GIVEN, Chain((), (), made).select("event_points", given=given))
    session.keep(DELTA, _delta(trial, numbers))


def _steps(plan: Plan, *, recounted: bool) -> tuple[Step, ...]:
    """The steps that make points of event rules, from kept matches where those count otherwise."""
    if recounted:
        wanted = ("unit_sums", "measures", "gates", "event_points")
        return tuple(step for step in points.steps(plan) if step.relation.name in wanted)
    gated = any(rule.when for rule in plan.model.event_rules)
    return (*((points.gates(plan),) if gated else ()), points.event_points(plan))


def _numbers(trial: Trial) -> list[int]:
    return [trial.model.numbers[new.id] for _, new in trial.other.events]


def _restricted(constants: Constants, numbers: Sequence[int]) -> Constants:
    """The rows of some rules alone: what is joined to them is then of these rules alone."""
    if constants.relation.name not in RESTRICTED:
        return constants
    place = constants.relation.column_names.index("rule")
    return replace(constants, rows=tuple(r for r in constants.rows if r[place] in numbers))


def _delta(trial: Trial, numbers: list[int]) -> exp.Query:
    sums = [
        named(
            tree(
                "sum(CASE WHEN p.rule IN (:r) THEN p.sign * p.points ELSE 0 END)",
                r=[whole(n) for n in of],
            ),
            f"delta__{bucket}",
        )
        for bucket, of in _by_bucket(trial).items()
    ]
    hits = [
        named(
            tree(
                "max(CASE WHEN p.rule = :r AND p.sign > 0 AND p.points <> 0 THEN 1 ELSE 0 END)",
                r=whole(number),
            ),
            f"delta__{hit_column(number)}",
        )
        for number in numbers
    ]
    return query(
        """
        SELECT p.lead, sum(p.sign) AS delta__n, :sums, :hits FROM (
          SELECT g.lead, g.rule, g.points, 1 AS sign FROM :given AS g
          UNION ALL
          SELECT b.lead, b.rule, b.points, -1 AS sign FROM :before AS b WHERE b.rule IN (:rules)
        ) AS p GROUP BY p.lead
        """,
        sums=sums,
        hits=hits,
        given=table(GIVEN),
        before=table(trial.day.called("event_points")),
        rules=[whole(n) for n in numbers],
    )


def _by_bucket(trial: Trial) -> dict[int, list[int]]:
    """The event rules that differ, by the number of their group."""
    buckets = rules.bucket_numbers(trial.model)
    found: dict[int, list[int]] = {}
    for _, new in trial.other.events:
        found.setdefault(buckets[new.dimension, new.group], []).append(trial.model.numbers[new.id])
    return found


# Sums of groups ----------------------------------------------------------------------------------


def _group_points(trial: Trial) -> exp.Query:
    """The rows of the active version with the sums of the draft; the old ones beside, prefixed."""
    day, changed = trial.day, touched_buckets(trial)
    relation = day.chain["group_points"].relation
    hits = {hit_column(n) for n in trial.model.numbers.values()}
    shown: list[exp.Expr] = []
    for name in relation.column_names:
        old = column(name, "g")
        if name in changed:
            shown += [
                named(wide(_sum(trial, name, changed[name])), name),
                named(old, BEFORE + name),
            ]
        else:
            shown.append(named(_hit(trial, name), name) if name in hits else old)
    select = query(
        "SELECT :shown FROM :rows AS g", shown=shown, rows=table(day.called("group_points"))
    )
    assert isinstance(select, exp.Select)
    if trial.other.events:
        select = select.join(table(DELTA, "d"), on="d.lead = g.lead", join_type="left")
    if trial.other.events and any(name in hits for name in relation.column_names):
        select = select.join(table(day.counts, "c"), on="c.lead = g.lead", join_type="left")
    return select


def touched_buckets(trial: Trial) -> dict[str, int]:
    """The columns of the groups in which a rule differs, with their numbers."""
    buckets = rules.bucket_numbers(trial.model)
    numbers = {buckets[new.dimension, new.group] for _, new in trial.other.pairs}
    return {scores.group_column(number): number for number in sorted(numbers)}


def _sum(trial: Trial, name: str, bucket: int) -> exp.Expr:
    parts: list[exp.Expr] = [column(name, "g")]
    buckets = rules.bucket_numbers(trial.model)
    for old, new in trial.other.attributes:
        if buckets[new.dimension, new.group] == bucket:
            parts.append(more(trial, old, new))
    if bucket in _by_bucket(trial):
        parts.append(tree("coalesce(:d, 0)", d=column(f"delta__{bucket}", "d")))
    return added(parts)


def more(trial: Trial, old: AttributeRule, new: AttributeRule) -> exp.Expr:
    """What an attribute rule gives more than before for a row of leads, in nano-points."""
    return tree(
        "CASE WHEN excluded THEN 0 ELSE :new - :old END",
        new=exp.paren(attribute.together(trial.plan, [new])),
        old=exp.paren(attribute.together(trial.day.plan, [old])),
    )


def _hit(trial: Trial, name: str) -> exp.Expr:
    """Whether a rule gave points; of event rules null where no event rule gave any."""
    numbers = {hit_column(number): id_ for id_, number in trial.model.numbers.items()}
    rule = trial.model.rule(numbers[name])
    old = column(name, "g")
    if isinstance(rule, AttributeRule):
        differs = any(new.id == rule.id for _, new in trial.other.attributes)
        given = exp.paren(attribute.together(trial.plan, [rule]))
        return tree("NOT excluded AND :given <> 0", given=given) if differs else old
    if not trial.other.events:
        return old
    differs = any(new.id == rule.id for _, new in trial.other.events) if rule else False
    flag = tree(":f = 1", f=column(f"delta__{name}", "d")) if differs else old
    return tree(
        "CASE WHEN coalesce(c.n, 0) + coalesce(d.delta__n, 0) > 0 THEN coalesce(:f, FALSE) END",
        f=flag,
    )
