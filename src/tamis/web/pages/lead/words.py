"""What people do, in words: events by the names that most sources give them, with their channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tamis.language import translator
from tamis.reports.phrases import capital, spaced


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


DEEDS: Mapping[str, str] = {
    "session_start": _("Came to the site"),
    "page_view": _("Looked at a page"),
    "page_viewed": _("Looked at a page"),
    "search": _("Searched on the site"),
    "content_download": _("Downloaded a document"),
    "webinar_registered": _("Registered for a webinar"),
    "webinar_attended": _("Attended a webinar"),
    "video_watched": _("Watched a video"),
    "form_submit": _("Filled in a form"),
    "demo_request": _("Asked for a demo"),
    "contact_sales": _("Asked to speak to sales"),
    "pricing_calculator": _("Used the price calculator"),
    "chat_started": _("Started a chat"),
    "chatbot_question": _("Asked the chatbot a question"),
    "basket_add": _("Put something into the basket"),
    "purchase": _("Bought something"),
    "trial_started": _("Started a trial"),
    "login": _("Logged in"),
    "support_ticket": _("Asked for help"),
    "email_sent": _("We sent an e-mail"),
    "email_delivered": _("Our e-mail arrived"),
    "email_bounced": _("Our e-mail came back"),
    "email_open": _("Opened an e-mail"),
    "email_click": _("Clicked in an e-mail"),
    "unsubscribe": _("Unsubscribed from e-mails"),
    "call_made": _("We called"),
    "call_answered": _("Spoke with us on the phone"),
    "call_missed": _("Did not pick up the phone"),
    "meeting_held": _("Met us"),
    "demo_held": _("Saw a demo with us"),
    "trade_show_visit": _("Visited our stand"),
    "survey_answered": _("Answered a survey"),
    "complaint": _("Complained"),
    "review_posted": _("Posted a review"),
    "testimonial_given": _("Gave a testimonial"),
    "referral_made": _("Recommended us"),
    "won": _("Deal won"),
    "lost": _("Deal lost"),
}
"""By name of the event or outcome; any other is said by its name."""
CHANNELS: Mapping[str, tuple[str, str]] = {
    "web": ("◈", _("web")),
    "email": ("✉", _("e-mail")),
    "phone": ("☎", _("phone")),
    "event": ("⚑", _("event")),
    "store": ("⌂", _("shop")),
    "chat": ("✎", _("chat")),
    "social": ("◉", _("social networks")),
    "sms": ("✆", _("text message")),
    "post": ("✉", _("post")),
    "deal": ("★", _("deal")),
}
"""A sign and a word for each channel: the word is always there."""
OFFLINE = frozenset({"phone", "event", "store", "post"})
BY_NAME = {
    "email": "email",
    "unsubscribe": "email",
    "call": "phone",
    "meeting": "event",
    "trade": "event",
    "demo_held": "event",
    "webinar": "web",
    "chat": "chat",
    "chatbot": "chat",
    "sms": "sms",
}
"""The channel of an event that does not say its own, by how its name begins."""
ADDRESSES = ("url", "path", "page")
DETAILS = ("asset", "title", "subject", "query", "product", "campaign")


def deed(name: str, language: str) -> str:
    """What an event is called.

    >>> deed("demo_request", "en"), deed("badge_scanned", "en")
    ('Asked for a demo', 'Badge scanned')
    """
    known = DEEDS.get(name)
    return translator(language)(known) if known else capital(spaced(name))


def channel(name: str, properties: Mapping[str, Any]) -> str:
    """The channel of an event: what it says itself; a webinar is online whatever it says.

    >>> channel("call_answered", {}), channel("page_view", {"channel": "web"})
    ('phone', 'web')
    """
    said = properties.get("channel")
    if isinstance(said, str) and said.lower() in CHANNELS and not name.startswith("webinar"):
        return said.lower()
    named = (found for start, found in BY_NAME.items() if name.startswith(start))
    return next(named, "web")


def detail(name: str, properties: Mapping[str, Any]) -> str:
    """The page, the document, what was searched for: as it was sent, on one line.

    >>> detail("page_view", {"url": "/pricing", "campaign": "autumn"})
    '/pricing'
    """
    is_page = name.startswith(("page", "session", "login"))
    order = (*ADDRESSES, *DETAILS) if is_page else (*DETAILS, *ADDRESSES)
    texts = [_line(properties.get(one)) for one in order]
    return next((text for text in texts if text), "")


def _line(value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= 90 else text[:89] + "…"
