"""Conversion and time in stage, of all leads and by what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from tamis import charts
from tamis.language import number, translator
from tamis.reports.backtest_charts import whiskers
from tamis.reports.figures import DASH, NONE, figure
from tamis.reports.sections import Heading, Said, Section
from tamis.server.alignment.figures import Alignment, Passage, Spread
from tamis.server.alignment.words import milestone, passage, trait

MOST = 12
"""Groups shown; programs are told all."""


def conversion(found: Alignment, language: str) -> Section:
    """Conversion from each milestone to the next."""
    _ = translator(language)
    rows = [_row(passage(one.stage, one.next, language), one, language) for one in found.conversion]
    drawn = [
        whiskers(passage(one.stage, one.next, language), one.share, language, decimals=1, unit="%")
        for one in found.conversion
        if one.reached
    ]
    title = _("Conversion and time in stage")
    return Section(
        title,
        headings=_headings(_("Step"), language),
        rows=tuple(rows),
        note=defined(language, "conversion", "time_in_stage"),
        charts=(partial(charts.intervals, drawn, _("Conversion of each step")),) if drawn else (),
    )


def conversion_by(found: Alignment, name: str, language: str) -> Section:
    """Conversion of each step for groups of leads: a row for each of the largest groups."""
    _ = translator(language)
    cells = {(one.group, one.stage): one for one in found.by[name]}
    leads = Counter[str]()
    for one in found.by[name]:
        leads[one.group] += one.reached
    groups = sorted(leads, key=lambda group: (group == "-", -leads[group], group))
    steps = [Heading(f"→ {milestone(one.next, language)}", number=True) for one in found.conversion]
    rows = tuple(
        (
            _("not known") if group == "-" else group,
            *(_cell(cells.get((group, one.stage)), language) for one in found.conversion),
        )
        for group in groups[:MOST]
    )
    more = _("The largest groups are shown.") + " " if len(groups) > MOST else ""
    return Section(
        trait(name, language),
        () if rows else (_("No lead reached a milestone in the period."),),
        headings=(Heading(""), *steps),
        rows=rows,
        note=more + defined(language, "conversion", name),
    )


def _cell(one: Passage | None, language: str) -> str | Said:
    _ = translator(language)
    if one is None or not one.reached:
        return NONE
    below = _("{count} of {of}").format(
        count=number(one.went_on, language), of=number(one.reached, language)
    )
    return Said(str(figure(one.share, language, decimals=0, unit="%")), below=below)


def _headings(first: str, language: str) -> tuple[Heading, ...]:
    _ = translator(language)
    return (
        Heading(first),
        Heading(_("Leads"), number=True),
        Heading(_("Went on"), number=True),
        Heading(_("Conversion"), number=True),
        Heading(_("Days, median (quartiles)"), number=True),
        Heading(_("Open"), number=True),
    )


def _row(label: str, one: Passage, language: str) -> tuple[str, ...]:
    return (
        label,
        number(one.reached, language),
        number(one.went_on, language),
        str(figure(one.share, language, decimals=1, unit="%")),
        spread_said(one.days, language),
        number(one.open, language) if one.open else NONE,
    )


def spread_said(found: Spread, language: str, decimals: int = 1) -> str:
    """A median with its quartiles."""
    if found.median is None or found.low is None or found.high is None:
        return NONE
    low, middle, high = (
        number(round(value, 6), language, decimals=decimals)
        for value in (found.low, found.median, found.high)
    )
    return f"{middle} ({low}{DASH}{high})"


def defined(language: str, *names: str) -> str:
    """Where the numbers of a section are defined."""
    _ = translator(language)
    return _("Defined below: {names}.").format(names=", ".join(f"[{name}]" for name in names))


def parts_table(
    rows: Sequence[tuple[str, int, int, str]], first: str, language: str
) -> tuple[tuple[Heading, ...], tuple[tuple[str, ...], ...]]:
    """A table of shares: name, count, of, share in words."""
    _ = translator(language)
    headings = (
        Heading(first),
        Heading(_("Count"), number=True),
        Heading(_("Of"), number=True),
        Heading(_("Share"), number=True),
    )
    said = tuple((n, number(c, language), number(of, language), s) for n, c, of, s in rows)
    return headings, said
