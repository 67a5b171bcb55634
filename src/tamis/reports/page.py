"""The report of a run as one HTML page: self-contained, no script, made to be printed as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tamis import charts
from tamis.language import day, plurals, translator
from tamis.reports import figures
from tamis.reports.explain import caution
from tamis.reports.phrases import deadline, dimension_name, kept_matches, play_name
from tamis.reports.templating import as_markup, render
from tamis.run import Result
from tamis.sources.audit import Counts

LEADS, ACCOUNTS = 20, 10
PALEST, DARKEST, INK = (234, 241, 248), (31, 90, 153), "black"
WHITE_INK = 0.799
"""How dark a cell must be for white to read better on it than ink: there both reach 4.5 to 1."""


def page(result: Result, language: str = "en") -> str:
    """The HTML page of a result: counts, grid, charts, the leads to call first with their reasons.

    Charts are inline SVG, every text of the data is escaped, and nothing is loaded from elsewhere.
    Raises: UserError without the extra `charts`.
    """
    model, grid = result.model, figures.grid(result)
    leads = figures.first_leads(result, LEADS, language)
    return render(
        "report.html",
        language,
        model=model,
        as_of=result.as_of,
        counts=counts(result, language),
        store=kept_matches(result.store, language) if result.store else "",
        caution=caution(language),
        grid=grid,
        grid_down=dimension_name(grid.down, language) if grid else "",
        grid_across=dimension_name(grid.across, language) if grid else "",
        shade=shader(grid.most if grid else 0),
        charts=_charts(result, language),
        leads=leads,
        leads_title=figures.leads_title(leads, model, language),
        accounts=figures.best_accounts(result, ACCOUNTS),
        plays={play.id: play_name(play, language) for play in model.plays},
        deadlines={play.id: deadline(play, language) for play in model.plays},
        has_score=model.score is not None,
    )


def counts(result: Result, language: str) -> list[tuple[str, int]]:
    """What was scored, excluded, read and left out, each with its label; zeros left out."""
    ngettext, read = plurals(language), result.counts
    scored, excluded = figures.scored_and_excluded(result)
    rejected = sum(read.rejected.values())
    found = [
        (ngettext("lead excluded", "leads excluded", excluded), excluded),
        (ngettext("lead read", "leads read", read.leads), read.leads),
        (ngettext("account read", "accounts read", read.accounts), read.accounts),
        (_events_read(read, language), read.events),
        (
            ngettext(
                "event of an unknown lead, left out",
                "events of unknown leads, left out",
                read.unknown_leads,
            ),
            read.unknown_leads,
        ),
        (
            ngettext("event after the day, left out", "events after the day, left out", read.after),
            read.after,
        ),
        (
            ngettext("event made by bots, left out", "events made by bots, left out", read.by_bots),
            read.by_bots,
        ),
        (
            ngettext("unreadable event, left out", "unreadable events, left out", read.unreadable),
            read.unreadable,
        ),
        (ngettext("unreadable cell", "unreadable cells", rejected), rejected),
    ]
    first = ngettext("lead scored", "leads scored", scored)
    return [(first, scored), *((label, count) for label, count in found if count)]


def _events_read(read: Counts, language: str) -> str:
    """What stands after the number of events: of very many, not all are looked at more closely."""
    _, ngettext = translator(language), plurals(language)
    label = ngettext("event read", "events read", read.events)
    if read.looked_at_since is None:
        return label
    said = _("{events} (those left out are counted from {day} on)")
    return said.format(events=label, day=day(read.looked_at_since, language))


@dataclass(frozen=True, slots=True)
class Shade:
    """The ground of a cell and the ink that reads well on it."""

    ground: str
    ink: str


def shader(most: int) -> Callable[[int], Shade]:
    """The shade for a number of leads, the darker the nearer to `most`."""

    def shade(leads: int) -> Shade:
        # The root shows differences between small cells, which are the ones to call.
        part = (leads / most) ** 0.5 if most else 0
        mixed = [round(p + (d - p) * part) for p, d in zip(PALEST, DARKEST, strict=True)]
        red, green, blue = mixed
        return Shade(f"rgb({red}, {green}, {blue})", "white" if part > WHITE_INK else INK)

    return shade


def _charts(result: Result, language: str) -> list[object]:
    """The charts that the model has figures for, as markup."""
    score, drawn = result.model.score, []
    if score:
        bins = figures.distribution(result)
        drawn.append(charts.distribution(bins, float(score.low), float(score.high), language))
    stages = figures.funnel(result)
    if stages:
        drawn.append(charts.funnel(stages, language))
    rules = figures.strongest_rules(result, language)
    if rules:
        drawn.append(charts.strongest_rules(rules, language))
    return [as_markup(chart) for chart in drawn]
