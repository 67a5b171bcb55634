"""Signing in: the browser's language, a wrong password, where one goes on, and out again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from tests.web.conftest import Visits
from tests.web.site import Site, violations


@pytest.mark.parametrize(("language", "title"), [("en-GB", "Sign in"), ("fr-FR", "Connexion")])
def test_the_page_speaks_the_language_of_the_browser(
    browser: Browser, site: Site, language: str, title: str
) -> None:
    page = browser.new_page(locale=language)
    page.goto(site.address + "/grid?model=b2b")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert violations(page) == []
    page.context.close()


def test_a_wrong_password_is_told_and_the_login_stays(browser: Browser, site: Site) -> None:
    page = browser.new_page(locale="en")
    page.goto(site.address + "/sign-in")
    page.fill("#login", "camille")
    page.fill("#password", "something else")
    page.click("form .button.main")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#login")).to_have_value("camille")
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.com/", "//example.com/", "/\\example.com/", "javascript:alert(1)"],
)
def test_nobody_is_led_elsewhere(browser: Browser, site: Site, elsewhere: str) -> None:
    page = browser.new_page(locale="en")
    page.goto(site.address + "/sign-in")
    page.locator("input[name=next]").first.evaluate("(field, to) => field.value = to", elsewhere)
    page.fill("#login", "sam")
    page.fill("#password", "tamis-demo-1")
    page.click("form .button.main")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    assert page.url.startswith(site.address)
    page.context.close()


def test_a_person_signs_out(visits: Visits) -> None:
    page = visits("sam").open("/my-leads")
    page.get_by_role("button", name="Sam").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
