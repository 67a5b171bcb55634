"""Charts of the past and of two models: figures with intervals, gains, changes of the grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tamis.charts.style import (
    BLUE,
    INK,
    SOFT,
    Row,
    Rows,
    altair,
    dressed,
    shortened,
)
from tamis.language import number, percent, translator

if TYPE_CHECKING:
    import altair as alt

PLOT, NAMES, LINE_HEIGHT, GAP = 230, 270, 26, 10
"""Width of a plot and of the names to its left; height of a line; how far off figures stand."""
PALE_BLUE, GROUND, PALE_RED, BEFORE = "#8db4dc", "#f3f6f9", "#dfa18d", "#9aa7b4"
CELL = 92, 62
FARTHEST = 1 / 20, 20.0
"""The ends of a scale of factors: beyond them a whisker is cut, and the figure beside it is not."""


# ---------------------------------------------------------------- figures with intervals


def intervals(
    rows: Sequence[Row],
    title: str,
    *,
    reference: tuple[float, str] | None = None,
    factors: bool = False,
) -> alt.Chart:
    """A point with its whiskers for each row: `label`, `value`, `low`, `high` and `said`, in order.

    `said` is the figure in words, to the right; ends that are null draw no whisker. `reference` is
    a value with its name, such as the average, drawn as a line. `factors` are multiples: their
    scale is logarithmic, and 1 lies in the middle.

    >>> row = {"label": "hot", "value": 0.2, "low": 0.1, "high": 0.3, "said": "20%"}
    >>> intervals([row], "Conversion", reference=(0.1, "average 10%")).to_dict()["description"]
    'Conversion: hot 20%; average 10%'
    """
    alt, values = altair(), _whiskers(rows, factors=factors)
    base = alt.Chart(alt.Data(values=values)).encode(y=_names(alt))
    span = _span(alt, values, reference, factors=factors)
    x = alt.X("value:Q", axis=None, scale=span)
    drawn = [
        base.mark_rule(color=BLUE, strokeWidth=2).encode(
            x=alt.X("low:Q", axis=None, scale=span), x2="high:Q"
        ),
        base.mark_point(color=BLUE, filled=True, size=70, opacity=1).encode(x=x),
        base.mark_text(align="left", fontSize=12, color=INK).encode(
            x=alt.value(PLOT + GAP), text="said:N"
        ),
    ]
    heard = ", ".join(f"{row['label']} {row['said']}" for row in values)
    if reference:
        drawn = [*_reference(alt, reference, span), *drawn]
        heard += f"; {reference[1]}"
    height = LINE_HEIGHT * len(values)
    return dressed(alt.layer(*drawn), title, f"{title}: {heard}", width=PLOT, height=height)


def _whiskers(rows: Sequence[Row], *, factors: bool) -> Rows:
    low, high = FARTHEST if factors else (float("-inf"), float("inf"))
    ends = ("value", "low", "high")
    found = [
        {name: None if row[name] is None else min(max(row[name], low), high) for name in ends}
        for row in rows
    ]
    return [
        {"place": place, "label": shortened(row["label"]), "said": row["said"], **found[place]}
        for place, row in enumerate(rows)
    ]


def _names(alt: Any) -> Any:  # noqa: ANN401 (Altair is imported on demand)
    """The names of rows, at the left of the plot."""
    order = alt.EncodingSortField(field="place", op="min")
    return alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=NAMES))


def _span(
    alt: Any,  # noqa: ANN401 (Altair is imported on demand)
    values: Rows,
    reference: tuple[float, str] | None,
    *,
    factors: bool,
) -> Any:  # noqa: ANN401
    if factors:
        return alt.Scale(type="log", domain=list(FARTHEST))
    ends = [row[name] for row in values for name in ("value", "low", "high")]
    ends += [reference[0]] if reference else []
    known = [end for end in ends if end is not None] or [0.0]
    return alt.Scale(domain=[min(known), max(known)], zero=False, nice=False, padding=8)


def _reference(
    alt: Any,  # noqa: ANN401 (Altair is imported on demand)
    reference: tuple[float, str],
    span: Any,  # noqa: ANN401
) -> list[Any]:
    at, name = reference
    line = alt.Chart(alt.Data(values=[{"at": at, "name": name}])).encode(
        x=alt.X("at:Q", axis=None, scale=span)
    )
    return [
        line.mark_rule(color=SOFT, strokeDash=[4, 3]),
        line.mark_text(fontSize=11, color=SOFT, dy=-7).encode(y=alt.value(0), text="name:N"),
    ]


# ---------------------------------------------------------------- gains


def gains(points: Sequence[Row], language: str = "en") -> alt.Chart:
    """How many of the wins lie in the best part of an order: rows with `share` and `wins`, 0 to 1.

    The dashed line is a random order.
    """
    alt, _ = altair(), translator(language)
    values = [{"share": 0.0, "wins": 0.0, "shown": ""}, *_gained(points, language)]
    unit = percent(0, language).removeprefix("0")
    axis = {"labelExpr": f"round(datum.value * 100) + '{unit}'", "tickCount": 5}
    whole = alt.Scale(domain=[0, 1])
    x = alt.X("share:Q", scale=whole, title=_("Best of the order"), axis=alt.Axis(**axis))
    y = alt.Y("wins:Q", scale=whole, title=_("Wins in it"), axis=alt.Axis(**axis))
    base = alt.Chart(alt.Data(values=values)).encode(x=x, y=y)
    ends = [{"share": end, "wins": end} for end in (0, 1)]
    name = [{"share": 0.62, "wins": 0.54, "said": _("random order")}]
    chance = alt.Chart(alt.Data(values=ends)).mark_line(color=SOFT, strokeDash=[4, 3])
    layers = alt.layer(
        chance.encode(x=x, y=y),
        alt.Chart(alt.Data(values=name))
        .mark_text(fontSize=11, color=SOFT, align="left")
        .encode(x=x, y=y, text="said:N"),
        base.mark_line(color=BLUE, strokeWidth=2.5),
        base.mark_point(color=BLUE, filled=True, size=40, opacity=1),
        base.mark_text(dy=-11, dx=-6, fontSize=11, color=INK).encode(text="shown:N"),
    )
    said = _("Share of the wins by the best share of the order: {points}")
    heard = ", ".join(f"{percent(row['share'], language)}: {row['said']}" for row in values[1:])
    return dressed(
        layers, _("Wins in the best of the order"), said.format(points=heard), height=260
    )


def _gained(points: Sequence[Row], language: str) -> Rows:
    return [
        {
            "share": float(row["share"]),
            "wins": float(row["wins"]),
            "said": percent(row["wins"], language),
            # The end of every order says nothing.
            "shown": percent(row["wins"], language) if row["share"] < 1 else "",
        }
        for row in points
    ]


# ---------------------------------------------------------------- two models


def changes(
    cells: Sequence[Row], rows: Sequence[str], columns: Sequence[str], language: str = "en"
) -> alt.Chart:
    """The grid before and after: a row per cell with `row`, `column`, `before` and `after` leads.

    Cells that gain leads are blue, those that lose some red. `rows` and `columns` are the grades,
    best first.
    """
    alt, _ = altair(), translator(language)
    values = _differences(cells, language)
    most = max((abs(value["change"]) for value in values), default=0) or 1
    tints = alt.Scale(
        domain=[-most, 0, most], range=[PALE_RED, GROUND, PALE_BLUE], interpolate="rgb"
    )
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X(
            "column:O", sort=list(columns), title=None, axis=alt.Axis(labelAngle=0, orient="top")
        ),
        y=alt.Y("row:O", sort=list(rows), title=None),
    )
    layers = alt.layer(
        base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=4).encode(
            color=alt.Color("change:Q", scale=tints, legend=None)
        ),
        base.mark_text(dy=-10, fontSize=15, fontWeight="bold", color=INK).encode(text="gain:N"),
        base.mark_text(dy=11, fontSize=11, color=INK).encode(text="said:N"),
    )
    said = _("Leads by cell of the grid, before and after: {cells}")
    heard = ", ".join(f"{v['row']}{v['column']} {v['said']}" for v in values)
    size = {"width": CELL[0] * len(columns), "height": CELL[1] * len(rows)}
    title = _("Leads by cell, before → after")
    return dressed(layers, title, said.format(cells=heard), **size)


def _differences(cells: Sequence[Row], language: str) -> Rows:
    return [
        {
            "row": cell["row"],
            "column": cell["column"],
            "change": cell["after"] - cell["before"],
            "gain": number(cell["after"] - cell["before"], language, sign=True),
            "said": f"{number(cell['before'], language)} → {number(cell['after'], language)}",
        }
        for cell in cells
    ]


def beside(
    rows: Sequence[Row],
    names: tuple[str, str],
    title: str,
    *,
    reference: tuple[float, str] | None = None,
) -> alt.Chart:
    """Two bars for each row, one below the other: `label`, and a pair each of `values`, `said`.

    `names` say what the first and the second are; a null draws no bar. `reference` is a value with
    its name, such as a capacity, drawn as a line.
    """
    alt, values = altair(), list(_pairs(rows, names))
    low, high = _ends(values, reference)
    # Room on both sides for the numbers, which stand at the ends of the bars.
    room = (high - low) * 0.22
    span = alt.Scale(domain=[low - room if low < 0 else low, high + room], nice=False)
    y = _names(alt)
    below = alt.YOffset("side:N", sort=list(names))
    x = alt.X("value:Q", axis=None, scale=span)
    tints = alt.Scale(domain=list(names), range=[BEFORE, BLUE])
    legend = alt.Legend(orient="top", title=None, labelFontSize=12, offset=18 if reference else 4)
    base = alt.Chart(alt.Data(values=values)).encode(y=y, yOffset=below, x=x)
    drawn = [
        base.mark_bar(height={"band": 0.9}).encode(
            color=alt.Color("side:N", scale=tints, legend=legend)
        ),
        *(_reference(alt, reference, span) if reference else ()),
        *(text for sign in ("plus", "minus") for text in _at_end(alt, base, sign)),
    ]
    heard = ", ".join(f"{row['label']} {' → '.join(row['said'])}" for row in rows)
    heard += f"; {reference[1]}" if reference else ""
    described = f"{title}, {names[0]} → {names[1]}: {heard}"
    height = 2 * LINE_HEIGHT * len(rows)
    return dressed(alt.layer(*drawn), title, described, width=PLOT + 40, height=height)


def _at_end(alt: Any, base: Any, sign: str) -> Iterator[Any]:  # noqa: ANN401 (charts of Altair)
    """The numbers of bars to the right, or of those to the left; a line behind stays readable."""
    side: Mapping[str, Any] = {"align": "left" if sign == "plus" else "right"}
    for halo in ({"stroke": "white", "strokeWidth": 4}, {}):
        text = base.mark_text(
            fontSize=11, color=INK, dx=4 if sign == "plus" else -4, **side, **halo
        )
        yield text.encode(text="said:N").transform_filter(alt.datum.sign == sign)


def _pairs(rows: Sequence[Row], names: tuple[str, str]) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(rows):
        for name, value, said in zip(names, row["values"], row["said"], strict=True):
            yield {
                "place": place,
                "label": shortened(row["label"]),
                "side": name,
                "value": None if value is None else float(value),
                "said": said,
                "sign": "minus" if (value or 0) < 0 else "plus",
            }


def _ends(values: Rows, reference: tuple[float, str] | None) -> tuple[float, float]:
    known = [row["value"] for row in values if row["value"] is not None]
    known += [reference[0]] if reference else []
    low, high = min([0.0, *known]), max([0.0, *known])
    return low, high if high > low else low + 1.0
