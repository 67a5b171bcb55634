"""Pipeline: the board and its steps, by select and by dragging; limits, figures, who sees what."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.web.conftest import Visits
from tests.web.given import Given, hand_over
from tests.web.site import Site, Visitor, violations


def card(visitor: Visitor, given: Given) -> str:
    """The selector of a hand-off's card, whose moves are open from now on."""
    here = f"#card-{given.handoff}"
    visitor.page.locator(here).focus()
    visitor.page.keyboard.press("m")
    expect(visitor.page.locator(f"{here} select")).to_be_visible()
    return here


def test_work_is_passed_on_and_what_the_rooms_refuse_is_said(visits: Visits, site: Site) -> None:
    given = hand_over(site.store, "sam")
    visitor = visits("sam")
    page = visitor.open("/pipeline")
    here = card(visitor, given)
    expect(page.locator(f"[data-lane=assigned] {here}")).to_be_visible()
    page.locator(f"{here} select").select_option("give:nadia")
    page.locator(f"{here} form button").click()
    expect(page.get_by_role("alert")).to_contain_text("nadia is away today")
    page.locator(f"{here} select").select_option("accept")
    page.locator(f"{here} form button").click()
    expect(page.locator("#told")).to_contain_text(f"{given.name} has been moved")
    assert (given.now.state, given.now.owner) == ("accepted", "sam")


def test_a_card_is_taken_a_step_on_by_what_its_lead_lacks_or_dragged(
    visits: Visits, site: Site
) -> None:
    given = hand_over(site.store, "camille", standing=("sql",))
    visitor = visits("camille")
    page = visitor.open("/my-leads")
    page.locator(f"#lead-{given.handoff} [data-key=a]").click()
    expect(
        page.locator(f"section[aria-labelledby=under-way] #lead-{given.handoff}")
    ).to_be_visible()
    page = visitor.open("/pipeline?owner=camille")
    here = f"#card-{given.handoff}"
    page.locator(here).drag_to(page.locator("[data-lane=sal] h2"))
    expect(page.locator(f"[data-lane=sal] {here}")).to_be_visible()
    card(visitor, given)
    assert violations(page) == []
    page.locator(f"{here} select").select_option("step:sqo")
    page.locator(f"{here} form button").click()
    expect(page.get_by_role("alert")).to_contain_text("budget")
    for box in page.locator(f"{here} input[type=checkbox]").all():
        box.check()
    page.locator(f"{here} form button").click()
    expect(page.locator(f"[data-lane=sqo] {here}")).to_be_focused()


def test_limits_and_service_levels_stand_beside_the_board(visits: Visits) -> None:
    visitor = visits("dominique")
    page = visitor.open("/pipeline")
    senior = page.get_by_role("region", name="Commerciaux confirmés")
    expect(senior.get_by_role("row", name="Camille")).to_contain_text("20")
    expect(page.locator("#service")).to_be_visible()
    expect(page.locator("#passages + *, section:has(#passages) tbody tr").first).to_be_visible()
    assert violations(page) == []
    visitor.picture("pipeline")


def test_marketing_reads_and_a_phone_scrolls_the_board_alone(visits: Visits, site: Site) -> None:
    given = hand_over(site.store, "sam")
    page = visits("max", phone=True).open("/pipeline?owner=sam")
    expect(page.locator(f"#card-{given.handoff}")).to_be_attached()
    expect(page.locator(f"#card-{given.handoff} button")).to_have_count(0)
    expect(page.locator("#service")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert violations(page) == []
