"""Agents that declare themselves, and people's browsers, which the list must leave alone."""

from __future__ import annotations

import pytest

from tamis.server.bots import agents
from tamis.server.bots.detector import Detector
from tamis.server.ingest.message import Kind, Message

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
PEOPLE = (
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/70.0.3538.110 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Dalvik/2.1.0 (Linux; U; Android 13; SM-S908B Build/TP1A.220624.014)",
)
MACHINES = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "Googlebot",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)": "bingbot",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)": "GPTBot",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0": "HeadlessChrome",
}
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


@pytest.mark.parametrize("user_agent", PEOPLE)
def test_a_browser_is_a_person(user_agent: str) -> None:
    assert agents.reason(user_agent, page=True) is None


@pytest.mark.parametrize(("user_agent", "name"), MACHINES.items())
def test_a_declared_agent_is_named(user_agent: str, name: str) -> None:
    assert agents.reason(user_agent) == f"agent: {name}"


@pytest.mark.parametrize("user_agent", [None, "", 7, {"a": 1}, [], "\0", "x" * 100_000])
def test_what_is_no_user_agent_says_nothing(user_agent: object) -> None:
    assert agents.reason(user_agent) is None


def message(kind: Kind, event: str | None, user_agent: object) -> Message:
    return Message("m", kind, event, 0, 0, user_id="u", context={"userAgent": user_agent})


def test_a_library_shows_no_pages_but_relays_events() -> None:
    declared = Detector().declared
    assert (
        declared(message("page", "page_view", "python-requests/2.32")) == "agent: python-requests"
    )
    assert declared(message("track", "meeting_held", "python-requests/2.32")) is None
    assert declared(message("screen", "screen", "okhttp/4.12.0")) is None


def test_pictures_of_a_mail_are_fetched_for_its_reader() -> None:
    declared = Detector().declared
    assert declared(message("track", "Email Opened", GMAIL)) is None
    assert declared(message("page", "page_view", GMAIL)) == "agent: GoogleImageProxy"


def test_a_message_without_user_agent_declares_nothing() -> None:
    assert Detector().declared(Message("m", "page", "page_view", 0, 0)) is None


def test_verdicts_are_remembered_but_not_for_ever() -> None:
    agents.agent.cache_clear()
    for number in range(3):
        agents.agent(f"{CHROME} {number % 2}")
    assert agents.agent.cache_info()[:3] == (1, 2, agents.KNOWN)
