"""What a legal history is, told from the model again, and not by the machine that wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from tamis.model.lifecycle.spec import Lifecycle

Row = Mapping[str, Any]
DAY = 86_400_000_000


def bits(lifecycle: Lifecycle, *holding: str, back: Sequence[str] = ()) -> int:
    """The bits of steps by name, as `lead → mql`: those whose `when` holds, and whose `back`."""
    found = 0
    for place, condition in enumerate(lifecycle.conditions):
        names = holding if condition.side == "when" else back
        found |= (condition.step.name in names) << place
    return found


def at_score(lifecycle: Lifecycle, score: int) -> int:
    """The bits of a score, where every condition is a comparison of the score."""
    found = 0
    for place, condition in enumerate(lifecycle.conditions):
        name, sign, bound = condition.expression.text.split()
        assert (name, sign in ("<", ">=")) == ("score", True)
        holds = score >= int(bound) if sign == ">=" else score < int(bound)
        found |= holds << place
    return found


def faults(lifecycle: Lifecycle, history: Sequence[Row], outcomes: Sequence[str] = ()) -> list[str]:
    """What is wrong with the history of one lead in one model, in its order; nothing: legal."""
    wrong = []
    if history and (history[0]["before"], history[0]["after"]) != (None, lifecycle.first.name):
        wrong.append("it does not begin at the beginning")
    for last, row in pairwise(history):
        if row["before"] != last["after"]:
            wrong.append(f"{row['before']} follows {last['after']}")
        if row["at"] < last["at"]:
            wrong.append(f"{row['after']} is before {last['after']}")
        if last["passed"] and row["at"] != last["at"]:
            wrong.append(f"{last['after']} is passed, and was not left at once")
    for group in _groups(history[1:]):
        wrong += _group_faults(lifecycle, group, outcomes)
    return wrong + _undone(lifecycle, history) + _flaps(lifecycle, history)


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """A step with what it passed; nothing is passed without an end."""
    groups: list[list[Row]] = [[]]
    for row in rows:
        groups[-1].append(row)
        if not row["passed"]:
            groups.append([])
    assert not groups[-1], "a passed row ends the history"
    return groups[:-1]


def _group_faults(lifecycle: Lifecycle, group: list[Row], outcomes: Sequence[str]) -> list[str]:
    before, cause = group[0]["before"], group[0]["cause"]
    names = [row["after"] for row in group]
    if {row["cause"] for row in group} != {cause}:
        return [f"several causes of one step: {group}"]
    if before == names[0] and len(group) == 1:
        fine = cause == "merge" or group[0]["milestone"] == "meeting_held"
        return [] if fine else [f"nothing changed at {before}"]
    if cause == "system":
        fine = names[-1] in outcomes and names == [*lifecycle.passed(before, names[-1]), names[-1]]
        return [] if fine else [f"no outcome leads from {before} over {names}"]
    if cause == "merge":
        return [f"a merge moved from {before} to {names}"]
    several = cause == "score"
    return [] if _leads(lifecycle, before, names, cause, several) else [
        f"{cause} may not go from {before} over {names}"
    ]  # fmt: skip


def _leads(lifecycle: Lifecycle, before: str, names: Sequence[str], by: Any, several: bool) -> bool:
    """Whether steps of a maker lead over just these statuses; a score may take its steps back."""
    for end in range(1, len(names) + 1):
        to = names[end - 1]
        skipped = list(names[: end - 1]) == list(lifecycle.passed(before, to))
        back = by == "score" and any(
            step.sources == (to,) and step.to == before and step.back for step in lifecycle.steps
        )
        if not (skipped and (lifecycle.step(before, to, by) or back)):
            continue
        if end == len(names) or (several and _leads(lifecycle, to, names[end:], by, several)):
            return True
    return False


def _undone(lifecycle: Lifecycle, history: Sequence[Row]) -> list[str]:
    """A score takes nobody out of where a person put them last, unless the model says so."""
    path, wrong, decided = lifecycle.path, [], None
    for row in history:
        moved = row["before"] != row["after"]
        if moved and row["cause"] in ("marketing", "sales", "system") and row["before"]:
            decided = row["after"]
        if not moved or row["cause"] != "score":
            continue
        after, before = row["after"], row["before"]
        if decided in path and (after not in path or path.index(after) < path.index(decided)):
            wrong.append(f"a score undid {decided}: {before} to {after}")
        if before == decided and before not in path:
            named = [s for s in lifecycle.steps if before in s.sources and "score" in s.by]
            if not named:
                wrong.append(f"a score left {before}")
    return wrong


def _flaps(lifecycle: Lifecycle, history: Sequence[Row]) -> list[str]:
    """A score leaves a status backwards only after the stay of the step that led there."""
    wrong = []
    moves = [row for row in history if row["before"] != row["after"]]
    for came, went in pairwise(moves):
        for step in lifecycle.steps:
            back = step.back and (step.to, *step.sources) == (went["before"], went["after"])
            if back and went["cause"] == "score" and went["at"] - came["at"] < step.stay * DAY:
                wrong.append(f"{went['before']} was left after {went['at'] - came['at']}")
    return wrong


def by_lead(rows: Sequence[Row]) -> dict[tuple[str, int], list[Row]]:
    """Histories by model and lead, each in its order."""
    kept = sorted(rows, key=lambda row: (row["model"], row["lead"], row["step"]))
    return {key: list(of) for key, of in groupby(kept, key=lambda r: (r["model"], r["lead"]))}
