"""The note: sentences in the order of their importance, as many as a caller reads at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tamis.language import translator
from tamis.server.notes import activity, person, preference
from tamis.server.notes.facts import Note, NoteFacts, RefusalFact, Sentence
from tamis.server.notes.said import when

MOST_WORDS = 120
Maker = Callable[[NoteFacts, str], Sentence | None]
BY_IMPORTANCE: tuple[tuple[Maker, ...], ...] = (
    (person.to_do,),
    (person.who,),
    (activity.main_actions,),
    (activity.come_back,),
    (activity.last_contact, activity.since_contact, activity.score_since),
    (person.interests,),
    (activity.lowering,),
    (person.last_deal,),
    (preference.channel,),
    (preference.format_,),
    (person.profile,),
)
"""Who makes which sentence; those that stand together lean on the first of them."""


def call_note(facts: NoteFacts, language: str) -> Note:
    """The note for a call: what is not known has no sentence, so that it may be empty."""
    if facts.refusal:
        return Note(language, (_refused(facts, facts.refusal, language),))
    groups = (tuple(make(facts, language) for make in group) for group in BY_IMPORTANCE)
    return Note(language, tuple(_fitting(groups)))


def _fitting(groups: Iterable[tuple[Sentence | None, ...]]) -> Iterator[Sentence]:
    """Those that fit; one that is too long may leave room for shorter ones of later groups."""
    left = MOST_WORDS
    for group in groups:
        for sentence in filter(None, group):
            words = words_of(sentence.text)
            if words > left:
                break
            left -= words
            yield sentence


def words_of(text: str) -> int:
    """How many words a text has; marks that stand alone, as in French, are none."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def _refused(facts: NoteFacts, refusal: RefusalFact, language: str) -> Sentence:
    _ = translator(language)
    if refusal.day is None:
        return Sentence(_("This person asked not to be profiled: there is no note."), (refusal,))
    text = _("This person asked not to be profiled ({when}): there is no note.")
    return Sentence(text.format(when=when(refusal.day, facts.today, language)), (refusal,))
