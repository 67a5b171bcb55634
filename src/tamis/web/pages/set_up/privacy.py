"""Privacy: one person found, what is stored of them exported or erased, consent, what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter, URLEncodedBody
from msgspec import Struct
from sqlalchemy import Connection, func, select

from tamis.server.models.said import said
from tamis.server.privacy import consent, erase, export, person
from tamis.server.privacy.erase import Erased
from tamis.server.privacy.person import Person
from tamis.server.problems import bad_request
from tamis.server.security.audit_routes import entries
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.store.tables import messages, people
from tamis.web.pages.set_up.audit import Deed, deeds_of
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.PRIVACY)]
LONGEST = 1_000
LONGEST_SOURCE = 200
DONE = 20
ACTIONS = ("person.export", "person.erase", "person.consent", "retention.sweep")


@dataclass(frozen=True)
class Found:
    """Context of `set_up/privacy/person.html`: a person as `named`.

    `lead_id` is empty for a visitor who is no lead; `names` are their ids and addresses by kind;
    `consents` the words given, the latest first. `told` is `recorded` where one was
    recorded just now, else empty.
    """

    named: str
    lead_id: str
    names: Mapping[str, Sequence[str]]
    events: int
    opted_out: bool
    consents: Sequence[Said]
    told: str = ""


@dataclass(frozen=True)
class Said:
    """A word on being profiled: since when (microseconds), what, and where it was said."""

    at: int
    given: bool
    source: str


@dataclass(frozen=True)
class Privacy:
    """Context of `set_up/privacy.html`: requests that were done, the latest first."""

    deeds: Sequence[Deed]
    retention: int


@dataclass(frozen=True)
class Gone:
    """Context of `set_up/privacy/erased.html`: how much was erased."""

    erased: Erased


class Named(Struct):
    """Any id of a person, or the e-mail."""

    named: str = ""


class Erasing(Named):
    """Whom to erase, and the same typed once more."""

    confirmed: str = ""


class Consent(Named):
    """What a person says, and where it was said."""

    given: str = ""
    source: str = ""


@get("/set-up/privacy", guards=MAY, sync_to_thread=True)
def shown(visit: Visiting) -> Response[str]:
    """Show the form to find a person, and what was done."""
    with visit.server.database.read() as connection:
        done = entries(connection, limit=DONE, actions=ACTIONS).entries
    context = Privacy(deeds_of(visit, done), visit.server.settings.retention)
    return visit.page("set_up/privacy.html", context)


@post("/set-up/privacy/find", guards=MAY, sync_to_thread=True, status_code=200)
def found(visit: Visiting, data: URLEncodedBody[Named]) -> Response[str]:
    """Find a person; not by the address, which logs would keep."""
    return visit.part("set_up/privacy/person.html", _found(visit, data.named.strip()))


def _found(visit: Visit, named: str, told: str = "") -> Found:
    with visit.server.database.read() as connection:
        whom = person.found(connection, _short(named))
        return _shown(connection, named, whom, told)


def _shown(connection: Connection, named: str, whom: Person, told: str) -> Found:
    c, events = people.consents.c, messages.events
    words = select(c.at, c.given, c.source).where(c.lead == whom.lead).order_by(c.at.desc())
    count = select(func.count()).select_from(events).where(whom.events)
    opted = select(people.leads.c.opted_out).where(people.leads.c.lead == whom.lead)
    return Found(
        named,
        whom.lead_id if whom.lead is not None else "",
        {kind: whom.values_of(kind) for kind in person.ORDER if whom.values_of(kind)},
        connection.scalar(count) or 0,
        bool(connection.scalar(opted)),
        [Said(row.at, row.given, row.source) for row in connection.execute(words)],
        told,
    )


def _short(named: str) -> str:
    if len(named) > LONGEST:
        raise person.nobody()
    return named


@get("/set-up/privacy/export", guards=MAY, sync_to_thread=True)
def exported(
    visit: Visiting, named: Annotated[str, QueryParameter(max_length=LONGEST)]
) -> Response[bytes]:
    """Download everything that is stored of a person."""
    document = export.export(visit.server, named, visit.caller.who)
    headers = {
        "Content-Disposition": 'attachment; filename="person.json"',
        "Cache-Control": "no-store",
    }
    written = msgspec.json.format(msgspec.json.encode(document), indent=2)
    return Response(written, media_type="application/json", headers=headers)


@post("/set-up/privacy/erase", guards=MAY, sync_to_thread=True, status_code=200)
def erased(visit: Visiting, data: URLEncodedBody[Erasing]) -> Response[str]:
    """Erase a person for good, if the same was typed once more."""
    if data.confirmed.strip() != data.named.strip() or not data.named.strip():
        raise bad_request("type the same id or e-mail to confirm")
    gone = erase.erase(visit.server, _short(data.named.strip()), visit.caller.who)
    return visit.part("set_up/privacy/erased.html", Gone(gone))


@post("/set-up/privacy/consent", guards=MAY, sync_to_thread=True, status_code=200)
def consented(visit: Visiting, data: URLEncodedBody[Consent]) -> Response[str]:
    """Keep whether a person lets us profile them; the scores follow at once."""
    source = said("source", data.source, longest=LONGEST_SOURCE, required=True)
    if data.given not in ("yes", "no"):
        raise bad_request("say whether they consent")
    named, given = _short(data.named.strip()), data.given == "yes"
    consent.record(visit.server, named, given=given, source=source, who=visit.caller.who)
    return visit.part("set_up/privacy/person.html", _found(visit, named, "recorded"))


HANDLERS = (shown, found, exported, erased, consented)
