"""The note for a call, in place, and how the lead likes to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tamis.server.notes import preference
from tamis.server.notes.gather import note_facts
from tamis.server.notes.note import call_note
from tamis.web.pages.lead.shown import Shown


@dataclass(frozen=True)
class CallNote:
    """Context of `lead/note.html`: sentences; how they like to be reached, where that shows.

    `refused`: they asked not to be profiled, and the note says that alone.
    """

    sentences: Sequence[str]
    channel: str
    format: str
    refused: bool


def context(shown: Shown) -> CallNote:
    """The note in the reader's language; empty without an active model."""
    if shown.version is None:
        return CallNote((), "", "", refused=False)
    visit = shown.visit
    facts = note_facts(visit.server, shown.connection, shown.version, shown.row)
    made = call_note(facts, visit.language)
    ways = (preference.channel(facts, visit.language), preference.format_(facts, visit.language))
    channel, format_ = (one.text if one else "" for one in ways)
    apart = {channel, format_}
    return CallNote(
        [one.text for one in made.sentences if one.text not in apart],
        channel,
        format_,
        refused=facts.refusal is not None,
    )
