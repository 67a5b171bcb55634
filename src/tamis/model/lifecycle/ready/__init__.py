"""The ready lifecycles, written as the section `lifecycle` of a model is."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from tamis.model.document import Problems, parse
from tamis.model.lifecycle.load_steps import read_statuses, read_steps
from tamis.model.lifecycle.spec import Lifecycle


@lru_cache(maxsize=8)
def ready(name: str) -> Lifecycle:
    """The ready lifecycle of that name, `taxonomy` or `validation`; places are in its own file.

    >>> ready("validation").path[:3]
    ('contact', 'prospect', 'lead')
    """
    problems = Problems()
    text = files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    root = parse(text, f"{name}.yaml", problems)
    assert root is not None, problems.found
    found = root.entries(("statuses", "steps"), "a ready lifecycle")
    statuses = read_statuses(found["statuses"], ())
    steps = read_steps(found["steps"])
    assert not problems.found, problems.found
    return Lifecycle(statuses=statuses, steps=steps, use=name)
