"""The life of a version through the page, on a store of its own: from nothing to active."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import insert

from tamis.server.assemble import assemble
from tamis.server.clock import SystemClock
from tamis.server.security import sessions
from tamis.server.settings import Settings
from tamis.server.store import migrate
from tamis.server.store.database import Database
from tamis.server.store.tables import access
from tamis.web.app import application

PATIENCE = 60.0
ACTION = re.compile(r'<button class="[^"]*" aria-describedby="hint-\d+">([^<]+)')
STATE = re.compile(r'Version \d+ <span class="badge[^>]*>(\w+)')


@dataclass
class Browser:
    """What an administrator's browser sends, and what it is answered."""

    http: TestClient[Any]
    headers: dict[str, str]

    def open(self, path: str) -> str:
        """A page or a part; it must be fine."""
        answer = self.http.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def step(self, path: str, number: int, comment: str = "") -> str:
        """Take a step with a version; the answer, or the refusal."""
        form = {"model": "b2b", "number": str(number), "comment": comment}
        return self.http.post(f"/model/{path}", headers=self.headers, data=form).text

    def draft(self) -> str:
        """Keep the YAML that the editor begins with as a new draft; where it is then."""
        page = self.open("/model/edit")
        found = re.search(r'name="yaml"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
        assert found
        yaml = html.unescape(found[1])
        form = {"yaml": yaml, "base": yaml, "model": "b2b", "owner": "ada", "about": "<b>new</b>"}
        answer = self.http.post("/model/edit/save", headers=self.headers, data=form)
        return answer.headers["hx-redirect"]

    def until(self, path: str, sign: str) -> str:
        """A part, once it holds a sign."""
        end = monotonic() + PATIENCE
        while sign not in (page := self.open(path)):
            assert monotonic() < end, page
        return page

    def settled(self, number: int, sign: str) -> str:
        """A version, once its leads are scored and it shows a sign of that."""
        return self.until(f"/model/progress?number={number}", sign)


def state(page: str) -> str:
    """The state that a version is said to be in."""
    found = STATE.search(page)
    assert found, page
    return found[1]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """An administrator at a server at work, in whose store there is no model."""
    settings, clock = Settings(store=str(tmp_path / "server.db")), SystemClock()
    database = Database(settings.store)
    migrate.upgrade(database)
    with database.write() as connection:
        row = {"login": "ada", "name": "Ada", "role": "admin", "made_at": 0, "disabled": False}
        connection.execute(insert(access.users).values(row))
        token = sessions.begin(connection, clock, "ada")
    database.close()
    parts = assemble(settings, clock)
    parts.start()
    headers = {"cookie": f"{sessions.COOKIE}={token}", "hx-request": "true"}
    headers[sessions.CSRF_HEADER] = sessions.csrf_of(token)
    # The session's cookie is one that goes over https alone.
    with TestClient(application(parts.server), base_url="https://testserver.local") as http:
        yield Browser(http, headers)
    parts.stop()


def test_a_model_from_nothing_to_active_and_back(browser: Browser) -> None:
    assert "There is no model yet" in browser.open("/model")
    assert browser.draft() == "/model/version?model=b2b&number=1"
    assert "it scores nobody" in browser.open("/model")
    assert "propose it first" in browser.step("activate", 1)
    assert state(browser.step("propose", 1)) == "proposed"
    approved = browser.step("approve/sales", 1, "fine & well")
    assert "fine &amp; well" in approved
    assert "Approve for sales" not in ACTION.findall(approved)
    assert "a text is needed here" in browser.step("reject/sales", 1)
    assert "Activate" in ACTION.findall(browser.step("approve/marketing", 1))
    assert ACTION.findall(browser.step("activate", 1)) == []
    assert state(browser.settled(1, "Retire")) == "active"
    second_goes_and_first_comes_back(browser)


def second_goes_and_first_comes_back(browser: Browser) -> None:
    """A second version in shadow, active, and back to the first, which is retired at last."""
    assert browser.draft().endswith("number=2")
    for step in ("propose", "approve/marketing", "approve/sales", "shadow"):
        page = browser.step(step, 2)
    assert "&lt;b&gt;new&lt;/b&gt;" in page
    browser.settled(2, "End the shadow")
    browser.until("/model/effect?number=2", "In shadow: 0 of 0 leads")
    assert "Run in shadow" in ACTION.findall(browser.step("shadow/end", 2))
    browser.step("activate", 2)
    assert "Go back to version 1" in ACTION.findall(browser.settled(2, "Retire"))
    browser.step("back", 2)
    assert state(browser.settled(1, "Retire")) == "active"
    assert state(browser.open("/model/version?number=2")) == "retired"
    assert state(browser.step("retire", 1)) == "retired"
    assert "it scores nobody" in browser.open("/model")
