"""My leads: each lead with a key or two, what comes in by itself, whose work one sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import Visits
from tests.web.given import Given, hand_over
from tests.web.site import Site, violations


def row(page: Page, given: Given) -> str:
    """The selector of a hand-off's row, which has the focus from now on."""
    page.locator(f"#lead-{given.handoff}").focus()
    return f"#lead-{given.handoff}"


def test_a_lead_is_accepted_by_one_key_and_the_keyboard_goes_on(visits: Visits, site: Site) -> None:
    first, second = (hand_over(site.store, "sam", due=-timedelta(days=90 - n)) for n in (0, 1))
    page = visits("sam").open("/my-leads")
    expect(page.locator(row(page, first))).to_contain_text("90 days late")
    page.keyboard.press("a")
    accepted = page.locator(f"section[aria-labelledby=under-way] #lead-{first.handoff}")
    expect(accepted).to_be_visible()
    expect(page.locator("#told")).to_contain_text(f"{first.name} is accepted")
    expect(page.locator(f"#lead-{second.handoff}")).to_be_focused()
    assert (first.now.state, first.now.owner) == ("accepted", "sam")
    row(page, first)
    page.keyboard.press("d")
    expect(accepted).to_have_count(0)
    assert first.now.state == "done"


def test_a_lead_is_rejected_for_a_reason_in_the_words_of_the_seller(
    visits: Visits, site: Site
) -> None:
    given = hand_over(site.store, "camille")
    page = visits("camille").open("/my-leads")
    here = row(page, given)
    page.keyboard.press("r")
    reason = page.locator(here).get_by_role("button", name="Pas le bon moment")
    expect(reason).to_be_visible()
    page.locator(here).locator("textarea").fill("au printemps")
    page.locator(here).locator("summary").click()
    page.locator(here).locator("[name='fact:job_title']").fill("Stagiaire")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(reason).to_be_visible()
    page.locator(here).locator(".below h3").click()
    page.keyboard.press("5")
    expect(page.locator(here)).to_have_count(0)
    assert (given.now.state, given.now.reason, given.now.note) == (
        *("rejected", "timing", "au printemps"),
    )
    assert given.fields["job_title"] == "Stagiaire"


def test_a_lead_is_put_aside_and_brought_back(visits: Visits, site: Site) -> None:
    given = hand_over(site.store, "sam")
    page = visits("sam").open("/my-leads")
    here = row(page, given)
    page.keyboard.press("s")
    expect(page.locator(here).get_by_text("the deadline is not moved")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(here)).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator(here).locator("form")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#told")).to_contain_text("put aside; back")
    expect(page.locator(here)).to_be_hidden()
    assert given.now.snoozed_until
    page.locator("#later summary").click()
    row(page, given)
    page.keyboard.press("a")
    expect(page.locator(f"section[aria-labelledby=to-answer] {here}")).to_be_visible()
    assert given.now.snoozed_until is None


def test_the_note_for_the_call_opens_in_place_and_enter_opens_the_lead(
    visits: Visits, site: Site
) -> None:
    given = hand_over(site.store, "camille")
    page = visits("camille").open("/my-leads")
    here = row(page, given)
    page.keyboard.press("n")
    note = page.locator(here).locator(".sentences")
    expect(note.locator("li").first).to_be_visible()
    page.locator(here).get_by_role("button", name="Esc").focus()
    page.keyboard.press("Enter")
    expect(note).to_have_count(0)
    expect(page.locator(here)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/lead?lead_id=*")


def test_a_new_lead_is_told_at_once_and_shown_by_a_key(visits: Visits, site: Site) -> None:
    there = hand_over(site.store, "sam")
    page = visits("sam").open("/my-leads")
    here = row(page, there)
    page.keyboard.press("r")
    page.locator(here).locator("textarea").fill("half a sent")
    came = hand_over(site.store, "sam", due=timedelta(minutes=30))
    line = page.get_by_role("status").filter(has_text="new lead")
    expect(line).to_contain_text(came.name)
    expect(line).to_contain_text("in 2")
    expect(page.locator(here).locator("textarea")).to_have_value("half a sent")
    expect(page.locator(here).locator("textarea")).to_be_focused()
    row(page, there)
    page.keyboard.press("g")
    expect(page.locator(f"#lead-{came.handoff}")).to_be_focused()
    expect(line).to_have_count(0)


def test_what_happened_meanwhile_is_said_and_nothing_is_done(visits: Visits, site: Site) -> None:
    given = hand_over(site.store, "camille")
    visitor = visits("camille")
    page, there = visitor.open("/my-leads"), visits("admin").open("/my-leads?owner=camille")
    row(there, given)
    there.keyboard.press("r")
    there.locator(f"#lead-{given.handoff}").get_by_role("button", name="Duplicate").click()
    expect(there.locator("#told")).to_contain_text("is rejected")
    row(page, given)
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("a été refusée par admin")
    assert given.now.reason == "duplicate"


def test_managers_see_their_people_and_marketing_reads(visits: Visits, site: Site) -> None:
    given = hand_over(site.store, "sam")
    page = visits("dominique").open("/my-leads")
    page.select_option("#owner", "sam")
    page.locator(".whose button").click()
    line = page.locator(f"#lead-{given.handoff}")
    expect(line.locator("[data-key=r]")).to_be_visible()
    expect(line.locator("[data-key=a]")).to_have_count(0)
    page = visits("max").open("/my-leads?owner=sam")
    expect(page.get_by_role("heading", level=1)).to_have_text("Leads of Sam")
    expect(page.locator(f"#lead-{given.handoff} .task-do button")).to_have_count(1)
    assert violations(page) == []
    page = visits("nadia").open("/my-leads?owner=sam")
    expect(page.locator(".task")).to_have_count(0)


@pytest.mark.parametrize(("login", "phone"), [("sam", True), ("camille", False)])
def test_the_page_is_for_everybody_and_fits_a_phone(
    visits: Visits, site: Site, login: str, phone: bool
) -> None:
    given = hand_over(site.store, login)
    visitor = visits(login, phone=phone)
    page = visitor.open("/my-leads")
    row(page, given)
    page.keyboard.press("n")
    expect(page.locator(f"#lead-{given.handoff} .below")).to_be_visible()
    page.locator("[data-key='?']").click()
    expect(page.locator("#keys")).to_be_visible()
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    page.keyboard.press("Escape")
    visitor.picture("my_leads-phone" if phone else "my_leads")


def test_who_has_nothing_to_answer_is_told_where_to_look(visits: Visits) -> None:
    page = visits("admin").open("/my-leads")
    expect(page.get_by_text("No lead waits for your answer.")).to_be_visible()
    link = page.get_by_role("link", name="Show the leads of cell A4")
    expect(link).to_have_attribute("href", "/leads?cell=A4")
    assert violations(page) == []
