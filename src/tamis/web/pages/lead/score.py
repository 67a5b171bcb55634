"""A score taken apart: what each rule gave, what time and limits took; the figures add up.

Figures are in whole hundredths. Points have more decimals than people read, so a line of its own
says what the rounding of the others left over: nothing is hidden in any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tamis.language import number, translator
from tamis.model.scope import MANUAL
from tamis.model.spec import AtLeastRule, Dimension, Field, Model, PointsRule, Rule
from tamis.reports.details import Evidence, detail, fired_name, looked_at
from tamis.reports.mechanics import decay_in_words, fading, line
from tamis.reports.phrases import by_hand, dimension_name, spaced
from tamis.reports.reasons import share_of_score
from tamis.server.clock import day_of
from tamis.server.read.answers import Verdict
from tamis.server.scoring.typed import UnreadableError, cell, value_in
from tamis.web.pages.lead.bars import Bar, bars, sum_bar
from tamis.web.pages.lead.shown import Shown

CENT, NONE = Decimal("0.01"), Decimal("0.00")
Kind = Literal["rule", "manual", "cap", "range", "rounding"]


@dataclass(frozen=True)
class Line:
    """One line of a dimension: `full` + `decay` + `cap` = `points`, in hundredths.

    `full` is what the rule gives when everything is of today and nothing bounds it; `decay` and
    `cap` are what time and the rule's own limit took. `seen` says how often and when, `how` what
    the rule gives, and `fades` how. Lines that are no rule have `points` alone.
    """

    kind: Kind
    label: str
    points: Decimal
    full: Decimal | None = None
    decay: Decimal = NONE
    cap: Decimal = NONE
    seen: str = ""
    how: str = ""
    fades: str = ""
    rule: str = ""
    bar: Bar | None = None


@dataclass(frozen=True)
class Part:
    """A dimension: its lines add up to `value`.

    `share` is the part of the score that it makes, 0 to 1, `given` what it brings to the score;
    both null where the score leaves it out. `fades` says how what they did counts less with time.
    """

    name: str
    label: str
    lines: Sequence[Line]
    value: Decimal
    low: Decimal
    high: Decimal
    grade: str | None
    share: Decimal | None
    given: Decimal | None
    fades: str
    bar: Bar

    @property
    def has_losses(self) -> bool:
        """Whether time or a rule's own limit took anything."""
        return any(one.decay or one.cap for one in self.lines)


@dataclass(frozen=True)
class Taken:
    """A score taken apart: the `given` of its parts and `rest` add up to `score`.

    `rest` is what rounding and the score's range did. `mean` says that shares are weights.
    """

    parts: Sequence[Part]
    score: Decimal | None
    rest: Decimal
    mean: bool
    high: Decimal


def taken_apart(shown: Shown, said: Verdict) -> Taken | None:
    """The score of a lead today; None where there is none to take apart."""
    if shown.version is None or said.excluded:
        return None
    scores, model = shown.visit.server.scores, shown.version.model
    rows = scores.explain(shown.connection, shown.version.version_key, shown.lead, caps=True)
    teller = _Teller(shown, model, shown.visit.language)
    parts = [
        teller.part(one, [row for row in rows if row["dimension"] == one.name], said)
        for one in model.dimensions
        if one.name in said.dimensions
    ]
    given = sum((one.given for one in parts if one.given is not None), NONE)
    rest = NONE if said.score is None else said.score - given
    mean, high = bool(model.score and model.score.mean), model.score.high if model.score else NONE
    return Taken(parts, said.score, rest, mean, high)


def in_cents(value: Decimal) -> Decimal:
    """Points as they are shown."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class _Teller:
    """Turns rows of contributions into lines, in a language."""

    shown: Shown
    model: Model
    language: str

    def part(self, dimension: Dimension, rows: Sequence[Mapping[str, Any]], said: Verdict) -> Part:
        value = said.dimensions[dimension.name]
        lines = [*self._rules(dimension, rows), *self._limits(dimension, rows)]
        left = value - sum((one.points for one in lines), NONE)
        if left:
            _ = translator(self.language)
            lines.append(Line("rounding", _("rounding"), left))
        counted, whole = self.model.score, None
        if counted and dimension.name in counted.weights:
            whole = share_of_score(self.model, dimension.name)
        drawn = bars([(one.points, one.full) for one in lines], dimension.low, dimension.high)
        return Part(
            name=dimension.name,
            label=dimension_name(dimension, self.language),
            lines=[replace(one, bar=bar) for one, bar in zip(lines, drawn, strict=True)],
            value=value,
            low=dimension.low,
            high=dimension.high,
            grade=said.grades.get(dimension.name),
            share=whole,
            given=None if whole is None else in_cents(value * whole),
            fades=fading(dimension, self.language),
            bar=sum_bar(value, dimension.low, dimension.high),
        )

    def _rules(self, dimension: Dimension, rows: Iterable[Mapping[str, Any]]) -> list[Line]:
        known = {rule.id: rule for rule in dimension.rules}
        found = [self._rule(known[row["rule"]], row) for row in rows if row["rule"] in known]
        found += [self._manual(row) for row in rows if row["rule"] == MANUAL]
        return sorted(found, key=lambda one: (-abs(one.points), -abs(one.full or NONE), one.rule))

    def _rule(self, rule: Rule, row: Mapping[str, Any]) -> Line:
        """A rule's line; where figures are rounded, what time or the limit took makes it up."""
        points = row["points"]
        uncapped = points if row["uncapped"] is None else row["uncapped"]
        full, shown = in_cents(_full(rule, row, uncapped)), in_cents(points)
        cap = in_cents(points - uncapped)
        dimension = self.model.dimension(rule.dimension)
        assert dimension is not None
        written = line(rule, dimension, self.language)
        value = self._value(looked_at(self.model, rule))
        seen = Evidence(row["count"], _day(row["last_day"]), value)
        return Line(
            kind="rule",
            label=fired_name(rule, seen, self.language),
            points=shown,
            full=full,
            decay=shown - full - cap,
            cap=cap,
            seen=detail(rule, seen, self.shown.today, self.language),
            how=", ".join((written.points, *written.limits)),
            fades=_fades(rule, self.language),
            rule=rule.id,
        )

    def _manual(self, row: Mapping[str, Any]) -> Line:
        points = in_cents(row["points"])
        return Line("manual", by_hand(self.language), points, points, rule=MANUAL)

    def _value(self, field: Field | None) -> object:
        """What is known of a field, in the type that the model gives it."""
        if field is None:
            return None
        values = self.shown.fields if field.table == "lead" else self.shown.account
        try:
            return cell(value_in(values, field.name), field.type, ZoneInfo(self.model.timezone))
        except UnreadableError:
            return None

    def _limits(self, dimension: Dimension, rows: Iterable[Mapping[str, Any]]) -> list[Line]:
        """What the caps of groups and the dimension's range took or added."""
        _, found = translator(self.language), []
        caps = {f"cap:{group.name}": group for group in dimension.groups}
        for row in rows:
            points, group = in_cents(row["points"]), caps.get(row["rule"])
            if group is not None and group.cap is not None:
                said = _("limit of “{group}”: {points} points in all").format(
                    group=spaced(group.name), points=number(group.cap, self.language)
                )
                found.append(Line("cap", said, points, rule=row["rule"]))
            elif row["rule"] == f"range:{dimension.name}":
                text = _("never above {bound}") if points < 0 else _("never below {bound}")
                bound = dimension.high if points < 0 else dimension.low
                said = text.format(bound=number(bound, self.language))
                found.append(Line("range", said, points, rule=row["rule"]))
        return found


def _full(rule: Rule, row: Mapping[str, Any], uncapped: Decimal) -> Decimal:
    """What a rule would give if every event were of today and nothing bounded it."""
    if isinstance(rule, PointsRule):
        return int(row["count"]) * rule.points
    return rule.points if isinstance(rule, AtLeastRule) else uncapped


def _fades(rule: Rule, language: str) -> str:
    if not isinstance(rule, PointsRule | AtLeastRule) or rule.decay is None:
        return ""
    return decay_in_words(rule.decay, language)


def _day(stored: int | None) -> Any:  # noqa: ANN401 (a day or null)
    return None if stored is None else day_of(stored)
