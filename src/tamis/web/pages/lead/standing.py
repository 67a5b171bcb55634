"""Where a lead stands: its way through the statuses, who led it there, and what may follow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tamis.language import translator
from tamis.model.lifecycle.spec import Lifecycle
from tamis.model.terms import UNLABELLED
from tamis.reports.phrases import spaced
from tamis.server.alignment.words import milestone
from tamis.server.lifecycle import reading
from tamis.server.lifecycle.forms import LeadStatus, Next, Step
from tamis.server.problems import Problem
from tamis.server.security.permissions import Permission
from tamis.web.pages.lead.person import names
from tamis.web.pages.lead.shown import Shown

When = Literal["done", "passed", "now", "next", "later"]
ABBREVIATED = re.compile(r"(.+) \(([A-Z]{2,5})\)")


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


CAUSES: Mapping[str, str] = {
    "score": _("by the score"),
    "marketing": _("by marketing"),
    "sales": _("by sales"),
    "system": _("by itself"),
    "merge": _("from a record that proved to be the same person"),
}
NOTED: Mapping[str, str] = {
    "handed over": _("by a hand-off"),
    "outcome ": _("by a deal that was recorded"),
}
"""What the server notes for itself as the reason of a step, by how that begins."""
KINDS: Mapping[str, str] = {"mkg": _("by marketing"), "tkg": _("by teleprospecting")}
ENTRIES: Mapping[str, str] = {
    "inbound": _("came to us by themselves"),
    "outbound": _("we looked for them"),
}
QUESTIONS: Mapping[str, str] = {
    "accepted": _("accepted by sales"),
    "meeting": _("meeting held"),
    "budget": _("budget"),
    "authority": _("authority"),
    "need": _("need"),
    "timeframe": _("timeframe"),
}


@dataclass(frozen=True)
class Stop:
    """A status on the way: done (with the step that led there), passed, now, next or later.

    `made` is the latest step to it; null: not reached, or taken back since. `who` made it, a person
    or what else did, and `reason` is what they said.
    """

    name: str
    label: str
    when: When
    made: Step | None
    who: str = ""
    reason: str = ""

    @property
    def short(self) -> str:
        """The abbreviation at the end of the label, as MQL; empty where it has none."""
        found = ABBREVIATED.fullmatch(self.label)
        return found[2] if found else ""


@dataclass(frozen=True)
class Possible:
    """A step that who looks may make; `missing` are questions to be answered by yes with it."""

    to: str
    label: str
    missing: Sequence[tuple[str, str]]
    reason_needed: bool


@dataclass(frozen=True)
class Status:
    """Where a lead stands, how it came there, and what who looks may do about it.

    `past` is every step in words, the latest first. `milestones` are those reached, with when.
    """

    said: LeadStatus
    entry: str
    kind: str
    stops: Sequence[Stop]
    past: Sequence[Past]
    milestones: Sequence[tuple[str, str]]
    answers: Sequence[tuple[str, bool, str, str]]
    possible: Sequence[Possible]


@dataclass(frozen=True)
class Past:
    """A step that was made, in words; `who` says who made it, empty where the score did."""

    at: str
    label: str
    cause: str
    who: str
    reason: str
    score: Decimal | None


def status_of(shown: Shown) -> Status | None:
    """The status; None for a model without a lifecycle, or a lead that has none yet."""
    version = shown.version
    if version is None or version.model.lifecycle is None:
        return None
    try:
        said = reading.of_lead(shown.connection, version, shown.lead, shown.visit.caller)
    except Problem:
        return None
    lifecycle, people = version.model.lifecycle, names(shown)
    say, language = translator(shown.visit.language), shown.visit.language
    may = shown.visit.may(Permission.WORK)
    return Status(
        said=said,
        entry=say(ENTRIES.get(said.entry, said.entry)),
        kind=say(KINDS.get(said.kind, said.kind)) if said.kind else "",
        stops=_stops(lifecycle, said, people, language),
        past=[_past(lifecycle, one, people, language) for one in reversed(said.history)],
        milestones=[*_milestones(said.history, language).items()],
        answers=[
            (_question(lifecycle, one.question, language), one.yes, one.note, one.at)
            for one in said.answers
        ],
        possible=[_possible(lifecycle, one, language) for one in said.next] if may else [],
    )


def _milestones(history: Sequence[Step], language: str) -> dict[str, str]:
    """Those that were reached, each once, with when it was reached last."""
    reached = {one.milestone: one.at for one in history if one.milestone is not None}
    return {milestone(name, language): at for name, at in reached.items()}


def _stops(
    lifecycle: Lifecycle, said: LeadStatus, people: Mapping[str, str], language: str
) -> list[Stop]:
    """The way to a sale with the lead on it; where it has left the way, that stands behind."""
    # A milestone alone, as a meeting, is a row that leads nowhere.
    latest = {one.after: one for one in said.history if one.before != one.after}
    path = lifecycle.path
    here = path.index(said.status) if said.status in path else -1
    reached = here if here >= 0 else _furthest(path, latest)
    found = []
    # Who has left the way is not on it any more: what lies ahead says nothing then.
    for place, name in enumerate(path if here >= 0 else path[: reached + 1]):
        made = latest.get(name) if place <= reached else None
        when = _when(place, here, reached, made)
        found.append(_stop(lifecycle, name, when, made, people, language))
    if here < 0:
        made = latest.get(said.status)
        found.append(_stop(lifecycle, said.status, "now", made, people, language))
    return found


def _stop(  # noqa: PLR0917 (a sentence: which status, when, by which step, said to whom)
    lifecycle: Lifecycle,
    name: str,
    when: When,
    made: Step | None,
    people: Mapping[str, str],
    language: str,
) -> Stop:
    label = reading.label_of(lifecycle, name, language)
    if made is None or when == "passed":
        return Stop(name, label, when, made)
    who = _who(made, people) or _cause(made, language)
    return Stop(name, label, when, made, who, _reason(made))


def _furthest(path: Sequence[str], latest: Mapping[str, Step]) -> int:
    return max((place for place, name in enumerate(path) if name in latest), default=-1)


def _when(place: int, here: int, reached: int, made: Step | None) -> When:
    if place == here:
        return "now"
    if place <= reached:
        return "passed" if made is None or made.passed else "done"
    return "next" if here >= 0 and place == here + 1 else "later"


def _who(step: Step, people: Mapping[str, str]) -> str:
    return people.get(step.made_by, step.made_by) if step.made_by else ""


def _cause(step: Step, language: str) -> str:
    """What made a step that no person made."""
    say = translator(language)
    if step.before is None:
        return say("came in")
    known = next((text for start, text in NOTED.items() if step.reason.startswith(start)), None)
    return say(known if known and step.cause == "system" else CAUSES.get(step.cause, step.cause))


def _reason(step: Step) -> str:
    """Why a step was made, where somebody said so; what the server notes for itself is none."""
    return step.reason if step.made_by else ""


def _past(lifecycle: Lifecycle, step: Step, people: Mapping[str, str], language: str) -> Past:
    label = reading.label_of(lifecycle, step.after, language)
    if step.before == step.after and step.milestone is not None:
        label = milestone(step.milestone, language)
    cause = _cause(step, language)
    return Past(step.at, label, cause, _who(step, people), _reason(step), step.score)


def _question(lifecycle: Lifecycle, name: str, language: str) -> str:
    known = translator(language)(QUESTIONS[name]) if name in QUESTIONS else spaced(name)
    return lifecycle.questions.get(name, UNLABELLED).text(language, known)


def _possible(lifecycle: Lifecycle, one: Next, language: str) -> Possible:
    missing = [(name, _question(lifecycle, name, language)) for name in one.missing]
    return Possible(one.to, one.label, missing, one.reason_needed)
