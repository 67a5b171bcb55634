"""Days and spans as people say them, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tamis.server.notes.said import in_letters, items, lasting, shortened, when

TODAY = date(2026, 11, 22)
"""A Sunday."""


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (-1, "today", "aujourd\u2019hui"),
        (0, "today", "aujourd\u2019hui"),
        (1, "yesterday", "hier"),
        (2, "on Friday", "vendredi"),
        (6, "on Monday", "lundi"),
        (7, "a week ago", "il y a une semaine"),
        (8, "eight days ago", "il y a huit jours"),
        (13, "13 days ago", "il y a 13 jours"),
        (14, "two weeks ago", "il y a deux semaines"),
        (20, "three weeks ago", "il y a trois semaines"),
        (59, "eight weeks ago", "il y a huit semaines"),
        (60, "two months ago", "il y a deux mois"),
        (340, "11 months ago", "il y a 11 mois"),
        (365, "a year ago", "il y a un an"),
        (500, "16 months ago", "il y a 16 mois"),
        (730, "two years ago", "il y a deux ans"),
        (5000, "13 years ago", "il y a 13 ans"),
    ],
)
def test_days(days, english, french):
    day = TODAY - timedelta(days=days)
    assert (when(day, TODAY, "en"), when(day, TODAY, "fr")) == (english, french)


def test_every_weekday():
    # From Sunday, six days back are said by their names.
    said = [when(TODAY - timedelta(days=days), TODAY, "fr") for days in range(6, 1, -1)]
    assert said == ["lundi", "mardi", "mercredi", "jeudi", "vendredi"]
    monday = date(2026, 11, 23)
    said = [when(monday - timedelta(days=days), monday, "en") for days in (3, 2)]
    assert said == ["on Friday", "on Saturday"]
    assert when(TODAY, date(2026, 11, 24), "en") == "on Sunday"


def test_spans():
    assert [lasting(days, "en") for days in (30, 59, 60, 800)] == [
        "four weeks",
        "eight weeks",
        "two months",
        "26 months",
    ]
    assert [lasting(days, "fr") for days in (30, 100)] == ["quatre semaines", "trois mois"]


def test_numbers_in_letters_up_to_ten():
    assert [in_letters(n, "fr") for n in (1, 2, 10, 11)] == ["1", "deux", "dix", "11"]


def test_lists_whose_things_hold_commas():
    assert items(["a, b", "c", "d"], "en") == "a, b; c; d"
    assert items(["a, b", "c"], "fr") == "a, b\u00a0; c"


def test_long_labels_are_cut():
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 59 + "…"
