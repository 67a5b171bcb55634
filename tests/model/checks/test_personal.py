"""Personal attributes among the criteria: a warning with its legal ground."""

from __future__ import annotations

import pytest
from tests.model.checks.reading import HEAD, found, problems_of

from tamis.model.checks.personal import attribute_of


@pytest.mark.parametrize(
    "name",
    [
        *(
            "age",
            "Age",
            "customerAge",
            "age_range",
            "tranche_d_age",
            "âge",
            "birth_date",
            "birthday",
        ),
        *(
            "date_naissance",
            "date_de_naissance",
            "dob",
            "gender",
            "sex",
            "Sexe",
            "genre",
            "civilité",
        ),
        *("nationality", "nationalité", "ethnicity", "origine_ethnique", "religion", "croyances"),
        *(
            "marital_status",
            "situation_familiale",
            "nombre_d_enfants",
            "children",
            "santé",
            "health",
        ),
        *("disability", "handicap", "political_opinion", "syndicat", "household_income", "salaire"),
        *(
            "pouvoir_d_achat",
            "lifestyle",
            "style_de_vie",
            "sexual_orientation",
            "casier_judiciaire",
        ),
    ],
)
def test_names_that_tell_of_a_person(name: str) -> None:
    assert attribute_of(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        *("page", "page_views", "average", "manager", "language", "stage", "message", "country"),
        *("lead_age", "company_age", "account_health", "message_age_of_lead", "usage", "sexton"),
        *(
            "job_title",
            "email",
            "industry",
            "employees",
            "birthplace_of_company",
            "garage",
            "parti",
        ),
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert attribute_of(name) is None


def model(rest: str) -> str:
    return f"""
    fields: {{lead: {{age: integer, gender: text, n: integer}}, account: {{health: text}}}}
    dimensions:
      fit: {{rules: [{{id: a, field: n, bands: {{0: 1}}}}, {rest}
    """


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("{id: b, field: age, bands: {0: 1}}]}", ["personal-attribute 5:66"]),
        ("{id: b, field: gender, values: {f: 1}}]}", ["personal-attribute 5:66"]),
        ("{id: b, when: age > 18, points: 1}]}", ["personal-attribute 5:65"]),
        ("{id: b, when: n > 1, points: 1}]}\n    exclude: age < 18", ["personal-attribute 6:10"]),
        (
            "{id: b, when: n > 1, points: 1}]}\n    stages: {s: lead.age < 18}",
            ["personal-attribute 6:13"],
        ),
        ("{id: b, when: n > 1, points: 1}]}", []),
        ("{id: b, field: health, values: {good: 1}}]}", []),
        ("{id: b, when: account.health = 'x', points: 1}]}", []),
    ],
)
def test_a_personal_attribute_is_told_where_it_counts(rest: str, expected: list[str]) -> None:
    assert found(model(rest)) == expected


def test_the_warning_names_the_law_and_does_not_forbid() -> None:
    text = (
        HEAD
        + "fields: {lead: {age: integer}}\n"
        + "dimensions: {fit: {rules: [{id: a, field: age, bands: {0: 1}}]}}"
    )
    [problem] = problems_of(text)
    assert problem.severity == "warning"
    assert "GDPR" in problem.hint


def test_an_attribute_is_told_once() -> None:
    rest = "{id: b, when: age > 18, points: 1}, {id: c, when: age > 30, points: 1}]}"
    assert len(found(model(rest))) == 1
