"""Suggested points beside today's, and rules worth adding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tamis.language import number, translator
from tamis.reports.figures import NONE
from tamis.reports.learned.words import with_interval
from tamis.reports.sections import Heading, Said, Section, Tone, numbers

if TYPE_CHECKING:
    from tamis.predict.suggest.missing import Proposal
    from tamis.predict.suggest.points import Suggested, Suggestion

TONES: dict[str, Tone] = {"against": "bad", "more": "doubt", "less": "doubt", "supports": "good"}


def suggested_sections(
    found: Suggested, missing: Sequence[Proposal], language: str
) -> Iterator[Section]:
    """The points that the outcomes support for each rule, then rules worth adding."""
    yield _rules(found, language)
    if missing:
        yield _missing(missing, language)


def verdict_said(one: Suggestion, language: str) -> Said:
    """What the outcomes say of a rule's points, and whether they may be changed at all."""
    _ = translator(language)
    said = {
        "supports": _("supported"),
        "more": _("worth more"),
        "less": _("worth less"),
        "none": _("no effect seen"),
        "against": _("points the other way"),
        "too_few": _("too few leads to tell"),
    }[one.says]
    kept = {"locked": _("locked: stays"), "exclusion": _("shuts leads out: stays"), "": ""}
    return Said(said, TONES.get(one.says, "soft"), below=kept[one.kept])


def _rules(found: Suggested, language: str) -> Section:
    _ = translator(language)
    rows = tuple(
        (
            one.rule if not one.level else f"{one.rule} {one.level}",
            number(one.today, language, sign=True),
            NONE if one.points is None else number(one.points, language, sign=True),
            _interval(one, language),
            number(one.leads, language),
            with_interval(one.conversion, language),
            verdict_said(one, language),
        )
        for one in found.suggestions
    )
    said = _(
        "From {leads} leads, {won} of them won. All rules were judged at once, so that rules "
        "on the same leads share what these tell."
    )
    sentences: list[str | Said] = [
        said.format(leads=number(found.leads, language), won=number(found.conversions, language))
    ]
    if found.scale is None:
        sentences.append(Said(_("Too few wins to suggest any points."), "doubt"))
    headings = (
        Heading(_("rule")),
        *numbers(_("today"), _("by data"), _("interval, 95%"), _("leads"), _("conversion")),
        Heading(_("verdict")),
    )
    return Section(
        _("The points that the data support"),
        tuple(sentences),
        headings=headings,
        rows=rows,
    )


def _interval(one: Suggestion, language: str) -> str:
    if one.interval.low is None or one.interval.high is None:
        return NONE
    low, high = (number(end, language, decimals=1) for end in (one.interval.low, one.interval.high))
    return f"{low} \u2026 {high}"


def _missing(missing: Sequence[Proposal], language: str) -> Section:
    _ = translator(language)
    rows = []
    for one in missing:
        for place, level in enumerate(one.levels):
            rows.append(
                (
                    one.id if place == 0 else "",
                    level.name,
                    number(level.points, language, sign=True),
                    number(level.leads, language),
                    with_interval(level.conversion, language),
                )
            )
    headings = (
        Heading(_("rule")),
        Heading(_("level")),
        *numbers(_("points"), _("leads"), _("conversion")),
    )
    said = _("What the model ignores, and tells more than today's score does.")
    return Section(_("Rules worth adding"), (said,), headings=headings, rows=tuple(rows))
