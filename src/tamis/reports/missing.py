"""What is missing to the next grade, stage and temperature, and which rules could still give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tamis.language import number, translator
from tamis.model.scope import fields_read
from tamis.model.spec import (
    AtLeastRule,
    Condition,
    Dimension,
    EventRule,
    Field,
    Model,
    PointsRule,
    Rule,
    SilentRule,
    ValuesRule,
    Verdict,
    WhenRule,
)
from tamis.reports.conditions import Judge
from tamis.reports.details import looked_at
from tamis.reports.explanation import Candidate, Missing, Term
from tamis.reports.phrases import rule_name
from tamis.reports.reasons import share_of_score


def most_points(rule: Rule) -> Decimal:
    """The most that a rule can give, with one fresh event where it gives by event; 0 if none."""
    if isinstance(rule, SilentRule):
        return Decimal(0)
    if isinstance(rule, WhenRule | PointsRule | AtLeastRule):
        best = rule.points
    elif isinstance(rule, ValuesRule):
        best = max([*(points for _, points in rule.values), rule.otherwise])
    else:
        best = max(band.points for band in rule.bands)  # type: ignore[attr-defined]
    limited = best if rule.cap is None else min(best, rule.cap)
    return max(limited, Decimal(0))


@dataclass(frozen=True)
class Openings:
    """The rules that gave a lead nothing and still could, on one day.

    `given` holds the points of each rule that gave some, `gated` the numbers of the gated rules
    whose condition holds, `fields` the values of the lead and its account by column.
    """

    model: Model
    as_of: date
    given: Mapping[str, Decimal]
    gated: frozenset[int]
    fields: Mapping[str, object]
    language: str

    def of(self, dimension: Dimension) -> tuple[Candidate, ...]:
        """The candidates of a dimension, those with the most points first."""
        share = share_of_score(self.model, dimension.name)
        found = [
            Candidate(
                rule=rule.id,
                label=rule_name(rule, self.language),
                dimension=dimension.name,
                points=points,
                effect=points * share,
                unknown=self._unknown(rule),
            )
            for rule in dimension.rules
            if rule.id not in self.given and self._open(rule)
            if (points := min(most_points(rule), self._room(dimension, rule))) > 0
        ]
        return tuple(sorted(found, key=lambda candidate: -candidate.points))

    def of_score(self) -> tuple[Candidate, ...]:
        """The candidates of all dimensions, those that bring the score the most first."""
        found = [
            candidate for d in self.model.dimensions for candidate in self.of(d) if candidate.effect
        ]
        return tuple(sorted(found, key=lambda candidate: -candidate.effect))

    def _room(self, dimension: Dimension, rule: Rule) -> Decimal:
        """What the cap of the rule's group still lets in."""
        group = next((g for g in dimension.groups if g.name == rule.group), None)
        if group is None or group.cap is None:
            return most_points(rule)
        members = [r.id for r in dimension.rules if r.group == group.name]
        return group.cap - sum((self.given.get(id_, Decimal(0)) for id_ in members), Decimal(0))

    def _open(self, rule: Rule) -> bool:
        if not isinstance(rule, EventRule):
            return bool(self._unknown(rule))
        if rule.when and self.model.numbers[rule.id] not in self.gated:
            return False
        return rule.active is None or rule.active.first <= self.as_of <= rule.active.last

    def _unknown(self, rule: Rule) -> tuple[str, ...]:
        """The fields that an attribute rule looks at and nobody knows."""
        asked = fields_of(self.model, rule)
        return tuple(field.name for field in asked if self.fields.get(field.column) is None)


def fields_of(model: Model, rule: Rule) -> tuple[Field, ...]:
    """The fields of lead and account that an attribute rule looks at; none for a rule on events."""
    if isinstance(rule, WhenRule):
        return fields_read(model, Condition(rule.when, "when", rule.id))
    field = looked_at(model, rule)
    return (field,) if field else ()


def next_grade(
    dimension: Dimension, value: Decimal, below: Decimal, openings: Openings, language: str
) -> Missing | None:
    """What is missing to the next better grade; None at the best one or without grades.

    `below` is how far the points lie below the dimension's range, which must be made up for first.
    """
    better = next((grade for grade in dimension.grades if grade.bound > value), None)
    if better is None:
        return None
    _ = translator(language)
    words = _("{bound} points").format(bound=number(better.bound, language))
    term = Term(
        text=f"{dimension.name} >= {better.bound}",
        words=words,
        holds=False,
        name=dimension.name,
        shortfall=better.bound - value + below,
    )
    return Missing(better.label, ((term,),), openings.of(dimension))


def next_verdict(
    verdicts: Sequence[Verdict], section: str, judge: Judge, openings: Openings
) -> Missing | None:
    """What is missing to the nearest verdict that points can reach; None if there is none."""
    for verdict in verdicts:
        ways = judge.judged(verdict.when.text, section)
        lacking = {term.name for way in ways for term in way if term.shortfall is not None}
        if lacking:
            return Missing(verdict.name, ways, _candidates(lacking, openings))
    return None


def _candidates(lacking: set[str], openings: Openings) -> tuple[Candidate, ...]:
    if "score" in lacking:
        return openings.of_score()
    dimensions = [d for d in openings.model.dimensions if d.name in lacking]
    return tuple(candidate for d in dimensions for candidate in openings.of(d))
