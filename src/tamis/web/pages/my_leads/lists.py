"""The lists of `/my-leads`: what to answer, what is under way, what is put aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from tamis.language import translator
from tamis.reports.phrases import ago
from tamis.reports.reasons import Reason
from tamis.server.clock import MICROSECOND, instant_of
from tamis.server.lifecycle.reading import label_of
from tamis.server.models.versions import Version
from tamis.server.notes.activity import contact_in_words
from tamis.server.notes.contacts import Contact, last_contacts
from tamis.server.problems import not_found
from tamis.server.read.answering import hundredths
from tamis.server.read.catalogue import active
from tamis.server.read.past_scores import scores_at
from tamis.server.read.questions import verdicts
from tamis.server.store.among import among
from tamis.server.store.keys import row_of
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.work import to_do
from tamis.server.work.answers import Work
from tamis.server.work.handoffs import HELD
from tamis.server.work.pages import H, shown, work_of
from tamis.web.leads_of_work import NOBODY, Who, urgency, who
from tamis.web.pages.my_leads.desk import Desk
from tamis.web.pages.my_leads.known import Now, Reasons, now
from tamis.web.visit import Visit

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """A hand-off in a list.

    Attributes:
        work: the hand-off, as the API has it.
        part: the list in which it stands.
        lead: who it is.
        now: what the model says today.
        week: by how much the score changed in seven days; null: there was none then.
        urgency: late, soon or empty.
        reasons: why it was handed over, the strongest first.
        contact: how and when somebody of ours last spoke with them; empty: nobody did.
        status: where the lead stands, in words; empty: the model has no lifecycle.
    """

    work: Work
    part: to_do.Part
    lead: Who
    now: Now
    week: Decimal | None
    urgency: str
    reasons: Sequence[Reason]
    contact: str
    status: str

    @property
    def id(self) -> int:
        """The hand-off's number."""
        return self.work.handoff


@dataclass(frozen=True)
class ListPart:
    """One list, and the cursor of what follows (null: nothing)."""

    part: to_do.Part
    items: Sequence[Item]
    next: str | None


@dataclass(frozen=True)
class Lists:
    """Context of `my_leads/lists.html`.

    Attributes:
        desk: whose work it is, and what may be done with it.
        counts: how much there is.
        answer, under_way, later: the lists.
        seen: a fingerprint of what is shown, and `since` its instant in microseconds.
        best: the best cell, to look for more where nothing waits; empty: no model has cells.
        focus: the hand-off on which the keyboard goes on; null: the page's beginning.
        told: what has just been done, in words; empty: nothing.
    """

    desk: Desk
    counts: to_do.Counts
    answer: ListPart
    under_way: ListPart
    later: ListPart
    seen: str
    since: int
    best: str = ""
    focus: int | None = None
    told: str = ""

    def at(self, focus: int | None, told: str = "") -> Lists:
        """The same, where the keyboard goes on at a hand-off, and with what has been done."""
        return replace(self, focus=focus, told=told)


def lists(connection: Connection, visit: Visit, desk: Desk) -> Lists:
    """The lists of somebody, each its first page."""
    at = visit.server.micros
    rows = {part: to_do.to_do(connection, desk.owner, part, at) for part in to_do.PARTS}
    every = [(row, part) for part, of in rows.items() for row in of.rows]
    told = items(connection, visit, every)
    answer, under_way, later = (
        ListPart(part, [one for one in told if one.part == part], of.next)
        for part, of in rows.items()
    )
    counted = to_do.counts(connection, desk.owner, at)
    seen, best = to_do.mark(connection, desk.owner, at), best_cell(connection)
    return Lists(desk, counted, answer, under_way, later, seen, at, best)


def best_cell(connection: Connection) -> str:
    """The best cell of the first active model that has cells; empty: none has."""
    cells = (verdicts(version.model)["cell"] for version in active(connection))
    return next((some[0] for some in cells if some), "")


def one_item(connection: Connection, visit: Visit, desk: Desk, handoff: int) -> Item:
    """One hand-off as lists show it. Raises: Problem 404, also for one that is not theirs."""
    row = row_of(connection, shown(), H.handoff, handoff)
    if row is None or row.state not in HELD or row.owner != desk.owner:
        detail = f"{desk.owner} has no open hand-off {handoff}"
        raise not_found(detail)
    aside = row.snoozed_until is not None and row.snoozed_until > visit.server.micros
    held: to_do.Part = "answer" if row.state == "assigned" else "under_way"
    return items(connection, visit, [(row, "later" if aside else held)])[0]


def beside(connection: Connection, owner: str, handoff: int, at: int) -> Sequence[int]:
    """The hand-offs of the list in which one stands, from top to bottom; empty: in none."""
    shown_ = (to_do.to_do(connection, owner, part, at).rows for part in to_do.PARTS)
    orders = ([row.handoff for row in rows] for rows in shown_)
    return next((order for order in orders if handoff in order), ())


def list_part(
    connection: Connection, visit: Visit, desk: Desk, part: to_do.Part, cursor: str | None = None
) -> ListPart:
    """A page of one list. Raises: Problem 400 for a bad cursor."""
    found = to_do.to_do(connection, desk.owner, part, visit.server.micros, cursor=cursor)
    told = items(connection, visit, [(row, part) for row in found.rows])
    return ListPart(part, told, found.next)


def items(
    connection: Connection, visit: Visit, rows: Sequence[tuple[Row[Any], to_do.Part]]
) -> list[Item]:
    """Hand-offs with all that lists show of them, in their order; models one after the other."""
    known = {version.name: version for version in active(connection)}
    tellers = {
        name: _Teller(
            connection, visit, known.get(name), [row for row, _ in rows if row.model == name]
        )
        for name in {row.model for row, _ in rows}
    }
    return [tellers[row.model].item(row, part) for row, part in rows]


class _Teller:
    """What lists show of the hand-offs of one model; without its version only who the leads are."""

    def __init__(
        self, connection: Connection, visit: Visit, version: Version | None, rows: Sequence[Any]
    ) -> None:
        leads = {row.lead for row in rows}
        self._visit, self._at = visit, visit.server.micros
        self._who = who(connection, leads)
        self._now: Mapping[int, Now] = {}
        self._then: Mapping[int, Decimal] = {}
        self._reasons: Mapping[int, Sequence[Reason]] = {}
        self._contacts: Mapping[int, Contact] = {}
        self._status: Mapping[int, str] = {}
        if version is None:
            return
        server = visit.server
        self._now = now(server, connection, version, leads)
        week_ago = self._at - WEEK // MICROSECOND
        self._then = scores_at(connection, version.name, leads, week_ago)
        of = {row.handoff: self._who.get(row.lead, NOBODY) for row in rows}
        self._reasons = Reasons(version, server, visit.language).of(connection, of)
        self._contacts = last_contacts(connection, version.name, leads)
        self._status = _statuses(connection, version, leads, visit.language)

    def item(self, row: Any, part: to_do.Part) -> Item:  # noqa: ANN401 (a row)
        said = self._now.get(row.lead, Now(hundredths(row.score), row.cell))
        then, contact = self._then.get(row.lead), self._contacts.get(row.lead)
        return Item(
            work=work_of(row, self._at),
            part=part,
            lead=self._who.get(row.lead, NOBODY),
            now=said,
            week=None if then is None or said.score is None else said.score - then,
            urgency=urgency(row, self._at),
            reasons=self._reasons.get(row.handoff, ()),
            contact=_spoke(contact, self._visit) if contact else "",
            status=self._status.get(row.lead, ""),
        )


def _statuses(
    connection: Connection, version: Version, leads: set[int], language: str
) -> Mapping[int, str]:
    lifecycle, s = version.model.lifecycle, statuses.c
    if lifecycle is None:
        return {}
    query = select(s.lead, s.status).where(s.model == version.name, among(s.lead, leads))
    rows = connection.execute(query)
    return {row.lead: label_of(lifecycle, row.status, language) for row in rows}


def _spoke(contact: Contact, visit: Visit) -> str:
    """A contact in words: `a call, 3 days ago`."""
    day = instant_of(contact.at).astimezone(visit.now.tzinfo).date()
    when = ago(max(0, (visit.now.date() - day).days), visit.language)
    _ = translator(visit.language)
    return _("{contact}, {when}").format(
        contact=contact_in_words(contact.kind, visit.language), when=when
    )
