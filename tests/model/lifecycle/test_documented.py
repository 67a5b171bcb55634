"""The examples of the pages can be used as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tamis.model.checks import checked_model

DOCS = Path(__file__).parents[3] / "docs"


def examples(page: str) -> list[str]:
    """The YAML examples of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("page", ["model.md", "fr/cycle-de-vie.md"])
def test_the_example_of_a_lifecycle_belongs_to_the_example_of_a_model(page: str) -> None:
    whole, (sections,) = examples("model.md")[0], examples(page)[-1:]
    model = checked_model(f"{whole}\n{sections}", page)
    assert model.lifecycle is not None
    assert model.lifecycle.status("srl") is None
    assert [queue.name for queue in model.queues] == ["sales", "senior_sales", "north"]
    assert model.service.reassign == 200
    assert len(model.costs) == 2
