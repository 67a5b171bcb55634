"""The open hand-off of a lead, and what who looks may do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tamis.language import translator
from tamis.reports.phrases import play_name, spaced
from tamis.server.alignment.words import reason
from tamis.server.problems import Problem
from tamis.server.security.permissions import Permission
from tamis.server.store.tables.work import OPEN, handoffs
from tamis.server.work import pages, rights
from tamis.server.work.answers import Work
from tamis.server.work.handoffs import find
from tamis.server.work.queues import floor
from tamis.web.pages.lead.person import names
from tamis.web.pages.lead.shown import Shown

SNOOZES: Final = (1, 3, 7)
"""Days for which work can be put aside: it is back on the first morning at work after them."""


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


STATES: Mapping[str, str] = {
    "waiting": _("waits for somebody"),
    "assigned": _("assigned"),
    "accepted": _("accepted"),
}


@dataclass(frozen=True)
class Handoff:
    """The open hand-off; `acts` says that who looks may act on it, `accepts` also accept it.

    `reasons` are those for which it may be rejected, by name with their words; `snoozes` the days
    for which it may be put aside.
    """

    work: Work
    play: str
    queue: str
    state: str
    owner: str
    acts: bool
    accepts: bool
    reasons: Sequence[tuple[str, str]]
    snoozes: Sequence[int]


def handoff_of(shown: Shown) -> Handoff | None:
    """The open hand-off of the lead in the model; None: there is none."""
    if shown.version is None:
        return None
    model, language = shown.version.model, shown.visit.language
    own = (handoffs.c.lead == shown.lead) & (handoffs.c.model == model.name) & OPEN
    row = shown.connection.execute(pages.shown().where(own)).first()
    if row is None:
        return None
    work, say = pages.work_of(row, shown.visit.server.micros), translator(language)
    play = next((one for one in model.plays if one.id == work.play), None)
    queue = model.queue(work.queue)
    acts = _acts(shown, work.handoff)
    mine = work.owner in (None, shown.visit.caller.who)
    return Handoff(
        work=work,
        play=play_name(play, language) if play else spaced(work.play),
        queue=queue.label.text(language, spaced(work.queue)) if queue else spaced(work.queue),
        state=say(STATES.get(work.state, work.state)),
        owner=names(shown).get(work.owner, work.owner) if work.owner else "",
        acts=acts,
        accepts=acts and mine and work.state != "accepted",
        reasons=[(one.name, reason(one.name, model, language)) for one in model.feedback.reasons],
        snoozes=SNOOZES if acts and work.owner else (),
    )


def _acts(shown: Shown, handoff: int) -> bool:
    """Whether who looks may act on a hand-off: the routes ask the same."""
    if not shown.visit.may(Permission.WORK):
        return False
    known, work = floor(shown.connection), find(shown.connection, handoff)
    try:
        rights.refuse_unless_acts(known, shown.visit.caller, work)
    except Problem:
        return False
    return True
