"""A lead: its figures add up, its states read well, and people act on it where they look at it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert
from tests.web.conftest import Visits
from tests.web.given import hand_over
from tests.web.site import Site, violations

from tamis.server.assemble import at_work
from tamis.server.clock import SystemClock, day_number, instant_of
from tamis.server.problems import Problem
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.settings import Settings
from tamis.server.store.tables.work import absences
from tamis.web.pages.lead.actions import Work, work
from tamis.web.pages.lead.page import context
from tamis.web.pages.lead.shown import shown
from tamis.web.templating import render
from tamis.web.visit import Visit

BUSY = "SELECT lead_id FROM leads JOIN score_history USING (lead) GROUP BY 1 ORDER BY count(*) DESC"
IDLE = """
    SELECT lead_id FROM leads l JOIN scores s USING (lead_id)
    WHERE NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.lead = l.lead) ORDER BY lead_id
"""

SLOW = 20_000
"""Milliseconds for what is read or made first: engines prepare their statements."""


def found(store: Path, query: str, place: int = 0) -> str:
    """The id of a lead that a query finds in a store."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        rows = connection.execute(query).fetchall()
    return str(rows[place][0])


def opened(page: Page) -> Page:
    """The page when everything that it loads is there."""
    expect(page.locator(".waits-part")).to_have_count(0, timeout=SLOW)
    return page


def test_what_is_shown_of_every_lead_adds_up(demo_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copy(demo_store, tmp_path / "server.db"))
    lines = 0
    with at_work(Settings(store=str(store)), SystemClock()) as parts:
        visit = Visit(
            parts.server, Caller("sam", ROLES["sales"], "sales"), "en", "", False, "/lead"
        )
        with parts.server.database.read() as connection:
            ids = [row[0] for row in connection.exec_driver_sql(f"{BUSY} LIMIT 60")]
            for lead_id in ids:
                score = context(shown(connection, visit, lead_id, None), lead_id).score
                assert score is not None
                for part in score.parts:
                    assert sum((one.points for one in part.lines), Decimal(0)) == part.value
                    for one in part.lines:
                        lines += 1
                        if one.full is not None:
                            assert one.full + one.decay + one.cap == one.points
                        # What rounding leaves over is less than a cent a line.
                        if one.kind == "rounding":
                            assert abs(one.points) <= len(part.lines) * Decimal("0.005")
                given = sum((one.given for one in score.parts if one.given is not None), Decimal(0))
                assert given + score.rest == score.score
    assert lines > 60


def test_a_lead_that_no_model_judges_reads_well(demo_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copy(demo_store, tmp_path / "server.db"))
    lead_id = found(store, IDLE)
    with at_work(Settings(store=str(store)), SystemClock()) as parts:
        visit = Visit(
            parts.server, Caller("sam", ROLES["sales"], "sales"), "en", "", False, "/lead"
        )
        said = []
        for change in ("DELETE FROM scores", "UPDATE versions SET state = 'retired'"):
            with parts.server.database.write() as connection:
                connection.exec_driver_sql(change)
                page = context(shown(connection, visit, lead_id, None), lead_id)
                said.append(render("lead/all.html", "en", visit=visit, page=page))
    assert "no score yet" in said[0]
    assert "Why this score" not in said[0]
    assert "No model is active" in said[1]


def test_the_figures_on_the_page_add_up_to_the_last_cent(visits: Visits, site: Site) -> None:
    page = opened(visits("sam").open(f"/lead?lead_id={found(site.store, BUSY)}"))
    parts = page.locator("details.part table")
    assert parts.count() >= 2
    for table in parts.all():
        points = [_amount(one) for one in table.locator("tbody td.strong").all_inner_texts()]
        assert sum(points) == _amount(table.locator("tfoot td.strong").inner_text())
    assert violations(page) == []


def _amount(text: str) -> Decimal:
    return Decimal(text.replace("\N{MINUS SIGN}", "-").replace(",", "").replace("+", ""))


def test_a_lead_is_told_in_french_on_a_phone(visits: Visits, site: Site) -> None:
    camille = visits("camille", phone=True)
    page = opened(camille.open(f"/lead?lead_id={found(site.store, BUSY, 1)}"))
    expect(page.get_by_role("heading", name="Pourquoi ce score")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Note pour l.appel"))).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert violations(page) == []
    camille.picture("lead-phone")


def test_the_timeline_is_filtered_and_goes_on(visits: Visits, site: Site) -> None:
    busiest = "SELECT lead_id FROM leads JOIN events USING (lead) GROUP BY 1 ORDER BY count(*) DESC"
    page = opened(visits("max").open(f"/lead?lead_id={found(site.store, busiest)}"))
    deeds = page.locator("#timeline .deed")
    before = deeds.count()
    page.locator("#timeline").get_by_role("button", name="Show more").click()
    expect(deeds.nth(before)).to_be_attached()
    page.get_by_role("button", name="Offline").click()
    expect(page.get_by_role("button", name="Offline")).to_have_attribute("aria-pressed", "true")
    online = page.locator("#timeline .deed", has_text=re.compile(r"\bweb\b|e-mail$"))
    expect(online).to_have_count(0)


def test_points_given_by_hand_count_at_once_and_no_more_when_withdrawn(
    visits: Visits, site: Site
) -> None:
    lea = visits("max")
    page = opened(lea.open(f"/lead?lead_id={found(site.store, IDLE, -1)}"))
    before = page.locator(".big-number").first.inner_text()
    page.get_by_text("Give points", exact=True).first.click()
    page.get_by_label("Points, below 0").fill("-12,5")
    page.get_by_label("Reason: what do you know").fill("=cmd <b>only reads</b>")
    page.get_by_role("button", name="Give points").click()
    expect(page.get_by_role("status").filter(has_text="count from now on")).to_be_visible(
        timeout=SLOW
    )
    expect(page.locator(".plain-list", has_text="=cmd <b>only reads</b>")).to_be_visible()
    expect(page.get_by_role("heading", name="Points given by hand")).to_be_focused()
    expect(page.locator("tr.line-manual")).to_contain_text("12.50")
    opened(page)
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("^Withdraw")).first.click()
    expect(page.locator("tr.line-manual")).to_have_count(0, timeout=SLOW)
    assert page.locator(".big-number").first.inner_text() == before


def test_what_cannot_be_read_is_refused_and_nothing_is_lost(visits: Visits, site: Site) -> None:
    sam = visits("sam")
    page = opened(sam.open(f"/lead?lead_id={found(site.store, IDLE, 0)}"))
    page.get_by_text("Give points", exact=True).first.click()
    page.get_by_label("Points, below 0").fill("a lot")
    page.get_by_label("Reason: what do you know").fill("met at the fair")
    page.get_by_role("button", name="Give points").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Reason: what do you know")).to_have_value("met at the fair")
    # HTMX tells of it in the console, and of nothing else.


def test_a_seller_answers_the_hand_off_where_they_read_why(visits: Visits, site: Site) -> None:
    lead_id = hand_over(site.store, "sam").lead_id
    marketing = opened(visits("max").open(f"/lead?lead_id={lead_id}"))
    expect(marketing.locator(".handoff")).to_be_visible()
    expect(marketing.locator(".handoff").get_by_role("button")).to_have_count(1)  # "why?" alone
    sam = visits("sam")
    page = opened(sam.open(f"/lead?lead_id={lead_id}"))
    page.locator("body").press("a")
    expect(page.get_by_role("status").filter(has_text="accepted")).to_be_visible(timeout=SLOW)
    expect(page.locator(".handoff .badge")).to_have_text("accepted")
    expect(page.get_by_role("heading", name="Where they stand")).to_be_focused()
    page.get_by_text("Move the lead").click()
    page.locator(".move", has_text="(SAL)").get_by_role("button").click()
    expect(page.locator(".stop.now")).to_contain_text("SAL", timeout=SLOW)
    assert violations(opened(page)) == []
    sam.picture("lead")


def test_what_is_put_aside_comes_back_when_its_owner_works_again(
    demo_store: Path, tmp_path: Path
) -> None:
    store = Path(shutil.copy(demo_store, tmp_path / "server.db"))
    given = hand_over(store, "sam")
    with at_work(Settings(store=str(store)), SystemClock()) as parts:
        caller = Caller("sam", ROLES["sales"], "sales")
        visit = Visit(parts.server, caller, "en", "", True, "/lead")
        today = visit.now.date()
        first, last = (day_number(today + timedelta(days=count)) for count in (1, 9))
        away = {"login": "sam", "first_day": first, "last_day": last}
        with parts.server.database.write() as connection:
            connection.execute(insert(absences).values(away))
        form = Work(lead_id=given.lead_id, handoff=given.handoff, what="snooze", days=1)
        work.fn(visit, form)
        until = given.now.snoozed_until
        assert until is not None
        assert (instant_of(until).astimezone(visit.now.tzinfo).date() - today).days >= 10
        beyond = {"login": "sam", "first_day": last, "last_day": last + 365}
        with parts.server.database.write() as connection:
            connection.execute(insert(absences).values(beyond))
        with pytest.raises(Problem, match="90 days"):
            work.fn(visit, form)
        assert given.now.snoozed_until == until


@pytest.mark.parametrize("lead_id", ["nobody-is-so", "a%2Fb%00"])
def test_nobody_of_an_id_is_told_so(visits: Visits, lead_id: str) -> None:
    page = visits("sam").open(f"/lead?lead_id={lead_id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []


def test_who_asked_not_to_be_profiled_is_left_alone(visits: Visits, site: Site) -> None:
    lead_id = found(site.store, IDLE, 1)
    admin = visits("admin").page
    headers = json.loads(admin.locator("body").get_attribute("hx-headers") or "{}")
    said = {"purpose": "profiling", "given": False, "source": "by phone"}
    answer = admin.request.post(
        f"{site.address}/v1/people/{lead_id}/consent",
        data=said,
        headers=headers,
    )
    assert answer.ok, answer.text()
    page = opened(visits("sam").open(f"/lead?lead_id={lead_id}"))
    expect(page.get_by_text("Do not score")).to_be_visible()
    expect(page.get_by_text("refused", exact=True)).to_be_visible()
    expect(page.get_by_text("Why this score")).to_have_count(0)
    expect(page.locator(".call-note li")).to_contain_text("asked not to be profiled")
    assert violations(page) == []
