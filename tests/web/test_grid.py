"""The grid and the leads behind it: by mouse, by keyboard, on a phone, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import LEADS, Visits
from tests.web.site import violations


def grid(visits: Visits, login: str, *, phone: bool = False) -> Page:
    """The grid as somebody sees it, counted."""
    page = visits(login, phone=phone).open("/grid")
    expect(page.locator("table.grid")).to_be_visible(timeout=30_000)
    return page


@pytest.mark.parametrize("login", ["sam", "lea", "admin"])
def test_everybody_sees_the_grid(visits: Visits, login: str) -> None:
    visitor = visits(login)
    page = visitor.open("/grid")
    expect(page.locator("table.grid")).to_be_visible(timeout=30_000)
    assert violations(page) == []
    visitor.picture("grid")


def test_cells_add_up_to_the_leads_behind_them(visits: Visits) -> None:
    page = grid(visits, "max")
    counts = [int(text) for text in page.locator(".count strong").all_inner_texts()]
    assert sum(counts) <= LEADS + 10
    # Of the rows A and B: what other tests import meanwhile is little known, and fits least.
    fullest = counts.index(max(counts[:8]))
    page.locator(".count").nth(fullest).click()
    rows = page.locator("tbody tr[data-row]")
    while page.get_by_role("button", name="Show more").count():
        before = rows.count()
        page.get_by_role("button", name="Show more").click()
        expect(rows.nth(before)).to_be_visible()
    assert rows.count() == counts[fullest]


def test_another_day_by_keyboard(visits: Visits) -> None:
    page = grid(visits, "sam")
    day = page.locator("#shown-day").inner_text()
    page.get_by_label("Drag to another day").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#shown-day")).not_to_have_text(day)
    page.keyboard.press("End")
    expect(page.locator("#shown-day")).to_have_text(day)


def test_a_cell_says_why(visits: Visits) -> None:
    page = grid(visits, "sam")
    page.get_by_role("button", name="Why? B1").click()
    expect(page.locator("#of-B1")).to_contain_text("of all leads")
    assert violations(page) == []


def test_a_phone_shows_it_without_sideways_scrolling(visits: Visits) -> None:
    page = grid(visits, "camille", phone=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(page.url.replace("/grid", "/leads"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


@pytest.mark.parametrize("login", ["camille", "max"])
def test_the_list_of_leads(visits: Visits, login: str) -> None:
    visitor = visits(login)
    page = visitor.open("/leads?cell=A4&temperature=hot")
    cells = set(page.locator("tbody .cell").all_inner_texts())
    assert cells <= {"A4"}
    assert violations(page) == []
    visitor.open("/leads")
    assert violations(page) == []
    visitor.picture("leads")


def test_a_lead_is_found_by_its_id(visits: Visits) -> None:
    page = visits("sam").open("/leads")
    wanted = page.locator("tbody a.lead").nth(3)
    address = wanted.get_attribute("href") or ""
    name = wanted.inner_text()
    page.keyboard.press("/")
    page.keyboard.type(address.split("lead_id=")[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/lead?**")
    expect(page.locator("h1")).to_contain_text(name)


def test_what_nobody_can_be_is_refused_in_words(visits: Visits) -> None:
    page = visits("sam").open("/leads?cell=Z9")
    expect(page.locator("h1")).to_be_visible()
    assert violations(page) == []
    page = visits("sam").open("/leads?q=nobody@nowhere.example")
    expect(page.get_by_text("nobody@nowhere.example")).to_be_visible()
