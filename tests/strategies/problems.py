"""A model, its facts and a day, together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.strategies.facts import Facts, as_of, facts
from tests.strategies.models import models
from tests.strategies.rules import Draw


@dataclass(frozen=True)
class Problem:
    """All that a score is a function of."""

    model: dict[str, Any]
    facts: Facts
    as_of: date


@st.composite
def problems(draw: Draw) -> Problem:
    """A model with facts that concern it."""
    model = draw(models())
    day = draw(as_of(model))
    return Problem(model, draw(facts(model, day)), day)


def written(model: dict[str, Any]) -> str:
    """The model as a YAML page, its keys in order: the order of temperatures and stages counts."""
    page = StringIO()
    YAML().dump(model, page)
    return page.getvalue()
