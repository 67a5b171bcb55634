from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from tamis.company import Company, generate
from tamis.engines.duckdb import DuckDB
from tamis.model.checks import checked_model
from tamis.reports.inventory import Inventory, inventory, inventory_of, shown
from tamis.run import run

DAY = date(2026, 6, 30)
MODEL = """
tamis: 1
name: small
fields:
  lead: {email: text, country: text, created_at: timestamp}
  account: {employees: integer}
  event: {url: text, seconds: number}
exclude: email_domain(email) = 'acme.example'
dimensions:
  fit:
    rules:
      - {id: size, field: employees, bands: {0: 1, 50: 5}}
      - {id: here, when: country = 'FR', points: 5}
      - {id: nowhere, when: country = 'XX', points: 5}
  engagement:
    grades: {2: 10, 1: 0}
    rules:
      - {id: pricing, event: page_view, where: "contains(url, '/pricing')", points: 5}
      - {id: long_pricing, event: page_view, points: 5,
         where: "contains(url, '/pricing') and seconds > 60"}
      - {id: never, event: page_view, where: "contains(url, '/nothing')", points: 5}
      - {id: reading, event: page_view, total: {field: seconds, bands: {60: 5}}}
      - {id: opens, event: email_open, rate: {over: email_sent, bands: {0: 1}}}
      - {id: typo, event: demo_requets, points: 20}
      - {id: fresh, event: "*", recency: {0: 5, 30: 0}}
score: {weights: {fit: 1, engagement: 1}}
temperature: {hot: score >= 70 and country = 'FR', cold: "true"}
"""

LEADS = [
    {"lead_id": lead, "account_id": account, "email": email, "country": country, "created_at": day}
    for lead, account, email, country, day in (
        ("1", "a", "a@x.example", "FR", "2026-01-01"),
        ("2", "a", "b@x.example", "FR", "2026-02-01"),
        ("3", None, None, "DE", "2026-03-01"),
    )
]
ACCOUNTS = [{"account_id": "a", "employees": "40"}, {"account_id": "b", "employees": "60"}]
EVENTS = [
    ("1", "page_view", "2026-06-01 10:00:00", "https://x.example/pricing?utm=1", "100", "false"),
    ("1", "page_view", "2026-06-02 10:00:00", "https://x.example/pricing#top", "10", "false"),
    ("2", "page_view", "2026-06-03 10:00:00", "https://x.example/blog", "5", "true"),
    ("2", "page_view", "2026-06-04 10:00:00", "https://x.example", "5", "false"),
    ("2", "email_sent", "2026-06-05 10:00:00", None, None, "false"),
    ("2", "login", "2026-06-06 10:00:00", None, None, "false"),
]


def events() -> list[dict[str, object]]:
    names = ("lead_id", "event", "timestamp", "url", "seconds", "bot")
    return [dict(zip(names, row, strict=True)) for row in EVENTS]


@pytest.fixture(scope="module")
def found() -> Iterator[Inventory]:
    """The inventory of a handful of rows whose every number can be counted by hand."""
    with DuckDB() as session:
        model = checked_model(MODEL, "small.yaml")
        yield inventory(run(session, model, DAY, leads=LEADS, accounts=ACCOUNTS, events=events()))


def test_events_are_counted_with_leads_days_robots_and_the_rules_that_name_them(
    found: Inventory,
) -> None:
    assert [event.name for event in found.events] == ["page_view", "email_sent", "login"]
    view = found.events[0]
    assert (view.volume, view.leads, view.bots) == (4, 2, 0.25)
    assert view.first_seen == datetime.fromisoformat("2026-06-01 10:00:00")
    assert view.last_seen == datetime.fromisoformat("2026-06-04 10:00:00")
    assert view.rules == ("pricing", "long_pricing", "never", "reading")


def test_what_a_rate_is_taken_over_is_named_by_its_rule(found: Inventory) -> None:
    assert found.events[1].rules == ("opens",)


def test_events_without_a_rule_and_names_without_events_are_told(found: Inventory) -> None:
    assert found.unscored == ("login",)
    assert found.absent == ("demo_requets", "email_open")
    assert found.on_any_event == ("fresh",)


def test_pages_have_no_host_query_or_fragment(found: Inventory) -> None:
    pages = {page.address: page for page in found.pages}
    assert pages.keys() == {"/pricing", "/blog", "/"}
    assert found.pages_in_all == 3
    assert (pages["/pricing"].volume, pages["/pricing"].leads) == (2, 1)
    assert pages["/pricing"].last_seen == datetime.fromisoformat("2026-06-02 10:00:00")


def test_a_rule_on_the_address_alone_matches_a_page_another_may(found: Inventory) -> None:
    pages = {page.address: page for page in found.pages}
    assert (pages["/pricing"].rules, pages["/pricing"].perhaps) == (("pricing",), ("long_pricing",))
    # Whether a rule that asks for more would match is not known, on any page.
    assert (pages["/blog"].rules, pages["/blog"].perhaps) == ((), ("long_pricing",))


def test_fields_tell_how_full_they_are_and_who_uses_them(found: Inventory) -> None:
    fields = {(field.table, field.name): field for field in found.fields}
    country, size = fields["lead", "country"], fields["account", "employees"]
    assert (country.rows, country.filled, country.distinct) == (3, 3, 2)
    assert [(one.value, one.rows) for one in country.frequent] == [("FR", 2), ("DE", 1)]
    assert country.used_by == ("here", "nowhere", "temperature:hot")
    assert (size.low, size.high, size.used_by) == (40, 60, ("size",))
    assert fields["lead", "email"].fill == pytest.approx(2 / 3)
    assert fields["lead", "email"].used_by == ("exclude",)
    assert fields["event", "seconds"].used_by == ("long_pricing", "reading")


def test_rules_that_find_nothing_say_why(found: Inventory) -> None:
    why = {idle.rule: idle.why for idle in found.idle}
    assert why["typo"] == "no_event"
    assert why["never"] == "no_match"
    assert why["nowhere"] == "no_points"
    assert {"pricing", "here", "size"}.isdisjoint(why)


def test_an_inventory_can_be_written_to_json(found: Inventory) -> None:
    written = json.loads(json.dumps(found.to_json()))
    assert written["events"][0]["first_seen"] == "2026-06-01T10:00:00"
    assert written["as_of"] == "2026-06-30"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_terminal_shows_every_part(found: Inventory, language: str) -> None:
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(shown(found, language))
    text = capture.get()
    assert "page_view" in text
    assert "long_pricing?" in text
    assert "demo_requets" in text


def test_a_model_without_events_in_the_data_names_all_as_absent() -> None:
    with DuckDB() as session:
        found = inventory(run(session, checked_model(MODEL, "small.yaml"), DAY, leads=LEADS))
    assert found.events == found.pages == ()
    assert found.absent == ("demo_requets", "email_open", "email_sent", "page_view")
    assert {idle.why for idle in found.idle if idle.rule in ("typo", "fresh")} == {"no_event"}


RAW = {
    "Nb employés": ["12", "1 200", None, ""],
    "CA": ["12,5", "1 000,25", "3", ""],
    "Code postal": ["01000", "75001", "75002", "69001"],
    "Abonné": ["oui", "non", "Oui", None],
    "Créé le": ["21/11/2026", "01/12/2026", "02/12/2026", "03/12/2026"],
    "Vu": ["2026-11-21 10:00:00", "2026-11-22", "2026-11-23", "2026-11-24"],
    "Ville": ["Paris", "Lyon", "Paris", "Paris"],
    "Rien": ["", None, " ", None],
}


def test_types_of_raw_columns_are_told_from_what_is_written() -> None:
    with DuckDB() as session:
        session.columns("raw", {name: list(values) for name, values in RAW.items()})
        fields = {field.name: field for field in inventory_of(session, {"leads": "raw"}).fields}
    types = {name: field.type for name, field in fields.items()}
    assert types == {
        "Nb employés": "integer",
        "CA": "number",
        "Code postal": "text",
        "Abonné": "boolean",
        "Créé le": "date",
        "Vu": "timestamp",
        "Ville": "text",
        "Rien": "text",
    }
    assert (fields["Nb employés"].filled, fields["Nb employés"].high) == (2, 1200)
    assert fields["CA"].high == pytest.approx(1000.25)
    assert fields["Rien"].filled == 0
    assert (fields["Créé le"].filled, fields["Créé le"].low) == (4, None)


def test_events_of_raw_tables_are_found_under_other_names() -> None:
    raw: dict[str, list[object]] = {
        "CaseID": [1, 1, 2],
        "ActivityID": [3, 6, 3],
        "CompleteTimestamp": ["2011-10-01 19:45:13", "2011-10-02 00:00:00", "2011-10-03 00:00:00"],
    }
    with DuckDB() as session:
        session.columns("raw", raw)
        found = inventory_of(session, {"events": "raw"})
    assert [(event.name, event.volume, event.leads) for event in found.events] == [
        ("3", 2, 2),
        ("6", 1, 1),
    ]
    assert found.events[0].first_seen == datetime.fromisoformat("2011-10-01 19:45:13")
    assert found.events[0].bots is None


def test_tables_without_rows_or_events_give_empty_parts() -> None:
    with DuckDB() as session:
        session.columns("raw", {"lead_id": [], "city": []})
        found = inventory_of(session, {"leads": "raw"})
        session.columns("odd", {"x": [1]})
        assert inventory_of(session, {"events": "odd"}).events == ()
    assert [(field.rows, field.fill) for field in found.fields] == [(0, 0.0), (0, 0.0)]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    with DuckDB() as session:
        folder: Path = tmp_path_factory.mktemp("inventory") / "company"
        return generate(session, folder, leads=400, events_per_lead=20, until=DAY)


def test_a_generated_company_is_counted_whole(company: Company) -> None:
    template = Path(__file__).parents[2] / "src/tamis/model/templates/b2b.yaml"
    model = checked_model(template.read_text(encoding="utf-8"), str(template))
    with DuckDB() as session:
        result = run(
            session,
            model,
            DAY,
            leads=company.leads_file,
            accounts=company.accounts_file,
            events=company.event_files,
        )
        found = inventory(result)
        (total,) = session.execute("SELECT count(*) FROM event_rows WHERE event IS NOT NULL")[0]
    assert sum(event.volume for event in found.events) == total
    assert found.fields_of("lead")[0].rows == company.leads
    pricing = next(page for page in found.pages if page.address == "/pricing")
    assert "pricing" in pricing.rules
    assert 0 < pricing.leads <= pricing.volume


def displayed(found: Inventory, language: str) -> str:
    console = Console(width=240)
    with console.capture() as capture:
        console.print(shown(found, language))
    return capture.get()


def test_the_terminal_shows_days_of_the_model_in_the_readers_language() -> None:
    late = {"lead_id": "1", "event": "[/x]log\x1b[2Jin", "timestamp": "2026-06-06T22:30:00Z"}
    text = MODEL.replace("name: small", "name: small\ntimezone: Europe/Paris")
    with DuckDB() as session:
        model = checked_model(text, "small.yaml")
        found = inventory(
            run(session, model, DAY, leads=LEADS, accounts=ACCOUNTS, events=[*events(), late])
        )
    assert found.timezone == "Europe/Paris"
    assert "2026-06-07" in displayed(found, "en")
    french = displayed(found, "fr")
    assert "07/06/2026" in french
    assert "Pages (3 au total)" in french
    assert "[/x]log [2Jin" in french


def test_values_stand_in_the_readers_language() -> None:
    raw = {"CA": ["1200,5", "1200,5"], "Abonné": ["oui", "oui"], "Vu": ["2026-11-21"] * 2}
    with DuckDB() as session:
        session.columns("raw", {name: list(values) for name, values in raw.items()})
        text = displayed(inventory_of(session, {"leads": "raw"}), "fr")
    assert "1\u202f200,5 (100" in text
    assert "oui (100" in text
    assert "21/11/2026 (100" in text
