from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from tamis.company import generate
from tamis.engines.duckdb import DuckDB
from tamis.errors import UserError
from tamis.model.checks import checked_model
from tamis.reports.named import NamedAccount, named_accounts, read_names, shown
from tamis.reports.named.matching import company_of, domain_of
from tamis.reports.named.people import engaged_by, fit_of, title_field
from tamis.run import Result, run

DAY = date(2026, 6, 30)
MODEL = """
tamis: 1
name: small
fields:
  lead: {email: text, poste: text, points: integer}
  account: {raison_sociale: text, website: text}
exclude: email_domain(email) = 'rival.example'
dimensions:
  fit:
    grades: {A: 50, B: 0}
    rules: [{id: given, field: points, bands: {0: 0, 10: 10, 50: 50, 90: 90}}]
  engagement:
    grades: {4: 60, 3: 40, 2: 20, 1: 0}
    rules: [{id: demo, event: demo, points: 20}]
score: {weights: {fit: 1, engagement: 1}}
cell: [fit, engagement]
"""
ROLLED = MODEL + "accounts: {rollup: mean, of: score}\n"

LEADS = [
    ("1", "a", "a@dellys.example", "Directrice marketing", 90),
    ("2", "a", "b@dellys.example", "Comptable", 10),
    ("3", "a", "c@rival.example", "Chef de projet", 90),
    ("4", "b", "d@other.example", "Chef de projet", 50),
    ("5", "c", "e@third.example", None, 10),
    ("6", None, "f@nobody.example", "PDG", 90),
]
ACCOUNTS = [
    ("a", "Établissements Dellys S.A.R.L.", "https://www.dellys.example/fr"),
    ("b", "OTHER, Inc.", None),
    ("c", "Third GmbH", "third.example"),
    ("d", "Third SA", None),
    ("e", "Empty", "empty.example"),
]
EVENTS = [("1", 1), ("2", 2), ("4", 3)]


def scored(session: DuckDB, model: str) -> Result:
    leads = [
        dict(zip(("lead_id", "account_id", "email", "poste", "points"), row, strict=True))
        for row in LEADS
    ]
    accounts = [
        dict(zip(("account_id", "raison_sociale", "website"), row, strict=True)) for row in ACCOUNTS
    ]
    events = [
        {"lead_id": lead, "event": "demo", "timestamp": f"2026-06-{day:02} 10:00:00"}
        for lead, times in EVENTS
        for day in range(1, times + 1)
    ]
    return run(
        session,
        checked_model(model, "small.yaml"),
        DAY,
        leads=leads,
        accounts=accounts,
        events=events,
    )


@pytest.fixture(scope="module")
def result() -> Iterator[Result]:
    with DuckDB() as session:
        yield scored(session, MODEL)


def one(result: Result, name: str) -> NamedAccount:
    (found,) = named_accounts(result, [name])
    return found


@pytest.mark.parametrize(
    ("name", "account", "way"),
    [
        ("a", "a", "id"),
        ("dellys.example", "a", "domain"),
        ("https://dellys.example/contact?x=1", "a", "domain"),
        ("other.example", "b", "domain"),
        ("ETABLISSEMENTS DELLYS", "a", "name"),
        ("Sarl Établissements Dellys", "a", "name"),
        ("other", "b", "name"),
        ("A", None, None),
        ("nobody.example", None, None),
        ("Dellys", None, None),
        ("", None, None),
    ],
)
def test_names_are_matched_by_id_then_domain_then_name(
    result: Result, name: str, account: str | None, way: str | None
) -> None:
    found = one(result, name)
    assert (found.name, found.account_id, found.matched_by) == (name, account, way)


def test_of_several_accounts_the_one_with_most_leads_is_taken(result: Result) -> None:
    found = one(result, "third")
    assert (found.account_id, found.others) == ("c", ("d",))


def test_an_account_shows_its_best_lead_and_its_people(result: Result) -> None:
    found = one(result, "a")
    assert (found.best_lead_id, found.score, found.grade, found.cell) == (
        "1",
        Decimal(55),
        "A",
        "A2",
    )
    # Lead 3 is excluded: it is neither counted nor has it a say.
    assert (found.leads, found.engaged) == (2, 1)
    assert (found.roles, found.missing) == (("decides", "uses"), ("influences",))


def test_an_account_without_people_misses_every_role(result: Result) -> None:
    found = one(result, "empty.example")
    assert (found.account_id, found.leads, found.engaged, found.score) == ("e", 0, 0, None)
    assert found.missing == ("decides", "influences", "uses")


def test_the_account_score_is_the_rolled_up_one_where_the_model_has_it() -> None:
    with DuckDB() as session:
        found = one(scored(session, ROLLED), "a")
    assert (found.score, found.best_lead_id) == (Decimal(40), "1")


def test_all_names_come_back_in_their_order(result: Result) -> None:
    names = ["unknown", "b", "a", "b"]
    assert [account.name for account in named_accounts(result, names)] == names
    assert named_accounts(result, []) == ()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_terminal_shows_accounts_and_names_without_one(result: Result, language: str) -> None:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(shown(named_accounts(result, ["a", "[bold]nobody"]), language))
    assert "A2" in capture.get()
    assert "[bold]nobody" in capture.get()


def test_a_named_account_can_be_written_to_json(result: Result) -> None:
    written = json.loads(json.dumps(one(result, "a").to_json()))
    assert written["score"] == 55
    assert written["missing"] == ["influences"]


def test_who_is_engaged_follows_from_grades_else_from_stages() -> None:
    graded = checked_model(MODEL, "m.yaml")
    assert (engaged_by(graded).dimension, engaged_by(graded).grades) == ("engagement", ("3", "4"))
    plain = "tamis: 1\nname: m\ndimensions: {fit: {}}\nscore: {sum: [fit]}\n"
    staged = checked_model(plain + "stages: {one: score >= 1, two: score >= 2}\n", "m.yaml")
    assert engaged_by(staged).stages == ("two",)
    nothing = engaged_by(checked_model(plain, "m.yaml"))
    assert (nothing.grades, nothing.stages) == ((), ())


def test_titles_are_read_from_the_field_that_a_rule_reads_else_by_its_name() -> None:
    named = title_field(checked_model(MODEL, "m.yaml"))
    assert named is not None
    assert named.name == "poste"
    used = MODEL.replace("points: integer", "points: integer, what: text").replace(
        "rules: [{id: given", "rules: [{id: x, when: seniority(what) = 'vp', points: 1}, {id: given"
    )
    read = title_field(checked_model(used, "m.yaml"))
    assert read is not None
    assert read.name == "what"


def test_a_model_without_titles_tells_no_roles() -> None:
    with DuckDB() as session:
        found = one(scored(session, MODEL.replace("poste: text, ", "")), "a")
    assert (found.roles, found.missing) == ((), ())
    fit = fit_of(checked_model(MODEL, "m.yaml"))
    assert fit is not None
    assert fit.name == "fit"


@pytest.mark.parametrize(
    ("file", "content", "names"),
    [
        ("list.txt", "Acme, Inc.\n\n# old ones\nDellys\nDellys\n", ("Acme, Inc.", "Dellys")),
        ("list.csv", 'account_id,note\na,x\n"b, c",y\n', ("a", "b, c")),
        ("list.csv", "Raison sociale;Ville\nSociété Générale;Paris\n", ("Société Générale",)),
        ("list.csv", "", ()),
    ],
)
def test_a_list_is_read_one_name_a_line(
    tmp_path: Path, file: str, content: str, names: tuple[str, ...]
) -> None:
    for encoding in ("utf-8-sig", "cp1252"):
        (tmp_path / file).write_text(content, encoding=encoding)
        assert read_names(tmp_path / file) == names


def test_a_list_that_is_not_there_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read the file"):
        read_names(tmp_path / "nowhere.txt")


def test_keys_of_names() -> None:
    assert company_of("SA") == "sa"
    assert company_of("…") is None
    assert company_of("Société anonyme des eaux SA") == "societe anonyme des eaux"
    assert domain_of("just words") is None


def test_every_account_of_a_generated_company_is_found_by_its_domain(tmp_path: Path) -> None:
    template = Path(__file__).parents[2] / "src/tamis/model/templates/b2b.yaml"
    model = checked_model(template.read_text(encoding="utf-8"), str(template))
    with DuckDB() as session:
        company = generate(session, tmp_path / "company", leads=300, events_per_lead=15, until=DAY)
        result = run(
            session,
            model,
            DAY,
            leads=company.leads_file,
            accounts=company.accounts_file,
            events=company.event_files,
        )
        listed = (
            f"SELECT account_id, domain FROM read_parquet('{company.accounts_file}')"
            " ORDER BY account_id LIMIT 20"
        )
        wanted = {str(domain): str(account) for account, domain in session.execute(listed)}
        counts = dict(session.execute("SELECT account_id, count(*) FROM lead_rows GROUP BY 1"))
        found = named_accounts(result, list(wanted))
    # The template declares no domain: what is left are the leads' e-mail addresses.
    matched = {account.name: account for account in found if account.account_id}
    assert len(matched) >= 15
    right = [a for a in matched.values() if wanted[a.name] in (a.account_id, *a.others)]
    assert len(right) >= 15
    assert all(0 < a.leads <= counts[a.account_id] for a in matched.values())
