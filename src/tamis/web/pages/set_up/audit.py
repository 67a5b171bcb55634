"""The audit: who changed what and when, in words, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from tamis.server.security import people
from tamis.server.security.answers import Entry
from tamis.server.security.audit_routes import entries
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.names import named
from tamis.web.pages.set_up.deeds import in_words
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.ADMIN)]
PAGE = 50
Text = Annotated[str, QueryParameter(max_length=300)]


@dataclass(frozen=True)
class Deed:
    """A change that somebody made: the entry, and what was done in words.

    `lead_id` is that of the lead whom it is about; empty where it is about no lead that is known.
    """

    entry: Entry
    said: str
    lead_id: str = ""


@dataclass(frozen=True)
class Audit:
    """Context of `set_up/audit.html` and of its rows: changes, the latest first.

    `who` and `subject` are what was asked for, empty for all; `next` is the cursor of what came
    before, None at the end. `people` are logins to choose from.
    """

    deeds: Sequence[Deed]
    who: str
    subject: str
    next: str | None
    people: Sequence[str] = ()


@get("/set-up/audit", guards=MAY, sync_to_thread=True)
def shown(visit: Visiting, who: Text = "", subject: Text = "", cursor: Text = "") -> Response[str]:
    """Show changes, or the page before a cursor as a part."""
    context = _context(visit, who.strip(), subject.strip(), cursor)
    if cursor:
        return visit.part("set_up/audit/rows.html", context)
    return visit.page("set_up/audit.html", context)


def _context(visit: Visit, who: str, subject: str, cursor: str) -> Audit:
    with visit.server.database.read() as connection:
        found = entries(connection, cursor or None, PAGE, who=who or None, subject=subject or None)
        logins = [] if cursor else [one.login for one in people.all_users(connection)]
    return Audit(deeds_of(visit, found.entries), who, subject, found.next, logins)


def deeds_of(visit: Visit, found: Sequence[Entry]) -> list[Deed]:
    """Entries in the reader's words."""
    known = _leads(visit, found)
    return [
        Deed(entry, in_words(entry, visit.language), known.get(_key(entry), "")) for entry in found
    ]


def _leads(visit: Visit, found: Sequence[Entry]) -> dict[int, str]:
    """The lead ids of the leads that entries are about, by key."""
    keys = {key for entry in found if (key := _key(entry))}
    with visit.server.database.read() as connection:
        return {key: one.lead_id for key, one in named(connection, keys).items()}


def _key(entry: Entry) -> int:
    """The key of the lead that an entry is about; 0 for none."""
    about = entry.action.startswith("lead.") or entry.action == "person.consent"
    return int(entry.subject) if about and entry.subject.isdecimal() else 0


HANDLERS = (shown,)
