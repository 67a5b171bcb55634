"""Reading `lifecycle`: a ready one, changes of one, or one of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from tamis.errors import Place
from tamis.model.document import Value
from tamis.model.lifecycle import keys
from tamis.model.lifecycle.load_steps import read_statuses, read_steps
from tamis.model.lifecycle.ready import ready
from tamis.model.lifecycle.spec import PROFILES, Lifecycle, Profile, Status, Step
from tamis.model.load_rules import read_label
from tamis.model.terms import UNLABELLED, Expression, Label


def read_lifecycle(value: Value) -> Lifecycle | None:
    """The lifecycle: the name of a ready one, or a mapping; None after noting what is wrong."""
    if not value.is_mapping:
        name = value.word(keys.READY)
        return None if name is None else _placed(ready(name), value.place)
    found = value.entries(list(keys.LIFECYCLE), "lifecycle")
    # A word that is none begins as if nothing was said: its mistake is noted, and no other for it.
    use = (found["use"].word((*keys.READY, keys.NONE)) if "use" in found else None) or keys.READY[0]
    base = (
        Lifecycle(statuses=(), steps=(), use="")
        if use == keys.NONE
        else _placed(ready(use), value.place)
    )
    statuses = base.statuses
    if "statuses" in found:
        statuses = read_statuses(found["statuses"], base.statuses)
    if not statuses:
        value.wrong("no-status", "a lifecycle needs statuses", "list them under `statuses`")
        return None
    own = read_steps(found["steps"]) if "steps" in found else ()
    profile = found["profile"].word(tuple(PROFILES)) if "profile" in found else None
    return Lifecycle(
        statuses=statuses,
        steps=_joined(_left(base.steps, statuses), own),
        use=base.use,
        profile=cast(Profile, profile or "b2b"),
        questions=_questions(found["questions"]) if "questions" in found else {},
        place=value.place,
    )


def _questions(value: Value) -> dict[str, Label]:
    return {
        str(key.node.value): UNLABELLED if body.is_null else read_label(body)
        for key, body in value.items()
    }


def _left(steps: Sequence[Step], statuses: Sequence[Status]) -> list[Step]:
    """The ready steps without the statuses that were taken away."""
    names = {status.name for status in statuses}
    left = []
    for step in steps:
        sources = tuple(source for source in step.sources if source in names)
        if step.to in names and (sources or not step.sources):
            left.append(replace(step, sources=sources))
    return left


def _joined(ready: Sequence[Step], own: Sequence[Step]) -> tuple[Step, ...]:
    """Ready steps, each replaced by one of the file with the same ends; then the file's others."""
    ends = {(frozenset(step.sources), step.to): step for step in own}
    kept = [ends.get((frozenset(step.sources), step.to), step) for step in ready]
    return (*kept, *(step for step in own if step not in kept))


def _placed(lifecycle: Lifecycle, place: Place) -> Lifecycle:
    """A ready lifecycle whose parts all stand at one place of the user's file."""

    def moved(condition: Expression | None) -> Expression | None:
        # Without a column: nobody could find a character of a text that is not in the file.
        return condition and replace(condition, place=Place(place.file, place.line))

    return replace(
        lifecycle,
        statuses=tuple(replace(status, place=place) for status in lifecycle.statuses),
        steps=tuple(
            replace(step, when=moved(step.when), back=moved(step.back), place=place)
            for step in lifecycle.steps
        ),
        place=place,
    )
