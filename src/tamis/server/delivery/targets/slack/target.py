"""A channel that people read: each message is a few blocks, with a link to the lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tamis.language import LANGUAGES, translator
from tamis.server.clock import Clock
from tamis.server.delivery.answered import result
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.message import AUDIENCE, KINDS, Message, Result, Target
from tamis.server.delivery.registry import TargetType, Told
from tamis.server.delivery.web_addresses import web_address
from tamis.server.delivery.wording import Worded, worded

KEYS: Final = ("url", "language")
TITLE, TEXT = 150, 2_900
"""Characters that Slack takes in a header and in a section."""


@dataclass(frozen=True)
class Slack:
    """Posts to one channel; its address is a secret, for whoever knows it can post."""

    url: Secret
    http: HttpClient
    clock: Clock
    language: str = "en"
    link: str = ""
    kinds: frozenset[str] = frozenset(KINDS) - set(AUDIENCE)

    def send(self, message: Message) -> Result:
        """Post it. Slack knows no idempotency key: what it did not answer may stand there twice."""
        said = worded(message, self.language, self.link)
        told = {"text": escaped(said.title), "blocks": blocks(said, self.language)}
        body, headers = msgspec.json.encode(told), {"Content-Type": "application/json"}
        return result(self.clock, lambda: self.http.post(self.url.value, body, headers))


def blocks(said: Worded, language: str) -> list[dict[str, Any]]:
    """The blocks of a message: header, facts, reasons, note, link, as far as there are any."""
    _ = translator(language)
    made: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": said.title[:TITLE]}}
    ]
    if said.facts:
        fields = [_text(f"*{escaped(name)}*\n{escaped(value)}") for name, value in said.facts]
        made.append({"type": "section", "fields": fields})
    if said.reasons:
        made.append(_section("\n".join(f"• {escaped(one)}" for one in said.reasons)))
    if said.note:
        made.append(_section(escaped(said.note)))
    if said.link:
        made.append(_section(f"<{escaped(said.link)}|{escaped(_('Open in Tamis'))}>"))
    return made


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(text)}


def _text(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text[:TEXT]}


def escaped(text: str) -> str:
    """A text that mentions nobody and links nowhere.

    >>> escaped("<!channel> A & B")
    '&lt;!channel&gt; A &amp; B'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _read(told: Told) -> Target | None:
    url = web_address(told, "url", secret=True)
    language, around = told.word("language", LANGUAGES), told.around
    if url is None:
        return None
    return Slack(url, around.http, around.clock, language, around.link)


TYPE = TargetType(keys=KEYS, needed=("url",), read=_read)
