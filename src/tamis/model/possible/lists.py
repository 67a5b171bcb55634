"""Lists of verdicts: which temperatures, stages and plays can be taken, given what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tamis.model.possible.domains import Choices, Domain, Known
from tamis.model.possible.outcomes import ONLY_TRUE, given, outcomes
from tamis.model.spec import Model, Play, Verdict

Entry = Verdict | Play


@dataclass(frozen=True, slots=True)
class Listed:
    """Verdicts in the order in which they are asked: the first that holds is taken."""

    what: Literal["temperature", "stage", "play"]
    verdicts: tuple[Entry, ...]


def lists(model: Model) -> Iterator[Listed]:
    """Temperatures, stages (asked from the last) and plays, each that the model has, in order."""
    found = (
        Listed("temperature", model.temperatures),
        Listed("stage", model.stages[::-1]),
        Listed("play", model.plays),
    )
    return (listed for listed in found if listed.verdicts)


def narrowed(model: Model, known: Mapping[str, Domain]) -> Iterator[tuple[Listed, Known]]:
    """Each list with what is known when it is asked: what the lists before it leave is in it."""
    before = dict(known)
    for listed in lists(model):
        yield listed, before
        kept, none = reached(listed, before)
        left = Choices(frozenset(verdict.name for verdict in kept), null=none)
        before = {**before, listed.what: left}


def reached(listed: Listed, known: Known) -> tuple[list[Entry], bool]:
    """The verdicts of a list that can be taken, and whether none of them may."""
    kept: list[Entry] = []
    for verdict in listed.verdicts:
        if shadow_of(verdict, kept, known) is None and given(verdict.when.text, known) is not None:
            kept.append(verdict)
    always = any(outcomes(verdict.when.text, known) == ONLY_TRUE for verdict in kept)
    return kept, not always


def shadow_of(verdict: Entry, earlier: Sequence[Entry], known: Known) -> Entry | None:
    """The verdict asked earlier that holds whenever this one does; None when there is none."""
    held = given(verdict.when.text, known)
    if held is None:
        return None
    return next((one for one in earlier if outcomes(one.when.text, held) == ONLY_TRUE), None)
