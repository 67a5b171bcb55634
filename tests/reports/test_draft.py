from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tamis.company import generate
from tamis.engines.base import Scan
from tamis.engines.duckdb import DuckDB
from tamis.model.checks import check
from tamis.model.document import Problems
from tamis.model.load import read_model
from tamis.model.spec import BandsRule, Field, Model, PointsRule, SilentRule, ValuesRule, WhenRule
from tamis.reports.draft import draft
from tamis.run import run

DAY = date(2026, 6, 30)
DATA = Path(__file__).parents[3] / "shared" / "data"


def read(text: str) -> Model:
    """The model of a draft that must load and pass every check, warnings too."""
    problems = Problems()
    model = read_model(text, "draft.yaml", problems)
    assert model is not None
    check(model, problems, today=DAY)
    assert [str(problem) for problem in problems.sorted] == [], text
    return model


def drafted(**tables: Mapping[str, list[object]]) -> tuple[str, Model]:
    with DuckDB() as session:
        for name, columns in tables.items():
            session.columns(f"raw_{name}", columns)
        text = draft(session, {name: f"raw_{name}" for name in tables})
    return text, read(text)


FRENCH: dict[str, list[object]] = {
    "lead_id": ["1", "2", "3", "4"],
    "E-mail": ["a@gmail.com", "b@x.example", "c@y.example", ""],
    "Intitulé de poste": ["Directeur commercial", "DAF", "Chef de projet", None],
    "Pays": ["France", "Belgique", "France", "france"],
    "Nb employés": ["12", "250", "1 200", ""],
    "Date de création": ["2026-01-02", "2026-02-03", "2026-03-04", "2026-05-06"],
    "Âge": ["30", "40", "50", "60"],
    'l\'origine "exacte"': ["Salon", "Site", "Salon", "Site"],
    "Converti": ["0", "1", "0", "1"],
    "Vide": ["", "", "", ""],
    "emp.var": ["1", "2", "3", "4"],
}


def test_french_columns_become_fields_and_rules() -> None:
    text, model = drafted(leads=FRENCH)
    types = {field.name: field.type for field in model.fields}
    assert types == {
        "E-mail": "text",
        "Intitulé de poste": "text",
        "Pays": "text",
        "Nb employés": "integer",
        "Date de création": "date",
        "Âge": "integer",
        'l\'origine "exacte"': "text",
    }
    rules = {rule.id: rule for rule in model.rules}
    assert isinstance(rules["decides"], WhenRule)
    assert rules["decides"].when.text == "buying_role(\"Intitulé de poste\") = 'decides'"
    assert isinstance(rules["size"], BandsRule)
    assert rules["size"].field == "Nb employés"
    assert isinstance(rules["country"], ValuesRule)
    # `france` is `France` without case: one value.
    assert [value for value, _ in rules["country"].values] == ["France", "Belgique"]
    assert isinstance(rules["source"], ValuesRule)
    assert "--map created_at='Date de création'" in text


def test_columns_that_cannot_be_criteria_are_left_out_with_the_reason() -> None:
    text, model = drafted(leads=FRENCH)
    left = [line for line in text.splitlines() if line.startswith("    # ")]
    assert any("Converti: looks like an outcome" in line for line in left)
    assert any("Vide: is empty" in line for line in left)
    assert any("emp.var: needs a plain name" in line for line in left)
    assert not any("Âge" in repr(rule) for rule in model.rules)
    assert "personal (age)" in text


def test_a_field_of_two_tables_is_named_with_its_table() -> None:
    leads: dict[str, list[object]] = {
        "lead_id": ["1", "2"],
        "account_id": ["a", "b"],
        "country": ["FR", "DE"],
    }
    accounts: dict[str, list[object]] = {
        "account_id": ["a", "b"],
        "country": ["FR", "DE"],
        "name": ["A", "B"],
    }
    leads["phone"] = ["1", None]
    accounts["phone"] = ["2", None]
    _, model = drafted(leads=leads, accounts=accounts)
    rules = {rule.id: rule for rule in model.rules}
    assert isinstance(rules["country"], ValuesRule)
    assert rules["country"].field == "account.country"
    assert isinstance(rules["reachable"], WhenRule)
    assert rules["reachable"].when.text == "account.phone is not null"
    assert model.accounts is not None


def events(names: Mapping[str, int]) -> dict[str, list[object]]:
    rows = [name for name, count in names.items() for _ in range(count)]
    return {
        "lead_id": [str(place % 20) for place in range(len(rows))],
        "event": list(rows),
        "timestamp": ["2026-06-01 10:00:00"] * len(rows),
    }


def test_events_get_points_by_their_meaning_else_by_how_rare_they_are() -> None:
    names = {"mystery": 1, "everyday": 60, "demo_request": 2, "unsubscribe": 2, "email_sent": 50}
    _, model = drafted(events=events(names))
    points = {rule.id: rule.points for rule in model.rules if isinstance(rule, PointsRule)}
    assert points.keys() == {"mystery", "everyday", "demo_request", "unsubscribe"}
    assert points["demo_request"] > points["mystery"] > points["everyday"] > 0
    assert points["unsubscribe"] < 0
    (silent,) = (rule for rule in model.rules if isinstance(rule, SilentRule))
    # Neither what we sent nor a farewell is a sign of life.
    assert set(silent.events) == {"mystery", "everyday", "demo_request"}


def test_odd_event_names_are_kept_and_get_ids_of_their_own() -> None:
    names = {"1": 5, "no": 5, "Démo !": 5, "demo": 5, "*": 5, "a: b # c": 5, 'say "hi"': 5}
    _, model = drafted(events=events(names))
    told = {event for rule in model.event_rules for event in rule.events}
    assert told == names.keys() - {"*"}


def test_telling_pages_become_rules() -> None:
    raw = events({"page_view": 4})
    raw["url"] = ["/pricing", "/fr/tarifs?x=1", "/blog", "/"]
    _, model = drafted(events=raw)
    rule = model.rule("pricing_page")
    assert isinstance(rule, PointsRule)
    assert rule.where is not None
    assert rule.where.text == "contains(url, 'pricing') or contains(url, 'tarif')"
    assert rule.events == ("page_view",)
    assert model.rule("demo_page") is None


def test_tables_without_anything_to_judge_give_a_model_that_loads() -> None:
    with DuckDB() as session:
        session.columns("raw", {"lead_id": ["1"]})
        text = draft(session, {"leads": "raw"})
    problems = Problems()
    model = read_model(text, "draft.yaml", problems)
    assert model is not None
    check(model, problems, today=DAY)
    assert problems.errors == ()


def test_unknown_columns_count_by_what_is_filled_in() -> None:
    _, model = drafted(leads={"lead_id": ["1", "2"], "favourite": ["x", None], "Blah": [None, "y"]})
    assert [rule.when.text for rule in model.rules if isinstance(rule, WhenRule)] == [
        "favourite is not null",
        "Blah is not null",
    ]


def test_one_rule_alone_hands_nobody_to_sales() -> None:
    _, model = drafted(leads={"lead_id": ["1", "2"], "Lead Source": ["Google", "Referral"]})
    assert [play.id for play in model.plays] == ["keep_warm"]


def test_the_draft_of_a_generated_company_scores_it(tmp_path: Path) -> None:
    with DuckDB() as session:
        company = generate(session, tmp_path / "company", leads=400, events_per_lead=20, until=DAY)
        for name in ("leads", "accounts", "events/*"):
            scan = Scan("parquet", (f"{company.folder}/{name}.parquet",))
            session.scan(f"raw_{name.partition('/')[0]}", scan)
        text = draft(session, {name: f"raw_{name}" for name in ("leads", "accounts", "events")})
    model = read(text)
    assert Field("lead", "job_title", "text") in model.fields
    with DuckDB() as session:
        result = run(
            session,
            model,
            DAY,
            leads=company.leads_file,
            accounts=company.accounts_file,
            events=company.event_files,
        )
        scores = result.scores.rows()
    assert {"A", "B", "C", "D"} <= {row["fit_grade"] for row in scores}
    assert len({row["engagement_grade"] for row in scores}) >= 3
    assert {row["play"] for row in scores} >= {"keep_warm"}


FILES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "x_education": (("leads", "leads.csv", ","),),
    "bank_marketing": (("leads", "bank-additional-full.csv", ";"),),
    "olist_funnel": (("leads", "olist_marketing_qualified_leads_dataset.csv", ","),),
    "bpi2012": (("events", "events.csv", ","),),
    "maven_crm": (("leads", "sales_pipeline.csv", ","), ("accounts", "accounts.csv", ",")),
    "attribution": (("events", "events.csv", ","),),
}


@pytest.mark.parametrize("folder", FILES)
def test_the_draft_of_real_data_loads_without_problems(folder: str) -> None:
    if not (DATA / folder).is_dir():
        pytest.skip(f"the data set {folder} is not on this machine")
    with DuckDB() as session:
        for table, file, delimiter in FILES[folder]:
            path = DATA / folder / file
            with path.open(encoding="utf-8-sig", newline="") as lines:
                header = tuple(name or " " for name in next(csv.reader(lines, delimiter=delimiter)))
            session.scan(f"raw_{table}", Scan("csv", (str(path),), delimiter, columns=header))
        text = draft(session, {table: f"raw_{table}" for table, _, _ in FILES[folder]})
    assert read(text).rules
