"""Random models and facts, small and nasty, for properties that must hold whatever the model.

models()             a valid model as a plain mapping, ready for YAML
as_of(model)         a day, often near a change of the clocks in the model's zone
facts(model, day)    leads, accounts and events around that day
problems()           all of them together
"""

from __future__ import annotations

from tests.strategies.facts import Facts, as_of, facts
from tests.strategies.models import models
from tests.strategies.problems import Problem, problems, written

__all__ = ["Facts", "Problem", "as_of", "facts", "models", "problems", "written"]
