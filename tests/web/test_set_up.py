"""Set-up: who sees which part; keys, people, targets, audit, privacy, quarantine, health."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert
from tests.web.conftest import Visits
from tests.web.site import Site, Visitor, violations

from tamis.server.clock import SystemClock, micros
from tamis.server.store.database import Database
from tamis.server.store.tables.delivery import outbox

ALL = ["Import", "Keys", "Targets", "People", "Audit", "Privacy", "Quarantine", "Health"]
PARTS = [f"/set-up/{name.lower()}" for name in ALL]

NONE_ASIDE = {"quarantined": 0, "rejected": []}


def tabs(page: Page) -> list[str]:
    """The tabs that somebody sees."""
    return page.locator(".tabs a").all_inner_texts()


def refused(visitor: Visitor, said: str) -> None:
    """What somebody asked for was refused with a sentence; the browser notes its status."""
    expect(visitor.page.locator(".refusal[role=alert]")).to_contain_text(said)


def narrow(page: Page) -> bool:
    """Whether nothing of a page is wider than the screen."""
    found: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return found


@pytest.mark.parametrize("phone", [False, True])
def test_an_administrator_sees_every_part(visits: Visits, phone: bool) -> None:
    visitor = visits("admin", phone=phone)
    page = visitor.open("/set-up")
    assert tabs(page) == ALL
    for path in (*PARTS, "/set-up/people/camille"):
        visitor.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.locator(".counting")).to_have_count(0)
        assert violations(page) == [], path
        assert narrow(page), path
        if not phone:
            visitor.picture("set-up-" + path.rsplit("/", 1)[-1])


def test_marketing_sees_what_it_looks_after_in_french(visits: Visits) -> None:
    visitor = visits("lea")
    page = visitor.open("/set-up")
    assert tabs(page) == ["Destinations", "Quarantaine", "Santé"]
    for path in ("targets", "quarantine", "health"):
        visitor.open(f"/set-up/{path}")
        expect(page.locator(".counting")).to_have_count(0)
        assert violations(page) == [], path
        visitor.picture(f"set-up-{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Le serveur va-t-il bien\u00a0?")
    expect(page.get_by_role("heading", name="diagnostic")).to_have_count(0)
    for path in ("import", "keys", "people", "people/camille", "audit", "privacy"):
        assert page.request.get(f"{visitor.site.address}/set-up/{path}").status == 403, path


def test_sales_see_nothing_of_it(visits: Visits) -> None:
    visitor = visits("sam")
    page = visitor.open("/leads")
    expect(page.get_by_role("link", name="Set-up")).to_have_count(0)
    for path in PARTS:
        assert page.request.get(visitor.site.address + path).status == 403, path


def test_a_key_is_shown_once_and_the_snippet_sends_with_it(visits: Visits, site: Site) -> None:
    page = visits("admin").open("/set-up/keys")
    page.get_by_label("Name", exact=True).fill("shop <i>")
    page.get_by_role("button", name="Make the key").click()
    shown = page.get_by_label("Key", exact=True)
    expect(shown).to_have_value(re.compile("^tk_"))
    key = shown.input_value()
    assert violations(page) == []
    snippet = page.locator("#site-snippet").input_value()
    assert key in snippet
    script = snippet.strip().removeprefix("<script>").removesuffix("</script>")
    with page.expect_response("**/v1/page") as answered:
        page.evaluate(script)
    assert answered.value.status == 200
    sent = "tamis.track('demo_request', {product: 'scoring'}).then((answer) => answer.json())"
    assert page.evaluate(sent) == {"success": True, "taken": 1, "repeated": 0} | NONE_ASIDE
    assert key not in page.goto(f"{site.address}/set-up/keys").text()  # type: ignore[union-attr]
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke shop <i>").click()
    expect(page.get_by_role("button", name="Revoke shop <i>")).to_have_count(0)
    said = page.request.post(
        f"{site.address}/v1/page", headers={"Authorization": f"Bearer {key}"}, data={}
    )
    assert said.status == 401


def test_a_person_is_added_changed_and_shut_out(visits: Visits, site: Site) -> None:
    visitor = visits("admin")
    page = visitor.open("/set-up/people")
    page.get_by_label("Name", exact=True).fill("Ève <b>")
    page.get_by_label("Login", exact=True).fill("eve")
    page.get_by_label("Role").select_option("sales")
    page.get_by_role("button", name="Add").click()
    link = page.get_by_label("Link to set a password")
    expect(link).to_have_value(re.compile("/set-password/"))
    assert page.request.get(link.input_value()).ok
    page.get_by_role("link", name="Ève <b>").click()
    page.get_by_label("Time zone").fill("Nowhere/Here")
    page.get_by_role("button", name="Save").click()
    refused(visitor, "Nowhere/Here")
    page.get_by_label("Time zone").fill("America/Montreal")
    page.get_by_label("Manager").select_option("dominique")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.get_by_label("First day").fill("2026-12-24")
    page.get_by_label("Last day").fill("2026-12-31")
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#one li")).to_contain_text("24 December 2026 to 31 December 2026")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("#one li")).to_have_count(0)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_role("button", name="Let in again")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{site.address}/set-up/audit?subject=user:eve")
    said = page.locator("tbody tr").all_inner_texts()
    assert [one for one in said if "added a person as sales" in one]
    assert [one for one in said if "took an absence back" in one]


def test_a_dead_letter_is_sent_again_or_given_up(visits: Visits, site: Site) -> None:
    for key in ("dead-1", "dead-2"):
        undeliverable(site, key)
    visitor = visits("admin")
    page = visitor.open("/set-up/targets")
    target = page.get_by_role("row").filter(has_text="not in the file any more")
    expect(target.get_by_role("link", name="2")).to_be_visible()
    letters = page.locator("#letters tr")
    expect(letters).to_have_count(2)
    assert violations(page) == []
    letters.first.get_by_role("button", name="Send again").click()
    expect(letters).to_have_count(1)
    page.on("dialog", lambda dialog: dialog.accept())
    letters.first.get_by_role("button", name="Give up").click()
    expect(page.get_by_text("No message is undeliverable.")).to_be_visible()
    visitor.open("/set-up/targets?state=waiting&target=old-bridge")
    expect(letters).to_have_count(1)
    letters.first.get_by_role("button", name="Give up").click()
    expect(letters).to_have_count(0)


def undeliverable(site: Site, key: str) -> None:
    """A dead letter to a target that is no longer there."""
    database, now = Database(str(site.store)), micros(SystemClock().now())
    row = {"target": "old-bridge", "kind": "status.changed", "payload": "{}", "attempts": 8}
    times = dict.fromkeys(("made_at", "since", "next_at", "settled_at"), now)
    with database.write() as connection:
        said = {"idempotency_key": key, "state": "dead", "error": "answered 410"}
        connection.execute(insert(outbox).values({**row, **times, **said}))
    database.close()


def test_the_audit_goes_on_and_is_filtered(visits: Visits) -> None:
    page = visits("admin").open("/set-up/audit")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(51)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(101)
    page.get_by_label("By").fill("camille")
    page.get_by_role("button", name="Show", exact=True).click()
    assert set(page.locator("tbody th").all_inner_texts()) == {"camille"}


def test_a_message_put_aside_is_corrected_and_taken(visits: Visits, site: Site) -> None:
    page = visits("admin").open("/set-up/keys")
    page.get_by_label("Name", exact=True).fill("sender")
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_label("Key", exact=True).input_value()
    wrong = {"messageId": "wrong-1", "userId": "wrong-1", "timestamp": "soon", "event": "demo"}
    said = page.request.post(
        f"{site.address}/v1/track", headers={"Authorization": f"Bearer {key}"}, data=wrong
    )
    assert said.status == 400
    marketing = visits("max")
    page = marketing.open("/set-up/quarantine?code=bad-time")
    page.locator("tbody th a").last.click()
    message = page.get_by_label("The message")
    expect(message).to_have_value(re.compile("soon"))
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator("#entry .note")).to_have_text("It still cannot be taken.")
    message.fill(message.input_value().replace("soon", "2026-10-01T10:00:00Z"))
    page.get_by_role("button", name="Read it again").click()
    expect(page.locator("#entry .note")).to_have_text("It is taken.")
    assert violations(page) == []


def test_one_person_is_found_exported_and_erased(visits: Visits, site: Site) -> None:
    visitor = visits("admin")
    page = visitor.open("/set-up/keys")
    page.get_by_label("Name", exact=True).fill("forms")
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_label("Key", exact=True).input_value()
    told = {"messageId": "gone-1", "userId": "gone-1", "traits": {"email": "gone@d.example"}}
    headers = {"Authorization": f"Bearer {key}"}
    assert page.request.post(f"{site.address}/v1/identify", headers=headers, data=told).ok
    page.goto(f"{site.address}/set-up/privacy")
    page.fill("#named", "gone@d.example")
    page.get_by_role("button", name="Find").click()
    person = page.locator("#person")
    expect(person).to_contain_text("gone-1")
    page.get_by_label("Where they said it").fill("a letter")
    page.get_by_role("button", name="Record").click()
    expect(person).to_contain_text("refused")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert '"gone-1"' in download.value.path().read_text(encoding="utf-8")
    page.get_by_label("to confirm").fill("gone")
    page.get_by_role("button", name="Erase for good").click()
    refused(visitor, "type the same")
    page.get_by_label("to confirm").fill("gone@d.example")
    page.get_by_role("button", name="Erase for good").click()
    expect(person).to_contain_text("The person is erased")
    page.fill("#named", "gone@d.example")
    page.get_by_role("button", name="Find").click()
    refused(visitor, "no person")
    page.reload()
    expect(page.locator("section[aria-labelledby=done] li").first).to_contain_text("erased")
