"""Two learned models side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from tamis.language import number as written
from tamis.language import translator
from tamis.server.learning.forms import Challenge, LearnedComparison
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.pages.learned.words import times_said, titled
from tamis.web.visit import Visiting

Fresh = Annotated[bool, QueryParameter()]
MOST = 25
"""Columns that are shown."""


@dataclass(frozen=True)
class Beside:
    """What two models make of a column: log-loss that it takes off, in 1/1000; null: unknown."""

    label: str
    one: float | None
    other: float | None
    in_one: bool
    in_other: bool


@dataclass(frozen=True)
class Compared:
    """Context of `learned/compare.html`.

    `fresh` null: not asked for yet, or not possible (`why_not`). `verdict` says what to do.
    """

    model: str
    found: LearnedComparison
    parts: Sequence[Beside]
    asks_fresh: bool
    verdict: str
    gain: str


@get(
    "/learned/{model:str}/{number:int}/compare",
    guards=[allows(Permission.READ)],
    sync_to_thread=True,
)
def compare(
    visit: Visiting,
    model: FromPath[str],
    number: FromPath[int],
    other: Annotated[int, QueryParameter(ge=1, le=2**31 - 1)],
    fresh: Fresh = False,  # noqa: FBT002 (a parameter of the query)
) -> Response[str]:
    """The part that sets a model beside another; `fresh`: on outcomes that came since (slow)."""
    found = visit.server.learning.compare(model, number, other, fresh=fresh)
    strongest = sorted(found.parts, key=lambda one: -max(one.one or 0, one.other or 0))
    parts = [
        Beside(
            titled(one.column, visit.language),
            None if one.one is None else one.one * 1000,
            None if one.other is None else one.other * 1000,
            one.in_one,
            one.in_other,
        )
        for one in strongest[:MOST]
    ]
    told = found.fresh
    verdict = verdict_said(told, visit.language) if told else ""
    gain = times_said(told.gain, visit.language, 4) if told else ""
    return visit.part(
        "learned/compare.html", Compared(model, found, parts, not fresh, verdict, gain)
    )


def verdict_said(told: Challenge, language: str) -> str:
    """What outcomes that came since say of the two, and what to do."""
    _ = translator(language)
    if told.found == "better":
        said = _("Model {challenger} tells more on what came since: make a draft of it.")
        return said.format(challenger=told.challenger)
    if told.found == "not_better":
        return _(
            "Model {challenger} tells no more on what came since: keep model {champion}."
        ).format(challenger=told.challenger, champion=told.champion)
    if told.more is None:
        return _("Too few conversions came since to tell them apart.")
    said = _("Too few conversions came since: about {more} more are needed to tell them apart.")
    return said.format(more=written(told.more, language))


HANDLERS = (compare,)
