"""Declared agents: programs that say in their user agent that they are no person.

The list is that of the package `crawler-user-agents`, kept up by many. It holds libraries of HTTP
beside crawlers: these make a page view a machine's, but say nothing of an event that a company's
own program relays.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

PREFIX: Final = "agent: "
"""How the reason of a mark by this list begins."""
LIBRARY: Final = "http-library"
KNOWN: Final = 10_000
"""User agents whose verdict is remembered: a site meets a few thousand."""
LONGEST: Final = 512
"""Signs of a user agent that are looked at."""
TOGETHER: Final = 25
"""Patterns in one expression: more are slower, as the machine tries each at every sign."""
IMAGE_PROXIES: Final = ("GoogleImageProxy", "YahooMailProxy", "FastmailUA")
"""Programs of mailbox providers that fetch pictures of a mail when its reader opens it."""


class Agent(NamedTuple):
    """A program found in a user agent; `library`: it only carries what others tell it."""

    name: str
    library: bool


def reason(user_agent: object, *, page: bool = False, opening: bool = False) -> str | None:
    """Why an event with this user agent is a machine's; None: nothing says so.

    `page`: the event is a page shown, which no library of HTTP does for a person. `opening`: the
    event is a mail opened, which providers tell by a proxy that loads its pictures.

    >>> reason("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    'agent: Googlebot'
    >>> reason("axios/1.7.2") is None, reason("axios/1.7.2", page=True)
    (True, 'agent: axios')
    """
    if not isinstance(user_agent, str) or not user_agent:
        return None
    found = agent(user_agent[:LONGEST])
    if found is None or (found.library and not page):
        return None
    if opening and any(proxy in user_agent for proxy in IMAGE_PROXIES):
        return None
    return PREFIX + found.name


@lru_cache(KNOWN)
def agent(user_agent: str) -> Agent | None:
    """The program that a user agent declares; None: it looks like a person's browser."""
    for library, patterns in _patterns():
        for pattern in patterns:
            if found := pattern.search(user_agent):
                name = found[0].strip(" /;:()").replace("\\", "")
                return Agent(name[:60] or "unnamed", library)
    return None


@cache
def _patterns() -> tuple[tuple[bool, tuple[re.Pattern[str], ...]], ...]:
    # Imported here: reading and compiling 1,500 patterns takes 40 ms, which only a server needs.
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]  # noqa: PLC0415

    kinds: dict[bool, list[str]] = {False: [], True: []}
    for entry in CRAWLER_USER_AGENTS_DATA:
        kinds[LIBRARY in entry.get("tags", ())].append(entry["pattern"])
    return tuple((library, _joined(found)) for library, found in kinds.items())


def _joined(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
    starts = range(0, len(patterns), TOGETHER)
    return tuple(re.compile("|".join(patterns[start : start + TOGETHER])) for start in starts)
