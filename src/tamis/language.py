"""The reader's language: texts from catalogues, numbers and dates as the reader writes them."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

Language = Literal["en", "fr"]

LANGUAGES: tuple[Language, ...] = ("en", "fr")
CATALOGUES = Path(__file__).parent / "locale"
NARROW_SPACE = "\u202f"
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Writing:
    """How a language writes numbers."""

    thousands: str
    point: str
    before_percent: str


WRITING: Mapping[str, Writing] = {
    "en": Writing(thousands=",", point=".", before_percent=""),
    "fr": Writing(thousands=NARROW_SPACE, point=",", before_percent=NARROW_SPACE),
}


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    # English stands in the code itself, so it needs no catalogue.
    return gettext.translation("tamis", str(CATALOGUES), [language], fallback=True)


def translator(language: str) -> Callable[[str], str]:
    """The function that gives a text of the code in a language; unknown texts stay English.

    >>> translator("fr")("yesterday")
    'hier'
    """
    return _catalogue(language).gettext


def plurals(language: str) -> Callable[[str, str, int], str]:
    """The function that picks, of a text for one and a text for many, the form for a number.

    >>> plurals("en")("{count} lead", "{count} leads", 2).format(count=2)
    '2 leads'
    """
    return _catalogue(language).ngettext


def preferred(environ: Mapping[str, str]) -> Language:
    """The language that a user's environment asks for, as gettext programs read it; else English.

    `LANGUAGE` lists languages by preference and counts unless the locale is plain C; then the first
    of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set.

    >>> preferred({"LANG": "fr_FR.UTF-8"}), preferred({"LANG": "de_DE.UTF-8"}), preferred({})
    ('fr', 'en', 'en')
    """
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environ[name] for name in names if environ.get(name)), "")
    if locale in ("C", "POSIX"):
        return "en"
    return next(_spoken([*environ.get("LANGUAGE", "").split(":"), locale]), "en")


def _spoken(locales: Sequence[str]) -> Iterator[Language]:
    for locale in locales:
        code = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
        yield from (language for language in LANGUAGES if language == code)


def number(
    value: Decimal | float,
    language: str,
    *,
    decimals: int = 2,
    fixed: bool = False,
    sign: bool = False,
) -> str:
    """A number with at most `decimals` decimals, rounded half away from zero.

    `fixed` keeps zeros at the end; `sign` writes a plus before a positive number.

    >>> number(Decimal("1234.50"), "en"), number(3, "en", sign=True)
    ('1,234.5', '+3')
    >>> number(Decimal("1234.50"), "fr", fixed=True)
    '1\u202f234,50'
    """
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    written = f"{abs(exact):,f}"
    if not fixed and "." in written:
        written = written.rstrip("0").rstrip(".")
    marks = WRITING.get(language, WRITING["en"])
    written = written.translate({ord(","): marks.thousands, ord("."): marks.point})
    return _sign(exact, plus=sign) + written


def _sign(value: Decimal, *, plus: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if plus and value > 0 else ""


def percent(share: Decimal | float, language: str, *, decimals: int = 0) -> str:
    """A share from 0 to 1 in per cent.

    >>> percent(Decimal("0.125"), "en", decimals=1), percent(1, "fr")
    ('12.5%', '100\u202f%')
    """
    marks = WRITING.get(language, WRITING["en"])
    return (
        number(Decimal(str(share)) * 100, language, decimals=decimals) + marks.before_percent + "%"
    )


def day(value: date, language: str) -> str:
    """A date in words.

    >>> day(date(2026, 11, 21), "en"), day(date(2026, 12, 1), "fr")
    ('21 November 2026', '1er décembre 2026')
    """
    _ = translator(language)
    written = _("1 {month} {year}") if value.day == 1 else _("{day} {month} {year}")
    return written.format(day=value.day, month=month(value.month, language), year=value.year)


def short_day(value: date, language: str) -> str:
    """A date in figures, for tables.

    >>> short_day(date(2026, 11, 21), "en"), short_day(date(2026, 12, 1), "fr")
    ('2026-11-21', '01/12/2026')
    """
    return f"{value:%d/%m/%Y}" if language == "fr" else f"{value:%Y-%m-%d}"


def month(number_: int, language: str) -> str:
    """The name of a month, 1 to 12, as it stands inside a date."""
    _ = translator(language)
    names = (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July")),
        *(_("August"), _("September"), _("October"), _("November"), _("December")),
    )
    return names[number_ - 1]


def listed(words: Sequence[str], language: str, *, last: Literal["and", "or"] = "and") -> str:
    """Words as an enumeration.

    >>> listed(["fit", "engagement", "budget"], "en"), listed(["a", "b"], "fr", last="or")
    ('fit, engagement and budget', 'a ou b')
    """
    _ = translator(language)
    if len(words) < 2:
        return "".join(words)
    joined = _("{words} and {word}") if last == "and" else _("{words} or {word}")
    return joined.format(words=", ".join(words[:-1]), word=words[-1])
