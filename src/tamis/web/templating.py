"""Templates: Jinja2, every value escaped, texts, numbers and instants as the reader writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2
import msgspec
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from tamis.language import (
    Language,
    day,
    listed,
    number,
    percent,
    plurals,
    short_day,
    translator,
)
from tamis.reports import phrases
from tamis.server.sentences import in_words
from tamis.web import definitions, sections, static, times

if TYPE_CHECKING:
    from tamis.web.visit import Visit

TEMPLATES = Path(__file__).parent / "templates"
IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
"""What could end a block of JSON in a page."""


def render(template: str, language: Language, *, visit: Visit, page: object) -> str:
    """What a template gives; it reads the page's context as `page`."""
    return environment(language).get_template(template).render(visit=visit, page=page)


@cache
def environment(language: Language) -> jinja2.Environment:
    """The templates of a language."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    _ = translator(language)
    made.globals |= {
        "_": _,
        "ngettext": plurals(language),
        "language": language,
        # In French a colon has a space before it.
        "colon": "\u00a0:" if language == "fr" else ":",
        "sections": sections.SECTIONS,
        "url": _url,
        "static": _static,
        "define": partial(definitions.definition, language=language),
    }
    made.filters |= _filters(language)
    return made


def _filters(language: Language) -> Mapping[str, Any]:
    return {
        "number": partial(_number, language=language),
        "points": partial(_points, language=language),
        "percent": partial(_percent, language=language),
        "day": partial(_or_none, partial(day, language=language)),
        "short_day": partial(_or_none, partial(short_day, language=language)),
        "listed": partial(listed, language=language),
        "ago": partial(phrases.ago, language=language),
        "moment": _moment,
        "due": _due,
        "capital": phrases.capital,
        "said": partial(in_words, language=language),
        "json": as_json,
        "mailto": mailto,
    }


NONE = "\N{EN DASH}"
"""What stands where there is no number."""


def _number(
    value: Decimal | float | None, decimals: int = 2, *, fixed: bool = False, language: str
) -> str:
    return NONE if value is None else number(value, language, decimals=decimals, fixed=fixed)


def _points(value: Decimal | None, decimals: int = 1, *, language: str) -> str:
    return NONE if value is None else phrases.points(value, language, decimals=decimals)


def _percent(value: Decimal | float | None, decimals: int = 0, *, language: str) -> str:
    return NONE if value is None else percent(value, language, decimals=decimals)


def _or_none(written: Any, value: date | None) -> str:  # noqa: ANN401 (a function of a date)
    return NONE if value is None else str(written(value))


@pass_context
def _moment(context: Context, instant: times.Instant | None) -> str:
    visit = context["visit"]
    return NONE if instant is None else times.moment(instant, visit.now, visit.language)


@pass_context
def _due(context: Context, instant: times.Instant | None) -> str:
    visit = context["visit"]
    return NONE if instant is None else times.due(instant, visit.now, visit.language)


@pass_context
def _url(context: Context, path: str, **asked: object) -> str:
    written: str = context["visit"].url(path, **asked)
    return written


@pass_context
def _static(context: Context, name: str) -> str:
    return sections.address(context["visit"].server.settings.path, static.path_of(name), {})


def as_json(value: object) -> Markup:
    """A value as JSON that can stand in a block of a page that no browser runs."""
    return Markup(msgspec.json.encode(value).decode().translate(IN_SCRIPT))  # noqa: S704 (escaped)


def mailto(email: str) -> str:
    """The address of a letter to somebody; nothing in theirs adds to its headers.

    >>> mailto("a@b.example?bcc=x@y.example")
    'mailto:a@b.example%3Fbcc%3Dx@y.example'
    """
    return "mailto:" + quote(email, safe="@", errors="replace")
