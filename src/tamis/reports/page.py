"""The report of a run as one HTML page: self-contained, no script, made to be printed as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from tamis import charts
from tamis.language import translator
from tamis.reports import figures
from tamis.reports.explain import caution
from tamis.reports.phrases import deadline, dimension_name, play_name, spaced
from tamis.reports.templating import render
from tamis.run import Result

LEADS, ACCOUNTS = 20, 10
PALEST, DARKEST = (234, 241, 248), (31, 90, 153)


def page(result: Result, language: str = "en") -> str:
    """The HTML page of a result: counts, grid, charts, the leads to call first with their reasons.

    Charts are inline SVG, every text of the data is escaped, and nothing is loaded from elsewhere.
    Raises: UserError without the extra `charts`.
    """
    model = result.model
    grid = figures.grid(result)
    return render(
        "report.html",
        language,
        model=model,
        as_of=result.as_of,
        counts=counts(result, language),
        caution=caution(language),
        grid=grid,
        grid_down=dimension_name(grid.down, language) if grid else "",
        grid_across=dimension_name(grid.across, language) if grid else "",
        shade=shader(grid.most if grid else 0),
        charts=_charts(result, language),
        leads=figures.first_leads(result, LEADS, language),
        accounts=figures.best_accounts(result, ACCOUNTS),
        plays={play.id: play_name(play, language) for play in model.plays},
        deadlines={play.id: deadline(play, language) for play in model.plays},
        has_score=model.score is not None,
    )


def counts(result: Result, language: str) -> list[tuple[str, int]]:
    """What was scored, excluded, read and left out, each with its label; zeros left out."""
    _ = translator(language)
    scored, excluded = figures.scored_and_excluded(result)
    labels = {
        "leads": _("leads read"),
        "accounts": _("accounts read"),
        "events": _("events read"),
        "unknown_leads": _("events of unknown leads, left out"),
        "unreadable": _("unreadable rows, left out"),
        "rejected": _("rejected rows, left out"),
    }
    found = [(_("leads scored"), scored), (_("leads excluded"), excluded)]
    for field in fields(result.counts):
        value = getattr(result.counts, field.name)
        if isinstance(value, int):
            found.append((labels.get(field.name, spaced(field.name)), value))
    return found[:1] + [(label, count) for label, count in found[1:] if count]


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
        return Shade(
            f"rgb({mixed[0]}, {mixed[1]}, {mixed[2]})", "white" if part > 0.5 else "#1b1f24"
        )

    return shade


def _charts(result: Result, language: str) -> list[object]:
    """The charts that the model has figures for, as markup."""
    from markupsafe import Markup  # noqa: PLC0415 (comes with the optional Jinja2)

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
    # Vega escapes the texts of the data; what it writes is our own markup.
    return [Markup(charts.to_svg(chart)) for chart in drawn]  # noqa: S704
