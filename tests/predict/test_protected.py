"""Protected columns, what stands in for them, and what a model does with groups of people."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.predict.examples import Column, Examples, examples_of
from tamis.predict.protected import (
    attribute,
    by_group,
    protected_columns,
    proxies,
)

PROTECTED = {
    "age": ("Age", "âge", "customerAge", "date_naissance", "birthDate", "tranche d'âge", "dob"),
    "gender": ("sex", "Sexe", "gender", "Civilité", "Salutation", "Mme/M."),
    "family status": ("marital", "situation familiale", "enfants", "pregnant"),
    "origin": ("nationality", "Nationalité", "ethnicity", "mother tongue", "langue maternelle"),
    "religion or belief": ("religion",),
    "political opinion": ("political opinion", "opinion_politique"),
    "trade union": ("trade_union", "union membership", "syndicat"),
    "health": ("disability", "handicap", "Health"),
    "sexual orientation": ("sexual_orientation", "orientation sexuelle"),
    "first name": ("FirstName", "prénom", "given name"),
    "last name": ("Nom", "surname"),
    "place of living": ("Code postal", "postcode", "zip_code", "CP"),
}
HARMLESS = (
    *("Page Views Per Visit", "pages", "usage", "image", "Lead Origin", "job title", "title"),
    *("company name", "product name", "European Union", "message", "campaign", "stage"),
    *("age of company", "company_age", "language", "country", "trace", "adresse email", "Tags"),
)


@pytest.mark.parametrize(
    ("name", "expected"), [(n, a) for a, names in PROTECTED.items() for n in names]
)
def test_names_that_tell_who_a_person_is(name: str, expected: str) -> None:
    assert attribute(name) == expected


@pytest.mark.parametrize("name", HARMLESS)
def test_names_that_do_not(name: str) -> None:
    assert attribute(name) is None


def test_what_is_allowed_is_not_protected() -> None:
    found = protected_columns(["age", "source", "sexe"], allowed=["age"])
    assert [(one.column, one.attribute) for one in found] == [("sexe", "gender")]


def people(seed: int = 1, rows: int = 2000) -> Examples:
    random = np.random.default_rng(seed)
    woman = random.random(rows) < 0.5
    product = np.where(random.random(rows) < 0.9, woman, ~woman)
    age = random.integers(18, 80, rows).astype(np.float64)
    return examples_of(
        [
            Column("sex", "text", np.where(woman, "f", "m").astype(object)),
            Column("age", "number", age),
            Column("product", "text", np.where(product, "a", "b").astype(object)),
            Column("seniority", "number", age - 18 + random.normal(0, 5, rows)),
            Column("colour", "text", random.choice(["red", "blue"], rows).astype(object)),
            Column("row", "text", np.array([f"r{n}" for n in range(rows)], dtype=object)),
        ],
        random.random(rows) < 0.3,
    )


def test_a_column_that_tells_a_protected_one_is_named_with_what_it_tells() -> None:
    found = {(one.column, one.protected): one for one in proxies(people(), ["sex", "age"])}
    strong = {pair for pair, one in found.items() if one.strong}
    assert strong == {("product", "sex"), ("seniority", "age")}
    auc = found["product", "sex"].auc
    assert auc.value is not None
    assert 0.87 < auc.value < 0.93
    # A column in which each row has its own value tells nothing out of fold.
    assert abs((found["row", "sex"].auc.value or 0) - 0.5) < 0.05


def test_figures_of_each_group_against_counts_by_hand() -> None:
    examples = people()
    sex = examples.column("sex").values
    probability = np.where(sex == "m", 0.6, 0.2) + np.linspace(0, 0.1, len(sex))
    men, women = sorted(by_group(probability, examples, "sex"), key=lambda one: one.group != "m")
    assert men.rows == int((sex == "m").sum())
    assert women.rows + men.rows == len(sex)
    assert men.conversion.value == pytest.approx(float(examples.won[sex == "m"].mean()))
    assert men.told == pytest.approx(float(probability[sex == "m"].mean()))
    assert men.excess.value == pytest.approx(men.told - (men.conversion.value or 0))
    assert men.excess.above(0.2)
    assert not women.excess.above(0.2)
    # All of the best tenth are men.
    assert men.top.value == pytest.approx(0.1 * len(sex) / men.rows)
    assert (men.impact, women.impact) == (1.0, 0.0)
    assert women.passed_over
    assert not men.passed_over


def test_examples_told_the_same_share_the_best_tenth() -> None:
    examples = people()
    for one in by_group(np.full(len(examples), 0.3), examples, "sex"):
        assert one.top.value == pytest.approx(0.1)
        assert one.impact == pytest.approx(1.0)
        assert one.auc.value == pytest.approx(0.5)


def test_numbers_are_shown_in_bands_that_hold_every_row() -> None:
    examples = people()
    found = by_group(np.linspace(0, 1, len(examples)), examples, "age")
    assert len(found) == 5
    assert sum(one.rows for one in found) == len(examples)
    assert {one.group.split(" to ")[0] for one in found} >= {"18"}


def test_small_groups_are_pooled_and_named() -> None:
    examples = people(rows=300)
    values = np.array(["a"] * 200 + ["b"] * 60 + ["c"] * 30 + [None] * 10, dtype=object)
    found = by_group(np.linspace(0, 1, 300), examples, Column("kind", "text", values))
    assert [(one.group, one.rows) for one in found] == [("a", 200), ("b", 60), ("others", 40)]
    assert found[-1].pooled == ("missing", "c")
    assert found[0].pooled == ()


def test_rows_of_one_lead_are_one_draw() -> None:
    examples = people(rows=400)
    values = np.array(["a"] * 400, dtype=object)
    once = by_group(np.linspace(0, 1, 400), examples, Column("k", "text", values))[0]
    twice = examples.of(np.repeat(np.arange(400), 2))
    doubled = Column("k", "text", np.repeat(values, 2))
    again = by_group(np.repeat(np.linspace(0, 1, 400), 2), twice, doubled)[0]
    assert again.conversion.low == pytest.approx(once.conversion.low)
    assert again.auc.low == pytest.approx(once.auc.low, abs=1e-6)
