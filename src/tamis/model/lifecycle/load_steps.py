"""Reading statuses and steps, as the user and the ready lifecycles write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from tamis.model.document import Value
from tamis.model.lifecycle import keys
from tamis.model.lifecycle.spec import (
    MAKERS,
    MILESTONES,
    Maker,
    Milestone,
    Status,
    Step,
)
from tamis.model.load_rules import read_expression, read_label


def read_statuses(value: Value, ready: Sequence[Status]) -> tuple[Status, ...]:
    """The statuses in order: those of a ready lifecycle with what is written over them.

    A new one follows the one that is written before it; without one, it comes first. `none` takes
    a ready one away.
    """
    statuses = list(ready)
    place = 0
    for key, body in value.items():
        name = str(key.node.value)
        found = next((n for n, status in enumerate(statuses) if status.name == name), None)
        if body.is_text(keys.NONE) and found is not None:
            place = found
            del statuses[found]
            continue
        base = Status(name=name) if found is None else statuses[found]
        status = replace(_status(body, base), place=key.place)
        if found is None:
            statuses.insert(place, status)
        else:
            place = found
            statuses[found] = status
        place += 1
    return tuple(statuses)


def _status(body: Value, base: Status) -> Status:
    found = {} if body.is_null else body.entries(list(keys.STATUS), f"status `{base.name}`")
    milestone = found["milestone"].word((*MILESTONES, keys.NONE)) if "milestone" in found else None
    if milestone is not None:
        reached = None if milestone == keys.NONE else cast(Milestone, milestone)
        base = replace(base, milestone=reached)
    if "label" in found:
        base = replace(base, label=read_label(found["label"]))
    if "kinds" in found:
        base = replace(base, kinds=found["kinds"].each(Value.text))
    if "closed" in found:
        base = replace(base, closed=found["closed"].word(("true", "false")) == "true")
    return base


def read_steps(value: Value) -> tuple[Step, ...]:
    """The steps in the order of the file; those that cannot be read are left out."""
    return value.each(_step)


def _step(value: Value) -> Step | None:
    found = value.entries(list(keys.STEP), "a step")
    missing = [name for name, key in keys.STEP.items() if key.required and name not in found]
    value.lacks(missing, list(keys.STEP), "a step")
    if missing or not value.is_mapping:
        return None
    sources = () if found["from"].is_text(keys.ANY) else one_or_more(found["from"])
    to = found["to"].text()
    makers = _makers(found["by"])
    if to is None or sources is None or makers is None:
        return None
    step = Step(
        sources=sources,
        to=to,
        by=makers,
        when=read_expression(found["when"]) if "when" in found else None,
        back=read_expression(found["back"]) if "back" in found else None,
        after=(found["after"].duration(low=0) or 0) if "after" in found else 0,
        stay=(found["stay"].duration(low=0) or 0) if "stay" in found else 0,
        needs=found["needs"].each(Value.text) if "needs" in found else (),
        place=value.place,
    )
    _used(step, found["by"], value)
    return step


def _used(step: Step, by: Value, value: Value) -> None:
    """What a step by the score needs, and what one by people cannot use."""
    if "score" in step.by and step.when is None:
        hint = "add `when`, a condition such as `score >= 50`"
        by.wrong("missing-key", "a step by the score needs `when`", hint)
    if "score" not in step.by and (step.when or step.back or step.stay or step.after):
        message = "`when`, `back`, `after` and `stay` are for steps by the score"
        value.wrong("not-by-score", message, "add `score` to `by`, or leave them out")
    if step.back is not None and len(step.sources) != 1:
        message = "`back` needs one status in `from`, to which the score takes the lead back"
        value.wrong("back-to-where", message, "write one step for each status")
    if step.stay and "score" in step.by and step.back is None:
        message = "`stay` has no effect without `back`"
        value.problems.warning(value.place, "unused-key", message, "leave it out, or add `back`")


def _makers(value: Value) -> tuple[Maker, ...] | None:
    values = list(value.elements()) if value.is_list else [value]
    makers = [maker for one in values if (maker := one.word(MAKERS))]
    if value.is_list and not values:
        value.wrong("empty-list", "who may make the step?", "write `score`, `marketing` or `sales`")
    return tuple(dict.fromkeys(cast(list[Maker], makers))) or None


def one_or_more(value: Value) -> tuple[str, ...] | None:
    """A name or a list of names, each once; None after noting that there is none."""
    if not value.is_list:
        name = value.text()
        return None if name is None else (name,)
    names = value.each(Value.text)
    if not names and not list(value.elements()):
        value.wrong("empty-list", "at least one name is needed")
    return tuple(dict.fromkeys(names)) or None
