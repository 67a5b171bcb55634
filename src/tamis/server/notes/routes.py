"""Routes of this part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from tamis.server.notes.facts import Sentence
from tamis.server.notes.gather import note_facts
from tamis.server.notes.note import call_note
from tamis.server.read.answering import Asked, answered
from tamis.server.read.catalogue import asked
from tamis.server.read.lead_page import found
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server


class CallNote(Struct, kw_only=True):
    """A note for a call: `text` is its sentences in one; each stands on the facts beside it."""

    lead_id: str
    model: str
    version: int
    as_of: date
    language: str
    text: str
    sentences: tuple[Sentence, ...]


@get(
    "/v1/leads/{lead_id:str}/note",
    guards=[allows(Permission.READ)],
    sync_to_thread=True,
    tags=["leads"],
)
def note(
    *,
    request: Asked,
    server: NamedDependency[Server],
    lead_id: FromPath[str],
    language: Annotated[
        Literal["en", "fr"] | None,
        QueryParameter(description="The language; by default that of who asks."),
    ] = None,
    model: Annotated[
        str | None, QueryParameter(description="The model; needed where several are active.")
    ] = None,
) -> Response[CallNote]:
    """What to know before a call: a few sentences, each with the facts that it says."""
    with server.database.read() as connection:
        row = found(connection, lead_id)
        version = asked(connection, request.user, model)
        facts = note_facts(server, connection, version, row)
    made = call_note(facts, language or request.user.language)
    content = CallNote(
        lead_id=row["lead_id"],
        model=version.name,
        version=version.number,
        as_of=facts.today,
        language=made.language,
        text=" ".join(sentence.text for sentence in made.sentences),
        sentences=made.sentences,
    )
    return answered(request, content)


HANDLERS: Sequence[ControllerRouterHandler] = (note,)
