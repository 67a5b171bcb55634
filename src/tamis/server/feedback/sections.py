"""Data quality in words and tables, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tamis.language import number, percent, translator
from tamis.reports.sections import Heading, Section, numbers
from tamis.server.feedback.forms import FieldQuality, Quality


def quality_title(found: Quality, language: str) -> str:
    """The title of the answer."""
    _ = translator(language)
    return _("Data quality for {name}").format(name=found.model)


def quality_sections(found: Quality, language: str) -> Iterator[Section]:
    """Fields over all leads, then by source of the lead; and what was put aside."""
    _ = translator(language)
    yield _table(
        quality_title(found, language),
        [one for one in found.fields if one.source is None],
        language,
        note=_(
            "Invalid: not of the type that the model declares. Corrected: by sales, after another "
            "value. Stale: older than a year, or than a version that relies on it says."
        ),
    )
    for source in sorted({one.source for one in found.fields if one.source is not None}):
        title = _("Leads of the source {source}").format(source=source)
        some = [one for one in found.fields if one.source == source]
        yield _table(title if source else _("Leads of no known source"), some, language)
    yield _put_aside(found, language)


def _table(title: str, fields: Sequence[FieldQuality], language: str, *, note: str = "") -> Section:
    _ = translator(language)
    headings = (
        Heading(_("Field")),
        *numbers(_("Leads"), _("Missing"), _("Invalid"), _("Corrected"), _("Stale")),
    )
    rows = tuple(
        (
            one.field,
            number(one.leads, language),
            *(
                _counted(count, one.leads, language)
                for count in (one.missing, one.invalid, one.corrected, one.stale)
            ),
        )
        for one in fields
    )
    nothing = () if rows else (_("There is no lead, or the model declares no field of leads."),)
    return Section(title, nothing, headings=headings, rows=rows, note=note)


def _counted(count: int, of: int, language: str) -> str:
    return f"{number(count, language)} ({percent(round(count / of, 6), language)})"


def _put_aside(found: Quality, language: str) -> Section:
    _ = translator(language)
    headings = (
        Heading(_("Kind")),
        Heading(_("Reason")),
        Heading(_("Field")),
        Heading(_("Count"), number=True),
    )
    rows = tuple(
        (one.kind, one.code, one.field or "", number(one.count, language))
        for one in found.quarantined
    )
    said = _("Messages put aside in the last {days} days").format(days=number(found.days, language))
    return Section(said, () if rows else (_("None."),), headings=headings, rows=rows)
