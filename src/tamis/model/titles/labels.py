"""What a job title says: how senior the person is, in which function, with which say in a purchase.

This is the meaning in plain Python. Engines read the same data, `TITLE_RULES` and `BUYING_ROLE`.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tamis.model.titles.departments import DEPARTMENTS
from tamis.model.titles.folding import normalise
from tamis.model.titles.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tamis.model.titles.patterns import TitlePattern

TITLE_RULES: Final[Mapping[str, tuple[TitlePattern, ...]]] = MappingProxyType(
    {"seniority": LEVELS, "job_function": DEPARTMENTS}
)
"""For each question, its patterns in order: the first found in a folded title gives the label."""

BUYING_ROLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "c_level": "decides",
        "vp": "decides",
        "director": "decides",
        "manager": "influences",
        "senior": "influences",
        "entry": "uses",
    }
)
"""Seniority to buying role. Where seniority is null, see `FUNCTION_ONLY_ROLE`."""

FUNCTION_ONLY_ROLE: Final[str] = "uses"
"""The buying role of a title that tells its function and no seniority, such as "Accountant"."""


def seniority(title: str | None) -> str | None:
    """How senior a job title is: `c_level`, `vp`, `director`, `manager`, `senior` or `entry`.

    English and French, whatever the case, accents and punctuation. Null for a null title and for
    one that does not say: "Accountant", "Consultant". A word says what it says in either language:
    "directeur" and its abbreviations (DAF, DSI, DRH) are directors, "directeur général" is c_level.

    Example:
        >>> seniority("Directrice commerciale adjointe")
        'director'
        >>> seniority("assistant to the CEO")
        'entry'
    """
    return _first_label("seniority", title)


def job_function(title: str | None) -> str | None:
    """The department of a job title, in English or French.

    One of `marketing`, `sales`, `it`, `finance`, `hr`, `operations`, `legal`, `product`,
    `engineering`, `executive` (general management). Null for a null title and for one that does
    not say ("Director"), or is outside companies' departments ("Nurse").

    Example:
        >>> job_function("RSSI")
        'it'
        >>> job_function("Head of Growth")
        'marketing'
    """
    return _first_label("job_function", title)


def buying_role(title: str | None) -> str | None:
    """The usual say of a job title in a purchase: `decides`, `influences` or `uses`.

    Directors and above decide, managers and senior experts influence, others use what is bought.
    Null when the title tells neither seniority nor function.

    Example:
        >>> buying_role("DAF"), buying_role("Chef de projet"), buying_role("Comptable")
        ('decides', 'influences', 'uses')
    """
    level = seniority(title)
    if level is not None:
        return BUYING_ROLE[level]
    return FUNCTION_ONLY_ROLE if job_function(title) is not None else None


def _first_label(question: str, title: str | None) -> str | None:
    if title is None:
        return None
    words = normalise(title)
    return next((label for label, found in _compiled(question) if found.search(words)), None)


@cache
def _compiled(question: str) -> tuple[tuple[str | None, re.Pattern[str]], ...]:
    return tuple((rule.label, re.compile(rule.pattern)) for rule in TITLE_RULES[question])
