"""Every chart once, as Altair: the grid, the scores, the funnel, the strongest rules.

Functions take plain rows and give a chart that notebooks show and `to_svg` and `to_png` write. Numbers
stand beside every colour and length, so that no chart is read by colour alone.
Altair and vl-convert are the extra `charts`; they are imported when a chart is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamis.errors import UserError
from tamis.language import number, percent, translator

if TYPE_CHECKING:
    import altair as alt

BLUE = "#1f5a99"
DARK = "#16324f"
PALE = "#eaf1f8"
RED = "#a8442a"
INK = "#1b1f24"
SOFT = "#5b6570"
LINE = "#d5dbe1"
FONT = "DejaVu Sans, Verdana, sans-serif"
WIDTH = 400
LONGEST_LABEL = 46

Row = Mapping[str, object]
_places = count(1)


def _altair() -> Any:
    try:
        import altair  # noqa: PLC0415 (an optional package)
    except ImportError as error:  # pragma: no cover (the tests have it)
        raise _missing("altair") from error
    return altair


def _missing(package: str) -> UserError:  # pragma: no cover (the tests have them)
    message = f"charts need the package {package}"
    return UserError(message, hint="install the extra: pip install 'tamis[charts]'")


def grid(
    cells: Sequence[Row], rows: Sequence[str], columns: Sequence[str], language: str = "en"
) -> alt.Chart:
    """A heat map of the grid: one row per cell with `row`, `column` and `leads`.

    `rows` and `columns` are the grades, best first: the best cell stands at the top left.
    """
    alt, _ = _altair(), translator(language)
    total = sum(int(str(cell["leads"])) for cell in cells) or 1
    values = [
        {
            **cell,
            "cell": f"{cell['row']}{cell['column']}",
            "said": number(int(str(cell["leads"])), language),
            "share": percent(int(str(cell["leads"])) / total, language),
            # The numbers turn white where the ground is dark.
            "dark": int(str(cell["leads"])) > 0.55 * max(int(str(c["leads"])) for c in cells),
        }
        for cell in cells
    ]
    x = alt.X("column:O", sort=list(columns), title=None, axis=alt.Axis(labelAngle=0, orient="top"))
    y = alt.Y("row:O", sort=list(rows), title=None)
    base = alt.Chart(alt.Data(values=values)).encode(x=x, y=y)
    leads = alt.Color(
        "leads:Q", scale=alt.Scale(range=[PALE, BLUE], domainMin=0, zero=True), legend=None
    )
    ink = alt.condition("datum.dark", alt.value("white"), alt.value(INK))
    layers = alt.layer(
        base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=4).encode(color=leads),
        base.mark_text(dy=-16, fontSize=11).encode(text="cell:N", color=ink),
        base.mark_text(dy=2, fontSize=15, fontWeight="bold").encode(text="said:N", color=ink),
        base.mark_text(dy=19, fontSize=10).encode(text="share:N", color=ink),
    )
    said = _("Leads by cell of the grid: {cells}").format(
        cells=", ".join(f"{v['cell']} {v['said']}" for v in values)
    )
    return _dressed(layers, _("Leads by cell"), said, height=68 * len(rows), width=92 * len(columns))


def distribution(
    values: Sequence[Row], low: float, high: float, language: str = "en"
) -> alt.Chart:
    """A histogram of scores: one row per bin with `from_`, `to` and `leads`, bins in order."""
    alt, _ = _altair(), translator(language)
    rows = [
        {
            "start": float(str(value["from_"])),
            "end": float(str(value["to"])),
            "leads": int(str(value["leads"])),
            "said": number(int(str(value["leads"])), language) if value["leads"] else "",
        }
        for value in values
    ]
    x = alt.X(
        "start:Q",
        bin="binned",
        title=_("Score"),
        scale=alt.Scale(domain=[low, high]),
        axis=alt.Axis(grid=False, tickCount=len(rows), labelExpr=_label_expr(language)),
    )
    y = alt.Y("leads:Q", title=None, axis=None)
    base = alt.Chart(alt.Data(values=rows))
    layers = alt.layer(
        base.mark_bar(color=BLUE, stroke="white").encode(x=x, x2="end:Q", y=y),
        base.transform_calculate(middle="(datum.start + datum.end) / 2")
        .mark_text(dy=-7, fontSize=10, color=INK)
        .encode(x=alt.X("middle:Q", scale=alt.Scale(domain=[low, high])), y=y, text="said:N"),
    )
    parts = [f"{number(r['start'], language)}-{number(r['end'], language)}: {r['leads']}" for r in rows]  # type: ignore[arg-type]
    said = _("Number of leads by score: {bins}").format(bins=", ".join(parts))
    return _dressed(layers, _("Leads by score"), said, height=190)


def funnel(stages: Sequence[Row], language: str = "en") -> alt.Chart:
    """Centred bars by stage, the first at the top: rows with `stage` and `leads` at or beyond it."""
    alt, _ = _altair(), translator(language)
    most = max((int(str(row["leads"])) for row in stages), default=0) or 1
    values = [
        {
            "place": place,
            "stage": _shortened(str(row["stage"])),
            "left": -int(str(row["leads"])) / 2,
            "right": int(str(row["leads"])) / 2,
            "said": _("{leads} ({share})").format(
                leads=number(int(str(row["leads"])), language),
                share=percent(int(str(row["leads"])) / most, language),
            ),
            "leads": int(str(row["leads"])),
        }
        for place, row in enumerate(stages)
    ]
    order = alt.EncodingSortField(field="place", op="min")
    y = alt.Y("stage:N", sort=order, title=None, axis=alt.Axis(labelLimit=240))
    scale = alt.Scale(domain=[-most / 2, most / 2 * 1.75])
    base = alt.Chart(alt.Data(values=values)).encode(y=y)
    bars = base.mark_bar(color=BLUE, height={"band": 0.72}, cornerRadius=2).encode(
        x=alt.X("left:Q", axis=None, scale=scale), x2="right:Q"
    )
    texts = base.mark_text(align="left", dx=6, fontSize=12, color=INK).encode(
        x=alt.X("right:Q", axis=None, scale=scale), text="said:N"
    )
    said = _("Leads that have reached each stage: {stages}").format(
        stages=", ".join(f"{v['stage']} {v['leads']}" for v in values)
    )
    return _dressed(alt.layer(bars, texts), _("Funnel by stage"), said, height=38 * len(values) + 10)


def strongest_rules(rules: Sequence[Row], language: str = "en") -> alt.Chart:
    """Bars of points given or taken in all: rows with `label`, `points` and `leads`, in order."""
    alt, _ = _altair(), translator(language)
    values = [
        {
            "place": place,
            "label": _shortened(str(row["label"])),
            "points": float(str(row["points"])),
            "sign": "gives" if float(str(row["points"])) >= 0 else "takes",
            "said": _("{points} ({leads} leads)").format(
                points=number(float(str(row["points"])), language, decimals=0, sign=True),
                leads=number(int(str(row["leads"])), language),
            ),
        }
        for place, row in enumerate(rules)
    ]
    most = max((abs(v["points"]) for v in values), default=1) or 1  # type: ignore[arg-type]
    least = min((v["points"] for v in values), default=0)  # type: ignore[type-var]
    order = alt.EncodingSortField(field="place", op="min")
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=300))
    # Room to the right for the numbers, which stand beside the bars.
    scale = alt.Scale(domain=[min(0, least), most * 1.7])
    base = alt.Chart(alt.Data(values=values)).encode(y=y)
    tint = alt.Color("sign:N", scale=alt.Scale(domain=["gives", "takes"], range=[BLUE, RED]), legend=None)
    bars = base.mark_bar(height={"band": 0.68}, cornerRadius=2).encode(
        x=alt.X("points:Q", axis=None, scale=scale), color=tint
    )
    texts = (
        base.transform_calculate(beside="max(datum.points, 0)")
        .mark_text(align="left", dx=6, fontSize=11, color=INK)
        .encode(x=alt.X("beside:Q", axis=None, scale=scale), text="said:N")
    )
    said = _("Points given or taken by rule, over all leads: {rules}").format(
        rules=", ".join(f"{v['label']} {v['said']}" for v in values)
    )
    return _dressed(alt.layer(bars, texts), _("Strongest rules"), said, height=24 * len(values) + 10)


def _label_expr(language: str) -> str:
    return "replace(datum.label, '.', ',')" if language == "fr" else "datum.label"


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def _dressed(layers: Any, title: str, said: str, *, height: int, width: int = WIDTH) -> alt.Chart:
    """The chart in the house style, with its description for screen readers."""
    chart = layers.properties(width=width, height=height, title=title, description=said)
    dressed: alt.Chart = (
        chart.configure(font=FONT, background="white")
        .configure_view(stroke=None)
        .configure_title(fontSize=14, color=DARK, anchor="start", fontWeight="bold", offset=12)
        .configure_axis(
            labelFontSize=12, labelColor=INK, titleColor=SOFT, titleFontSize=12, titleFontWeight="normal",
            domain=False, ticks=False, gridColor=LINE, labelPadding=6,
        )
    )  # fmt: skip
    return dressed


def to_svg(chart: alt.Chart) -> str:
    """The chart as an SVG element for a page: no script, nothing from outside, described in words.

    Ids inside are made unique, so that several charts can stand in one page.
    """
    convert = _converter()
    svg = str(convert(chart.to_dict()))
    place = next(_places)
    for name in ("clip", "gradient_"):
        svg = svg.replace(f'id="{name}', f'id="c{place}{name}').replace(f"url(#{name}", f"url(#c{place}{name}")
    return svg


def _converter() -> Callable[[Mapping[str, object]], object]:
    try:
        import vl_convert  # noqa: PLC0415 (an optional package)
    except ImportError as error:  # pragma: no cover (the tests have it)
        raise _missing("vl-convert-python") from error
    converter: Callable[[Mapping[str, object]], object] = vl_convert.vegalite_to_svg
    return converter


def to_png(chart: alt.Chart, path: Path, scale: float = 2) -> None:
    """Write the chart as a PNG file; `scale` is device pixels per point."""
    _converter()
    import vl_convert  # noqa: PLC0415 (an optional package)

    path.write_bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=scale))
