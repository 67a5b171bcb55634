"""Charts of one lead: how its score came to be what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tamis.charts.style import BLUE, DARK, INK, RED, SOFT, Row, altair, dressed
from tamis.language import number, translator

if TYPE_CHECKING:
    import altair as alt

WIDTH, HEIGHT = 560, 220
TINTS = (BLUE, "#6f8f3a", "#8a5a00", "#7a4b8f", "#3b8686", SOFT)
"""Of dimensions, in their order; each line has its name and its value at its end."""
DAYS = {"en": "%-d %b", "fr": "%d/%m"}
"""How an axis writes days: in figures where Vega has no words of the language."""


def score_over_time(
    lines: Sequence[Row], marks: Sequence[Row], names: Sequence[str], language: str = "en"
) -> alt.Chart:
    """Lines of readings (`at`, `value`, `name`), the first of `names` being the score.

    Marks (`at`, `value`, `number`) are what moved it most, numbered as in a list beside it.

    >>> lines = [{"at": f"2026-11-0{day}", "value": 10.0 * day, "name": "Score"} for day in (1, 2)]
    >>> score_over_time(lines, [], ["Score"]).to_dict()["description"]
    'The score over time: from 10 to 20; highest 20'
    """
    alt, _ = altair(), translator(language)
    axis = alt.Axis(
        grid=False, tickCount=6, labelExpr=f"timeFormat(datum.value, '{DAYS.get(language)}')"
    )
    x = alt.X("at:T", title=None, axis=axis)
    y = alt.Y("value:Q", title=None, scale=alt.Scale(nice=True, zero=True))
    scale = alt.Scale(domain=list(names), range=[DARK, *_tints(len(names) - 1)])
    color = alt.Color("name:N", scale=scale, legend=None)
    is_score = alt.datum.name == names[0]
    layers = alt.layer(
        alt.Chart(alt.Data(values=list(lines)))
        .mark_line()
        .encode(
            x=x,
            y=y,
            color=color,
            strokeWidth=alt.condition(is_score, alt.value(3), alt.value(1.5)),
            strokeDash=alt.condition(is_score, alt.value([1, 0]), alt.value([5, 3])),
        ),
        _ends(alt, lines, names, language).encode(x=x, y=y, color=color),
        *_marks(alt, marks, x, y),
    )
    said = _("The score over time: from {first} to {last}; highest {most}")
    return dressed(
        layers, _("Score and dimensions over time"), _heard(said, lines, names, language),
        width=WIDTH, height=HEIGHT,
    )  # fmt: skip


def _tints(count: int) -> list[str]:
    return [TINTS[place % len(TINTS)] for place in range(count)]


def _ends(alt: Any, lines: Sequence[Row], names: Sequence[str], language: str) -> Any:  # noqa: ANN401 (Altair is imported on demand)
    """The name and the value of each line at its end; apart from each other."""
    last = {row["name"]: row for row in lines}
    placed = sorted((last[name] for name in names if name in last), key=lambda row: -row["value"])
    least = _span(lines) / 14
    values, above = [], None
    for row in placed:
        value = row["value"] if above is None else min(row["value"], above - least)
        above = value
        said = f"{row['name']} {number(row['value'], language, decimals=0)}"
        values.append({"at": row["at"], "value": value, "name": row["name"], "said": said})
    text = alt.Chart(alt.Data(values=values)).mark_text(align="left", dx=6, fontSize=12)
    return text.encode(text="said:N")


def _span(lines: Sequence[Row]) -> float:
    values = [float(row["value"]) for row in lines]
    return (max(values, default=0) - min([0.0, *values])) or 1.0


def _marks(alt: Any, marks: Sequence[Row], x: Any, y: Any) -> list[Any]:  # noqa: ANN401
    if not marks:
        return []
    base = alt.Chart(alt.Data(values=list(marks))).encode(x=x, y=y)
    return [
        base.mark_point(filled=True, size=260, opacity=1, color="white", stroke=RED, strokeWidth=2),
        base.mark_text(fontSize=11, fontWeight="bold", color=INK).encode(text="number:N"),
    ]


def _heard(said: str, lines: Sequence[Row], names: Sequence[str], language: str) -> str:
    values = [row["value"] for row in lines if row["name"] == names[0]] or [0.0]
    first, last, most = (
        number(value, language, decimals=0) for value in (values[0], values[-1], max(values))
    )
    return said.format(first=first, last=last, most=most)
