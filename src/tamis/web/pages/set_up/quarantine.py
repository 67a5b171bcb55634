"""The quarantine: messages put aside, by reason; one shown, corrected, read again, dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from msgspec import Struct

from tamis.server.ingest import limits, quarantine
from tamis.server.ingest.quarantine import Entry, Reason, Settled
from tamis.server.ingest.quarantine_routes import read_again
from tamis.server.models.said import is_plain
from tamis.server.problems import bad_request
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.store.keys import LARGEST
from tamis.web.pages.set_up.wording import worded
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.QUARANTINE)]
PAGE = 50
EntryState = Literal["waiting", "replayed", "dropped"]
State = Annotated[EntryState, QueryParameter(name="state")]
Code = Annotated[str, QueryParameter(max_length=100)]
After = Annotated[int, QueryParameter(ge=0, le=LARGEST)]


@dataclass(frozen=True)
class Quarantine:
    """Context of `set_up/quarantine.html` and of its rows: messages in order of arrival.

    `reasons` say how many wait for each reason; `code` is the one that was asked for, empty: all.
    `next` is where the page behind this one begins, None at the end. `settled` says what became of
    messages just now.
    """

    entries: Sequence[Entry]
    reasons: Sequence[Reason]
    state: EntryState
    code: str
    next: int | None
    settled: Sequence[Settled] = ()

    def became(self, state: str) -> int:
        """How many messages were settled just now with a state: replayed, dropped, waiting."""
        return sum(one.state == state for one in self.settled)


@dataclass(frozen=True)
class PutAside:
    """Context of `set_up/quarantine/entry.html`: a message, and what became of it just now.

    `written` is the message to correct, in lines.
    """

    entry: Entry
    reason: str
    written: str
    settled: Settled | None = None


class Corrected(Struct):
    """A message as somebody corrected it."""

    message: str = ""


class All(Struct):
    """Which messages are meant: those that the page shows."""

    code: str = ""
    entries: str = ""


@get("/set-up/quarantine", guards=MAY, sync_to_thread=True)
def shown(
    visit: Visiting, standing: State = "waiting", code: Code = "", after: After = 0
) -> Response[str]:
    """Show messages put aside, or those after one as a part."""
    context = _context(visit, standing, code, after)
    if after:
        return visit.part("set_up/quarantine/rows.html", context)
    return visit.page("set_up/quarantine.html", context)


def _context(
    visit: Visit, state: EntryState, code: str, after: int = 0, settled: Sequence[Settled] = ()
) -> Quarantine:
    if not is_plain(code):
        raise bad_request("there is no such reason")
    database = visit.server.database
    found = quarantine.page(database, state, after, PAGE, code or None)
    reasons = [] if after else quarantine.by_code(database)
    for entry in found.entries:
        entry.reason = worded(entry.reason, visit.language)
    return Quarantine(found.entries, reasons, state, code, found.next, settled)


@get("/set-up/quarantine/{entry:int}", guards=MAY, sync_to_thread=True)
def one(visit: Visiting, entry: FromPath[int]) -> Response[str]:
    """Show one message, as it came."""
    return visit.page("set_up/quarantine_entry.html", _entry(visit, entry))


def _entry(
    visit: Visit, entry: int, settled: Settled | None = None, written: str | None = None
) -> PutAside:
    found = quarantine.one(visit.server.database, entry)
    if written is None:
        written = _in_lines(found.message)
    return PutAside(found, worded(found.reason, visit.language), written, settled)


def _in_lines(message: str) -> str:
    """A message in lines that can be read; as it came where it is no JSON."""
    try:
        return msgspec.json.format(message, indent=2)
    except msgspec.DecodeError:
        return message


@post(
    "/set-up/quarantine/{entry:int}/replay",
    guards=MAY,
    status_code=200,
    request_max_body_size=4 * limits.BODY,
)
async def replayed(
    visit: Visiting, entry: FromPath[int], data: URLEncodedBody[Corrected]
) -> Response[str]:
    """Read one message again, as it was corrected."""
    body = data.message.encode("utf-8", "surrogatepass")
    if len(body) > limits.BODY:
        raise bad_request("this is longer than a message may be")
    (settled,) = await read_again(visit.server, [entry], visit.caller.who, body or None)
    context = await asyncio.to_thread(_entry, visit, entry, settled, data.message)
    return await asyncio.to_thread(visit.part, "set_up/quarantine/entry.html", context)


@post("/set-up/quarantine/{entry:int}/drop", guards=MAY, sync_to_thread=True, status_code=200)
def dropped(visit: Visiting, entry: FromPath[int]) -> Response[str]:
    """Drop one message: it stays to be read, and counts for nothing."""
    server = visit.server
    with server.database.write() as connection:
        at, who = server.clock.now(), visit.caller.who
        (settled,) = quarantine.drop(connection, [entry], at, who)
    return visit.part("set_up/quarantine/entry.html", _entry(visit, entry, settled))


@post("/set-up/quarantine/replay", guards=MAY, status_code=200)
async def all_replayed(visit: Visiting, data: URLEncodedBody[All]) -> Response[str]:
    """Read the messages that the page shows again."""
    settled = await read_again(visit.server, _numbers(data.entries), visit.caller.who)
    return await asyncio.to_thread(_listed, visit, data.code, settled)


@post("/set-up/quarantine/drop", guards=MAY, sync_to_thread=True, status_code=200)
def all_dropped(visit: Visiting, data: URLEncodedBody[All]) -> Response[str]:
    """Drop the messages that the page shows."""
    server, numbers = visit.server, _numbers(data.entries)
    with server.database.write() as connection:
        at, who = server.clock.now(), visit.caller.who
        settled = quarantine.drop(connection, numbers, at, who)
    return _listed(visit, data.code, settled)


def _listed(visit: Visit, code: str, settled: Sequence[Settled]) -> Response[str]:
    context = _context(visit, "waiting", code, settled=settled)
    return visit.part("set_up/quarantine/list.html", context)


def _numbers(written: str) -> list[int]:
    """The numbers of messages, between spaces. Raises: Problem 400."""
    found = written.split()
    if not 0 < len(found) <= PAGE or not all(one.isascii() and one.isdigit() for one in found):
        raise bad_request("say which messages are meant")
    return [int(one[:20]) for one in found]


HANDLERS = (shown, one, replayed, dropped, all_replayed, all_dropped)
