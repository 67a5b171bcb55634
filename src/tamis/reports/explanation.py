"""A lead's score taken apart, as frozen data: what `explain` gives and every page prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from tamis.reports.json_values import as_json_value
from tamis.sources.store import StoreUse


@dataclass(frozen=True, slots=True)
class KnownField:
    """A declared field of the lead or its account; `value` is null when it is not known."""

    table: str
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class RulePart:
    """What one rule gave: `full` plus `decay` plus `cap` is `points`, exactly.

    `full` is what the rule would give without decay and cap; `decay` and `cap` are what these two
    took (below 0 for a rule that gives, above 0 for one that takes). `limit` is the rule's cap, or
    null. Points that people gave by hand are a part too, whose `rule` is `manual`.
    """

    rule: str
    label: str
    group: str | None
    detail: str
    count: int | None
    last_day: date | None
    full: Decimal
    decay: Decimal
    cap: Decimal
    points: Decimal
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class LimitPart:
    """What a limit took (below 0) or added (above 0): the cap of a group or a dimension's range."""

    name: str
    limit: Decimal
    taken: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that gave nothing and still could.

    `points` is the most that it can add to its dimension, with one fresh event where it gives by
    the event; `effect` is what that makes of the score. `unknown` names the fields that nobody
    knows yet (empty for a rule on events).
    """

    rule: str
    label: str
    dimension: str
    points: Decimal
    effect: Decimal
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a condition: what it says, whether it holds, and the points it lacks, if any."""

    text: str
    words: str
    holds: bool
    name: str = ""
    shortfall: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing to something better: a grade, a stage, a temperature.

    `ways` are alternatives; all terms of one way must hold.
    """

    to: str
    ways: tuple[tuple[Term, ...], ...]
    candidates: tuple[Candidate, ...] = ()

    @property
    def needed(self) -> Decimal | None:
        """The fewest points that are missing, when points alone are missing; else null."""
        open_ = [[term for term in way if not term.holds] for way in self.ways]
        single = [way[0].shortfall for way in open_ if len(way) == 1]
        return min((points for points in single if points is not None), default=None)


@dataclass(frozen=True, slots=True)
class DimensionPart:
    """One dimension: the points of `rules` and what `groups` and `range` took make `unrounded`.

    `value` is `unrounded`, rounded to 2 decimals. `weight` is the dimension's weight as the model
    says it, `share` the part of the score that this makes, `part` what the dimension brings to the
    score; all three are null when the score leaves the dimension out.
    """

    name: str
    label: str
    rules: tuple[RulePart, ...]
    groups: tuple[LimitPart, ...]
    range: LimitPart | None
    unrounded: Decimal
    value: Decimal
    low: Decimal
    high: Decimal
    grade: str | None
    weight: Decimal | None
    share: Decimal | None
    part: Decimal | None
    missing: Missing | None


@dataclass(frozen=True, slots=True)
class PlayPart:
    """The play that applies, and its condition term by term."""

    id: str
    label: str
    do: str
    to: str | None
    deadline: str
    ways: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A lead's score taken apart, in one language.

    For an excluded lead `excluded` is true, `exclusion` is the condition that excluded it, and
    there is no verdict. `rest` is what rounding and the score's range did to the sum of the
    dimensions' parts. `ranked` is how many leads have a rank. `store` says how a store of kept
    matches was used; null where none was given.
    """

    lead_id: str
    model: str
    version: int
    as_of: date
    language: str
    excluded: bool
    exclusion: str
    fields: tuple[KnownField, ...]
    known: Decimal | None
    dimensions: tuple[DimensionPart, ...]
    mean: bool
    score: Decimal | None
    rest: Decimal
    cell: str | None
    temperature: str | None
    stage: str | None
    play: PlayPart | None
    rank: int | None
    ranked: int
    next_stage: Missing | None
    next_temperature: Missing | None
    caution: str
    store: StoreUse | None = None

    def to_json(self) -> Mapping[str, object]:
        """The explanation as mappings, lists, texts and numbers; days in ISO 8601.

        Numbers become floats where they have decimals: exact sums are for the attributes.
        """
        return cast("Mapping[str, object]", as_json_value(self))
