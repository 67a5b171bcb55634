"""Results in the terminal: readable at 100 and 160 columns, with and without colour, safe."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console
from tests.reports import sample

from tamis.reports import figures
from tamis.reports.explain import explain
from tamis.reports.terminal import Leads, explanation_view, grid_table, harmless


def shown(renderable, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(renderable)
    return console.file.getvalue()


def leads(result, width: int = 100, language: str = "en") -> str:
    first = figures.first_leads(result, 20, language)
    return shown(Leads(first, result.model, language), width)


def test_the_grid(result):
    text = shown(grid_table(figures.grid(result), result.model, "en"))
    assert "Down: Fit. Across: Activity." in text
    assert "A3  1" in text
    assert "call now" in text


def test_a_grid_without_plays():
    text = sample.MODEL[: sample.MODEL.index("plays:")]
    with sample.scored(sample.model(text)) as ran:
        assert "A3  1" in shown(grid_table(figures.grid(ran), ran.model, "fr"))
        assert "Anna Bauer" in leads(ran, 160)


@pytest.mark.parametrize("width", [80, 100, 130, 160])
def test_the_leads_to_call_first_fit_the_terminal(result, width):
    text = leads(result, width)
    assert "The first 3 leads in the order of calling" in text
    for part in ("Anna Bauer", "81.8", "A3", "hot", "sql", "call now"):
        assert part in text
    assert max(len(line) for line in text.splitlines()) <= width


def test_each_verdict_has_a_column_where_there_is_room(result):
    assert "Temperature" in leads(result, 160)
    assert "Temperature" not in leads(result, 100)


def test_three_reasons_in_words(result):
    text = leads(result, 160)
    assert "asked for a demo (3 days ago): +40" in text
    assert "read the prices (3\u00d7, last today): +14" in text
    assert "returning" not in text


def test_a_lead_without_stage_shows_a_dash(result):
    line = next(line for line in leads(result, 160).splitlines() if "bert@gmail.com" in line)
    assert "\u2013" in line


def test_a_model_with_one_dimension_only():
    text = sample.MODEL[: sample.MODEL.index("score: {weights")]
    with sample.scored(sample.model(text)) as ran:
        assert "Score" not in leads(ran)
        assert "Score" not in leads(ran, 160)


def test_the_explanation(result):
    text = shown(explanation_view(explain(result, "anna")))
    for part in (
        "score 81.83 · cell A3 · temperature hot · stage sql · rank 1 of 3",
        "88% of the fields known: first_name Anna",
        "not known: email",
        "industry (software)",
        "group company: at most 30 together",
        "\u00d7 33.3%",
        "What to do: call now",
        "✓ temperature hot and ✓ grade of Fit A or B",
        "not a probability",
    ):
        assert part in text


def test_what_is_missing(result):
    text = shown(explanation_view(explain(result, "bert")))
    assert "range: at least 0" in text
    assert "To grade B: 58 points missing. Could still come: right size (+20)." in text
    assert "✗ score of 10 or more (10 missing)" in text


def test_the_explanation_in_french(result):
    text = shown(explanation_view(explain(result, "bert", "fr")))
    assert "Il manque 58 points pour la note B." in text
    assert "rang 3 sur 3" in text


def test_an_excluded_lead(result):
    text = " ".join(shown(explanation_view(explain(result, "boss"))).split())
    assert "This lead is excluded, so it has no score." in text
    assert "email = 'boss@our-company.example'" in text


def test_a_rules_cap_and_a_range_that_takes():
    text = sample.MODEL.replace("grades: {3: 50,", "range: [0, 40]\n    grades: {3: 30,")
    text = text.replace("per_day: 2, cap: 20", "cap: 10")
    with sample.scored(sample.model(text)) as ran:
        said = shown(explanation_view(explain(ran, "anna")))
    assert "Cap" in said
    assert "range: at most 40" in said


def test_rounding_is_shown():
    model = sample.model(
        sample.MODEL.replace("range: [0, 100]", "").replace(
            "score: {weights: {fit: 1, activity: 2}}", "score: {sum: [fit, activity]}"
        )
    )
    with sample.scored(model) as ran:
        assert "rounding and range" in shown(explanation_view(explain(ran, "anna")))


def test_a_model_without_fields_or_rules_that_gave_points():
    text = """
tamis: 1
name: bare
dimensions: {fit: {rules: [{id: demo, event: demo, points: 5}]}}
"""
    with sample.scored(sample.model(text), accounts=[], events=[]) as ran:
        said = shown(explanation_view(explain(ran, "anna")))
    assert "No rule gave points." in said
    assert "rank 1 of 5" in said


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[31mred\x07", "[31mred"),
        ("a\u202eb\u2066c", "a b c"),
        ("a\nb", "a b"),
        ("é 😀", "é 😀"),
    ],
)
def test_data_cannot_move_the_cursor_or_turn_the_writing_around(text, safe):
    assert harmless(text) == safe


def test_markup_in_data_is_shown_as_it_is():
    rows = [sample.lead("[red]x[/red]", first_name="[bold]", job_title="\x1b[2J")]
    with sample.scored(leads=rows) as ran:
        text = leads(ran) + shown(explanation_view(explain(ran, "[red]x[/red]")))
    assert "[red]x[/red]" in text
    assert "[bold]" in text
    assert "\x1b" not in text


HOSTILE = """
tamis: 1
name: "[bold]m"
fields:
  lead: {"[i]E-mail": text}
dimensions:
  fit:
    label: "[/red]Fit"
    grades: {"A[/x]": 5, "B[red]": 0}
    rules: [{id: demo, label: "[/b]demo", event: demo_request, points: 5}]
  activity: {grades: {"1[/y]": 0}, rules: [{id: seen, event: login, points: 1}]}
score: {sum: [fit, activity]}
cell: [fit, activity]
temperature: {"hot[/h]": "score >= 5", "cold[/c]": "true"}
stages: {"mql[/m]": score >= 6, "pre-sql[/s]": score >= 50}
plays: [{id: call, label: "[/p]call", when: "true", do: handoff, to: "[/t]us"}]
"""


@pytest.mark.parametrize("width", [100, 160])
def test_markup_in_a_model_is_shown_as_it_is(width):
    leads_ = [{"lead_id": "anna", "account_id": None, "[i]E-mail": None}]
    with sample.scored(sample.model(HOSTILE), leads=leads_, accounts=[]) as ran:
        grid = shown(grid_table(figures.grid(ran), ran.model, "en"), width)
        listed = leads(ran, width)
        taken_apart = shown(explanation_view(explain(ran, "anna")), width)
    assert all(part in grid for part in ("A[/x]1[/y]", "1[/y]", "B[red]", "[/p]call", "[/red]Fit"))
    assert all(part in listed for part in ("A[/x]1[/y]", "hot[/h]", "mql[/m]", "[/b]demo"))
    assert "[i]E-mail" in taken_apart
    for part in (
        "grade A[/x]",
        "hot[/h]",
        "To stage pre-sql[/s]",
        "[/t]us",
        "[bold]m",
    ):
        assert part in taken_apart


def test_an_instant_shows_the_day_of_the_model():
    at = datetime(2026, 10, 20, 22, tzinfo=UTC)
    text = sample.MODEL.replace("name: sample", "name: sample\ntimezone: Europe/Paris")
    with sample.scored(sample.model(text), leads=[sample.lead("anna", created_at=at)]) as ran:
        found = explain(ran, "anna")
    assert "created_at 21 October 2026" in shown(explanation_view(found))
    assert {"table": "lead", "name": "created_at", "value": "2026-10-21T00:00:00+02:00"} in (
        found.to_json()["fields"]
    )
