"""Parts of a model that nothing uses, and plays that say too little or too much."""

from __future__ import annotations

from sqlglot import exp

from tamis.model.document import Problems
from tamis.model.expression import parse
from tamis.model.spec import Model

ADDRESSED = {"handoff": "a queue", "nurture": "a sequence", "webhook": "a target"}
"""Actions that go somewhere, and what `to` names."""


def groups(model: Model, problems: Problems) -> None:
    """Groups that no rule uses."""
    for dimension in model.dimensions:
        used = {rule.group for rule in dimension.rules}
        for group in dimension.groups:
            if group.name not in used:
                message = f"no rule of `{dimension.name}` is in the group `{group.name}`"
                hint = f"add `group: {group.name}` to a rule, or leave the group out"
                problems.warning(group.place, "unused-group", message, hint)


def dimensions(model: Model, problems: Problems) -> None:
    """Dimensions without rules, and dimensions that nothing looks at."""
    for dimension in model.dimensions:
        if not dimension.rules:
            message = f"the dimension `{dimension.name}` has no rules"
            problems.warning(
                dimension.place, "empty-dimension", message, "add some, or leave it out"
            )
    if model.score is None:
        return
    used = used_names(model)
    key = "weights" if model.score.mean else "sum"
    place = model.score.places.get(key, model.score.place)
    # A learned dimension is shown beside the score: whether it counts there is its owner's choice.
    for name in (dimension.name for dimension in model.dimensions if dimension.odds is None):
        if name not in model.score.weights and not used & {name, f"{name}_grade"}:
            message = f"the score leaves the dimension `{name}` out, and nothing else looks at it"
            hint = f"add `{name}` to `{key}`; a weight of 0 says that it is meant so"
            problems.warning(place, "unweighted-dimension", message, hint)


def used_names(model: Model) -> set[str]:
    """The names that verdicts, the cell and the accounts look at."""
    used = {*model.cell, *([model.accounts.of] if model.accounts else [])}
    for condition in model.conditions:
        if condition.is_verdict:
            used |= {c.name for c in parse(condition.expression.text).find_all(exp.Column)}
    return used


def plays(model: Model, problems: Problems) -> None:
    """Plays that do not say where to, and deadlines that nobody has to meet."""
    for play in model.plays:
        if play.do in ADDRESSED and not play.to:
            message = f"the play `{play.id}` says no `to`"
            hint = f"`to` names {ADDRESSED[play.do]}"
            problems.warning(play.place, "play-without-to", message, hint)
        if play.respond_within and play.do != "handoff":
            message = f"the play `{play.id}` hands nothing off, so nobody has to respond in time"
            problems.warning(play.place, "unused-deadline", message, "leave `respond_within` out")
