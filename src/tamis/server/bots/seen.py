"""What is seen of an event to judge whether a person made it, and which kind of act it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
VIEWS: Final = frozenset({"page_view", "screen_view", "screen"})
"""Events that are views, beside every `page` and `screen` call."""
CLICKS: Final = frozenset({"email_click", "email_clicked", "email_link_clicked"})
OPENS: Final = frozenset({"email_open", "email_opened"})
SENDS: Final = frozenset({"email_sent", "email_delivered", "email_send", "email_delivery"})
MAILS: Final = CLICKS | OPENS | SENDS
MAIL_FIELDS: Final = (
    "email_id",
    "mail_id",
    "message_id",
    "message",
    "newsletter",
    "campaign_id",
    "campaign",
    "subject",
)
"""Properties that say which mail it is: the first that an event has."""
LINK_FIELDS: Final = ("url", "link", "link_url", "href")
LINKS: Final = "links"
"""The property that says how many links the mail has."""


@dataclass(slots=True)
class Seen:
    """One event of one visitor. `at` is in microseconds; `device`: a browser or phone sent it."""

    key: int
    kind: str
    event: str | None
    at: int
    device: bool = False
    properties: Mapping[str, object] = field(default_factory=dict)


def is_view(kind: str, event: str | None) -> bool:
    """Whether an event shows a page or a screen: a person takes a look at each."""
    return kind in ("page", "screen") or event in VIEWS


def is_mail(event: str | None) -> bool:
    """Whether an event is a mail's: sent, opened or clicked."""
    return plain_name(event) in MAILS


def plain_name(event: str | None) -> str:
    """The name of an event in the way of Tamis: `Email Opened` is `email_opened`."""
    return "" if event is None else event.lower().replace(" ", "_")
