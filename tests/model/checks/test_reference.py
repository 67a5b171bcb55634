"""The reference explains every code that the source can emit, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.model.checks.reading import problems_of

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/reference/checks.md"
PLACE_OF_CODE = {"wrong": 0, "error": 1, "warning": 1, "ExpressionError": 1}


def emitted() -> set[str]:
    """Every code in the source of `tamis.model`."""
    files = (ROOT / "src/tamis/model").rglob("*.py")
    return {
        code for file in files for code in codes_in(ast.parse(file.read_text(encoding="utf-8")))
    }


def codes_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = PLACE_OF_CODE.get(name)
            if place is not None and len(node.args) > place:
                code = node.args[place]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value


def explained() -> list[str]:
    """The codes that have a heading in the page."""
    return re.findall(r"^### `([a-z-]+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_source_emits_codes() -> None:
    assert {"unknown-key", "unknown-field", "day-in-where", "one-rule-handoff"} <= emitted()


def test_every_code_is_explained_once_and_no_other() -> None:
    assert sorted(explained()) == sorted(emitted())


def test_every_code_has_an_example_and_says_what_to_do() -> None:
    sections = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    thin = [s.split("\n")[0] for s in sections if "```yaml" not in s or "**What to do:**" not in s]
    assert thin == []


def examples() -> list[tuple[str, str, str]]:
    """Code, severity and example of each entry."""
    entry = r"^### `([a-z-]+)`\n\n(Error|Warning)\. .*?\n```yaml\n(.*?)\n```"
    return re.findall(entry, PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("code", "severity", "example"), examples(), ids=lambda part: part[:30])
def test_an_example_shows_its_problem_and_no_other(code: str, severity: str, example: str) -> None:
    parts = {"tamis:": "tamis: 1", "name:": "name: example", "dimensions:": RULES}
    missing = [
        line for key, line in parts.items() if not re.search(f"^{key}", example, re.MULTILINE)
    ]
    whole = example if code == "empty-file" else "\n".join([*missing, example])
    problems = problems_of(whole)
    assert {problem.code for problem in problems} == {code}
    assert {problem.severity for problem in problems} == {severity.lower()}


RULES = "dimensions: {interest: {rules: [{id: one, event: visit, points: 1}]}}"
