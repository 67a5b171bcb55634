"""The report in words and tables, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator

from tamis.language import day, number, plurals, translator
from tamis.reports.sections import Section
from tamis.server.alignment import sections_of_sales, sections_of_value
from tamis.server.alignment.definitions import DEFINITIONS
from tamis.server.alignment.figures import WON, Alignment
from tamis.server.alignment.sections_of_passages import conversion, conversion_by
from tamis.server.alignment.words import milestone


def alignment_title(found: Alignment, language: str) -> str:
    """The title of the report."""
    _ = translator(language)
    said = _("Alignment of marketing and sales: {name} version {version}")
    return said.format(name=found.model.name, version=found.model.version)


def alignment_sections(found: Alignment, language: str) -> Iterator[Section]:
    """The parts of the report, and at its end what each number means."""
    yield _overview(found, language)
    yield conversion(found, language)
    for name in found.by:
        yield conversion_by(found, name, language)
    yield from sections_of_sales.sections(found, language)
    yield from sections_of_value.sections(found, language)
    yield _definitions(language)


def _overview(found: Alignment, language: str) -> Section:
    _, ngettext = translator(language), plurals(language)
    period = found.period
    said = _("From {first} to {last}, in the time zone {zone}.").format(
        first=day(period.first, language), last=day(period.last, language), zone=period.zone
    )
    followed = _("Each lead is followed to the end of the period.")
    if period.follow is not None:
        followed = ngettext(
            "Each lead is followed for {count} day from its milestone.",
            "Each lead is followed for {count} days from its milestone.",
            period.follow,
        ).format(count=number(period.follow, language))
    counted = _("{milestone}: {count}")
    points = [
        counted.format(
            milestone=milestone(one.stage, language),
            count=number(one.reached + one.open, language),
        )
        for one in found.conversion
    ]
    won = found.cycles["first_touch"].count
    name = milestone(WON, language)
    points.append(counted.format(milestone=name, count=number(won, language)))
    return Section(
        alignment_title(found, language),
        (said, followed),
        points=tuple(points),
        note=_("Every number is defined at the end; intervals are at 95 per cent."),
    )


def _definitions(language: str) -> Section:
    _ = translator(language)
    points = []
    for key, definition in DEFINITIONS.items():
        said = definition.said(language)
        text = _("{name} [{key}]: {formula}")
        if said.cohort:
            text = _("{name} [{key}]: {formula} Counted: {cohort}")
        points.append(
            text.format(name=said.name, key=key, formula=said.formula, cohort=said.cohort)
        )
    return Section(_("What the numbers mean"), points=tuple(points))
