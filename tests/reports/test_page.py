"""The HTML report: complete, self-contained, and safe whatever the data hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from tests.reports import sample

from tamis.errors import UserError
from tamis.reports import figures
from tamis.reports.inventory import inventory
from tamis.reports.page import counts, page, shader

EVIL = "<script>alert('x')</script>\"&"
HEBREW = "\u202e\u05e9\u05dc\u05d5\u05dd 😀"
VOID = {"meta", "br", "link", "img", "input", "hr", "path", "rect", "line"}


class Reader(HTMLParser):
    """Reads a page: its text, its tags, what it asks for from elsewhere; holds that tags nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def english(result) -> Reader:
    return Reader(page(result))


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    leads = [
        sample.lead(
            "<b>1</b>", first_name=EVIL, last_name=HEBREW, account_id=EVIL, job_title="CEO"
        ),
        sample.lead("2", email="a@b.example\x1b[31m"),
    ]
    accounts = [{"account_id": EVIL, "name": EVIL, "industry": EVIL, "employees": 60}]
    model = sample.model(sample.MODEL.replace("fr: décide}", "fr: '<img src=x onerror=y>'}"))
    with sample.scored(model, leads=leads, accounts=accounts) as ran:
        yield page(ran, "fr")


def test_tags_are_closed(english):
    assert english.open == []


def test_day_model_and_counts(english):
    assert "Lead scores on 21 November 2026" in english.text
    assert "Model sample, version 2" in english.text
    assert "3 leads scored" in english.text
    assert "1 lead excluded" in english.text
    assert "not a probability" in english.text


def test_the_grid_shows_counts_and_plays(english):
    assert "A3 1 call now" in english.text
    assert "B1 1 wait" in english.text


def test_the_leads_to_call_first_in_order_with_reasons(english):
    text = english.text
    assert text.index("Anna Bauer") < text.index("carl")
    assert "asked for a demo (3 days ago): +40" in text
    assert "within 1 working hour" in text
    assert "CEO , Acme" in text


def test_the_charts_and_the_accounts(english):
    for title in ("Leads by score", "Funnel by stage", "Strongest rules", "The best accounts"):
        assert title in english.text


def test_nothing_is_loaded_and_nothing_runs(english):
    assert not english.tags & {"script", "link", "iframe", "img", "object", "embed", "form"}
    names = {name for name, _ in english.attributes}
    assert not names & {"src", "href", "xlink:href", "action", "onload", "onerror", "onclick"}


def test_in_french(result):
    text = Reader(page(result, "fr")).text
    for said in ("Scores des pistes au 21 novembre 2026", "La grille", "appeler tout de suite"):
        assert said in text
    assert "Les 3 premières pistes dans l\u2019ordre d\u2019appel" in text


def test_texts_of_the_data_are_escaped(hostile):
    read = Reader(hostile)
    assert not read.tags & {"script", "img"}
    assert EVIL in read.text
    assert "<b>1</b>" in read.text
    assert "😀" in read.text
    assert "<img src=x onerror=y>" in read.text


def test_names_that_run_from_right_to_left_stay_in_their_place(hostile):
    line = next(line for line in hostile.splitlines() if HEBREW in line)
    assert f"{HEBREW}</bdi>" in line


def test_a_model_with_nothing_but_one_dimension():
    text = sample.MODEL[: sample.MODEL.index("score: {weights")]
    with sample.scored(sample.model(text), leads=[], events=[]) as ran:
        read = Reader(page(ran))
    assert "There is no lead to call." in read.text
    assert "The grid" not in read.text


def test_every_grade_and_lead_is_in_the_grid_once(result):
    grid = figures.grid(result)
    assert grid is not None
    assert (grid.rows, grid.columns) == (("A", "B", "C"), ("3", "2", "1"))
    assert sum(cell.leads for cell in grid.cells.values()) == 3
    assert grid.cell("A", "2").leads == 0


def test_the_distribution_counts_everyone_once_the_ends_included(result):
    bins = figures.distribution(result)
    assert len(bins) == figures.BINS
    assert [bin_["leads"] for bin_ in bins] == [1, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    all_best = sample.model(
        sample.MODEL.replace("{weights: {fit: 1, activity: 2}}", "{sum: [fit, activity]}")
    )
    with sample.scored(all_best) as ran:
        assert figures.distribution(ran)[-1]["leads"] == 1


def test_a_score_on_the_bound_of_two_bins_is_in_the_upper_one():
    whens = [f"{{id: r{n}, when: n = {n}, points: {n / 100:.2f}}}" for n in range(101)]
    text = (
        "{tamis: 1, name: tenths, fields: {lead: {n: integer}}, dimensions: {fit: {range: [0, 1], "
        f"rules: [{', '.join(whens)}]}}}}, score: {{sum: [fit], range: [0, 1]}}}}"
    )
    leads = [{"lead_id": str(n), "n": n} for n in range(101)]
    with sample.scored(sample.model(text), leads=leads, accounts=None, events=None) as ran:
        bins = figures.distribution(ran)
    assert [bin_["leads"] for bin_ in bins] == [10] * 9 + [11]
    assert (str(bins[3]["from_"]), str(bins[3]["to"])) == ("0.3", "0.4")


def test_scores_rounded_beyond_their_range_are_in_the_first_and_last_bin():
    text = """
    tamis: 1
    name: narrow
    fields: {lead: {n: integer}}
    dimensions: {fit: {rules: [{id: much, when: n = 1, points: 1}]}}
    score: {sum: [fit], range: [0.004, 0.006]}
    """
    leads = [{"lead_id": str(n), "n": n} for n in (0, 1)]
    with sample.scored(sample.model(text), leads=leads, accounts=None, events=None) as ran:
        bins = figures.distribution(ran)
    assert [bin_["leads"] for bin_ in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_the_funnel_counts_those_at_or_beyond_a_stage(result):
    assert figures.funnel(result) == [
        {"stage": "lead", "leads": 2},
        {"stage": "mql", "leads": 1},
        {"stage": "sql", "leads": 1},
    ]


def test_the_strongest_rules(result):
    rules = figures.strongest_rules(result, "en", most=2)
    assert [(r["rule"], r["points"], r["leads"]) for r in rules] == [
        ("decides", 80, 2),
        ("free_mail", -70, 1),
    ]


def test_a_rule_whose_cap_takes_everything_is_silent(result):
    assert figures.silent_rules(result) == ("last_year",)
    capped = sample.MODEL.replace("within: 60d, decay: none}", "within: 60d, decay: none, cap: 0}")
    with sample.scored(sample.model(capped)) as ran:
        assert figures.silent_rules(ran) == ("demo", "last_year")
        assert [rule.rule for rule in inventory(ran).idle] == ["demo", "last_year"]


def test_leads_by_temperature(result):
    assert figures.by_value(result, "temperature") == {"hot": 1, "cold": 2}


def test_the_best_accounts(result):
    (acme,) = figures.best_accounts(result, 5)
    assert (acme["account_id"], acme["leads"], acme["best_lead_id"]) == ("acme", 2, "anna")


def test_zeros_are_left_out_of_the_counts(result):
    labels = [label for label, _ in counts(result, "en")]
    assert labels == [
        "leads scored",
        "lead excluded",
        "leads read",
        "account read",
        "events read",
    ]


@pytest.mark.parametrize(
    ("language", "one", "many", "since"),
    [
        (
            "en",
            "1 event of an unknown lead, left out",
            "2 events of unknown leads, left out",
            "events read (those left out are counted from 14 November 2026 on)",
        ),
        (
            "fr",
            "1 événement d\u2019une piste inconnue, écarté",
            "2 événements de pistes inconnues, écartés",
            "événements lus (ceux qui sont écartés sont comptés à partir du 14 novembre 2026)",
        ),
    ],
)
def test_the_counts_say_how_many_are_left_out_and_since_when(result, language, one, many, since):
    def said(**counted) -> list[str]:
        some = replace(result, counts=replace(result.counts, **counted))
        return [f"{count} {label}" for label, count in counts(some, language)]

    assert one in said(unknown_leads=1)
    assert many in said(unknown_leads=2)
    assert any(line.endswith(since) for line in said(looked_at_since=date(2026, 11, 14)))
    assert not any(since in line for line in said())


def test_the_page_says_since_when_left_out_events_are_counted(result):
    counted = replace(result.counts, looked_at_since=date(2026, 11, 14))
    text = Reader(page(replace(result, counts=counted))).text
    assert "events read (those left out are counted from 14 November 2026 on)" in text


def luminance(colour: str) -> float:
    if colour in ("white", "black"):
        return float(colour == "white")
    parts = (
        [int(colour[at : at + 2], 16) for at in (1, 3, 5)] if colour[0] == "#" else eval(colour[3:])
    )
    linear = [p / 255 / 12.92 if p <= 10 else ((p / 255 + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("leads", range(0, 101, 2))
def test_numbers_in_the_grid_can_be_read_on_their_ground(leads):
    shade = shader(100)(leads)
    ground, ink = luminance(shade.ground), luminance(shade.ink)
    assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) >= 4.5


def test_an_empty_grid_is_pale():
    assert shader(0)(0).ink != "white"


def test_without_jinja_the_error_says_what_to_install(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    # Altair needs Jinja too: where it was not imported before, it is named first.
    with pytest.raises(UserError, match=r"the package (jinja2|altair)") as error:
        page(result)
    assert "tamis[charts]" in error.value.hint


SECTIONS = ("score", "cell", "temperature", "stages", "plays", "accounts")


def without(section: str) -> str:
    """The sample without a section and without the sections that build on it."""
    text = sample.MODEL
    if section in ("score", "temperature"):
        text = text.replace("when: temperature = 'hot' and", "when:").replace("score >=", "fit >=")
        text = text.replace("of: score", "of: fit")
    lines, left_out = [], False
    for line in text.splitlines():
        left_out = line.startswith(f"{section}:") or (left_out and line.startswith(" "))
        lines += [] if left_out else [line]
    return "\n".join(lines)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_model_without_a_section_has_a_report(section):
    text = without(section)
    assert f"\n{section}:" not in text
    with sample.scored(sample.model(text)) as ran:
        assert "Anna Bauer" in Reader(page(ran)).text


def test_the_smallest_model_has_a_report():
    text = "tamis: 1\nname: bare\ndimensions: {fit: {rules: [{id: demo, event: demo, points: 5}]}}"
    with sample.scored(sample.model(text), accounts=[], events=[]) as ran:
        read = Reader(page(ran))
    assert "anna" in read.text
    assert "5 leads scored" in read.text


def test_only_leads_that_a_play_hands_off_are_said_to_be_called(result):
    first = figures.first_leads(result, 3, "en")
    said = [
        figures.leads_title(some, result.model, "en") for some in (first[:1], first, first[1:2])
    ]
    assert said == [
        "The lead to call first",
        "The first 3 leads in the order of calling",
        "The first lead in the order of calling",
    ]
    without_plays = sample.model(without("plays"))
    assert figures.leads_title(first, without_plays, "en") == "The 3 leads to call first"
