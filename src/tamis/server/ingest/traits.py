"""Traits and context: what of them becomes fields, identity and properties."""

from __future__ import annotations

import re
from collections.abc import Mapping

Json = dict[str, object]
ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,250}\.[^\s@<>,;\".]{2,63}")
PAGE = ("url", "path", "referrer", "title")
"""What is kept of `context.page`, and is a page's property unless it says otherwise."""
CAMPAIGN = {
    "source": "utm_source",
    "medium": "utm_medium",
    "name": "utm_campaign",
    "term": "utm_term",
    "content": "utm_content",
}
"""What is kept of `context.campaign`, and the properties that it becomes."""


def address(value: object) -> str | None:
    """The e-mail address that identifies a person: trimmed, lower case; None when it is none.

    >>> address(" Ada@Example.org")
    'ada@example.org'
    """
    if type(value) is not str:
        return None
    text = value.strip().lower()
    return text if ADDRESS.fullmatch(text) else None


def fields(traits: Json) -> Json:
    """The fields that traits say: as they are, and `createdAt` of Segment is also `created_at`."""
    if "createdAt" in traits and "created_at" not in traits:
        return {**traits, "created_at": traits["createdAt"]}
    return traits


def kept_context(context: Json) -> Json:
    """What is worth keeping of a client's context; never the address of the machine."""
    kept: Json = {}
    for name in ("userAgent", "locale", "channel"):
        if isinstance(context.get(name), str):
            kept[name] = context[name]
    for name, parts in (("page", PAGE), ("campaign", CAMPAIGN), ("library", ("name",))):
        found = texts(context.get(name), parts)
        if found:
            kept[name] = found
    return kept


def texts(value: object, names: Mapping[str, str] | tuple[str, ...]) -> Json:
    """The named texts of an object."""
    if not isinstance(value, dict):
        return {}
    return {name: value[name] for name in names if value.get(name) and type(value[name]) is str}


def with_campaign(properties: Json, context: Json) -> Json:
    """Properties with those of the campaign that brought the visitor, where they say nothing."""
    campaign = context.get("campaign")
    if not isinstance(campaign, dict):
        return properties
    brought = {CAMPAIGN[name]: value for name, value in campaign.items()}
    return {**brought, **properties}


def of_page(properties: Json, name: object, category: object, context: Json) -> Json:
    """Properties of a page or screen, with its name, category and address where they lack."""
    page = context.get("page")
    found: Json = dict(page) if isinstance(page, dict) else {}
    if type(name) is str and name:
        found["name"] = name
    if type(category) is str and category:
        found["category"] = category
    return {**found, **properties}
