"""One rule alone that hands a lead to sales: a single signal decides, whatever else is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tamis.model.document import Problems
from tamis.model.possible.domains import NULL, Choices, Domain, Numbers
from tamis.model.possible.known import known_fields, known_verdicts
from tamis.model.possible.lists import Entry, lists
from tamis.model.possible.outcomes import ONLY_TRUE, outcomes
from tamis.model.possible.reach import Reach, Span, reach
from tamis.model.scope import DAYS_SINCE_LAST_EVENT
from tamis.model.spec import (
    EventRule,
    FrequencyRule,
    Model,
    Play,
    Rule,
    TotalRule,
    ValuesRule,
    WhenRule,
)
from tamis.model.terms import Expression

ZERO = Decimal(0)


def alone(model: Model, whole: Reach, problems: Problems) -> None:
    """Rules each of which, at its greatest points and with all else unknown, triggers a hand-off.

    A lead of whom nothing is known and who did nothing is the ground; a hand-off that takes even
    that lead is not held against any rule. Nor are the rules of a learned dimension: their points
    are what outcomes showed of one signal alone.
    """
    if not any(play.do == "handoff" for play in model.plays):
        return
    defaults = {rule.id: at_default(model, rule) for rule in model.rules}
    if _handed_off(model, defaults, None):
        return
    for rule in (rule for one in model.dimensions if one.odds is None for rule in one.rules):
        best = whole.rules[rule.id].high
        if best > 0:
            play = _handed_off(model, {**defaults, rule.id: Span(best, best)}, rule)
            if play:
                message = f"the rule `{rule.id}` alone triggers the hand-off `{play.id}`"
                hint = f"lower its points or its cap, or ask for more in `{play.id}`"
                problems.warning(rule.place(), "one-rule-handoff", message, hint)


def at_default(model: Model, rule: Rule) -> Span:
    """The points of a rule for a lead of whom nothing is known and who did nothing."""
    points = _default_points(model, rule)
    limited = points if rule.cap is None else min(max(points, -rule.cap), rule.cap)
    return Span(limited, limited)


def _default_points(model: Model, rule: Rule) -> Decimal:
    nothing = _nothing(model)
    if isinstance(rule, WhenRule):
        return rule.points if _holds(rule.when, nothing) else ZERO
    if isinstance(rule, ValuesRule):
        return rule.otherwise
    if isinstance(rule, FrequencyRule | TotalRule) and (
        not rule.when or _holds(rule.when, nothing)
    ):
        reached = [band.points for band in rule.bands if band.bound <= 0]
        return reached[-1] if reached else ZERO
    return ZERO


def _holds(condition: Expression, known: Mapping[str, Domain]) -> bool:
    return outcomes(condition.text, known) == ONLY_TRUE


def _nothing(model: Model) -> dict[str, Domain]:
    """What is known of a lead of whom nothing is known: each field is null."""
    return dict.fromkeys(known_fields(model, "lead", "account"), NULL)


def _handed_off(model: Model, points: Mapping[str, Span], rule: Rule | None) -> Play | None:
    """The hand-off that surely takes a lead with these points, if one does."""
    known = _nothing(model) | known_verdicts(model, reach(model, points))
    known |= {f"hit('{id_}')": _certain(not span.is_zero) for id_, span in points.items()}
    acted = isinstance(rule, EventRule)
    known[DAYS_SINCE_LAST_EVENT] = Numbers(ZERO, null=False) if acted else NULL
    play = ""
    for listed in lists(model):
        taken = _first(listed.verdicts, known)
        known[listed.what] = (
            Choices() if taken is None else Choices(frozenset({taken} - {""}), null=not taken)
        )
        play = taken or ""
    # Plays are the last list: what was taken there is the play.
    return next((p for p in model.plays if p.id == play and p.do == "handoff"), None)


def _first(verdicts: Sequence[Entry], known: Mapping[str, Domain]) -> str | None:
    """The first that holds, empty when surely none does, None when that cannot be told."""
    for verdict in verdicts:
        found = outcomes(verdict.when.text, known)
        if found == ONLY_TRUE:
            return verdict.name
        if True in found:
            return None
    return ""


def _certain(value: bool) -> Choices:  # noqa: FBT001
    return Choices(frozenset({value}), null=False)
