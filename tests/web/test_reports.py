"""The report, false positives and data quality: counted, explained, printable, as files."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import Visits
from tests.web.site import violations

PAGES = ("/report", "/false-positives", "/data-quality")
COUNTED = 30_000
"""Milliseconds in which figures are counted, on a busy machine."""


def counted(page: Page) -> None:
    """Wait until nothing is being counted any more."""
    expect(page.locator(".counting")).to_have_count(0, timeout=COUNTED)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("login", ["max", "camille"])
def test_a_report_is_for_everybody(visits: Visits, login: str, path: str) -> None:
    visitor = visits(login)
    page = visitor.open(path)
    counted(page)
    expect(page.locator("h1")).to_have_count(1)
    assert violations(page) == []
    visitor.picture(path.strip("/"))


def test_a_number_says_what_it_means_and_who_is_behind_it(visits: Visits) -> None:
    page = visits("max").open("/report")
    counted(page)
    page.get_by_role("button", name="Why? Conversion and time in stage").click()
    meaning = page.locator("#part-1-why")
    expect(meaning).to_contain_text("Leads that reached the next milestone, divided by")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    tile = page.locator(".tiles a").first
    said = tile.locator(".big-number").inner_text()
    tile.click()
    expect(page.get_by_text(f"{said} leads", exact=False)).to_be_visible()
    assert page.locator("tbody tr").count() == min(int(said), 200)
    assert violations(page) == []


def test_charts_are_drawn_and_given_as_files(visits: Visits) -> None:
    page = visits("lea").open("/report")
    counted(page)
    chart = page.locator("[data-chart]").first
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg")).to_be_visible()
    figure = page.locator("figure").first
    with page.expect_download() as download:
        figure.get_by_role("link", name="PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as download:
        figure.get_by_role("link", name="CSV").click()
    written = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    shown = page.locator("section").first.locator("tbody tr").count()
    assert len(rows) == shown + 1
    assert len({len(row) for row in rows}) == 1


def test_a_period_that_is_none_is_refused_in_words(visits: Visits) -> None:
    page = visits("sam").open("/report?from=2026-11-20&to=2026-11-01")
    expect(page.locator("main")).to_contain_text("that is no period")
    assert violations(page) == []


def test_quality_of_a_source(visits: Visits) -> None:
    page = visits("max").open("/data-quality")
    counted(page)
    choice = page.get_by_label("Source")
    source = choice.locator("option:not([disabled])").nth(1).get_attribute("value")
    choice.select_option(source)
    expect(page.get_by_role("link", name="all leads")).to_be_visible()
    assert violations(page) == []
