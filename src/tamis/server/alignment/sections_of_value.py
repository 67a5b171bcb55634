"""What scores, sources and assets brought: bands, returns, cycles, touches, a change of model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from tamis import charts
from tamis.language import number, percent, translator
from tamis.reports.backtest_charts import whiskers
from tamis.reports.figures import DASH, NONE, figure
from tamis.reports.sections import Heading, Section, numbers
from tamis.server.alignment.figures import Alignment, Band, ModelChange, Spread
from tamis.server.alignment.sections_of_passages import defined, spread_said
from tamis.server.alignment.words import asset, milestone, passage


def sections(found: Alignment, language: str) -> Iterator[Section]:
    """The parts of the report on what came of it."""
    if found.bands:
        yield _bands(found, language)
    yield _returns(found, language)
    if found.change is not None:
        yield _change(found.change, language)
    yield _cycles(found, language)
    yield _touches(found, language)


def _bands(found: Alignment, language: str) -> Section:
    _ = translator(language)
    title = _("Conversion and revenue by score band")
    drawn = [
        whiskers(_band(one, language), one.share, language, decimals=1, unit="%")
        for one in found.bands
    ]
    headings = (
        Heading(_("Score")),
        *numbers(_("Leads"), _("Won"), _("Conversion"), _("Revenue"), _("Revenue per lead")),
    )
    rows = tuple(
        (
            _band(one, language),
            number(one.leads, language),
            number(one.won, language),
            str(figure(one.share, language, decimals=1, unit="%")),
            number(one.revenue, language, decimals=0),
            str(figure(one.per_lead, language, decimals=0)),
        )
        for one in found.bands
    )
    return Section(
        title,
        headings=headings,
        rows=rows,
        note=defined(language, "bands"),
        charts=(partial(charts.intervals, drawn, _("Wins by score")),),
    )


def _band(one: Band, language: str) -> str:
    return f"{number(one.low, language)}{DASH}{number(one.high, language)}"


def _returns(found: Alignment, language: str) -> Section:
    _ = translator(language)
    headings = (
        Heading(_("Source")),
        *numbers(_("Leads"), _("Won"), _("Cost"), _("Revenue"), _("Return")),
    )
    rows = tuple(
        (
            one.source or _("not known"),
            number(one.leads, language),
            number(one.won, language),
            NONE if one.cost is None else number(one.cost, language, decimals=0),
            number(one.revenue, language, decimals=0),
            NONE if one.gain is None else percent(round(one.gain, 6), language),
        )
        for one in found.returns
    )
    return Section(
        _("Return by source"),
        () if rows else (_("No lead entered in the period."),),
        headings=headings,
        rows=rows,
        note=defined(language, "source_return", "source"),
    )


def _change(change: ModelChange, language: str) -> Section:
    _ = translator(language)
    said = _("Version {number} became active at {at}; {days} days on each side of it.").format(
        number=change.number, at=change.at[:16] + "Z", days=number(change.days, language)
    )
    headings = (
        Heading(_("Step")),
        *numbers(_("Before"), _("After"), _("Difference")),
    )
    rows = tuple(
        (
            passage(one.before.stage, one.before.next, language),
            str(figure(one.before.share, language, decimals=1, unit="%")),
            str(figure(one.after.share, language, decimals=1, unit="%")),
            str(figure(one.difference, language, decimals=1, unit="%")),
        )
        for one in change.changes
    )
    return Section(
        _("Before and after a model change"),
        (said,),
        headings=headings,
        rows=rows,
        note=defined(language, "model_change"),
    )


def _cycles(found: Alignment, language: str) -> Section:
    _ = translator(language)
    names = {"first_touch": _("From the first touch"), "qualified": _("From qualified")}
    spreads: Mapping[str, Spread] = {
        **{names[name]: one for name, one in found.cycles.items()},
        **{asset(name, language): one for name, one in found.assets.items()},
    }
    headings = (
        Heading(_("Cycle")),
        *numbers(_("Won"), _("Days, median (quartiles)")),
    )
    rows = tuple(
        (name, number(one.count, language), spread_said(one, language))
        for name, one in spreads.items()
    )
    return Section(
        _("Cycle length, and by what was met on the way"),
        headings=headings,
        rows=rows,
        note=defined(language, "cycle", "asset_cycle"),
    )


def _touches(found: Alignment, language: str) -> Section:
    _ = translator(language)
    headings = (
        Heading(_("Milestone")),
        *numbers(_("Leads"), _("Touches, median (quartiles)")),
        Heading(_("Most leads had")),
    )
    rows = tuple(
        (
            milestone(one.milestone, language),
            number(one.leads, language),
            spread_said(one.spread, language),
            "\n".join(
                f"{kind.name} {percent(kind.share.value or 0, language)}" for kind in one.kinds
            )
            or NONE,
        )
        for one in found.touches
    )
    return Section(
        _("Touches before each milestone"),
        headings=headings,
        rows=rows,
        note=defined(language, "touches"),
    )
