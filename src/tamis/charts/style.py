"""The house style of charts, and how they become files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from tamis.errors import UserError

if TYPE_CHECKING:
    import altair as alt

BLUE, DARK, PALE, RED = "#1f5a99", "#16324f", "#eaf1f8", "#a8442a"
INK, SOFT, LINE = "#1b1f24", "#5b6570", "#d5dbe1"
FONT = "DejaVu Sans, Verdana, sans-serif"
WIDTH = 400
LONGEST_LABEL = 46

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]


def altair() -> ModuleType:
    """Altair. Raises: UserError without it."""
    return _optional("altair")


def _optional(package: str) -> ModuleType:
    try:
        return import_module(package)
    except ImportError as error:
        message = f"charts need the package {package}"
        raise UserError(message, hint="install the extra: pip install 'tamis[charts]'") from error


def shortened(label: str) -> str:
    """A label that fits its place."""
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def dressed(
    layers: alt.LayerChart, title: str, said: str, *, height: int, width: int = WIDTH
) -> alt.Chart:
    """The chart in the house style, with its description for screen readers."""
    chart = layers.properties(width=width, height=height, title=title, description=said)
    texts = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    inks = {"labelColor": INK, "titleColor": SOFT, "gridColor": LINE}
    dressed: alt.Chart = (
        chart.configure(font=FONT, background="white")
        .configure_view(stroke=None)
        .configure_title(fontSize=14, color=DARK, anchor="start", fontWeight="bold", offset=12)
        .configure_axis(domain=False, ticks=False, labelPadding=6, **texts, **inks)
    )
    return dressed


def to_svg(chart: alt.Chart) -> str:
    """The chart as an SVG element for a page: no script, nothing from outside, described in words.

    It holds no ids, so several charts can stand in one page.
    """
    plain = chart.to_dict()
    svg: str = _optional("vl_convert").vegalite_to_svg(plain)
    said = quoteattr(str(plain.get("description", "")))
    return svg.replace("<svg ", f'<svg role="img" aria-label={said} ', 1)


def to_png(chart: alt.Chart, path: Path, scale: float = 2) -> None:
    """Write the chart as a PNG file; `scale` is device pixels per point."""
    path.write_bytes(png(chart, scale))


def png(chart: alt.Chart, scale: float = 2) -> bytes:
    """The chart as a PNG picture; `scale` is device pixels per point."""
    picture: bytes = _optional("vl_convert").vegalite_to_png(chart.to_dict(), scale=scale)
    return picture
