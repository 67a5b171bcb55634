"""Conditions of a model: each once, with the fields that it reads, compiled in every mode."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

from tamis.model.checks import checked_model
from tamis.model.scope import fields_read, names_of

MODEL = """
tamis: 1
name: m
fields:
  lead: {fit: integer, country: text, title: text, n: integer}
  account: {country: text, size: integer}
  event: {url: text, n: number}
exclude: lead.country = 'XX'
dimensions:
  fit:
    rules:
      - {id: here, when: account.country = 'FR' and size > 1, points: 1}
      - {id: page, event: view, where: url = '/' and n > 1, when: n > 1, points: 1}
      - {id: big, field: size, bands: {0: 1}}
temperature: {hot: fit > 1, cold: "true"}
stages: {mql: lead.fit > 1}
plays: [{id: call, when: "stage = 'mql' and n > 1", do: none}]
"""


def test_every_condition_stands_once_in_the_order_of_the_file() -> None:
    found = [(c.section, c.of) for c in checked_model(MODEL, "m.yaml").conditions]
    assert found == [
        ("exclude", ""),
        ("when", "here"),
        ("when", "page"),
        ("where", "page"),
        ("temperature", "hot"),
        ("temperature", "cold"),
        ("stage", "mql"),
        ("play", "call"),
    ]


def test_the_fields_that_a_condition_reads() -> None:
    model = checked_model(MODEL, "m.yaml")
    read = [[f"{f.table}.{f.name}" for f in fields_read(model, c)] for c in model.conditions]
    assert read == [
        ["lead.country"],
        ["account.country", "account.size"],
        ["lead.n"],
        ["event.url", "event.n"],
        [],  # `fit` is the dimension
        [],
        ["lead.fit"],
        ["lead.n"],
    ]


def test_a_name_of_two_tables_names_two_fields_and_with_its_table_one() -> None:
    model = checked_model(MODEL, "m.yaml")
    both = model.fields_named("country", "lead", "account")
    assert [field.table for field in both] == ["lead", "account"]
    assert [f.table for f in model.fields_named("account.country", "lead", "account")] == [
        "account"
    ]
    assert model.fields_named("account.country", "lead") == ()
    assert model.fields_named("nothing", "lead", "account", "event") == ()


def test_each_section_says_why_another_name_cannot_stand_there() -> None:
    model = checked_model(MODEL, "m.yaml")
    assert names_of(model, "where").elsewhere["size"] == "`where` sees the event only; use `when`"
    assert names_of(model, "when").elsewhere["url"] == "event fields are for `where`"
    assert names_of(model, "temperature").elsewhere["score"] == "the model has no section `score`"
    assert "decided later" in names_of(model, "temperature").elsewhere["stage"]


def test_a_plan_knows_what_to_derive_in_optimised_mode_too() -> None:
    program = f"""
    from datetime import date
    from tamis.facts.plan import Plan
    from tamis.model.checks import checked_model
    text = {MODEL.replace("lead.fit > 1", "seniority(title) = 'vp'")!r}
    plan = Plan(checked_model(text, "m.yaml"), date(2026, 11, 21))
    print([derived.function for derived in plan.derived.values()])
    """
    command = [sys.executable, "-O", "-c", dedent(program)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['seniority']"
