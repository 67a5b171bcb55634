"""The report again, as plain loops over plain objects, written from `definitions.py`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

from tests.server.alignment.small_world import (
    DAY,
    FIRST,
    LAST,
    NOW,
    STEPS,
    Life,
    SmallWorld,
)

from tamis.server.clock import micros

ZONE = ZoneInfo("Europe/Paris")
BEGIN = micros(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZONE))
END = micros(datetime(LAST.year, LAST.month, LAST.day, tzinfo=ZONE) + timedelta(days=1))
NOW_AT = micros(NOW)
ALL = ("entered", *STEPS)
COSTS = {"fair": 120, "search": 45.5}


class Oracle:
    """What the numbers should be; leads are followed `follow` days, None: to the end."""

    def __init__(self, world: SmallWorld, follow: int | None = None) -> None:
        self.world, self.follow = world, follow
        self.last = min(NOW_AT, END - 1 + (follow or 0) * DAY)

    def first(self, life: Life, milestone: str) -> tuple[int, int | None, str | None] | None:
        """When a lead first reached a milestone, with the score and the cell."""
        steps = [
            (at, place + 1, score, cell)
            for place, (name, at, score, cell) in enumerate(life.steps)
            if name == milestone or (milestone == "entered" and place == 0)
        ]
        if milestone == "won":
            steps += [(at, 0, None, None) for at, _ in life.wins]
        steps = [step for step in steps if step[0] <= self.last]
        if not steps:
            return None
        at, _, score, cell = min(steps, key=lambda step: step[:2])
        return at, score, cell

    def cohort(self, milestone: str) -> list[tuple[Life, int]]:
        """Leads that reached it in the period."""
        found = []
        for life in self.world.lives:
            reached = self.first(life, milestone)
            if reached and BEGIN <= reached[0] < END and reached[0] <= NOW_AT:
                found.append((life, reached[0]))
        return found

    def until(self, at: int) -> int:
        return END if self.follow is None else at + self.follow * DAY

    def is_open(self, at: int) -> bool:
        return self.follow is not None and at + self.follow * DAY > NOW_AT

    def conversion(self, stage: str, after: str, trait: str = "") -> dict[str, tuple[Any, ...]]:
        """By group: reached, went on, open, quartiles of days."""
        groups: dict[str, list[Any]] = {}
        for life, at in self.cohort(stage):
            mine = groups.setdefault(self.group(life, stage, trait), [0, 0, 0, []])
            if self.is_open(at):
                mine[2] += 1
                continue
            mine[0] += 1
            there = self.first(life, after)
            if there and there[0] < self.until(at):
                mine[1] += 1
                if there[0] >= at:
                    mine[3].append((there[0] - at) / DAY)
        return {name: (a, b, c, quartiles(days)) for name, (a, b, c, days) in groups.items()}

    def group(self, life: Life, stage: str, trait: str) -> str:
        if not trait:
            return ""
        if trait == "cell":
            reached = self.first(life, stage)
            return (reached and reached[2]) or "-"
        if trait == "source":
            return self.source(life) or "-"
        if trait == "campaign":
            return self.said_first(life, "utm_campaign", "campaign") or "-"
        if trait == "product":
            return self.product(life)
        mine = [
            one["owner"]
            for one in self.world.handoffs
            if one["lead"] == life.lead and one["made_at"] <= self.last and one["owner"]
        ]
        return mine[-1] if mine else life.seller or "-"

    def source(self, life: Life) -> str | None:
        return self.said_first(life, "utm_source", "source")

    def said_first(self, life: Life, in_event: str, field: str) -> str | None:
        said = [(at, 0, value) for at, name, value in life.values if name == field]
        said += [
            (at, 1, place, properties[in_event])
            for place, (at, _, properties, bot) in enumerate(life.events)
            if properties.get(in_event) and not bot
        ]
        said = [one for one in said if one[0] <= self.last]
        return str(min(said)[-1]) if said else None

    def product(self, life: Life) -> str:
        named = Counter(
            properties["product"]
            for at, _, properties, bot in life.events
            if "product" in properties and not bot and at <= self.last
        )
        return min(named, key=lambda name: (-named[name], name)) if named else "-"

    def touches(self, milestone: str) -> tuple[int, Any, dict[str, int]]:
        """Leads, quartiles of how many, and how many leads had each kind of event."""
        many, kinds = [], Counter[str]()
        cohort = self.cohort(milestone)
        for life, at in cohort:
            before = [name for when, name, _, bot in life.events if when <= at and not bot]
            many.append(len(before))
            kinds.update(set(before))
        return len(cohort), quartiles(many), dict(kinds)

    def returns(self) -> dict[str, tuple[Any, ...]]:
        """By source: leads, won, cost, revenue."""
        found: dict[str, list[Any]] = {}
        for life, at in self.cohort("entered"):
            if self.is_open(at):
                continue
            mine = found.setdefault(self.source(life) or "", [0, 0, 0])
            won = self.first(life, "won")
            mine[0] += 1
            mine[1] += bool(won and won[0] < self.until(at))
            mine[2] += self.revenue(life, at)
        return {
            name: (n, won, COSTS[name] * n if name in COSTS else None, revenue)
            for name, (n, won, revenue) in found.items()
        }

    def revenue(self, life: Life, at: int) -> float:
        wins = [a for when, a in life.wins if when < self.until(at) and when <= self.last]
        return sum((amount or 0) / 1e6 for amount in wins)

    def bands(self) -> dict[float, tuple[int, int, float]]:
        """By the lower end: leads, won, revenue."""
        found: dict[float, list[Any]] = {}
        for life, at in self.cohort("qualified"):
            _, score, _ = self.first(life, "qualified") or (0, None, None)
            if self.is_open(at) or score is None:
                continue
            mine = found.setdefault(min(score // 1000, 9) * 10, [0, 0, 0])
            won = self.first(life, "won")
            mine[0] += 1
            mine[1] += bool(won and won[0] < self.until(at))
            mine[2] += self.revenue(life, at)
        return {low: tuple(found[low]) for low in found}

    def cycle(self) -> tuple[Any, Any]:
        """From the first touch, and from qualified."""
        touch, qualified = [], []
        for life, at in self.cohort("won"):
            if life.first_at <= at:
                touch.append((at - life.first_at) / DAY)
            reached = self.first(life, "qualified")
            if reached and reached[0] <= at:
                qualified.append((at - reached[0]) / DAY)
        return quartiles(touch), quartiles(qualified)

    def handoffs(self) -> list[dict[str, Any]]:
        return [one for one in self.world.handoffs if one["made_at"] <= self.last]

    def service(self) -> tuple[int, int]:
        kept = of = 0
        for one in self.handoffs():
            due = one["due_at"]
            if due is None or not BEGIN <= due < END or due > NOW_AT:
                continue
            if one["state"] == "withdrawn" and one["settled_at"] <= due:
                continue
            of += 1
            kept += one["answered_at"] is not None and one["answered_at"] <= due
        return kept, of

    def rejections(self) -> tuple[Counter[str], int]:
        reasons, answered = Counter[str](), 0
        for one in self.handoffs():
            rejected = one["state"] == "rejected"
            at = one["settled_at"] if rejected else one["answered_at"]
            if at is not None and BEGIN <= at < END and at <= NOW_AT:
                answered += 1
                reasons.update([one["reason"]] if rejected else [])
        return reasons, answered

    def in_order(self) -> tuple[int, int]:
        """Each answer beside all that waited for the same person just then."""
        kept = of = 0
        for one in self.handoffs():
            at = one["answered_at"]
            if at is None or one["owner"] is None or not BEGIN <= at < END or at > NOW_AT:
                continue
            of += 1
            kept += not any(self.waits_before(other, one, at) for other in self.handoffs())
        return kept, of

    def waits_before(self, other: dict[str, Any], one: dict[str, Any], at: int) -> bool:
        if other is one or other["owner"] != one["owner"] or other["assigned_at"] is None:
            return False
        gone = other["answered_at"] if other["answered_at"] is not None else other["settled_at"]
        mine, theirs = ((each["turn"], each["handoff"]) for each in (one, other))
        answered_then = gone == at and other["answered_at"] == at
        waits = other["assigned_at"] <= at and (
            gone is None or gone > at or (gone == at and not answered_then)
        )
        # Two answers of one instant came in the order of their turns.
        waits |= answered_then and other["assigned_at"] <= at and theirs > mine
        return waits and theirs < mine and (other["snoozed_until"] or 0) <= at

    def goals(self, milestone: str) -> Counter[str]:
        months: Counter[str] = Counter()
        for _, at in self.cohort(milestone):
            when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
            months[f"{when.astimezone(ZONE):%Y-%m}"] += 1
        return months

    def change(self) -> tuple[int, list[tuple[int, int, int, int]]] | None:
        """Number of the version, and reached and went on before and after, by step."""
        before, found = None, None
        for number, at in self.world.activations:
            if at > self.last:
                break
            if before not in (None, number) and BEGIN <= at < END and at <= NOW_AT:
                found = number, at
            before = number
        if found is None:
            return None
        number, at = found
        reach = min(at - BEGIN, min(END, NOW_AT) - at)
        if reach <= 0:
            return None
        rows = []
        for stage, after in pairwise(ALL):
            rows.append(
                (
                    *self._within(stage, after, at - reach, at),
                    *self._within(stage, after, at, at + reach),
                )
            )
        return number, rows

    def _within(self, stage: str, after: str, begin: int, end: int) -> tuple[int, int]:
        reached = went_on = 0
        for life in self.world.lives:
            here, there = self.first(life, stage), self.first(life, after)
            if here and begin <= here[0] < end and here[0] <= NOW_AT:
                reached += 1
                went_on += bool(there and there[0] < end)
        return reached, went_on


def quartiles(values: list[float]) -> tuple[Any, ...]:
    """How many, and the three quartiles; null without any."""
    if not values:
        return 0, None, None, None
    if len(values) == 1:
        return 1, values[0], values[0], values[0]
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return len(values), low, middle, high
