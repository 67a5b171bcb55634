"""Import: a French spreadsheet matched by eye, what is wrong told before, files that are none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect
from tests.web.conftest import Visits
from tests.web.site import Site, violations

HEADER = "Identifiant;Prénom;Adresse e-mail;Fonction;Date de création\r\n"


def spreadsheet(name: str, rows: str) -> FilePayload:
    """A file as a French spreadsheet saves it."""
    return {"name": name, "mimeType": "text/csv", "buffer": (HEADER + rows).encode("cp1252")}


def brought(page: Page, file: FilePayload) -> None:
    """Bring a file."""
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Read the file").click()


def shelf(site: Site) -> Path:
    """Where uploaded files lie."""
    return site.store.with_name(f"{site.store.name}.uploads")


def test_a_spreadsheet_is_matched_tried_and_imported(visits: Visits, site: Site) -> None:
    page = visits("admin").open("/set-up/import")
    assert violations(page) == []
    rows = "zoe-1;Zoé;zoe@a.example;Directrice;05/03/2026\r\n;Nul;nul@a.example;;31/03/2026\r\n"
    brought(page, spreadsheet("été <b>.csv", rows))
    page.wait_for_url("**/set-up/import/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("été <b>.csv")
    becomes = page.get_by_label("What Identifiant becomes")
    expect(becomes).to_have_value("lead_id")
    tried = page.locator("#tried")
    expect(tried.get_by_role("row", name="zoe-1")).to_contain_text("5 March 2026")
    expect(tried.get_by_role("row", name="`lead_id` is missing").last).to_contain_text("2")
    assert violations(page) == []
    becomes.select_option("")
    expect(tried).to_contain_text("no column is it yet")
    becomes.select_option("lead_id")
    tried.get_by_role("button", name="Import 1 row", exact=True).click()
    expect(page.locator("#coming")).to_contain_text("Imported")
    expect(page.locator("#coming dd").nth(0)).to_have_text("1")
    expect(page.locator("#coming dd").nth(2)).to_have_text("1")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rows put aside").click()
    told = download.value.path().read_text(encoding="utf-8-sig")
    assert told.splitlines()[1] == "2,Identifiant,`lead_id` is missing"
    assert [*shelf(site).glob(f"{page.url.rsplit('/', 1)[-1]}.csv")] == []
    assert {path.stat().st_mode & 0o077 for path in shelf(site).iterdir()} == {0}
    assert shelf(site).stat().st_mode & 0o077 == 0
    page.goto(f"{site.address}/set-up/privacy")
    page.fill("#named", "zoe-1")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#person")).to_contain_text("zoe@a.example")


def test_the_same_file_again_adds_nothing_twice(visits: Visits) -> None:
    page = visits("admin").open("/set-up/import")
    events = b"Email;Type;Date;Montant\nzoe@b.example;demo;22/10/2026 10:05;3,5\n"
    for taken in ("1", "0"):
        page.select_option("#what", "events")
        file: FilePayload = {"name": "events.csv", "mimeType": "text/csv", "buffer": events}
        brought(page, file)
        page.wait_for_url("**/set-up/import/*")
        page.get_by_role("button", name="Import 1 row", exact=True).click()
        expect(page.locator("#coming dd").nth(0)).to_have_text(taken)
        page.get_by_role("link", name="Import another file").click()


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "none.csv": (b"", "The file is empty"),
    "book.xlsx": (b"PK\x03\x04" + bytes(200), "workbook or a zip file"),
    "nul.csv": (b"a,b\n1,\x00\n", "no text, so it is no CSV"),
    "bytes.csv": (bytes(range(256)) * 20, "no text, so it is no CSV"),
    "wide.csv": (b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n", "more than 300 columns"),
    "ragged.csv": (b"lead_id,b\n1,2\n1,2,3\n", "A row has 3 cells and the first line has 2"),
    "twice.csv": (b"lead_id,lead_id\n1,2\n", "More than one column is named `lead_id`"),
    "quote.csv": (b'lead_id,b\n"1,2\n3,4\n', "a quote that does not end"),
}


def test_a_file_that_is_no_table_is_told_in_a_sentence(visits: Visits, site: Site) -> None:
    page = visits("admin").open("/set-up/import")
    for name, (content, said) in HOSTILE.items():
        file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
        brought(page, file)
        expect(page.locator("#bring .refusal")).to_contain_text(said)
    notes = [path.read_text(encoding="utf-8") for path in shelf(site).glob("*.json")]
    assert [name for name in HOSTILE for note in notes if name in note] == []
    assert violations(page) == []


def test_dates_that_can_be_read_in_two_ways_are_asked_about(visits: Visits) -> None:
    page = visits("admin", phone=True).open("/set-up/import")
    brought(page, spreadsheet("dates.csv", "ambiguous-1;Zoé;z@c.example;;01/02/2026\r\n"))
    page.wait_for_url("**/set-up/import/*")
    expect(page.locator("#tried")).to_contain_text("can be read in two ways")
    page.get_by_label("Dates such as").select_option("day_first")
    expect(page.locator("#tried tbody")).to_contain_text("1 February 2026")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Remove this file").click()
    page.wait_for_url("**/set-up/import")
    expect(page.get_by_role("link", name="dates.csv")).to_have_count(0)


@pytest.mark.parametrize(("login", "said"), [("max", "Not allowed"), ("sam", "Not allowed")])
def test_who_may_not_send_may_not_import(visits: Visits, login: str, said: str) -> None:
    visitor = visits(login)
    page = visitor.open("/set-up/import")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(said, re.IGNORECASE))
