"""Public holidays of a country, or of a part of it, from the package `holidays`."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from tamis.errors import UserError


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of a country by its ISO code, and of a subdivision of it; empty: none at all.

    Days moved to a working day because they fall on a weekend are holidays too.
    """

    country: str = ""
    subdivision: str = ""

    def __str__(self) -> str:
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    def __contains__(self, day: date) -> bool:
        return bool(self.country) and day in _days(self.country, self.subdivision, day.year)


NO_HOLIDAYS = Holidays()
"""No day is a holiday."""


def read_holidays(written: str) -> Holidays:
    """Holidays as the model file names them: a country, or a subdivision after a hyphen.

    >>> christmas = date(2026, 12, 25)
    >>> christmas in read_holidays("FR"), date(2026, 12, 26) in read_holidays("FR-57")
    (True, True)

    Raises: UserError for a country or subdivision that is not known; the caller knows the place.
    """
    country, _, subdivision = written.strip().upper().partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        hint = "write the country's code of two letters, as `FR`"
        message = f"no holidays are known of the country `{country}`"
        raise UserError(message, hint=hint)
    if subdivision and subdivision not in known[country]:
        parts = ", ".join(known[country]) or "none"
        found = f"no holidays are known of the part `{subdivision}` of `{country}`"
        raise UserError(found, hint=f"known: {parts}")
    return Holidays(country, subdivision)


@lru_cache(maxsize=2000)
def _days(country: str, subdivision: str, year: int) -> frozenset[date]:
    with warnings.catch_warnings():
        # Feasts by the moon are known for some decades only; the package says so at each year.
        warnings.simplefilter("ignore", UserWarning)
        return frozenset(holidays.country_holidays(country, subdivision or None, years=year))
