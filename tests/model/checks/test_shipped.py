"""What is shipped is without reproach: templates, examples and the sample of the documentation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.model.checks.reading import TODAY, problems_of

from tamis.errors import UsageError
from tamis.model.templates import template_names, template_text

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*/model.yaml"))


@pytest.mark.parametrize("name", template_names())
@pytest.mark.parametrize("today", [TODAY, None])
def test_a_template_raises_nothing(name: str, today: date | None) -> None:
    assert [str(problem) for problem in problems_of(template_text(name), today)] == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_an_example_has_no_error(file: Path) -> None:
    errors = [p for p in problems_of(file.read_text(encoding="utf-8")) if p.severity == "error"]
    assert errors == []


def test_a_template_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="points-100"):
        template_text("../keys")
