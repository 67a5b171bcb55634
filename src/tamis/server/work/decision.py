"""What a new verdict means for the work on a lead: pure, one lead at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tamis.model.lifecycle.spec import PROFILES
from tamis.model.spec import Model, Play
from tamis.server.scoring.judged import Judged
from tamis.server.work.handoffs import NOWHERE, UNANSWERED, Handoff

Outcome = Literal["made", "upgraded", "joined", "held", "told", "nothing"]
FAST: Final = 2**62
"""By this much work of a fast track is called before other work; turns are from 0 to this."""


@dataclass(frozen=True, slots=True)
class PlayDecision:
    """What is done: a play fires for a cause with an outcome (null: none fires), and what ends.

    `made`: a new hand-off. `upgraded`: the open one becomes the play's. `joined`: there is open
    work, and it stays as it is. `held`: the profile does not hand a lead of this temperature over
    yet. `told`: no work; targets are told. `nothing`: not even that.

    `withdraws`: the open work goes, for its play holds no more. `releases`: the firing is one that
    was held. `lapses`: what was held is held no more.
    """

    play: Play | None = None
    cause: int = 0
    outcome: Outcome = "nothing"
    withdraws: bool = False
    releases: bool = False
    lapses: bool = False


def decide(
    model: Model, one: Judged, work: Handoff | None, held: tuple[str, int] | None, *, known: bool
) -> PlayDecision:
    """What a verdict means beside the open work on the lead.

    `held` is the play and the cause of a firing that the profile holds back; `known` says that the
    play has fired for this cause before.
    """
    play = None if one.excluded else next((p for p in model.plays if p.id == one.play), None)
    begins = play is not None and one.play != one.play_before and not known
    lapses = held is not None and (begins or play is None or held[0] != play.id)
    withdraws = _ends(play, work)
    if play is None:
        return PlayDecision(withdraws=withdraws, lapses=lapses)
    if begins:
        outcome = _outcome(model, one, play, work)
        kept = outcome == "upgraded"
        return PlayDecision(
            play, one.entry, outcome, withdraws=withdraws and not kept, lapses=lapses
        )
    if held is not None and not lapses and hands_over(model, one.temperature):
        outcome = _outcome(model, one, play, work)
        kept = outcome == "upgraded"
        return PlayDecision(play, held[1], outcome, withdraws and not kept, releases=True)
    return PlayDecision(withdraws=withdraws, lapses=lapses)


def _ends(play: Play | None, work: Handoff | None) -> bool:
    """Whether open work that nobody has answered is of a play that holds no more."""
    if work is None or work.state not in UNANSWERED:
        return False
    return play is None or play.do != "handoff" or play.id != work.play


def _outcome(model: Model, one: Judged, play: Play, work: Handoff | None) -> Outcome:
    if play.do != "handoff":
        return "nothing" if play.do == "none" else "told"
    if not hands_over(model, one.temperature):
        return "held"
    if work is None:
        return "made"
    if work.state not in UNANSWERED or work.play == play.id:
        return "joined"
    return "upgraded" if is_ahead(model, play, work.play) else "made"


def hands_over(model: Model, temperature: str | None) -> bool:
    """Whether the model's profile hands over at a temperature; one without its names always does.

    B2B hands over from warm, B2C only hot.
    """
    profile = model.lifecycle.profile if model.lifecycle else "b2b"
    named = {one.name for one in model.temperatures} & set(PROFILES[profile])
    return not named or temperature in named


def is_ahead(model: Model, play: Play, other: str) -> bool:
    """Whether a play comes before another: a fast track first, then the order of the model.

    Any play is ahead of one that the model has no more.
    """
    order = {p.id: (not p.fast_track, number) for number, p in enumerate(model.plays)}
    return other not in order or order[play.id] < order[other]


def turn_of(play: Play | None, turn: int) -> int:
    """The turn of work: that of the score, a fast track before all others."""
    return turn - FAST if play is not None and play.fast_track else turn


def place_of(model: Model, play: Play, places: Mapping[str, int]) -> tuple[str, int]:
    """The queue of a play's work, and the place, from 0, of the lead's territory in it (-1: none).

    `places` count from 1, as in `Judged`. A lead of no territory goes to the queue `otherwise`,
    where there is one.
    """
    name, seen = play.to or play.id, set[str]()
    while (queue := model.queue(name)) is not None and queue.territories:
        if name in places:
            return name, places[name] - 1
        seen.add(name)
        if queue.otherwise is None or queue.otherwise in seen:
            break
        name = queue.otherwise
    return name, NOWHERE
