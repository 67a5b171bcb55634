"""Whether a draft differs from the active version in such a way that its rows can be reused."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tamis.facts.plan import Plan
from tamis.matches.kept import lacking
from tamis.model.scope import hit_column
from tamis.model.spec import AttributeRule, EventRule, Model, Rule
from tamis.points import unit_sums


@dataclass(frozen=True)
class Other:
    """The rules that two models of one build have otherwise: each as it was and as it is.

    `recounted`: events count otherwise for one of them: by another window, decay or limit.
    """

    attributes: tuple[tuple[AttributeRule, AttributeRule], ...]
    events: tuple[tuple[EventRule, EventRule], ...]
    recounted: bool

    @property
    def pairs(self) -> tuple[tuple[Rule, Rule], ...]:
        """All of them."""
        return (*self.attributes, *self.events)


def other_rules(before: Plan, after: Plan) -> Other | None:
    """The rules that differ between two models of one build; None: they are built otherwise.

    Of one build are models that say the same of leads, and have the same dimensions, groups and
    rules by name, form and order, and the same questions asked of their verdicts.
    """
    if _build(before.model) != _build(after.model) or _asked(before) != _asked(after):
        return None
    if _of_leads(before) != _of_leads(after):
        return None
    attributes: list[tuple[AttributeRule, AttributeRule]] = []
    events: list[tuple[EventRule, EventRule]] = []
    for old, new in zip(before.model.rules, after.model.rules, strict=True):
        if replace(new, label=old.label, about=old.about) == old:
            continue
        if isinstance(old, EventRule) and isinstance(new, EventRule):
            events.append((old, new))
        elif isinstance(old, AttributeRule) and isinstance(new, AttributeRule):
            attributes.append((old, new))
    recounted = _recounted(before, after, [new.id for _, new in events])
    if recounted and not _has_counts(after):
        return None
    return Other(tuple(attributes), tuple(events), recounted)


def _build(model: Model) -> object:
    rules = [(type(rule), rule.id, rule.dimension, rule.group) for rule in model.rules]
    dimensions = [(one.name, [group.name for group in one.groups]) for one in model.dimensions]
    return rules, dimensions, model.timezone, model.fields


def _asked(plan: Plan) -> object:
    """What verdicts ask beside scores: which rules gave points, and when the last event was."""
    hits = [rule for rule in plan.model.rules if asks_hit(plan, rule)]
    return [rule.id for rule in hits], plan.asks_last_event


def asks_hit(plan: Plan, rule: Rule) -> bool:
    """Whether a verdict asks if a rule gave points."""
    return hit_column(plan.model.numbers[rule.id]) in plan.verdict_columns


def _of_leads(plan: Plan) -> object:
    """What shapes the rows of leads beside fields and time zone: the steps themselves are large."""
    exclude = plan.model.exclude
    derived = [(one.shown, one.column) for one in plan.derived.values()]
    return derived, plan.asked_fields, plan.on_lead(exclude).sql() if exclude else ""


def _recounted(before: Plan, after: Plan, rules: list[str]) -> bool:
    if not rules:
        return False
    if before.shape.kept is None:
        return True
    old, new = unit_sums.fingerprints(before), unit_sums.fingerprints(after)
    return any(old[after.model.numbers[id_]] != new[after.model.numbers[id_]] for id_ in rules)


def _has_counts(plan: Plan) -> bool:
    """Whether all that a model counts is among the kept matches."""
    kept = plan.shape.kept
    return kept is not None and not lacking(plan, kept.counters)
