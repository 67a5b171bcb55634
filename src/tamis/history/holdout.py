"""A holdout: a random share of hand-offs kept aside, to measure what handing off itself brings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from statistics import NormalDist
from typing import Literal

from tamis import flow
from tamis.engines.base import Session
from tamis.errors import UsageError
from tamis.history import verdicts
from tamis.history.decided import DECIDED, hold_decided, outcomes_by_day, undecided, won_after
from tamis.history.intervals import SURE, Interval, difference, proportion
from tamis.model.spec import Model
from tamis.run import judge
from tamis.sources import Provided
from tamis.sources.store import StoreUse
from tamis.sql import days
from tamis.sql.write import query, table

Group = Literal["holdout", "handoff"]
POWER = 0.8
"""How often a difference that is there is to be found."""


def group_of(lead_id: str, salt: str, share: float) -> Group:
    """The group of a lead, the same for ever for a salt and share; a larger share keeps the held.

    The first 53 bits of SHA-256 of the salt, a line break and the id, as a number from 0 to 1.

    >>> [group_of(name, "spring", 0.5) for name in ("ann", "bob", "eve")]
    ['holdout', 'handoff', 'holdout']
    """
    digest = hashlib.sha256(f"{salt}\n{lead_id}".encode()).digest()
    drawn = (int.from_bytes(digest[:8], "big") >> 11) / 2**53
    return "holdout" if drawn < share else "handoff"


@dataclass(frozen=True, slots=True)
class Assigned:
    """A lead with its group and the day from which its outcomes count."""

    lead_id: str
    group: Group
    day: date


def assign(
    lead_ids: Iterable[str], day: date, salt: str, share: float, known: Iterable[Assigned] = ()
) -> list[Assigned]:
    """The leads assigned before, as they are, then the others, assigned on the day.

    Raises: UsageError when those before were assigned with another salt or share.
    """
    before = list(known)
    for one in before:
        if group_of(one.lead_id, salt, share) != one.group:
            message = f"{one.lead_id} was assigned with another salt or share: give those again"
            raise UsageError(message)
    taken = {one.lead_id for one in before}
    new = [Assigned(i, group_of(i, salt, share), day) for i in lead_ids if i not in taken]
    return before + new


def new_hand_offs(session: Session, model: Model, as_of: date, provided: Provided) -> list[str]:
    """The leads handed off on the day and not seven days before, by rank. Raises: EngineError."""
    for name, day in (("holdout__week", as_of - verdicts.WEEK), ("holdout__day", as_of)):
        _hold(session, name, model, day, provided)
    new = verdicts.new_hand_offs("holdout__day", "holdout__week")
    select = query("SELECT n.lead_id FROM :new AS n ORDER BY n.rank", new=new.subquery(copy=False))
    return [str(row[0]) for row in session.rows(select)]


def _hold(session: Session, name: str, model: Model, day: date, provided: Provided) -> None:
    result = judge(session, model, day, provided)
    verdicts.hold_verdicts(session, name, model, result.relation(flow.VERDICTS).query)


def past_share(
    session: Session, model: Model, as_of: date, provided: Provided, horizon: int
) -> Interval:
    """The share of hand-offs that were won within the horizon, as of that many days ago.

    Hand-offs already decided by then are left out; without any other the share is unknown. The
    relation of outcomes must be readable in the session. Raises: EngineError.
    """
    past = as_of - timedelta(days=horizon)
    _hold(session, "holdout__past", model, past, provided)
    hold_decided(session, model, as_of)
    counted = query(
        """
        SELECT coalesce(count_if(:won), 0), count(*)
        FROM :past AS p LEFT JOIN :decided AS d ON d.lead_id = p.lead_id
        WHERE p.handoff AND :undecided
        """,
        won=won_after(past, as_of),
        past=table("holdout__past"),
        decided=table(DECIDED.name),
        undecided=undecided(past),
    )
    ((won, leads),) = session.rows(counted)
    return proportion(int(str(won)), int(str(leads)))


# ---------------------------------------------------------------- the plan


@dataclass(frozen=True, slots=True)
class Needed:
    """The leads that each group needs."""

    holdout: int
    handoff: int

    @property
    def leads(self) -> int:
        """Both groups together."""
        return self.holdout + self.handoff


def needed(held: float, handed: float, share: float) -> Needed:
    """The leads needed to tell two conversions apart at 95 %, two-sided, four times in five.

    `held` and `handed` are the conversions of the groups, 0 to 1, not equal; `share` of the leads
    is held. Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd edition,
    2003, section 4.4: two proportions, groups of unequal size, without correction for continuity.

    >>> needed(0.05, 0.08, share=0.5)
    Needed(holdout=1059, handoff=1059)
    """
    ratio = (1 - share) / share
    mean = (held + ratio * handed) / (ratio + 1)
    spread = SURE * sqrt((ratio + 1) * mean * (1 - mean))
    spread += NormalDist().inv_cdf(POWER) * sqrt(ratio * held * (1 - held) + handed * (1 - handed))
    kept = spread**2 / (ratio * (handed - held) ** 2)
    return Needed(ceil(kept), ceil(ratio * kept))


@dataclass(frozen=True, slots=True)
class HoldoutPlan:
    """What a holdout takes: `a_week` new hand-offs, of which `share` are kept aside.

    `base` is the conversion of hand-offs and `difference` what handing off is hoped to bring of it,
    0 to 1. `needed` is None where `base` is not known or 0, and so is `weeks`, or where no lead is
    handed off; weeks are those of assigning, and `horizon` days come after the last. `store` says
    how a store of kept matches was used; None where none was given.
    """

    as_of: date
    share: float
    a_week: int
    base: float | None
    difference: float | None
    horizon: int
    needed: Needed | None
    weeks: int | None
    store: StoreUse | None = None


def plan_of(
    as_of: date,
    *,
    share: float,
    a_week: int,
    base: float | None,
    difference: float | None,
    horizon: int,
) -> HoldoutPlan:
    """The plan of a holdout; without a `difference`, for a third of the base.

    Raises: UsageError for a difference that the base cannot hold.
    """
    found = None
    if base:
        difference = base / 3 if difference is None else difference
        if not 0 < difference < base:
            message = (
                f"a difference of {difference:.1%} cannot be lost of a conversion of {base:.1%}: "
                "give a smaller one"
            )
            raise UsageError(message)
        found = needed(base - difference, base, share)
    weeks = ceil(found.leads / a_week) if found and a_week else None
    return HoldoutPlan(as_of, share, a_week, base, difference, horizon, found, weeks)


# ---------------------------------------------------------------- the analysis


@dataclass(frozen=True, slots=True)
class Arm:
    """A group: its leads whose horizon is over, and how many of them were won in it."""

    leads: int
    won: int
    share: Interval


@dataclass(frozen=True, slots=True)
class HoldoutAnalysis:
    """What handing off brings: the conversion of the handed less that of the held.

    `young` leads were assigned less than the horizon before the as-of day and do not count yet.
    `difference` is unknown without leads in both groups. `more` is how many leads more would tell
    a difference of the size seen so far from none; None when it is told already, or when none is
    seen.
    """

    as_of: date
    horizon: int
    handoff: Arm
    holdout: Arm
    young: int
    difference: Interval
    more: int | None

    @property
    def known(self) -> bool:
        """Whether the interval leaves out no difference at all."""
        return self.difference.value is not None and not self.difference.holds(0)


def analyse(
    session: Session, model: Model, as_of: date, assigned: Iterable[Assigned], horizon: int
) -> HoldoutAnalysis:
    """What became of the groups, by the outcomes that the session can read.

    Counted is what was won from the day of assignment on, for `horizon` days, by calendar days of
    the model's time zone. Raises: EngineError.
    """
    rows = list(assigned)
    old = [one for one in rows if one.day + timedelta(days=horizon) <= as_of]
    won = _won(session, model, as_of, old, horizon)
    arms = {
        group: _arm(sum(1 for one in old if one.group == group), won.get(group, 0))
        for group in ("handoff", "holdout")
    }
    handed, held = arms["handoff"], arms["holdout"]
    found = difference(handed.share, held.share)
    young = len(rows) - len(old)
    return HoldoutAnalysis(as_of, horizon, handed, held, young, found, _more(handed, held, found))


def _arm(leads: int, won: int) -> Arm:
    return Arm(leads, won, proportion(won, leads))


def _more(handed: Arm, held: Arm, found: Interval) -> int | None:
    if not found.value or not found.holds(0):
        return None
    leads = handed.leads + held.leads
    share = held.leads / leads
    asked = needed(held.share.value or 0, handed.share.value or 0, share).leads
    return max(asked - leads, 1)


def _won(
    session: Session, model: Model, as_of: date, assigned: list[Assigned], horizon: int
) -> Mapping[str, int]:
    if not assigned:
        return {}
    columns: dict[str, list[object]] = {
        "lead_id": [one.lead_id for one in assigned],
        "grouped": [one.group for one in assigned],
        "first": [days.number(one.day) for one in assigned],
        "last": [days.number(one.day) + horizon for one in assigned],
    }
    session.columns("holdout__assigned", columns)
    # Any win counts, not the first alone: a lead may be handed off, and so assigned, that was won
    # or lost before, and the groups are compared by what was sold since.
    select = query(
        """
        SELECT a.grouped, count(DISTINCT a.lead_id)
        FROM :assigned AS a JOIN :outcomes AS w
          ON w.lead_id = a.lead_id AND w.won AND w.day >= a.first AND w.day <= a.last
        GROUP BY a.grouped
        """,
        assigned=table("holdout__assigned"),
        outcomes=outcomes_by_day(model, as_of).subquery(copy=False),
    )
    return {str(group): int(str(won)) for group, won in session.rows(select)}
