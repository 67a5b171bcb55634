"""The sheet and the card: the whole mechanics of a model, in words, without a number lost."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from tests.reports import sample
from tests.reports.test_page import Reader

from tamis.model.spec import (
    AtLeastRule,
    Band,
    HalfLife,
    Linear,
    Period,
    PointsRule,
    Steps,
)
from tamis.reports.card import notes
from tamis.reports.conditions import ways
from tamis.reports.likely import plays_of_cell
from tamis.reports.mechanics import ages, decay_in_words, limits, points_in_words, source
from tamis.reports.sheet import accounts_in_words, action_in_words, score_sentence, sheet

TEMPLATES = sorted(path.stem for path in sample.TEMPLATES.glob("*.yaml"))


def read(model, language="en", **options) -> Reader:
    return Reader(sheet(model, language, **options))


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("card", [False, True])
def test_every_template_has_a_sheet_and_a_card(name, language, card):
    model = sample.template(name)
    found = read(model, language, card=card)
    assert found.open == []
    assert not found.tags & {"script", "img", "link"}
    text = found.text.lower()
    for rule in model.rules:
        assert rule.label.text(language, rule.id).lower() in text


def test_the_sheet_holds_every_part_of_the_model():
    text = spaced(read(sample.model()).text)
    for said in (
        "Fit \u2013 33.3% of the score",
        "A from 60",
        "C below",
        "Company \u2013 at most 30 together",
        "Read the prices page_view contains(url, '/pricing') +8 each time",
        "last 90 days · at most 2 a day · at most 20 points",
        "What they did fades: half its weight after 10 days.",
        "does not fade",
        "score of 60 or more or else asked for a demo and Fit of 30 or more",
        "hand-off to senior sales within 1 working hour",
        "These leads get no score: email = 'boss@our-company.example'",
        "An account's score is the mean of those of its 2 best leads.",
        "not a probability",
        "only from 1 January 2025 to 31 December 2025",
    ):
        assert said in text


def test_in_french():
    text = spaced(read(sample.model(), "fr").text)
    for said in (
        "Adéquation \u2013 33,3 % du score",
        "A lu les tarifs page_view contains(url, '/pricing') +8 à chaque fois",
        "moitié du poids au bout de 10 jours",
        "score d\u2019au moins 60 ou bien a demandé une démo et Adéquation d\u2019au moins 30",
        "sous 1 heure ouvrée",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("size", "from 50: +20"),
        ("industry", "software: +25 · otherwise: +2"),
        ("free_mail", "\u221270"),
        ("pricing", "+8 each time"),
        ("returning", "+6 from 2 times on"),
        ("reading", "by total of seconds: from 100: +7"),
        ("opens", "by share of email_sent: from 0%: \u22125 · from 50%: +5"),
        ("fresh", "by days since the last: under 10 days: +10 · 10 days or more: 0"),
        ("habit", "by number of times: from 0: \u22121 · from 1: +3"),
        ("silent", "\u221215 after 60 days without any"),
    ],
)
def test_each_form_of_rule_in_words(rule, said):
    found = sample.model().rule(rule)
    assert found is not None
    assert spaced(points_in_words(found, "en")) == said


@pytest.mark.parametrize(
    ("decay", "said"),
    [
        (None, "does not fade"),
        (HalfLife(30), "half its weight after 30 days"),
        (Linear(1), "fades evenly to nothing in 1 day"),
        (
            Steps(((30, Decimal("0.5")), (90, Decimal("0.1")))),
            "50% of its weight after 30 days and 10% of its weight after 90 days",
        ),
    ],
)
def test_decay_in_words(decay, said):
    assert decay_in_words(decay, "en") == said


def test_a_rules_own_dates_and_many_events_are_said():
    rule = AtLeastRule(
        id="r",
        dimension="fit",
        events=tuple("abcdefg"),
        at_least=1,
        points=Decimal(1),
        active=Period(date(2026, 1, 1), date(2026, 2, 1)),
    )
    fit = sample.model().dimension("fit")
    assert fit is not None
    assert limits(rule, fit, "en") == ["only from 1 January 2026 to 1 February 2026"]
    assert source(rule, "en") == ["a, b, c, d and 3 more"]


def test_a_single_band_of_nothing_is_still_said():
    band = sample.model().rule("size")
    assert points_in_words(
        type(band)(**{**vars(band), "bands": (Band(Decimal(0), Decimal(0)),)}), "en"
    )


def test_a_cell_shows_its_plays_as_far_as_grades_decide():
    model = sample.template("fit-activity")
    plays = {
        cell: [play.id for play in plays_of_cell(model, {"fit": cell[0], "activity": cell[1]})]
        for cell in ("A4", "A3", "D1")
    }
    assert plays == {"A4": ["fast_track", "call_first"], "A3": ["call_first"], "D1": ["leave"]}


@pytest.mark.parametrize(
    ("condition", "cell", "expected"),
    [
        ("fit >= 60", "A1", True),
        ("fit >= 60", "B1", False),
        ("fit > 59.99", "B1", False),
        ("fit < 30", "C1", True),
        ("fit <= 45", "B1", None),
        ("score >= 90", "C1", False),
        ("not (cell = 'A3')", "B1", True),
        ("cell not in ('A3', 'B1')", "B1", False),
        ("fit_grade <> 'A'", "A1", False),
        ("hit('demo')", "A3", None),
        ("hit('demo') and cell = 'A1'", "A3", False),
        ("hit('demo') or cell = 'A3'", "A3", True),
        ("first_name = 'x'", "A3", None),
        ("activity between 1 and 2", "A3", False),
        ("employees >= 5", "A3", None),
        ("fit >= activity", "A3", None),
    ],
)
def test_what_a_cell_says_of_a_condition(condition, cell, expected):
    text = sample.MODEL.replace("temperature = 'hot' and fit_grade in ('A', 'B')", condition)
    model = sample.model(text)
    found = [play.id for play in plays_of_cell(model, {"fit": cell[0], "activity": cell[1]})]
    assert found == {True: ["call"], False: ["wait"], None: ["call", "wait"]}[expected]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("fit >= 59.99", ["call", "wait"]),
        ("fit > 59.99", ["wait"]),
        ("fit >= 30.01", ["call"]),
        ("score >= 80", ["wait"]),
        ("temperature = 'hot'", ["call", "wait"]),
        ("temperature = 'cold'", ["wait"]),
        ("stage = 'sql'", ["wait"]),
    ],
)
def test_a_cell_narrows_what_follows_from_its_grades(condition, expected):
    text = sample.MODEL.replace("temperature = 'hot' and fit_grade in ('A', 'B')", condition)
    # Values have two decimals, so B reaches from 30.01 to 59.99; with 3 the score from 43.34 on.
    text = text.replace("{A: 60, B: 30, C: 0}", "{A: 59.995, B: 30.005, C: 0}")
    text = text.replace("{3: 50, 2: 20, 1: 0}", "{3: 50, 2: 20, 1: 0}\n    range: [0, 80]")
    found = plays_of_cell(sample.model(text), {"fit": "B", "activity": "3"})
    assert [play.id for play in found] == expected


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("max}", "An account's score is the highest of its leads' scores."),
        ("mean, of: fit}", "An account has the mean of its leads (Fit)."),
        ("sum}", "An account's score is the sum of its leads' scores."),
        ("sum, of: fit}", "An account has the sum of its leads (Fit)."),
    ],
)
def test_accounts_in_words(section, said):
    text = sample.MODEL.replace("top, of: score, count: 2}", section)
    assert accounts_in_words(sample.model(text), "en") == said


def test_a_model_without_accounts_or_score_says_nothing_of_them():
    model = sample.model(sample.MODEL[: sample.MODEL.index("score: {weights")])
    assert accounts_in_words(model, "en") == ""
    assert score_sentence(model, "en") == ""
    assert "The grid" not in read(model).text


def test_a_summed_score_in_words():
    text = sample.MODEL.replace("{weights: {fit: 1, activity: 2}}", "{sum: [fit, activity]}")
    assert score_sentence(sample.model(text), "en") == "The score is the sum of Fit and Activity."


@pytest.mark.parametrize(
    ("play", "said"),
    [
        ("handoff, to: a_team", "hand-off to a team"),
        ("handoff", "hand-off to sales"),
        ("recycle", "back to marketing"),
        ("webhook, to: crm", "sent to crm"),
        ("none", "nothing"),
    ],
)
def test_what_a_play_does(play, said):
    text = sample.MODEL.replace("do: nurture, to: newsletter", f"do: {play}")
    assert action_in_words(sample.model(text).plays[-1], "en") == said


def test_a_card_that_gives_the_same_numbers_says_nothing_of_simplification():
    assert notes(sample.template("points-100"), "en") == []


def test_a_card_that_simplifies_says_so():
    (note,) = notes(sample.template("fit-activity"), "en")
    assert "the fading of older activity, the limits by day and the limits of groups" in note
    assert len(notes(sample.template("b2b"), "en")) == 2


def test_the_card_of_points_100_adds_up_to_the_stages():
    text = spaced(read(sample.template("points-100"), card=True).text)
    for said in ("Signed up +10", "(at least 3 times) +5", "mql : score of 50 or more"):
        assert said in text
    assert text.count("Total, from 0 to 100") == 1


def test_points_by_the_event_have_a_place_for_how_often():
    text = spaced(read(sample.model(), card=True).text)
    assert "Read the prices (last 90 days, at most 20 points) +8 \u00d7" in text
    assert "\u00d7 0.333" in text


def test_an_event_rule_alone_reads_well():
    rule = PointsRule(id="demo_request", dimension="fit", events=(), points=Decimal("2.5"))
    assert (points_in_words(rule, "fr"), source(rule, "fr")) == (
        "+2,5 à chaque fois",
        ["tout événement"],
    )


@pytest.mark.parametrize(
    "term",
    ["created_at >= date '2026-03-01'", "first_name = 'O''Neill AND co'", "not (score in (1, 2))"],
)
def test_a_term_reads_as_it_was_written_and_can_be_read_again(term):
    ((one, other),) = ways(f"{term} and fit >= 1")
    assert other == "fit >= 1"
    assert ways(one) == ((one,),)


@pytest.mark.parametrize(
    ("bands", "english", "french"),
    [
        (
            {0: 15, 7: 8, 30: 0},
            ["under 7 days: +15", "7 to 29 days: +8", "30 days or more: 0"],
            ["moins de 7 jours : +15", "de 7 à 29 jours : +8", "30 jours ou plus : 0"],
        ),
        ({0: 0, 1: 5, 2: 0}, ["1 day: +5", "2 days or more: 0"], None),
    ],
)
def test_ages_have_a_first_and_a_last_day(bands, english, french):
    given = [Band(Decimal(bound), Decimal(points)) for bound, points in bands.items()]
    assert ages(given, "en") == english
    if french:
        assert [spaced(text) for text in ages(given, "fr")] == french


def test_names_of_the_data_are_never_changed():
    text = sample.MODEL.replace("values: {software: 25}", "values: {E-mail: 25}")
    text = text.replace("event: login", "event: log-in_done").replace("mql:", "pre-mql_a:")
    for card in (False, True):
        read_ = spaced(read(sample.model(text), card=card).text)
        assert "E-mail: +25" in read_
        assert "pre-mql_a" in read_
    assert "log-in_done" in spaced(read(sample.model(text)).text)


def test_a_colon_stands_apart_in_french():
    text = spaced(read(sample.model(), "fr", card=True).text)
    assert "Adéquation :" in text
    assert "mql :" in text
