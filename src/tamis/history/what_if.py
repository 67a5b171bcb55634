"""What if: two models on the same facts and day. Who moves, why, and what it does to the work."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import cast

from tamis import flow
from tamis.engines.base import Session
from tamis.history import moves
from tamis.history.moves import Bin, Matrix, RuleEffect
from tamis.history.verdicts import ASPECTS, WEEK, has_verdict, hold_verdicts, new_hand_offs
from tamis.history.what_if_past import Conversions, Past, Side, conversions
from tamis.history.what_if_rejudge import Provide, Rejudged, has_matches, rejudge
from tamis.model.changes import Change
from tamis.model.diff import differences
from tamis.model.spec import Model
from tamis.run import Result, Rows, judge
from tamis.sources import Provided
from tamis.sql.write import column, query, table

LIMITS = ("group", "dimension", "grade", "score", "weight", "cell", "temperature", "stage", "play")
"""What beside rules can move a lead; and the same in the plural, where their order does."""


@dataclass(frozen=True, slots=True)
class Handoffs:
    """The leads that a model hands off: on the day, and how many of them only since a week.

    `by_play` has a number for each play that hands off, in the model's order. `entered` are handed
    off on the as-of day and were not seven days before, both judged by this model.
    """

    leads: int
    by_play: tuple[tuple[str, int], ...]
    entered: int


@dataclass(frozen=True)
class WhatIf:
    """What a second model changes, on the same facts and day.

    `leads` have a score under one of the models at least; `moved` of them change cell, temperature,
    stage or play. `limits` are the changes of the model other than of rules: caps, ranges, grades,
    weights, conditions. `unexplained` leads moved with no point changed: by those limits. `added`
    and `dropped` are hand-offs of the second model alone and of the first alone. `reused` says
    whether the second model was judged without reading the events again. `moved_leads` are rows,
    one per lead that moved, to be read before the session closes.
    """

    before: Model
    after: Model
    as_of: date
    reused: bool
    leads: int
    moved: int
    excluded: int
    included: int
    changes: tuple[Change, ...]
    limits: tuple[Change, ...]
    matrices: tuple[Matrix, ...]
    rules: tuple[RuleEffect, ...]
    unexplained: int
    scores: tuple[Bin, ...]
    handoffs_before: Handoffs
    handoffs_after: Handoffs
    added: int
    dropped: int
    capacity: int | None
    conversions: Conversions | None
    result: Result = field(repr=False)
    moved_leads: Rows = field(repr=False)

    def to_json(self) -> dict[str, object]:
        """All figures as mappings, lists, texts, dates and exact numbers."""
        return {
            "before": {"model": self.before.name, "version": self.before.version},
            "after": {"model": self.after.name, "version": self.after.version},
            "as_of": self.as_of,
            "events_read_again": not self.reused,
            "store": vars(self.result.store) if self.result.store else None,
            "leads": {
                "judged": self.leads,
                "moved": self.moved,
                "newly_excluded": self.excluded,
                "no_longer_excluded": self.included,
                "moved_by_limits_alone": self.unexplained,
            },
            "changes": [str(change) for change in self.changes],
            "limits": [str(change) for change in self.limits],
            "moves": {matrix.aspect: _matrix(matrix) for matrix in self.matrices},
            "rules": [asdict(rule) for rule in self.rules],
            "scores": [asdict(bin_) for bin_ in self.scores],
            "handoffs": {
                "before": _handoffs(self.handoffs_before),
                "after": _handoffs(self.handoffs_after),
                "added": self.added,
                "dropped": self.dropped,
                "capacity_a_week": self.capacity,
            },
            "conversions": asdict(self.conversions) if self.conversions else None,
        }


def _matrix(matrix: Matrix) -> dict[str, object]:
    return {"moved": matrix.moved, "moves": [asdict(move) for move in matrix.moves]}


def _handoffs(handoffs: Handoffs) -> dict[str, object]:
    return {**asdict(handoffs), "by_play": dict(handoffs.by_play)}


def what_if(
    session: Session,
    before: Model,
    after: Model,
    as_of: date,
    provide: Provide,
    *,
    past: Past | None = None,
    capacity: int | None = None,
    top: int = 5,
) -> WhatIf:
    """What the model `after` changes against `before`, on the facts of a session.

    `provide` is called once with a model that declares the fields of both; where neither does, or
    where it gives kept matches that do not fit both, again for the other. With `past`, the
    relation of outcomes must be readable in the session. `capacity` is hand-offs a week; `top`
    leads are named for each move.

    Raises:
        EngineError: when the engine gives up.
        SourceError: for data that `provide` cannot read.
    """
    facts = _Facts(provide, model_of_facts(before, after), as_of)
    both = _Both(session, before, after, facts)
    both.judge(as_of - WEEK, "week")
    then = None
    if past:
        both.judge(past.day, "past")
        moves.hold_pairs(session, PAST_PAIRS, *both.held("past"))
        then = conversions(session, PAST_PAIRS, before, as_of, past, capacity=capacity)
    judged = both.judge(as_of, "day", changes=True)
    return _told(both, judged, top=top, capacity=capacity, then=then)


PAST_PAIRS = "what_if__past_pairs"
CHANGED_BEFORE = "what_if__contributions"


def model_of_facts(before: Model, after: Model) -> Model | None:
    """The one of two models that declares the fields of both, in one time zone; None if neither."""
    if before.timezone != after.timezone:
        return None
    if set(after.fields) <= set(before.fields):
        return before
    return after if set(before.fields) <= set(after.fields) else None


class _Facts:
    """The facts that a session reads, provided anew only for a model that they do not serve."""

    def __init__(self, provide: Provide, wide: Model | None, as_of: date) -> None:
        self._provide, self._wide, self._as_of = provide, wide, as_of
        self._given: tuple[Model, Provided] | None = None

    def __call__(self, model: Model) -> Provided:
        """The facts for one of two models; `wide` is the one that declares the fields of both."""
        whose, provided = self._given or self._give(self._wide or model)
        # A store that fits one model need not have what the other counts.
        shared = whose is self._wide and has_matches(provided.shape, model, self._as_of)
        return provided if shared or whose is model else self._give(model)[1]

    def _give(self, model: Model) -> tuple[Model, Provided]:
        self._given = model, self._provide(model)
        return self._given


class _Both:
    """Two models judged on a day, their verdicts held under names."""

    def __init__(self, session: Session, before: Model, after: Model, facts: _Facts) -> None:
        self.session, self.before, self.after, self._facts = session, before, after, facts

    def held(self, name: str) -> tuple[str, str]:
        """The relations of the verdicts of both models that `judge` holds."""
        return f"what_if__{name}_before", f"what_if__{name}_after"

    def judge(self, day: date, name: str, *, changes: bool = False) -> Rejudged:
        """The second model's result, and whether the events were not read again for it.

        With `changes`, pairs and changes of points are held as well.
        """
        session, (first, second) = self.session, self.held(name)
        old = judge(session, self.before, day, self._facts(self.before))
        self._hold(first, old)
        rules = moves.contributions_of(moves.touched(self.before, self.after))
        if changes:
            session.keep(CHANGED_BEFORE, old.relation(flow.CONTRIBUTIONS, where=rules).query)
        again = rejudge(session, old, self.after, self._facts)
        result = again.result
        self._hold(second, result)
        if changes:
            moves.hold_pairs(session, moves.PAIRS.name, first, second)
            after = result.relation(flow.CONTRIBUTIONS, where=rules).query
            moves.hold_changes(session, CHANGED_BEFORE, after)
        return again

    def _hold(self, name: str, result: Result) -> None:
        hold_verdicts(self.session, name, result.model, result.relation(flow.VERDICTS).query)


def _told(
    both: _Both,
    judged: Rejudged,
    *,
    top: int,
    capacity: int | None,
    then: Conversions | None,
) -> WhatIf:
    session, before, after = both.session, both.before, both.after
    counts = _counts(session)
    changes = differences(before, after)
    aspects = [a for a in ASPECTS if has_verdict(before, a) or has_verdict(after, a)]
    rules = moves.rule_effects(session)
    return WhatIf(
        before=before,
        after=after,
        as_of=judged.result.as_of,
        reused=judged.reused,
        leads=counts["leads"],
        moved=counts["moved"],
        excluded=counts["newly_excluded"],
        included=counts["included"],
        changes=changes,
        limits=tuple(change for change in changes if change.subject.rstrip("s") in LIMITS),
        matrices=tuple(moves.matrix(session, aspect, top) for aspect in aspects),
        rules=rules,
        unexplained=counts["moved"] - sum(rule.decided for rule in rules),
        scores=moves.score_changes(session),
        handoffs_before=_hand_offs(both, "before", counts["handoff_before"]),
        handoffs_after=_hand_offs(both, "after", counts["handoff_after"]),
        added=counts["added"],
        dropped=counts["dropped"],
        capacity=capacity,
        conversions=then,
        result=judged.result,
        moved_leads=Rows(session, moves.moved_rows(aspects)),
    )


def _hand_offs(both: _Both, side: Side, leads: int) -> Handoffs:
    model = both.before if side == "before" else both.after
    by_play = _by_play(both.session, model, side)
    return Handoffs(leads, by_play, _entered(both, 0 if side == "before" else 1))


COUNTS = """
SELECT
  sum(CASE WHEN p.excluded_before AND p.excluded_after THEN 0 ELSE 1 END) AS leads,
  sum(CASE WHEN p.moved THEN 1 ELSE 0 END) AS moved,
  sum(CASE WHEN p.excluded_after AND NOT p.excluded_before THEN 1 ELSE 0 END) AS newly_excluded,
  sum(CASE WHEN p.excluded_before AND NOT p.excluded_after THEN 1 ELSE 0 END) AS included,
  sum(CASE WHEN p.handoff_before THEN 1 ELSE 0 END) AS handoff_before,
  sum(CASE WHEN p.handoff_after THEN 1 ELSE 0 END) AS handoff_after,
  sum(CASE WHEN p.handoff_after AND NOT p.handoff_before THEN 1 ELSE 0 END) AS added,
  sum(CASE WHEN p.handoff_before AND NOT p.handoff_after THEN 1 ELSE 0 END) AS dropped
FROM :pairs AS p
"""


def _counts(session: Session) -> dict[str, int]:
    row = Rows(session, query(COUNTS, pairs=table(moves.PAIRS.name))).rows()[0]
    return {name: int(str(count or 0)) for name, count in row.items()}


def _entered(both: _Both, side: int) -> int:
    """Leads handed off on the day that were not a week before."""
    new = new_hand_offs(both.held("day")[side], both.held("week")[side])
    select = query("SELECT count(*) FROM :new AS n", new=new.subquery(copy=False))
    return cast(int, both.session.rows(select)[0][0])


def _by_play(session: Session, model: Model, side: Side) -> tuple[tuple[str, int], ...]:
    select = query(
        "SELECT :play, count(*) FROM :pairs AS p GROUP BY 1",
        play=column(f"play_{side}", "p"),
        pairs=table(moves.PAIRS.name),
    )
    counted = {str(play): int(str(leads)) for play, leads in session.rows(select)}
    return tuple((p.id, counted.get(p.id, 0)) for p in model.plays if p.do == "handoff")
