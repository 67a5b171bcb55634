"""Text of a user is data: whatever stands in a model, it scores right and ends no statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlglot
from tests.engines.running import ran
from tests.strategies import written

from tamis import flow
from tamis.model.checks import checked_model
from tamis.sql.dialects import DIALECTS
from tamis.sql.dialects import written as sql_of

DAY = date(2026, 11, 21)
AT = datetime(2026, 11, 20, 12)  # noqa: DTZ001 (timestamps without offset are UTC)
HOSTILE = (
    "it's",
    "'; DROP TABLE lead_rows; --",
    'a "quoted" name',
    "-- comment",
    "/* open",
    "*/ closed",
    "back\\slash\\",
    "\\'",
    "semi;colon",
    ":hole_lead",
    "{brace} %s $1 ?",
    "É 😀 ﬁ \u202e",
    "$$dollar$$",
    "hole_rows",
)


def model(text: str) -> dict[str, Any]:
    """A model with the text in every place that holds one."""
    name = '"' + text.replace('"', '""') + '"'
    literal = "'" + text.replace("'", "''") + "'"
    return {
        "tamis": 1,
        "name": text,
        "about": text,
        "fields": {"lead": {text: "text"}, "event": {text + "!": "text"}},
        "dimensions": {
            "d": {
                "label": {"en": text, "fr": text},
                "about": text,
                "grades": {text: 1, f"not {text}": 0},
                "groups": {text: {"cap": 50}},
                "rules": [
                    {"id": text, "when": f"{name} = {literal}", "points": 1, "label": text},
                    {"id": text + "v", "field": text, "values": {text: 2}},
                    {"id": text + "c", "when": f"contains({name}, {literal})", "points": 4},
                    {"id": text + "e", "event": text, "points": 8, "group": text},
                    {
                        "id": text + "w",
                        "event": [text, "other"],
                        "where": f'"{(text + "!").replace(chr(34), chr(34) * 2)}" like {literal}',
                        "points": 16,
                    },
                ],
            }
        },
        "score": {"sum": ["d"]},
        "cell": ["d"],
        "temperature": {text: f"d_grade = {literal}"},
        "stages": {
            text: f"cell = {literal} and hit('{(text + 'e').replace(chr(39), chr(39) * 2)}')"
        },
        "plays": [{"id": text, "when": f"stage = {literal}", "do": "handoff", "to": text}],
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_a_model_full_of_hostile_text_scores_right(text: str) -> None:
    leads = [{"lead_id": text, text: text}, {"lead_id": "other", text: "x"}]
    events = [{"lead_id": text, "event": text, "timestamp": AT, text + "!": text}]
    result = ran(model(text), leads, [], events, DAY)
    best, other = result.scores
    assert best["lead_id"] == best["model"] == text
    assert best["d"] == best["score"] == 31
    verdicts = ("d_grade", "cell", "temperature", "stage", "play")
    assert {best[name] for name in verdicts} == {text}
    assert (other["d"], other["d_grade"], other["play"]) == (0, f"not {text}", None)
    rules = {row["rule"]: (row["group"], row["points"]) for row in result.contributions}
    assert rules[text + "e"] == (text, 8)
    assert len(rules) == 5


@pytest.mark.parametrize("dialect", DIALECTS)
def test_hostile_text_is_one_literal_in_every_dialect(dialect: str) -> None:
    text = " ".join(HOSTILE)
    chain = flow.plan(checked_model(written(model(text)), "m.yaml"), DAY)
    sql = sql_of(chain, flow.VERDICTS, dialect)
    (statement,) = sqlglot.parse(sql, dialect=dialect)
    assert [part.alias for part in statement.ctes][-1] == flow.VERDICTS
    assert text in {literal.name for literal in statement.find_all(sqlglot.exp.Literal)}
