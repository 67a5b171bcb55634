"""Sentences on the channel and the format that somebody prefers, as stated or as shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from tamis.language import number, translator
from tamis.server.notes.activity import actions
from tamis.server.notes.facts import EventFact, EventsFact, NoteFacts, Sentence

LEAST = 2
"""Actions by which a preference shows."""
UNSUBSCRIBED = "unsubscribe"
CHANNELS = {
    "email": "email", "phone": "phone", "call": "phone", "chat": "chat", "event": "event",
    "social": "social", "sms": "sms", "post": "post", "store": "store",
}  # fmt: skip
"""Channels by which people are reached; the web is none."""
FORMATS = {
    "webinar": "webinar", "webinar_registered": "webinar", "webinar_attended": "webinar",
    "content_download": "document", "document": "document", "guide": "document",
    "white_paper": "document", "video": "video", "video_watched": "video",
    "video_played": "video", "podcast": "podcast", "podcast_played": "podcast",
}  # fmt: skip
"""Formats by what an event's property `format` says, else by the event's name."""


def channel(facts: NoteFacts, language: str) -> Sentence | None:
    """The preferred channel; e-mail is none for who unsubscribed."""
    _ = translator(language)
    names = {
        "email": _("e-mail"),
        "phone": _("phone"),
        "chat": _("chat"),
        "event": _("meeting in person"),
        "social": _("social networks"),
        "sms": _("text message"),
        "post": _("post"),
        "store": _("visit to the shop"),
    }
    if any(event.name == UNSUBSCRIBED for event in facts.events):
        del names["email"]
    stated = _stated(facts, "preferred_channel", CHANNELS, names, _("Chosen channel: {name}."))
    text = _("Preferred channel: {name} ({count} of {total} actions).")
    return stated or _shown(facts, _channel_of, names, text, language)


def format_(facts: NoteFacts, language: str) -> Sentence | None:
    """The preferred format."""
    _ = translator(language)
    names = {
        "webinar": _("webinars"),
        "document": _("documents"),
        "video": _("videos"),
        "podcast": _("podcasts"),
    }
    stated = _stated(facts, "preferred_format", FORMATS, names, _("Chosen format: {name}."))
    text = _("Preferred format: {name} ({count} of {total} actions).")
    return stated or _shown(facts, _format_of, names, text, language)


def _stated(
    facts: NoteFacts, field: str, kinds: Mapping[str, str], names: Mapping[str, str], text: str
) -> Sentence | None:
    fact = facts.field(("lead", field))
    name = names.get(kinds.get(str(fact.value).lower(), "")) if fact else None
    return Sentence(text.format(name=name), (fact,)) if fact and name else None


def _shown(
    facts: NoteFacts,
    kind_of: Callable[[EventFact], str | None],
    names: Mapping[str, str],
    text: str,
    language: str,
) -> Sentence | None:
    """The kind of most of their actions; None where it is one action, or two kinds are even."""
    kinds = [(event.message_id, kind_of(event)) for event in actions(facts)]
    known = [(message, kind) for message, kind in kinds if kind in names]
    counted = Counter(kind for _message, kind in known).most_common(2)
    if (
        not counted
        or counted[0][1] < LEAST
        or (len(counted) > 1 and counted[0][1] == counted[1][1])
    ):
        return None
    best, count = counted[0]
    ours = tuple(message for message, kind in known if kind == best)
    said = text.format(
        name=names[best or ""], count=number(count, language), total=number(len(known), language)
    )
    return Sentence(
        said, (EventsFact(ours), EventsFact(tuple(message for message, _kind in known)))
    )


def _channel_of(event: EventFact) -> str | None:
    return CHANNELS.get((event.channel or "").lower())


def _format_of(event: EventFact) -> str | None:
    return FORMATS.get((event.format or "").lower()) or FORMATS.get(event.name)
