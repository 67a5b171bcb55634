"""What the application refuses: bad input, requests that are not its own, the wrong person."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient
from tests.web.given import hand_over

from tamis.demo.people import PASSWORD
from tamis.model.templates import template_text
from tamis.server.assemble import assemble
from tamis.server.clock import SystemClock
from tamis.server.security import sessions
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.web.app import application
from tamis.web.pages import HANDLERS
from tamis.web.pages.model.edit import TURNS
from tamis.web.visit import POLICY

MARK = "\"'><i id=pwn>"
HOSTILE = ("", "-1", str(2**63), "1e400", "0000-00-00", "9999-12-31", "\0", f"\r\nX-Other: 1{MARK}")
RAW = ("%ED%A0%80", "%FF", "%")
"""What is no UTF-8: a lone surrogate, a byte alone, the beginning of nothing."""
PARAMETERS = {
    "/grid": ("model", "day"),
    "/grid/cells": ("model", "day"),
    "/leads": ("model", "q", "cursor", "cell", "stage", "play", "owner", "account_id"),
    "/report": ("model", "from", "to"),
    "/report/file": ("section", "as", "chart"),
    "/report/leads": ("milestone", "from", "to"),
    "/false-positives": ("model", "from", "to"),
    "/data-quality": ("model", "source"),
    "/data-quality/file": ("model",),
}
ELSEWHERE = (
    *("//other.example", "/\\other.example", "/\t/other.example", "/\n/other.example"),
    *("https://other.example", "other.example", "\\\\other.example", "javascript:alert(1)"),
    *("/grid\r\nSet-Cookie: a=b", "/ /other.example", "/é", ""),
)
TOO_MANY, FORBIDDEN, NOT_FOUND, BAD, OK = 429, 403, 404, 400, 200
FAR_OFF = ("0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31", "9999-12-31T23:59:59-14:00")
BEYOND = 2**63


@dataclass(frozen=True)
class Site:
    """The application in this process, on a store of its own."""

    server: Server
    client: TestClient[Any]
    store: Path

    def ask(
        self, who: str, method: str, path: str, *, token: str | None = None, **sent: Any
    ) -> Response:
        """Ask as somebody who is logged in; `token` in place of what their pages show."""
        with self.server.database.write() as connection:
            session = sessions.begin(connection, self.server.clock, who)
        shown = sessions.csrf_of(session) if token is None else token
        headers = {"Cookie": f"{sessions.COOKIE}={session}", "X-CSRF-Token": shown}
        return self.client.request(method, path, headers=headers, **sent)

    def sign_in(self, password: str, back: str = "", login: str = "camille") -> Response:
        """Send the form of the page."""
        form = {"login": login, "password": password, "next": back}
        answer = self.client.post("/sign-in", data=form)
        self.client.cookies.clear()
        return answer

    def kept(self) -> list[str]:
        """All that the store holds, but the sessions that tests begin."""
        connection = sqlite3.connect(self.store)
        lines = [line for line in connection.iterdump() if '"sessions"' not in line]
        connection.close()
        return lines


@pytest.fixture(scope="module")
def here(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application on a copy of the demonstration."""
    store = Path(shutil.copy(demo_store, tmp_path_factory.mktemp("refusals") / "server.db"))
    parts = assemble(Settings(store=str(store)), SystemClock())
    client = TestClient(application(parts.server), raise_server_exceptions=False)
    with client:
        client.follow_redirects = False
        yield Site(parts.server, client, store)
    parts.close()


def path_of(handler: HTTPRouteHandler) -> str:
    """An address of a route, with something in its gaps."""
    path = next(iter(handler.paths))
    return re.sub(r"\{\w+:\w+\}", "x", re.sub(r"\{\w+:int\}", "1", path))


def test_a_change_shows_the_token_of_its_session(here: Site) -> None:
    closed = [
        one
        for one in HANDLERS
        if isinstance(one, HTTPRouteHandler) and "POST" in one.http_methods
        if not one.opt.get("open")
    ]
    before = here.kept()
    for handler in closed:
        for token in ("", "0" * 64):
            answer = here.ask("admin", "POST", path_of(handler), token=token)
            assert answer.status_code == FORBIDDEN, path_of(handler)
            assert answer.headers["content-security-policy"] == POLICY
    assert here.kept() == before
    assert len(closed) > 20


@pytest.mark.parametrize("path", PARAMETERS)
def test_no_parameter_breaks_a_page(here: Site, path: str) -> None:
    with here.server.database.write() as connection:
        session = sessions.begin(connection, here.server.clock, "max")
    headers = {"Cookie": f"{sessions.COOKIE}={session}"}
    for name in PARAMETERS[path]:
        for value in (*(quote(one) for one in HOSTILE), *RAW):
            address = f"{path}?{name}={value}"
            answer = here.client.get(address, headers=headers)
            assert answer.status_code < 500, address
            assert "<i id=pwn>" not in answer.text, address
            assert "x-other" not in answer.headers
            assert "no-store" in answer.headers["cache-control"]
            assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("back", ELSEWHERE, ids=repr)
def test_nobody_is_sent_elsewhere_after_the_login(here: Site, back: str) -> None:
    assert here.sign_in(PASSWORD, back).headers["location"] == "/"


def test_one_is_sent_back_here_after_the_login(here: Site) -> None:
    back = "/lead?lead_id=a%2Fb&model=b2b"
    assert here.sign_in(PASSWORD, back).headers["location"] == back


def test_what_is_looked_for_ends_no_header(here: Site) -> None:
    lead = "a\r\nX-Other: é"
    with sqlite3.connect(here.store) as connection:
        connection.execute("UPDATE leads SET lead_id = ? WHERE lead = 1", (lead,))
    connection.close()
    answer = here.ask("max", "GET", f"/leads?q={quote(lead)}")
    assert answer.headers["location"] == "/lead?lead_id=a%0D%0AX-Other%3A+%C3%A9"
    assert "x-other" not in answer.headers


def test_passwords_are_not_guessed_by_the_page(here: Site) -> None:
    answers = [here.sign_in("wrong wrong", login="nadia") for _ in range(11)]
    assert {one.status_code for one in answers[:10]} == {401}
    assert answers[10].status_code == TOO_MANY
    assert int(answers[10].headers["retry-after"]) > 0
    assert here.sign_in(PASSWORD, login="nadia").status_code == TOO_MANY


def test_people_of_the_demonstration_are_shown_there_alone(here: Site) -> None:
    assert PASSWORD not in here.client.get("/sign-in").text
    assert PASSWORD not in here.sign_in("wrong wrong", login="nobody").text


@pytest.mark.parametrize("act", ["accept", "reject", "snooze", "done"])
@pytest.mark.parametrize("who", ["camille", "max"])
def test_work_of_others_is_left_alone(here: Site, act: str, who: str) -> None:
    given = hand_over(here.store, "sam")
    for query in ("", "?owner=camille"):
        path = f"/my-leads/{given.handoff}/{act}{query}"
        assert here.ask(who, "POST", path).status_code == FORBIDDEN
    assert (given.now.owner, given.now.state) == ("sam", "assigned")


@pytest.mark.parametrize("points", ["10000.001", "99999", "1e30", "9" * 30, str(-BEYOND), "nan"])
def test_points_beyond_all_bounds_are_not_given(here: Site, points: str) -> None:
    given = hand_over(here.store, "sam")
    form = {"lead_id": given.lead_id, "model": "b2b", "dimension": "activity"}
    form |= {"points": points, "reason": "met at a fair"}
    answer = here.ask("sam", "POST", "/lead/points", data=form)
    assert (answer.status_code, "<code>points</code>" in answer.text) == (BAD, True)
    answer = here.ask("sam", "POST", "/lead/points", data=form | {"points": "10000"})
    assert answer.status_code == OK, answer.text


@pytest.mark.parametrize("field", ["day", "until"])
@pytest.mark.parametrize("value", [*FAR_OFF, "2026-99-99"])
def test_nothing_is_put_aside_beyond_the_calendar(here: Site, field: str, value: str) -> None:
    given = hand_over(here.store, "sam")
    path = f"/my-leads/{given.handoff}/snooze"
    assert here.ask("sam", "POST", path, data={field: value}).status_code == BAD
    assert given.now.snoozed_until is None


@pytest.mark.parametrize("number", [BEYOND - 1, BEYOND])
def test_numbers_that_the_store_cannot_hold(here: Site, number: int) -> None:
    answer = here.ask("sam", "GET", f"/my-leads/{number}/row")
    assert answer.status_code == NOT_FOUND
    for path in ("/my-leads/lists?", "/my-leads/arrivals?seen=a&"):
        answer = here.ask("sam", "GET", f"{path}since={number}")
        assert answer.status_code == (OK if number < BEYOND else BAD), path


@pytest.mark.parametrize("weight", ["1e30", "9" * 40, "-1e30", "1e999999"])
def test_a_weight_beyond_all_bounds_is_told_at_its_line(here: Site, weight: str) -> None:
    yaml = template_text("b2b")
    place = next(n for n, one in enumerate(yaml.splitlines(), 1) if "{fit: 0.4," in one)
    form = {"yaml": yaml.replace("{fit: 0.4,", f"{{fit: {weight},"), "base": yaml}
    answer = here.ask("sam", "POST", "/model/edit/text", data=form)
    assert answer.status_code == OK, answer.text
    assert f"<strong>Line {place}:</strong>" in answer.text


def test_an_address_adds_nothing_to_a_letter(here: Site) -> None:
    given = hand_over(here.store, "sam")
    fields = json.dumps(given.fields | {"email": "a@b.example?bcc=x@y.example&body=1"})
    with sqlite3.connect(here.store) as connection:
        update = "UPDATE leads SET fields = ? WHERE lead_id = ?"
        connection.execute(update, (fields, given.lead_id))
    connection.close()
    for path in (f"/my-leads/{given.handoff}/note", f"/lead?lead_id={quote(given.lead_id)}"):
        found = re.findall(r'href="(mailto:[^"]*)"', here.ask("sam", "GET", path).text)
        assert found == ["mailto:a@b.example%3Fbcc%3Dx@y.example%26body%3D1"], path


def test_days_that_there_are_not_are_shown_as_they_are(here: Site) -> None:
    texts = ("2026-99-99", "0000-00-00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
    rows = "".join(f"l-{place},{text}\n" for place, text in enumerate(texts))
    file = ("leads.csv", f"lead_id,first_name\n{rows}".encode(), "text/csv")
    brought = here.ask(
        "admin", "POST", "/set-up/import", data={"what": "leads"}, files={"file": file}
    )
    where = brought.headers["location"]
    for path in (where, f"{where}/trial"):
        answer = here.ask("admin", "GET", path)
        assert answer.status_code == OK, path
        assert all(text in answer.text for text in texts[:2]), path


def test_pages_of_one_person_hold_one_thread_that_waits(here: Site) -> None:
    def asked(page: str) -> Response:
        form = {"yaml": "", "base": "", "page": page}
        return here.ask("sam", "POST", "/model/edit/picture", data=form)

    with ThreadPoolExecutor(4) as threads:
        with TURNS.taken("sam", "first"):
            answers = [threads.submit(asked, page) for page in ("one", "two", "three")]
            overtaken = [one.result(20) for one in islice(as_completed(answers, 20), 2)]
            assert sum(not one.done() for one in answers) == 1
        last = next(one for one in answers if one.result(20) not in overtaken).result()
    assert {one.status_code for one in (*overtaken, last)} == {OK}
    # What another page has overtaken asks again by itself.
    assert all("delay:2s" in one.text for one in overtaken)
    assert "delay:2s" not in last.text
