"""Charts of a learned model: whether what it tells comes true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tamis.charts.style import BLUE, INK, SOFT, Row, altair, dressed
from tamis.language import percent, translator

if TYPE_CHECKING:
    import altair as alt


def calibration(bins: Sequence[Row], language: str = "en") -> alt.Chart:
    """What was told beside what was found: a row per bin with `told`, `found`, `low`, `high`, `of`.

    All but `of`, the number of examples, are shares, 0 to 1. On the dashed line both are the same.
    """
    alt, _ = altair(), translator(language)
    values = [{**row, "said": percent(row["found"], language, decimals=1)} for row in bins]
    most = max((end for row in bins for end in (row["told"], row["high"])), default=1.0) or 1.0
    unit = percent(0, language).removeprefix("0")
    axis = alt.Axis(labelExpr=f"round(datum.value * 1000) / 10 + '{unit}'", tickCount=5)
    span = alt.Scale(domain=[0, most], nice=True)
    x = alt.X("told:Q", scale=span, title=_("Probability that was told"), axis=axis)
    y = alt.Y("found:Q", scale=span, title=_("Share that was won"), axis=axis)
    base = alt.Chart(alt.Data(values=values)).encode(x=x)
    ends = [{"told": end, "found": end} for end in (0, most)]
    line = alt.Chart(alt.Data(values=ends)).mark_line(color=SOFT, strokeDash=[4, 3])
    layers = alt.layer(
        line.encode(x=x, y=y),
        base.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("low:Q", scale=span), y2="high:Q"),
        base.mark_point(color=BLUE, filled=True, size=60, opacity=1).encode(y=y),
        base.mark_text(dx=8, align="left", fontSize=11, color=INK).encode(y=y, text="said:N"),
    )
    heard = ", ".join(f"{percent(v['told'], language, decimals=1)}: {v['said']}" for v in values)
    said = _("Share that was won, by the probability that was told: {bins}").format(bins=heard)
    return dressed(layers, _("What was told, and what was found"), said, height=260)
