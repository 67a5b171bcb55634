"""Fields of a form, the YAML and the model read from it say the same, whatever is changed."""

from __future__ import annotations

import difflib

import pytest

from tamis.model.diff import differences
from tamis.model.document import Problems
from tamis.model.editing.fields import Field, fields_of
from tamis.model.editing.merge import changed, merged
from tamis.model.editing.on_model import NoNumber, applied
from tamis.model.editing.splice import with_element
from tamis.model.editing.tree import Path
from tamis.model.load import read_model
from tamis.model.spec import Model
from tamis.model.templates import template_text

B2B = template_text("b2b")
SMALL = """\
tamis: 1
name: small   # ours
fields: {lead: {phone: text, size: integer}}
dimensions:
  fit:  # who they are
    label: {en: Fit, fr: Adéquation 🙂}
    grades: {A: 40, B: 0}
    rules:
      # the one that matters
      - {id: phone, when: phone is not null, points: 8}   # left it

      - id: size
        label: Size
        field: size
        bands: {0: 0, 50: 10}   # bands
  activity:
    decay: none
    rules:
      - id: pages
        event: page_view
        points: 5        # a page
        within: 30d
      - {id: demo, event: demo, points: 40}
score: {weights: {fit: 0.4, activity: 0.6}}
temperature:
  hot: >-
    score >= 60 or
    (hit('demo') and fit >= 50)
  cold: "true"
stages: {mql: "score >= 50", lead: score >= 30}
"""
FIT, ACTIVITY = ("dimensions", "fit"), ("dimensions", "activity")


def model(text: str) -> Model:
    problems = Problems()
    found = read_model(text, "yaml", problems)
    assert found, problems
    assert problems.errors == ()
    return found


def lines(before: str, after: str) -> list[str]:
    """The lines that differ, as a person reads them."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in found if not line.startswith(("---", "+++", "@@"))]


def test_fields_are_what_the_text_says() -> None:
    found = fields_of(SMALL, "fr").values()
    assert found[(*FIT, "rules", "phone", "points")] == "8"
    assert found[(*FIT, "rules", "size", "bands", "50")] == "10"
    assert found[(*ACTIVITY, "rules", "pages", "within")] == "30d"
    assert found[(*FIT, "label", "fr")] == "Adéquation 🙂"
    assert found[("temperature", "hot", "1")] == "50"
    assert found[("score", "weights", "fit")] == "0.4"
    assert found[(*ACTIVITY, "decay", "half_life")] == ""


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            (*FIT, "rules", "phone", "points"),
            "12.5",
            [
                "-      - {id: phone, when: phone is not null, points: 8}   # left it",
                "+      - {id: phone, when: phone is not null, points: 12.5}   # left it",
            ],
        ),
        (
            (*FIT, "rules", "phone", "on"),
            "off",
            [
                "-      - {id: phone, when: phone is not null, points: 8}   # left it",
                "+      - {id: phone, when: phone is not null, points: 8, cap: 0}   # left it",
            ],
        ),
        ((*ACTIVITY, "rules", "pages", "cap"), "20", ["+        cap: 20"]),
        ((*ACTIVITY, "rules", "pages", "within"), "", ["-        within: 30d"]),
        (
            (*ACTIVITY, "decay", "half_life"),
            "60",
            ["-    decay: none", "+    decay: {half_life: 60d}"],
        ),
        (
            (*FIT, "rules", "size", "bands", "50"),
            "0,5",
            [
                "-        bands: {0: 0, 50: 10}   # bands",
                "+        bands: {0: 0, 50: 0.5}   # bands",
            ],
        ),
        (
            ("temperature", "hot", "1"),
            "45",
            ["-    (hit('demo') and fit >= 50)", "+    (hit('demo') and fit >= 45)"],
        ),
        (
            ("stages", "mql", "0"),
            "55",
            [
                '-stages: {mql: "score >= 50", lead: score >= 30}',
                '+stages: {mql: "score >= 55", lead: score >= 30}',
            ],
        ),
        (
            (*FIT, "label", "fr"),
            "l'accord: oui",
            [
                "-    label: {en: Fit, fr: Adéquation 🙂}",
                '+    label: {en: Fit, fr: "l\'accord: oui"}',
            ],
        ),
    ],
)
def test_one_change_touches_one_place(path: Path, value: str, expected: list[str]) -> None:
    after = merged(SMALL, changed(SMALL, {path: value}, "fr"))
    assert lines(SMALL, after) == expected
    model(after)


def test_a_form_that_says_what_it_began_with_changes_nothing() -> None:
    given = fields_of(B2B, "fr").values()
    changes = changed(B2B, given, "fr")
    assert (changes, merged(B2B, changes)) == ({}, B2B)


def test_a_change_of_the_form_and_one_of_the_text_both_stay() -> None:
    typed = SMALL.replace("points: 40", "points: 44")
    form = {**fields_of(SMALL, "en").values(), (*FIT, "rules", "phone", "points"): "9"}
    after = merged(typed, changed(SMALL, form, "en"))
    found = fields_of(after, "en").values()
    assert found[(*ACTIVITY, "rules", "demo", "points")] == "44"
    assert found[(*FIT, "rules", "phone", "points")] == "9"


def test_what_is_no_number_is_written_and_stays_one_value() -> None:
    path = (*FIT, "rules", "phone", "points")
    after = merged(SMALL, {path: "8, cap: 3} # x"})
    assert fields_of(after, "en").values()[path] == "8, cap: 3} # x"


def test_windows_line_ends_stay() -> None:
    text = SMALL.replace("\n", "\r\n")
    after = merged(text, {(*ACTIVITY, "rules", "pages", "cap"): "20"})
    assert after.replace("\r\n", "\n").replace("\n        cap: 20", "") == SMALL
    model(after)


def other(field: Field) -> str:
    """Another value that the field may have."""
    if field.kind == "switch":
        return "off" if field.value == "on" else "on"
    if field.kind == "days":
        return "77d"
    if field.kind == "count":
        return "7"
    return "0.37" if field.kind == "weight" else "37"


@pytest.mark.parametrize("text", [SMALL, B2B], ids=["small", "b2b"])
def test_the_model_of_sliders_is_the_one_that_the_text_says(text: str) -> None:
    numbers = [field for field in fields_of(text, "en").all if field.kind != "text"]
    before = model(text)
    # All at once as well as one by one: reading a large model takes its time.
    whole = {field.path: other(field) for field in numbers if field.kind != "bound"}
    for changes in [
        whole,
        *({field.path: other(field)} for field in numbers[:: len(numbers) // 9]),
    ]:
        read = model(merged(text, changes))
        assert differences(applied(before, changes), read) == ()
        assert differences(before, read) != ()


@pytest.mark.parametrize("value", ["", "x", "1e999", "NaN", "0.0001", "99999999999"])
def test_what_no_slider_gives_is_refused(value: str) -> None:
    with pytest.raises(NoNumber):
        applied(model(SMALL), {(*FIT, "rules", "phone", "points"): value})


@pytest.mark.parametrize(
    "rules",
    [
        "",
        "[]",
        "[{id: a, when: size > 1, points: 1}]",
        "\n      - {id: a, when: size > 1, points: 1}",
    ],
)
def test_a_rule_is_added_to_any_list(rules: str) -> None:
    held = f"    rules: {rules}\n" if rules else ""
    text = f"""\
tamis: 1
name: m
fields: {{lead: {{size: integer}}}}
dimensions:
  fit:
    range: [0, 100]
{held}  other: {{range: [0, 9]}}
"""
    for dimension in ("fit", "other"):
        path = ("dimensions", dimension, "rules")
        text = with_element(text, path, [f"id: new_{dimension}", "when: size > 5", "points: 3"])
    assert [rule.id for rule in model(text).rules][-2:] == ["new_fit", "new_other"]
