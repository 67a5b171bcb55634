"""Sentences on what somebody did: main actions, a return, the last contact and what followed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from tamis.language import number, plurals, translator
from tamis.model.spec import EventRule, RateRule, RecencyRule, SilentRule
from tamis.reports.phrases import rule_name
from tamis.server.notes.facts import (
    Contribution,
    EventFact,
    EventsFact,
    MeetingFact,
    NoteFacts,
    Sentence,
)
from tamis.server.notes.said import detailed, in_letters, items, lasting, shortened, when

MOST_ITEMS = 3
OURS = frozenset(
    {"email_sent", "email_delivered", "email_bounced", "call_missed", "call_made", "sms_sent"}
)
"""Events that are acts of ours, not of theirs."""
CONTACTS = ("call_answered", "meeting_held", "demo_held", "trade_show_visit")
"""Events in which somebody of ours spoke with them."""
NO_ACTIONS = (RateRule, RecencyRule, SilentRule)
"""Rules that look at a share, a date or a silence: their names tell no action."""
SILENCE = 30
"""Days without an action after which the next one is a return."""
RECENT = 14
"""Days for which a return is news."""


def main_actions(facts: NoteFacts, language: str) -> Sentence | None:
    """What gave most points of all that they did."""
    given = [one for one in _of_events(facts) if one.points > 0]
    ngettext = plurals(language)
    return _listed(
        facts,
        given,
        language,
        ngettext("Main action: {items}.", "Main actions: {items}.", min(len(given), MOST_ITEMS)),
    )


def lowering(facts: NoteFacts, language: str) -> Sentence | None:
    """What took most points of all that they did."""
    _ = translator(language)
    taken = [one for one in _of_events(facts) if one.points < 0]
    return _listed(facts, taken, language, _("What lowers the score: {items}."))


def _of_events(facts: NoteFacts) -> list[Contribution]:
    """What rules gave that saw events, the most telling first."""
    rules = {rule.id for rule in facts.model.event_rules if not isinstance(rule, NO_ACTIONS)}
    seen = [one for one in facts.contributions if one.rule in rules and one.count and one.last_day]
    return sorted(seen, key=lambda one: (-abs(one.points), one.rule))


def _listed(
    facts: NoteFacts, given: Sequence[Contribution], language: str, text: str
) -> Sentence | None:
    chosen = given[:MOST_ITEMS]
    if not chosen:
        return None
    said = [_item(facts, one, language) for one in chosen]
    return Sentence(text.format(items=items(said, language)), tuple(chosen))


def _item(facts: NoteFacts, one: Contribution, language: str) -> str:
    _ = translator(language)
    rule = facts.model.rule(one.rule)
    label = shortened(rule_name(rule, language)) if rule else one.rule
    last = when(one.last_day, facts.today, language) if one.last_day else ""
    if one.count is None or one.count < 2:
        return detailed(label, last, language)
    many = _("{count} times, most recently {when}")
    often = _("twice, most recently {when}") if one.count == 2 else many
    return detailed(label, often.format(count=in_letters(one.count, language), when=last), language)


def actions(facts: NoteFacts) -> list[EventFact]:
    """What they did of what the model looks at, the latest first."""
    rules = [rule for rule in facts.model.rules if isinstance(rule, EventRule)]
    names = {name for rule in rules for name in rule.events}
    # A rule that names no event is one of any.
    any_event = any(not rule.events for rule in rules)
    return [e for e in facts.events if e.name not in OURS and (any_event or e.name in names)]


def come_back(facts: NoteFacts, language: str) -> Sentence | None:
    """A return of late, after a time without any action."""
    _ = translator(language)
    for back, before in pairwise(actions(facts)):
        if (facts.today - back.day).days > RECENT:
            return None
        gap = (back.day - before.day).days
        if gap >= SILENCE:
            text = _("Back {when} after {silence} of silence.")
            said_when, silence = when(back.day, facts.today, language), lasting(gap, language)
            return Sentence(text.format(when=said_when, silence=silence), (before, back))
    return None


def last_contact(facts: NoteFacts, language: str) -> Sentence | None:
    """When somebody of ours last spoke with them, and how."""
    _, contact = translator(language), _contact(facts)
    if contact is None:
        return None
    kind = contact.name if isinstance(contact, EventFact) else "meeting_held"
    text = _("Last contact: {contact}, {when}.")
    day = when(contact.day, facts.today, language)
    said = text.format(contact=contact_in_words(kind, language), when=day)
    return Sentence(said, (contact,))


def contact_in_words(kind: str, language: str) -> str:
    """How somebody of ours spoke with them: one of `CONTACTS`."""
    _ = translator(language)
    kinds = {
        "call_answered": _("a call"),
        "meeting_held": _("a meeting"),
        "demo_held": _("a demo"),
        "trade_show_visit": _("a visit to our stand"),
    }
    return kinds[kind]


def since_contact(facts: NoteFacts, language: str) -> Sentence | None:
    """How much they did since the last contact."""
    ngettext, contact = plurals(language), _contact(facts)
    if contact is None:
        return None
    later = _after(facts, contact)
    new = tuple(event.message_id for event in actions(facts) if event in later)
    if not new:
        return None
    text = ngettext("Since then: {count} new action.", "Since then: {count} new actions.", len(new))
    said = text.format(count=in_letters(len(new), language))
    return Sentence(said, (contact, EventsFact(new)))


def score_since(facts: NoteFacts, language: str) -> Sentence | None:
    """How the score moved since the day of the last contact, when it did by a whole point."""
    _, contact = translator(language), _contact(facts)
    if contact is None or not facts.scores:
        return None
    now = facts.scores[0]
    then = next((one for one in facts.scores if one.day <= contact.day), None)
    if then is None or _whole(then.score, language) == _whole(now.score, language):
        return None
    text = _("The score has gone from {before} to {after} since then.")
    said = text.format(before=_whole(then.score, language), after=_whole(now.score, language))
    return Sentence(said, (contact, then, now))


def _contact(facts: NoteFacts) -> EventFact | MeetingFact | None:
    """The last contact; a meeting that was recorded goes before an event of its day."""
    event = next((event for event in facts.events if event.name in CONTACTS), None)
    met = facts.meeting
    return met if met and (event is None or met.day >= event.day) else event


def _after(facts: NoteFacts, contact: EventFact | MeetingFact) -> set[EventFact]:
    """Events after a contact: after the day of a meeting, which may be recorded later."""
    if isinstance(contact, EventFact):
        return set(facts.events[: facts.events.index(contact)])
    return {event for event in facts.events if event.day > contact.day}


def _whole(score: Decimal, language: str) -> str:
    return number(score, language, decimals=0)
