"""Charts of a run: the grid, the scores, the funnel, the strongest rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tamis.charts.style import (
    BLUE,
    INK,
    PALE,
    RED,
    Row,
    Rows,
    altair,
    dressed,
    shortened,
)
from tamis.language import number, percent, plurals, translator

if TYPE_CHECKING:
    import altair as alt

CELL_WIDTH, CELL_HEIGHT = 92, 68
DARK_GROUND = 0.8
"""The share of the fullest cell from which on white numbers read better than black ones."""

# ---------------------------------------------------------------- the grid


def grid(
    cells: Sequence[Row], rows: Sequence[str], columns: Sequence[str], language: str = "en"
) -> alt.Chart:
    """A heat map of the grid: one row per cell with `row`, `column` and `leads`.

    `rows` and `columns` are the grades, best first: the best cell stands at the top left.

    >>> chart = grid([{"row": "A", "column": "4", "leads": 12}], rows="A", columns="4")
    >>> chart.to_dict()["description"]
    'Leads by cell of the grid: A4 12'
    """
    alt, _ = altair(), translator(language)
    values = _cells(cells, language)
    x = alt.X("column:O", sort=list(columns), title=None, axis=alt.Axis(labelAngle=0, orient="top"))
    y = alt.Y("row:O", sort=list(rows), title=None)
    base = alt.Chart(alt.Data(values=values)).encode(x=x, y=y)
    ground = alt.Scale(range=[PALE, BLUE], domainMin=0)
    ink = alt.condition("datum.dark", alt.value("white"), alt.value("black"))
    layers = alt.layer(
        base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=4).encode(
            color=alt.Color("leads:Q", scale=ground, legend=None)
        ),
        base.mark_text(dy=-16, fontSize=11).encode(text="cell:N", color=ink),
        base.mark_text(dy=2, fontSize=15, fontWeight="bold").encode(text="said:N", color=ink),
        base.mark_text(dy=19, fontSize=10).encode(text="share:N", color=ink),
    )
    said = _("Leads by cell of the grid: {cells}")
    listed = ", ".join(f"{value['cell']} {value['said']}" for value in values)
    size = {"height": CELL_HEIGHT * len(rows), "width": CELL_WIDTH * len(columns)}
    return dressed(layers, _("Leads by cell"), said.format(cells=listed), **size)


def _cells(cells: Sequence[Row], language: str) -> Rows:
    total = sum(cell["leads"] for cell in cells) or 1
    most = max((cell["leads"] for cell in cells), default=0)
    return [
        {
            "row": cell["row"],
            "column": cell["column"],
            "leads": cell["leads"],
            "cell": f"{cell['row']}{cell['column']}",
            "said": number(cell["leads"], language),
            "share": percent(cell["leads"] / total, language),
            "dark": cell["leads"] > DARK_GROUND * most,
        }
        for cell in cells
    ]


# ---------------------------------------------------------------- the scores


def distribution(bins: Sequence[Row], low: float, high: float, language: str = "en") -> alt.Chart:
    """A histogram of scores: one row per bin with `from_`, `to` and `leads`, bins in order."""
    alt, _ = altair(), translator(language)
    values = _bins(bins, language)
    span = alt.Scale(domain=[low, high])
    labels = "replace(datum.label, '.', ',')" if language == "fr" else "datum.label"
    axis = alt.Axis(grid=False, tickCount=len(values), labelExpr=labels)
    x = alt.X("start:Q", bin="binned", title=_("Score"), scale=span, axis=axis)
    y = alt.Y("leads:Q", title=None, axis=None)
    base = alt.Chart(alt.Data(values=values))
    layers = alt.layer(
        base.mark_bar(color=BLUE, stroke="white").encode(x=x, x2="end:Q", y=y),
        base.mark_text(dy=-7, fontSize=10, color=INK).encode(
            x=alt.X("middle:Q", scale=span), y=y, text="said:N"
        ),
    )
    said = _("Number of leads by score: {bins}")
    listed = ", ".join(f"{value['span']} {value['leads']}" for value in values)
    return dressed(layers, _("Leads by score"), said.format(bins=listed), height=190)


def _bins(bins: Sequence[Row], language: str) -> Rows:
    _ = translator(language)
    return [
        {
            "start": float(bin_["from_"]),
            "end": float(bin_["to"]),
            "middle": float(bin_["from_"] + bin_["to"]) / 2,
            "leads": bin_["leads"],
            "said": number(bin_["leads"], language) if bin_["leads"] else "",
            "span": _("{low} to {high}:").format(
                low=number(bin_["from_"], language), high=number(bin_["to"], language)
            ),
        }
        for bin_ in bins
    ]


# ---------------------------------------------------------------- the funnel


def funnel(stages: Sequence[Row], language: str = "en") -> alt.Chart:
    """Centred bars by stage, first at the top: rows with `stage` and `leads` at or beyond it."""
    alt, _ = altair(), translator(language)
    most = max((row["leads"] for row in stages), default=0) or 1
    values = _levels(stages, most, language)
    order = alt.EncodingSortField(field="place", op="min")
    y = alt.Y("stage:N", sort=order, title=None, axis=alt.Axis(labelLimit=240))
    # Room to the right for the numbers, which stand beside the bars.
    span = alt.Scale(domain=[-most / 2, most / 2 * 1.75])
    base = alt.Chart(alt.Data(values=values)).encode(y=y)
    layers = alt.layer(
        base.mark_bar(color=BLUE, height={"band": 0.72}).encode(
            x=alt.X("left:Q", axis=None, scale=span), x2="right:Q"
        ),
        base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(
            x=alt.X("right:Q", axis=None, scale=span), text="said:N"
        ),
    )
    said = _("Leads that have reached each stage: {stages}")
    listed = ", ".join(f"{value['stage']} {value['said']}" for value in values)
    height = 38 * len(values) + 10
    return dressed(layers, _("Funnel by stage"), said.format(stages=listed), height=height)


def _levels(stages: Sequence[Row], most: int, language: str) -> Rows:
    _ = translator(language)
    return [
        {
            "place": place,
            "stage": shortened(row["stage"]),
            "left": -row["leads"] / 2,
            "right": row["leads"] / 2,
            "said": _("{leads} ({share})").format(
                leads=number(row["leads"], language), share=percent(row["leads"] / most, language)
            ),
        }
        for place, row in enumerate(stages)
    ]


# ---------------------------------------------------------------- the strongest rules


def strongest_rules(rules: Sequence[Row], language: str = "en") -> alt.Chart:
    """Bars of points given or taken in all: rows with `label`, `points` and `leads`, in order.

    The label stands above its bar, so that the chart stays readable on a telephone.
    """
    alt, _ = altair(), translator(language)
    values = _sums(rules, language)
    most = max((value["points"] for value in values), default=0) or 1
    x = alt.X("points:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.55]))
    base = alt.Chart(alt.Data(values=values)).encode(y=alt.Y("place:O", axis=None))
    tints = alt.Scale(domain=["gives", "takes"], range=[BLUE, RED])
    text = {"align": "left", "fontSize": 12, "color": INK}
    layers = alt.layer(
        base.mark_bar(height=13, yOffset=8).encode(
            x=x, color=alt.Color("sign:N", scale=tints, legend=None)
        ),
        base.mark_text(dx=6, dy=8, **text).encode(x=x, text="said:N"),
        base.mark_text(dy=-8, **text).encode(x=alt.value(0), text="label:N"),
    )
    said = _("Points given or taken by rule, over all leads: {rules}")
    listed = ", ".join(f"{value['label']} {value['said']}" for value in values)
    height = 38 * len(values)
    return dressed(layers, _("Strongest rules"), said.format(rules=listed), height=height)


def _sums(rules: Sequence[Row], language: str) -> Rows:
    ngettext = plurals(language)
    return [
        {
            "place": place,
            "label": shortened(row["label"]),
            "points": abs(float(row["points"])),
            "sign": "gives" if row["points"] >= 0 else "takes",
            "said": ngettext(
                "{points} ({leads} lead)", "{points} ({leads} leads)", row["leads"]
            ).format(
                points=number(row["points"], language, decimals=0, sign=True),
                leads=number(row["leads"], language),
            ),
        }
        for place, row in enumerate(rules)
    ]
