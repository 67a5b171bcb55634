"""The page of a lead: who they are, where they stand, and the score taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select

from tamis.model.spec import Play
from tamis.reports.phrases import capital, dimension_name, play_name
from tamis.server.read.answers import Adjustment, Verdict
from tamis.server.read.lead_page import adjustments_of
from tamis.server.read.verdicts import S, verdict_on
from tamis.server.security.permissions import Permission
from tamis.web.pages.lead.handed import Handoff, handoff_of
from tamis.web.pages.lead.interests import Interests, interests
from tamis.web.pages.lead.person import Person, names, person
from tamis.web.pages.lead.score import Taken, taken_apart
from tamis.web.pages.lead.shown import Shown
from tamis.web.pages.lead.standing import Status, status_of

COUNTED: Final = 1_000
"""Up to this place a lead's place in the order of calling is counted."""


@dataclass(frozen=True)
class Given:
    """Points given by hand, by whom, and whether they count today."""

    entry: Adjustment
    dimension: str
    who: str
    counts: bool


@dataclass(frozen=True)
class Page:
    """Context of `lead.html` and `lead/all.html`.

    Attributes:
        asked_for: the id that led here where the lead has another one by now; else empty.
        models: active models, each with its address and whether it is shown; one: no choice.
        said: what the model says today; null: no score yet, or no active model.
        rank: place in the order of calling from 1; null: beyond `COUNTED`, or excluded.
        play: the play in words; empty: none.
        score: the score taken apart; null: there is none.
        points: points given by hand in the model, the latest first.
        dimensions: those that points may be given to, by name, with their labels.
        told: what was just done, in words; `focus` the section to go on at.
    """

    shown: Shown
    person: Person
    asked_for: str
    models: Sequence[tuple[str, str, bool]]
    said: Verdict | None
    rank: int | None
    play: str
    action: Play | None
    score: Taken | None
    status: Status | None
    handoff: Handoff | None
    interests: Interests | None
    points: Sequence[Given]
    dimensions: Sequence[tuple[str, str]]
    may_work: bool
    today: date
    told: str = ""
    focus: str = ""

    @property
    def lead_id(self) -> str:
        """What the lead is known by."""
        return self.shown.lead_id

    @property
    def model(self) -> str:
        """The name of the model that is shown; empty: none is active."""
        return self.shown.version.name if self.shown.version else ""


def context(shown: Shown, asked_for: str, *, told: str = "", focus: str = "") -> Page:
    """Everything that stands on the page at once; the rest is loaded behind it."""
    version, visit = shown.version, shown.visit
    said = None
    if version is not None:
        said = verdict_on(visit.server, shown.connection, version, shown.lead)
    judged = said if said is not None and not said.excluded else None
    taken = taken_apart(shown, judged) if judged else None
    plays = version.model.plays if version and judged else ()
    play = next((one for one in plays if judged and one.id == judged.play), None)
    return Page(
        shown=shown,
        person=person(shown),
        asked_for="" if asked_for == shown.lead_id else asked_for,
        models=_models(shown),
        said=said,
        rank=_rank(shown) if judged else None,
        play=capital(play_name(play, visit.language)) if play else "",
        action=play,
        score=taken,
        status=status_of(shown),
        handoff=handoff_of(shown),
        interests=interests(shown, judged, taken) if judged else None,
        points=_points(shown),
        dimensions=[
            (one.name, dimension_name(one, visit.language))
            for one in (version.model.dimensions if version else ())
        ],
        may_work=visit.may(Permission.WORK),
        today=shown.today,
        told=told,
        focus=focus,
    )


def _models(shown: Shown) -> list[tuple[str, str, bool]]:
    return [
        (
            one.name,
            shown.visit.url("/lead", lead_id=shown.lead_id, model=one.name),
            one is shown.version,
        )
        for one in shown.versions
    ]


def _rank(shown: Shown) -> int | None:
    """The place in the order of calling, by the stored numbers; None beyond what is counted."""
    assert shown.version is not None
    of_version = S.c.version_key == shown.version.version_key
    own = select(S.c.turn, S.c.lead_id).where(of_version, S.c.lead == shown.lead)
    turn, lead_id = shown.connection.execute(own).one()
    ahead = (S.c.turn < turn) | ((S.c.turn == turn) & (S.c.lead_id < lead_id))
    some = select(S.c.lead).where(of_version, S.c.turn <= turn, ahead).limit(COUNTED).subquery()
    before = shown.connection.execute(select(func.count()).select_from(some)).scalar_one()
    return None if before >= COUNTED else int(before) + 1


def _points(shown: Shown) -> list[Given]:
    if shown.version is None:
        return []
    model, language = shown.version.model, shown.visit.language
    labels = {one.name: dimension_name(one, language) for one in model.dimensions}
    entries = adjustments_of(shown.connection, shown.lead)
    own = [one for one in entries if one.model == model.name]
    people = names(shown) if own else {}
    return [
        Given(
            one,
            labels.get(one.dimension, one.dimension),
            people.get(one.made_by, one.made_by),
            one.withdrawn_at is None and (one.last_day is None or one.last_day >= shown.today),
        )
        for one in own
    ]
