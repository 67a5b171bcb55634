"""What opens in place below a lead: the note for the call, the form to reject, to put aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from tamis.language import translator
from tamis.model.spec import Field, Model
from tamis.reports.phrases import spaced
from tamis.server.alignment.words import reason as reason_in_words
from tamis.server.feedback.forms import Scalar
from tamis.server.models import stored
from tamis.server.models.alerts import loaded
from tamis.server.notes.gather import note_facts
from tamis.server.notes.note import call_note
from tamis.server.read.catalogue import active
from tamis.server.read.lead_page import found
from tamis.server.work.handoffs import Handoff
from tamis.server.work.mornings import Mornings
from tamis.server.work.routes import LONGEST_SNOOZE
from tamis.web.leads_of_work import Who, who
from tamis.web.names import Fields
from tamis.web.pages.my_leads.desk import Desk
from tamis.web.pages.my_leads.known import NAMED_BY_US
from tamis.web.visit import Visit

CORRECTED = ("text", "integer", "number", "boolean", "date")
"""Types of fields that a person corrects here; instants are what systems know."""
MOST_FIELDS = 10
FACT = "fact:"
"""Before the name of a field in the form."""


@dataclass(frozen=True)
class Fact:
    """A field of the lead that can be corrected; `value` is as the form writes it."""

    name: str
    label: str
    type: str
    value: str


@dataclass(frozen=True)
class Answering:
    """Context of `my_leads/answering.html`.

    `reasons` are those of the model, by name, in words; none: the form accepts.
    """

    desk: Desk
    handoff: int
    lead: Who
    reasons: Sequence[tuple[str, str]]
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Aside:
    """Context of `my_leads/aside.html`: until when a lead may be put aside.

    `until` are instants to choose from, of the morning of a day at work; `first` and `last` bound
    the days that may be chosen.
    """

    desk: Desk
    handoff: int
    lead: Who
    until: Sequence[datetime]
    first: str
    last: str


@dataclass(frozen=True)
class CallNote:
    """Context of `my_leads/note.html`: what to know before a call, a sentence each."""

    desk: Desk
    handoff: int
    lead: Who
    sentences: Sequence[str]


def answering(
    connection: Connection, visit: Visit, desk: Desk, work: Handoff, *, rejects: bool
) -> Answering:
    """The form to reject a hand-off, or to accept it with a note and corrections."""
    model, lead = model_of(connection, work), who(connection, [work.lead])[work.lead]
    names = [one.name for one in model.feedback.reasons] if rejects else []
    words = [(name, reason_in_words(name, model, visit.language)) for name in names]
    facts = [_fact(one, lead.fields, visit.language) for one in corrected_fields(model)]
    return Answering(desk, work.handoff, lead, words, facts)


def model_of(connection: Connection, work: Handoff) -> Model:
    """The active version's model, else that of the version which made the hand-off."""
    version = stored.active(connection, work.model)
    return loaded((version or stored.by_key(connection, work.version_key)).yaml)


def corrected_fields(model: Model) -> list[Field]:
    """The fields of a lead that sales may correct here, in the order of the model."""
    fields = [one for one in model.fields_of("lead") if one.type in CORRECTED]
    return [one for one in fields if one.name not in NAMED_BY_US][:MOST_FIELDS]


def _fact(field: Field, known: Fields, language: str) -> Fact:
    """A field with its value; the names that most models have are said in the reader's language."""
    _ = translator(language)
    names = {
        "email": _("e-mail"),
        "phone": _("phone"),
        "job_title": _("job title"),
        "title": _("job title"),
        "country": _("country"),
        "language": _("language"),
        "source": _("source"),
        "first_name": _("first name"),
        "last_name": _("last name"),
    }
    label = names.get(field.name, spaced(field.name))
    return Fact(field.name, label, field.type, as_written(known.get(field.name)))


def as_written(value: object) -> str:
    """A value as the form writes it: yes, no, or its text; empty: not known."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def facts_of(connection: Connection, work: Handoff, data: Mapping[str, Any]) -> dict[str, Scalar]:
    """The fields that a form says otherwise than the lead has them; emptied ones are null."""
    lead = who(connection, [work.lead])[work.lead]
    found: dict[str, Scalar] = {}
    for field in corrected_fields(model_of(connection, work)):
        said = data.get(FACT + field.name)
        if said is None or said.strip() == as_written(lead.fields.get(field.name)).strip():
            continue
        found[field.name] = _value(field, said.strip())
    return found


def _value(field: Field, said: str) -> Scalar:
    """What a form says, as the field has it; what cannot be read is refused by the room."""
    if not said:
        return None
    if field.type == "boolean":
        return {"yes": True, "no": False}.get(said, said)
    try:
        if field.type == "integer":
            return int(said)
        return float(said.replace(",", ".")) if field.type == "number" else said
    except ValueError:
        return said


def aside(connection: Connection, visit: Visit, desk: Desk, work: Handoff) -> Aside:
    """The form to put a hand-off aside."""
    lead = who(connection, [work.lead])[work.lead]
    mornings = Mornings.of(connection, visit.now, work)
    today = mornings.now.date()
    first, last = (today + timedelta(days=count) for count in (1, LONGEST_SNOOZE.days - 1))
    return Aside(desk, work.handoff, lead, mornings.offered, f"{first}", f"{last}")


def call(connection: Connection, visit: Visit, desk: Desk, work: Handoff) -> CallNote:
    """The note for a call, in the reader's language; without sentences where no model is active."""
    lead = who(connection, [work.lead])[work.lead]
    version = next((one for one in active(connection) if one.name == work.model), None)
    said: Sequence[str] = ()
    if version is not None:
        row = found(connection, lead.lead_id)
        note = call_note(note_facts(visit.server, connection, version, row), visit.language)
        said = [one.text for one in note.sentences]
    return CallNote(desk, work.handoff, lead, said)
