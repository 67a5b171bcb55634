"""The shipped templates: each reads in both languages and is explained, rule by rule, in both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src/tamis/model/templates"
PAGES = {"en": ROOT / "docs/templates", "fr": ROOT / "docs/fr/modeles"}
PROMISED = {
    *("points-100", "fit-activity", "b2b", "b2c", "b2c-no-seller"),
    *("campaign", "products", "customer"),
}
PERSONAL = re.compile(r"\b(age|gender|sex|household_income|lifestyle|marital)\b")
FILES = sorted(FOLDER.glob("*.yaml"))
each_template = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    model: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return model


def rules(model: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for dimension in model["dimensions"].values():
        yield from dimension["rules"]


def rows(page: str) -> set[str]:
    """The first cells of all table rows of a page."""
    return set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))


def test_the_promised_templates_are_there() -> None:
    assert {file.stem for file in FILES} == PROMISED


@each_template
def test_the_model_is_called_like_its_file(file: Path) -> None:
    assert read(file)["name"] == file.stem


@each_template
def test_dimensions_and_rules_speak_both_languages(file: Path) -> None:
    model = read(file)
    labels = [part["label"] for part in (*model["dimensions"].values(), *rules(model))]
    assert all(label["en"] and label["fr"] for label in labels)


@each_template
@pytest.mark.parametrize("language", PAGES)
def test_every_rule_and_play_is_explained_and_nothing_else(file: Path, language: str) -> None:
    model = read(file)
    page = (PAGES[language] / f"{file.stem}.md").read_text(encoding="utf-8")
    assert rows(page) == {part["id"] for part in (*rules(model), *model["plays"])}


@each_template
@pytest.mark.parametrize("language", PAGES)
def test_every_verdict_stands_in_the_page_as_in_the_model(file: Path, language: str) -> None:
    model = read(file)
    page = (PAGES[language] / f"{file.stem}.md").read_text(encoding="utf-8")
    verdicts = {**model["stages"]} if "stages" in model else {}
    verdicts |= model.get("temperature", {})
    told = {name: " ".join(text.split()) for name, text in verdicts.items() if text != "true"}
    assert [name for name, text in told.items() if f"`{name}: {text}`" not in page] == []


@each_template
def test_points_stand_in_the_page_as_in_the_model(file: Path) -> None:
    page = (PAGES["en"] / f"{file.stem}.md").read_text(encoding="utf-8")
    lines = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    wrong = [
        rule["id"]
        for rule in rules(read(file))
        for number in (rule.get("points"), rule.get("cap"))
        if number is not None and not re.search(rf"(?<!\d)-?{abs(number)}\b", lines[rule["id"]])
    ]
    assert wrong == []


@each_template
def test_no_personal_attribute_is_a_criterion(file: Path) -> None:
    model = read(file)
    assert not [name for name in model["fields"]["lead"] if PERSONAL.search(name)]


@pytest.mark.parametrize("name", ["b2c", "b2c-no-seller"])
def test_personal_attributes_stand_as_comments_with_the_legal_warning(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    comments = " ".join(line for line in text.splitlines() if line.lstrip().startswith("#"))
    assert {"age", "gender", "household_income", "lifestyle"} <= set(PERSONAL.findall(comments))
    assert "GDPR" in comments
    assert "RGPD" in comments


def test_only_the_variant_without_a_seller_never_hands_off() -> None:
    silent = [
        file.stem
        for file in FILES
        if not any(play["do"] == "handoff" for play in read(file)["plays"])
    ]
    assert silent == ["b2c-no-seller"]


def test_the_first_four_criteria_of_points_100_make_an_mql_and_validation_an_sql() -> None:
    model = read(FOLDER / "points-100.yaml")
    points = [rule["points"] for rule in rules(model)]
    assert points == [10, 5, 15, 20, 30]
    assert model["stages"]["mql"] == f"score >= {sum(points[:4])}"
    assert model["stages"]["sql"] == f"score >= {sum(points)}"
