"""Messages in words, for people: a title, a few facts, why, and where to read on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tamis.language import translator
from tamis.server.delivery.message import Message

LONGEST = 300
"""Characters of a text that is shown in one line."""


@dataclass(frozen=True)
class Worded:
    """A message as people read it; `link` is empty where there is nothing to open."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    note: str = ""
    link: str = ""


def worded(message: Message, language: str, link: str) -> Worded:
    """A message in a language; what its payload lacks is left out.

    >>> told = {"name": "Ann Lee", "company": "Acme", "score": 82.5, "cell": "A1"}
    >>> message = Message(1, "sales", "handoff.assigned", 7, told, "msg_1", 0)
    >>> worded(message, "en", "").title
    'To call: Ann Lee (Acme)'
    """
    told = message.payload
    path = _line(told.get("path", ""))
    return Worded(
        title=_title(message, language),
        facts=tuple(_facts(told, language)),
        reasons=tuple(_line(one) for one in _list(told.get("reasons"))),
        note=str(told.get("note") or ""),
        link=f"{link}{path}" if link and path.startswith("/") else link,
    )


def _title(message: Message, language: str) -> str:
    _ = translator(language)
    told = message.payload
    titles = {
        "score.changed": _("The score of {who} has changed"),
        "status.changed": _("{who} is now {status}"),
        "handoff.assigned": _("To call: {who}"),
        "handoff.settled": _("Settled: {who}"),
        "deadline.reminded": _("Reminder: {who} waits for a call"),
        "deadline.escalated": _("Escalated: {who} still waits for a call"),
        "deadline.reassigned": _("Given to somebody else: {who}"),
        "play.fired": _("{play}: {who}"),
        "alarm": _("The market has moved: {model}")
        if _line(told.get("alarm", "")).startswith("learning-")
        else _("Too many hand-offs are rejected: {model}"),
        "audience.added": _("{audience}: {who} has come"),
        "audience.removed": _("{audience}: {who} has left"),
        "test": _("A test from Tamis: messages arrive here."),
    }
    words = {name: _line(told.get(name, "")) for name in ("status", "play", "audience", "model")}
    return titles[message.kind].format(who=_who(told) or _("a lead"), **words)


def _who(told: Mapping[str, Any]) -> str:
    name = _line(told.get("name") or told.get("email") or told.get("lead_id") or "")
    company = _line(told.get("company") or "")
    return f"{name} ({company})" if name and company else name or company


def _facts(told: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    _ = translator(language)
    named = (
        ("score", _("Score")),
        ("cell", _("Cell")),
        ("stage", _("Stage")),
        ("status", _("Status")),
        ("play", _("Play")),
        ("queue", _("Queue")),
        ("owner", _("Owner")),
        ("due_at", _("Respond by")),
    )
    found = [(word, _line(told[key])) for key, word in named if told.get(key) not in (None, "")]
    return found[:10]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _line(value: object) -> str:
    """A text in one line, without what moves cursors or begins a header."""
    plain = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return " ".join(plain.split())[:LONGEST]
