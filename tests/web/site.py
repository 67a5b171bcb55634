"""The application in a process of its own on a store of the demonstration, and people who visit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

from tamis.demo.people import PASSWORD, PEOPLE

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
REFUSED = re.compile(
    r"the server responded with a status of 4\d\d|Response Status Error Code 4\d\d"
)
"""What browser and HTMX say by themselves of a refused form, which a test asks for on purpose."""


@dataclass(frozen=True)
class Site:
    """A server that runs on a store."""

    address: str
    store: Path


@contextmanager
def served(store: Path, log: Path) -> Iterator[Site]:
    """Serve a store until the block ends; what it writes to its log is beside it."""
    command = [sys.executable, "-m", "tamis", "serve", "--store", str(store), "--port", "0"]
    environment = {**os.environ, "TAMIS_DEMO": "1", "LANGUAGE": "en"}
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        ) as process,
    ):
        try:
            assert process.stdout
            told = process.stdout.readline()
            found = re.search(r"http://\S+", told)
            assert found, told + log.read_text(encoding="utf-8")
            yield Site(found.group(), store)
        finally:
            process.terminate()
            process.wait(30)


def launched(playwright: Playwright) -> Browser:
    """Debian's Chromium, without a window."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@dataclass
class Visitor:
    """Somebody of the demonstration who has logged in, with what their browser complained of."""

    page: Page
    site: Site
    login: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page, until nothing is loaded any more."""
        self.page.goto(self.site.address + path, wait_until="load")
        return self.page

    def notice(self, message: ConsoleMessage) -> None:
        """Remember an error, a warning or something that the content policy kept out."""
        if message.type in ("error", "warning") and not REFUSED.search(message.text):
            self.complaints.append(message.text)

    def picture(self, name: str) -> None:
        """Keep what is seen, as build output."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{self.login}.png", full_page=True)


def visitor(browser: Browser, site: Site, login: str, *, phone: bool = False) -> Visitor:
    """Log in as somebody of the demonstration, in their language."""
    person = next(one for one in PEOPLE if one.login == login)
    context = browser.new_context(locale=person.language, viewport=PHONE if phone else WIDE)
    context.set_default_timeout(10_000)
    found = Visitor(context.new_page(), site, login)
    found.page.on("console", found.notice)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.open("/sign-in")
    found.page.fill("#login", login)
    found.page.fill("#password", PASSWORD)
    found.page.click("form .button.main")
    found.page.wait_for_url(lambda url: "/sign-in" not in url)
    return found


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA and its own good practice: rule and place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]
