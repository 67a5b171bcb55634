"""Functions that the facts compute ahead, where one stands in the argument of another."""

from __future__ import annotations

from datetime import date

import pytest
from tests.engines.running import ran

from tamis.errors import ModelError
from tamis.model.checks import checked_model

MODEL = {
    "tamis": 1,
    "name": "derived",
    "timezone": "Europe/Paris",
    "fields": {"lead": {"email": "text", "at": "timestamp", "to": "timestamp"}},
}


def with_condition(condition: str) -> dict[str, object]:
    rules = [{"id": "one", "when": condition, "points": 10}]
    return {**MODEL, "dimensions": {"fit": {"rules": rules}}}


def test_a_day_may_depend_on_a_function_of_mail() -> None:
    condition = "case when is_free_email(email) then at else to end > date '2026-03-01'"
    early, late = date(2026, 2, 1), date(2026, 4, 1)
    leads = [
        {"lead_id": "free", "email": "a@gmail.com", "at": early, "to": late},
        {"lead_id": "firm", "email": "a@acme.example", "at": early, "to": late},
    ]
    result = ran(with_condition(condition), leads, [], [], date(2026, 11, 21))
    assert {row["lead_id"]: float(row["fit"]) for row in result.scores} == {"free": 0, "firm": 10}


@pytest.mark.parametrize(
    "condition",
    [
        "seniority(seniority(job_title)) = 'vp'",
        "buying_role(coalesce(email_domain(email), job_title)) = 'decides'",
        "is_free_email(case when is_disposable_email(email) then email end)",
    ],
)
def test_a_function_of_titles_or_mail_over_another_is_refused(condition: str) -> None:
    text = (
        "tamis: 1\nname: m\nfields: {lead: {email: text, job_title: text}}\n"
        f'dimensions: {{fit: {{rules: [{{id: one, when: "{condition}", points: 1}}]}}}}'
    )
    with pytest.raises(ModelError, match="cannot stand over") as caught:
        checked_model(text, "m.yaml")
    assert [(p.code, p.place.line) for p in caught.value.problems] == [("wrong-arguments", 4)]
