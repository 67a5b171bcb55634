"""Pages from templates: Jinja2, every value escaped, texts and numbers in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tamis import charts
from tamis.errors import UserError
from tamis.language import day, number, percent, plurals, translator
from tamis.reports import phrases

if TYPE_CHECKING:
    import altair as alt
    import jinja2

FOLDER = Path(__file__).parent / "templates"


def render(template: str, language: str, **values: object) -> str:
    """The page that a template gives.

    Raises: UserError without Jinja2, which is in the extra `charts`.
    """
    environment = _environment(language)
    written: str = environment.get_template(template).render(language=language, **values)
    return written


def as_markup(chart: alt.Chart) -> object:
    """A chart as an SVG element that a template writes as it is."""
    from markupsafe import Markup  # noqa: PLC0415 (comes with the optional Jinja2)

    # Vega escapes the texts of the data; what it writes is our own markup.
    return Markup(charts.to_svg(chart))  # noqa: S704


def _environment(language: str) -> jinja2.Environment:
    try:
        import jinja2  # noqa: PLC0415 (an optional package)
    except ImportError as error:
        hint = "install the extra: pip install 'tamis[charts]'"
        raise UserError("pages need the package jinja2", hint=hint) from error
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": translator(language), "ngettext": plurals(language)}
    environment.filters |= {
        "number": partial(_number, language=language),
        "points": partial(_points, language=language),
        "percent": partial(percent, language=language),
        "day": partial(_day, language=language),
        "capital": phrases.capital,
    }
    return environment


def _number(
    value: Decimal | float, decimals: int = 2, *, fixed: bool = False, language: str
) -> str:
    return number(value, language, decimals=decimals, fixed=fixed)


def _points(value: Decimal, decimals: int = 1, *, language: str) -> str:
    return phrases.points(value, language, decimals=decimals)


def _day(value: date, *, language: str) -> str:
    return day(value, language)
