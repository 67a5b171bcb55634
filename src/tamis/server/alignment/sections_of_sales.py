"""What sales did: service levels, rejections, order, first meetings; goals beside what was met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tamis.language import month, number, percent, translator
from tamis.reports.figures import figure
from tamis.reports.phrases import capital
from tamis.reports.sections import Heading, Said, Section
from tamis.server.alignment.figures import Alignment, GoalMet, Part
from tamis.server.alignment.sections_of_passages import defined, parts_table
from tamis.server.alignment.words import milestone, reason


def sections(found: Alignment, language: str) -> Iterator[Section]:
    """The parts of the report on what sales did."""
    _ = translator(language)
    if found.goals:
        yield _goals(found, language)
    owners = _("Owner")
    yield _shares(_("Service levels kept"), found.service, owners, "service_kept", language)
    yield _shares(
        _("Work taken in the recommended order"), found.in_order, owners, "in_order", language
    )
    yield _rejections(found, language)
    yield _shares(_("First-meeting rate"), (found.first_meeting,), "", "first_meeting", language)


def _goals(found: Alignment, language: str) -> Section:
    _ = translator(language)
    headings = (
        Heading(_("Goal")),
        Heading(_("Month")),
        Heading(_("Agreed"), number=True),
        Heading(_("Reached"), number=True),
        Heading(_("Share"), number=True),
    )
    rows = tuple(
        (
            milestone(one.milestone, language),
            _month(one, language),
            number(one.goal, language),
            _met(one, language),
            percent(one.actual / one.goal, language) if one.goal else "",
        )
        for one in found.goals
    )
    cut = any(not one.whole for one in found.goals)
    more = _("A month with an asterisk lies in the period in part.") + " " if cut else ""
    return Section(_("Goals"), headings=headings, rows=rows, note=more + defined(language, "goals"))


def _month(one: GoalMet, language: str) -> str:
    said = f"{capital(month(one.month.month, language))} {one.month.year}"
    return said if one.whole else f"{said} *"


def _met(one: GoalMet, language: str) -> Said:
    tone = "" if not one.whole else "good" if one.actual >= one.goal else "doubt"
    return Said(number(one.actual, language), tone)  # type: ignore[arg-type]


def _rejections(found: Alignment, language: str) -> Section:
    _ = translator(language)
    whole, *reasons = found.rejections
    named = [Part(reason(one.name, found.model, language), one.count, one.of) for one in reasons]
    return _shares(_("Rejections by reason"), (whole, *named), _("Reason"), "rejections", language)


def _shares(
    title: str, parts: Sequence[Part], first: str, definition: str, language: str
) -> Section:
    """A table of shares, of all in its first row; a sentence where there is nothing to share."""
    _ = translator(language)
    note = defined(language, definition)
    if not parts or not parts[0].of:
        return Section(title, (_("Nothing to count in the period."),), note=note)
    rows = [
        (
            one.name or _("All"),
            one.count,
            one.of,
            str(figure(one.share, language, decimals=1, unit="%")),
        )
        for one in parts
    ]
    headings, said = parts_table(rows, first, language)
    return Section(title, headings=headings, rows=said, note=note)
