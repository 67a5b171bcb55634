"""The lifecycle: statuses, steps and questions that are there, and statuses that can be reached."""

from __future__ import annotations

from sqlglot import exp

from tamis.model.checks.names import UNPRINTABLE
from tamis.model.document import Problems, did_you_mean
from tamis.model.expression import ExpressionError, parse
from tamis.model.lifecycle.keys import ANY, NONE
from tamis.model.lifecycle.spec import MILESTONES, QUESTIONS, Lifecycle, Step
from tamis.model.spec import Model

MOST_CONDITIONS = 62
"""A condition is a bit of one whole number of 64 bits, which is never negative."""


def statuses(model: Model, problems: Problems) -> None:
    """Names of statuses say something, and are none of the words that mean others."""
    for status in model.lifecycle.statuses if model.lifecycle else ():
        if not status.name.strip() or UNPRINTABLE.search(status.name):
            message = f"`{status.name!r}` cannot name a status"
            problems.error(status.place, "wrong-name", message, "write a short plain word")
        elif status.name in (ANY, NONE):
            message = f"no status can be called `{status.name}`"
            problems.error(status.place, "reserved-name", message, "choose another name")


def steps(model: Model, problems: Problems) -> None:
    """Steps lead between statuses that are there, each stands once, and what it needs is known."""
    lifecycle = model.lifecycle
    if lifecycle is None:
        return
    known = [status.name for status in lifecycle.statuses]
    questions = [*QUESTIONS, *lifecycle.questions]
    seen: set[tuple[frozenset[str], str]] = set()
    for step in lifecycle.steps:
        for name in (*step.sources, step.to):
            if name not in known:
                hint = did_you_mean(name, known)
                problems.error(step.place, "unknown-status", f"unknown status `{name}`", hint)
        for name in step.needs:
            if name not in questions:
                hint = did_you_mean(name, questions)
                problems.error(step.place, "unknown-question", f"unknown question `{name}`", hint)
        if step.to in step.sources:
            message = f"the step `{step.name}` leads to where it begins"
            problems.error(
                step.place, "step-to-itself", message, f"leave `{step.to}` out of `from`"
            )
        ends = frozenset(step.sources), step.to
        if ends in seen:
            hint = "join them: `by` takes a list"
            message = f"the step `{step.name}` stands here twice"
            problems.error(step.place, "stated-twice", message, hint)
        seen.add(ends)
    if len(lifecycle.conditions) > MOST_CONDITIONS:
        message = f"the steps have {len(lifecycle.conditions)} conditions on the score"
        hint = f"{MOST_CONDITIONS} are the most, `when` and `back` counted apart"
        problems.error(lifecycle.place, "too-many-steps", message, hint)


def scored(model: Model, problems: Problems) -> None:
    """A ready lifecycle asks for the score: said once, in other words than of a wrong name."""
    lifecycle = model.lifecycle
    if lifecycle is None or model.score is not None:
        return
    if any(_asks_score(step) for step in ready_steps(lifecycle)):
        message = f"the ready lifecycle `{lifecycle.use}` asks for the score; the model has none"
        hint = "add a section `score`, or write `use: none` and steps of your own"
        problems.error(lifecycle.place, "no-score", message, hint)


def ready_steps(lifecycle: Lifecycle) -> list[Step]:
    """The steps that come from a ready lifecycle: they stand where the section begins."""
    return [step for step in lifecycle.steps if step.place == lifecycle.place]


def _asks_score(step: Step) -> bool:
    try:
        texts = [condition.expression.text for condition in step.conditions]
        return any(c.name == "score" for t in texts for c in parse(t).find_all(exp.Column))
    except ExpressionError:
        return False


# Warnings ----------------------------------------------------------------------------------------


def reachable(model: Model, problems: Problems) -> None:
    """Statuses to which no steps lead."""
    lifecycle = model.lifecycle
    if lifecycle is None:
        return
    reached = {lifecycle.first.name}
    while True:
        more = {s.to for s in lifecycle.steps if any(s.leaves(name) for name in reached)}
        if more <= reached:
            break
        reached |= more
    for status in lifecycle.statuses:
        if status.name not in reached:
            message = f"no lead can have the status `{status.name}`: no steps lead there"
            hint = f"add a step `{{from: ..., to: {status.name}, by: ...}}`"
            problems.warning(status.place, "unreachable-status", message, hint)


def milestones(model: Model, problems: Problems) -> None:
    """Milestones come in their order on the way to a sale; goals count those that can come."""
    lifecycle = model.lifecycle
    if lifecycle is None:
        return
    latest = -1
    for status in lifecycle.statuses:
        if status.milestone is None:
            continue
        place = MILESTONES.index(status.milestone)
        if place < latest:
            message = f"`{status.name}` is `{status.milestone}`, after `{MILESTONES[latest]}`"
            hint = f"the order is {', '.join(MILESTONES)}"
            problems.warning(status.place, "milestone-order", message, hint)
        latest = max(latest, place)
    # Whether a meeting was held is an answer that anyone may record.
    written = {status.milestone for status in lifecycle.statuses} | {"meeting_held"}
    for goal in model.goals:
        if goal.milestone not in written:
            message = f"no status counts as `{goal.milestone}`, so the goal is never reached"
            hint = f"give a status `milestone: {goal.milestone}`"
            problems.warning(goal.place, "unreachable-goal", message, hint)


SECTIONS = ("feedback", "queues", "service", "goals", "costs")
"""Sections that say how a lifecycle works."""


def alone(model: Model, problems: Problems) -> None:
    """Sections that nothing reads without a lifecycle."""
    for section in SECTIONS if model.lifecycle is None else ():
        if section in model.places:
            message = f"`{section}` has no effect without `lifecycle`"
            hint = "add `lifecycle: taxonomy`, or leave the section out"
            problems.warning(model.places[section], "unused-section", message, hint)
