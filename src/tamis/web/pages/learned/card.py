"""The card of a learned model: what it tells, from what, how well, beside the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy import Connection

from tamis.language import translator
from tamis.model.spec import Model
from tamis.predict.learned import Learned
from tamis.reports.learned import card as told
from tamis.reports.learned.words import left_out_said, phase_said
from tamis.reports.sections import Said, Section
from tamis.server.learning.forms import LearnedRow, LearningReport
from tamis.server.models import alerts
from tamis.server.models import stored as versions
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.drawn import Drawn
from tamis.web.pages.learned.beside import (
    Added,
    Differing,
    Grid,
    Suggested,
    added,
    differing,
    grid,
    suggested,
)
from tamis.web.pages.learned.overview import Moved, moved, people
from tamis.web.pages.learned.parts import Parts, ShortLine, parts, short_lines
from tamis.web.pages.learned.pictures import calibration, gains
from tamis.web.pages.learned.words import STATE_TONES, STATES, share_said, times_said, titled
from tamis.web.reported import Reported
from tamis.web.visit import Visit, Visiting

FEW = 8
"""Rules that are shown at least."""


@dataclass(frozen=True)
class People:
    """A group of people: how many rows, which share was won, what was told, who is in the best."""

    group: str
    rows: int
    conversion: str
    told: float
    top: str
    impact: float | None
    passed_over: bool


@dataclass(frozen=True)
class Shielded:
    """A column that says who a person is, with figures by its groups."""

    column: str
    attribute: str
    allowed: bool
    groups: Sequence[People]


@dataclass(frozen=True)
class Card:
    """Context of `learned/card.html`.

    `opening` are sentences; `left_out` columns with their reason. `others` are the other models,
    to compare with. `base` is what everybody begins with on the short card. Charts, `grid` and
    `base` are null where nothing is known.
    """

    model: str
    row: LearnedRow
    learned: Learned
    report: LearningReport
    opening: Sequence[Said]
    phase: str
    parts: Parts
    pairs: Sequence[Reported]
    calibration: Drawn | None
    gains: Drawn | None
    left_out: Sequence[tuple[str, str]]
    suggested: Sequence[Suggested]
    added: Sequence[Added]
    base: int | None
    lines: Sequence[ShortLine]
    grid: Grid | None
    differing: Sequence[Differing]
    shielded: Sequence[Shielded]
    proxies: Sequence[tuple[str, str, str, str]]
    alarms: Sequence[Moved]
    others: Sequence[LearnedRow]
    names: Mapping[str, str]
    may_change: bool
    can_learn: bool
    states: Mapping[str, str]
    tones: Mapping[str, str]

    @property
    def suggested_first(self) -> Sequence[Suggested]:
        """Rules whose points the data would change; where there are few, others with many leads."""
        worth = sum(1 for one in self.suggested if one.takes)
        return self.suggested[: max(worth, FEW)]

    @property
    def suggested_others(self) -> Sequence[Suggested]:
        """The other rules."""
        return self.suggested[len(self.suggested_first) :]

    @property
    def takes_some(self) -> bool:
        """Whether any suggestion can be ticked."""
        return bool(self.added) or any(one.takes for one in self.suggested)


@get("/learned/{model:str}/{number:int}", guards=[allows(Permission.READ)], sync_to_thread=True)
def shown(visit: Visiting, model: FromPath[str], number: FromPath[int]) -> Response[str]:
    """Show a learned model."""
    return visit.page("learned/card.html", context(visit, model, number))


def context(visit: Visit, model: str, number: int) -> Card:
    """A learned model with everything that is known of it. Raises: Problem 404."""
    language, learning = visit.language, visit.server.learning
    whole, overview = learning.whole(model, number), learning.overview(model)
    learned, report, row = whole.learned, whole.report, whole.row
    with visit.server.database.read() as connection:
        rules = _rules(connection, model)
        leads = differing(connection, whole.disagreements)
        names = people(connection)
    sections = list(told.card_sections(learned, language))
    return Card(
        model=model,
        row=row,
        learned=learned,
        report=report,
        opening=_opening(sections[0]),
        phase=phase_said(learned.phase, language),
        parts=parts(learned, language),
        pairs=_pairs(sections, language) if learned.pairs else [],
        calibration=calibration(learned, language),
        gains=gains(learned, language),
        left_out=[
            (titled(o.column, language), left_out_said(o, language)) for o in learned.left_out
        ],
        suggested=suggested(report.suggestions, rules, language),
        added=added(report.additions, language),
        base=report.card.base if report.card else None,
        lines=short_lines(report.card, learned, language) if report.card else [],
        grid=grid(report.agreement, language) if report.agreement else None,
        differing=leads,
        shielded=_shielded(report, language),
        proxies=_proxies(report, language),
        alarms=[moved(one, language) for one in overview.alarms]
        if overview.watched.number == number
        else [],
        others=[one for one in overview.models if one.number != number],
        names=names,
        may_change=visit.may(Permission.MODEL),
        can_learn=overview.available,
        states=STATES,
        tones=STATE_TONES,
    )


def _rules(connection: Connection, model: str) -> Model | None:
    """The version in use, for the names of its rules; None: none is."""
    active = versions.active(connection, model)
    return alerts.loaded(active.yaml) if active else None


def _opening(section: Section) -> list[Said]:
    return [one if isinstance(one, Said) else Said(one) for one in section.sentences]


def _pairs(sections: Sequence[Section], language: str) -> list[Reported]:
    """What two columns add together, as reports show it."""
    title = translator(language)("What two columns add together")
    return [Reported(one) for one in sections if one.title == title]


def _shielded(report: LearningReport, language: str) -> list[Shielded]:
    return [
        Shielded(
            titled(one.column, language),
            one.attribute,
            one.allowed,
            [
                People(
                    group.group,
                    group.rows,
                    share_said(group.conversion, language),
                    group.told,
                    share_said(group.top, language),
                    group.impact,
                    group.passed_over,
                )
                for group in one.groups
            ],
        )
        for one in report.protected
    ]


def _proxies(report: LearningReport, language: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            titled(one.column, language),
            titled(one.protected, language),
            one.group,
            times_said(one.auc, language, 2),
        )
        for one in report.proxies
    ]


HANDLERS = (shown,)
