"""The dimension `learned` in a model file: put in, replaced, taken out; all else stays."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from tests.model.checks.reading import problems_of
from tests.predict.said.made import SMALL, field, model_of, number_part, text_part
from typer.testing import CliRunner

import tamis
from tamis.cli.app import app
from tamis.errors import ModelError, UserError
from tamis.model.checks import checked_model
from tamis.model.diff import differences
from tamis.model.editing.fields import fields_of
from tamis.model.templates import template_names, template_text
from tamis.predict.examples import Saying
from tamis.predict.said import lacking, put_into, without

OWN = """\
tamis: 1
name: ours   # the one we use

fields:
  lead: {visits: number, country: text}   # two
dimensions:
  fit:
    rules:
      - {id: abroad, when: country <> 'France', points: 20}   # since May

  engagement:
    rules:
      - {id: many, field: visits, bands: {0: 0, 10: 40}}
      # nothing more

# How much each counts.
score: {weights: {fit: 0.4, engagement: 0.6}}
stages: {mql: score >= 30}
"""
FLOW = (
    "{tamis: 1, name: m, fields: {lead: {visits: integer, country: text}},\n"
    ' dimensions: {fit: {rules: [{id: a, when: "true", points: 1}]}},\n'
    " score: {weights: {fit: 1}}}\n"
)


def added(before: str, after: str) -> list[str]:
    found = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in found if line[0] in "+-"]


def test_it_is_put_behind_the_others_and_nothing_else_changes() -> None:
    text = put_into(OWN, SMALL)
    lines = added(OWN, text)
    assert all(line.startswith("+ ") for line in lines)
    assert lines[0] == "+   learned:"
    assert text.index("# nothing more") < text.index("# How much each counts.")
    assert [d.name for d in checked_model(text, "m").dimensions] == ["fit", "engagement", "learned"]


@pytest.mark.parametrize(
    "text", [OWN, FLOW, OWN.replace("\n", "\r\n")], ids=["block", "flow", "crlf"]
)
def test_it_is_taken_out_again(text: str) -> None:
    assert without(put_into(text, SMALL)) == text
    assert without(text) == text


@pytest.mark.parametrize("text", [OWN, FLOW], ids=["block", "flow"])
def test_put_in_again_it_is_replaced(text: str) -> None:
    once = put_into(text, SMALL)
    assert put_into(once, SMALL) == once
    other = model_of([number_part("visits", {5.0: 1.0}, -1.0, 0.0)])
    assert put_into(once, other) == put_into(text, other)


def test_between_others_it_stays_where_it_is() -> None:
    model = OWN.replace(
        "  engagement:\n", "  learned: {odds: {rate: 0.5, double: 10, at: 50}}\n  engagement:\n"
    )
    names = [d.name for d in checked_model(put_into(model, SMALL), "m").dimensions]
    assert names == ["fit", "learned", "engagement"]


def test_it_passes_check_without_a_word() -> None:
    assert problems_of(put_into(OWN, SMALL)) == ()


def test_the_score_is_its_owners() -> None:
    old, new = checked_model(OWN, "m"), checked_model(put_into(OWN, SMALL), "m")
    assert new.score == old.score
    assert {change.subject for change in differences(old, new)} == {"dimension", "rule"}


def test_a_combined_order_is_a_weight_away() -> None:
    weighed = put_into(OWN, SMALL).replace("engagement: 0.6}", "engagement: 0.3, learned: 0.3}")
    with_verdict = weighed + "temperature: {hot: learned >= 60, cold: 'true'}\n"
    assert problems_of(with_verdict) == ()
    leads = [{"lead_id": "a", "visits": 12, "country": "France"}, {"lead_id": "b"}]
    model = checked_model(with_verdict, "m")
    with tamis.score(model, leads=leads, as_of=date(2026, 11, 21)) as result:
        rows = {str(row["lead_id"]): row for row in result.scores.rows()}
    a = rows["a"]
    parts = 0.4 * float(a["fit"]) + 0.3 * float(a["engagement"]) + 0.3 * float(a["learned"])
    assert float(a["score"]) == pytest.approx(parts, abs=0.011)
    assert rows["b"]["temperature"] == "cold"


def test_missing_fields_are_all_named() -> None:
    events = Saying("frequency", event="visit", where="channel = 'ad' and cost > 3")
    learned = model_of(
        [
            number_part("employees", {5.0: 1.0}, 0.0, 0.0, field("employees", "account")),
            text_part("city", {("Paris",): 1.0}, 0.0, 0.0),
            number_part("ads", {1.0: 0.3}, 0.0, 0.0, events),
        ]
    )
    names = ("account.employees", "lead.city", "event.channel", "event.cost")
    assert lacking(learned, checked_model(OWN, "m")) == names
    with pytest.raises(UserError) as caught:
        put_into(OWN, learned)
    assert all(f"`{name}`" in caught.value.message for name in names)


def test_a_field_of_another_type_is_refused() -> None:
    learned = model_of([number_part("country", {5.0: 1.0}, 0.0, 0.0)])
    with pytest.raises(UserError, match="`country` of the lead is text; learned was a number"):
        put_into(OWN, learned)


def test_what_no_rule_can_say_is_refused() -> None:
    learned = replace(model_of([replace(SMALL.parts[0], said_by=None)]), horizon=90)
    with pytest.raises(UserError, match="no rule of a scoring model can say `visits`"):
        put_into(OWN, learned)


def test_of_a_plain_table_every_column_is_a_field() -> None:
    learned = model_of([replace(part, said_by=None) for part in SMALL.parts])
    assert put_into(OWN, learned) == put_into(OWN, SMALL)


def test_one_that_abstains_is_refused() -> None:
    with pytest.raises(UserError, match="no usable signal"):
        put_into(OWN, model_of([], usable=False))


def test_a_text_that_is_no_model_is_refused() -> None:
    with pytest.raises(ModelError):
        put_into("tamis: 1\nname: m\n", SMALL)


def test_ids_of_other_rules_are_not_taken() -> None:
    text = put_into(OWN.replace("id: many", "id: learned_visits"), SMALL)
    assert "learned_visits_2" in [rule.id for rule in checked_model(text, "m").rules]


@pytest.mark.parametrize("name", template_names())
def test_every_template_can_hold_one(name: str) -> None:
    text = template_text(name)
    model = checked_model(text, "m")
    texts = [f for f in model.fields_of("lead", "account") if f.type == "text"]
    parts = [text_part(f.name, {("x",): 0.5}, -0.1, 0.2, field(f.name, f.table)) for f in texts[:1]]
    visits = Saying("frequency", event="visit")
    learned = model_of([*parts, number_part("visits", {1.0: 0.4, 5.0: 0.9}, -0.3, 0.0, visits)])
    again = put_into(text, learned)
    assert [p.code for p in problems_of(again)] == [p.code for p in problems_of(text)]
    assert without(again) == text


def test_a_form_has_fields_for_it() -> None:
    path = ("dimensions", "learned", "rules", "learned_visits", "bands", "10")
    assert fields_of(put_into(OWN, SMALL), "en").values()[path] == "10.099"


def test_the_commands_know_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.yaml").write_text(put_into(OWN, SMALL), encoding="utf-8")
    leads = "lead_id,visits,country\nann,12,FRANCE\nbob,,\n"
    Path("leads.csv").write_text(leads, encoding="utf-8")

    def tamis_(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    checked = tamis_("check", "model.yaml")
    assert (checked.exit_code, "0 errors, 0 warnings" in checked.output) == (0, True)
    scored = tamis_(
        "score", "model.yaml", "--leads", "leads.csv", "--json", "--as-of", "2026-11-21"
    )
    ann = json.loads(scored.stdout)["leads"]
    assert {one["lead_id"] for one in ann} == {"ann", "bob"}
    told = tamis_("explain", "model.yaml", "ann", "--leads", "leads.csv", "--as-of", "2026-11-21")
    assert told.exit_code == 0, told.output
    assert "Learned" in told.output
    assert "country" in told.output
