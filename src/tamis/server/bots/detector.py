"""The detector: which events stored are a machine's, asked as they come in and as leads merge.

What it says of a visitor's events depends on which there are, not on the order in which they came,
and more events never take a mark away. So it is enough to look again at the seconds around each
new event. Whether there is anything to look at, one short query says for a whole batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from tamis.server.bots import agents, bursts, mails
from tamis.server.bots.seen import CLICKS, OPENS, SECOND, Seen, is_mail, is_view, plain_name
from tamis.server.bots.spans import Span, crowded, together
from tamis.server.ingest.message import Message
from tamis.server.store.database import slices
from tamis.server.store.tables import messages

SECONDS: Final = 10 * SECOND
"""The longest time that a rule looks at: only events so near to a new one can matter."""
FEWEST_MAILS: Final = 2
"""Events of a lead below which no rule of mails holds: a delivery and a click."""
events = messages.events
LOOKED_AT: Final = (
    select(
        events.c.event_key, events.c.lead, events.c.kind, events.c.event,
        events.c.at, events.c.properties, events.c.context, events.c.bot, events.c.bot_by,
    )
    .where(events.c.event.is_not(None))
    .order_by(events.c.lead)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """An event just stored, not marked as a declared agent's. `at` is in microseconds.

    `lead` is None for an anonymous visitor, known by `anonymous_id`; `kind` and `event` are those
    of the message, `user_agent` the one that was stored.
    """

    event_key: int
    lead: int | None
    anonymous_id: str | None
    kind: str
    event: str | None
    at: int
    user_agent: str | None = None


class Detector:
    """Says which events are a machine's, by what they declare and by how fast they come."""

    def __init__(
        self,
        views: Sequence[bursts.Limit] = bursts.VIEWS,
        acts: Sequence[bursts.Limit] = bursts.ACTS,
    ) -> None:
        self.views, self.acts = views, acts
        self._fewest_views = min(limit.events for limit in views) + 1
        self._fewest_acts = min(limit.events for limit in acts) + 1

    def declared(self, message: Message) -> str | None:
        """Why a message is a machine's by its user agent: `agent: Googlebot`; None: it is not."""
        user_agent = message.context.get("userAgent")
        if user_agent is None:
            return None
        return agents.reason(
            user_agent,
            page=is_view(message.kind, message.event) and message.kind != "screen",
            opening=plain_name(message.event) in OPENS,
        )

    def marks(self, connection: Connection, stored: Sequence[Stored]) -> Mapping[int, str]:
        """Reasons by event key: of events just stored, and of older ones that they give away.

        Call it in the transaction that stored them, after they are in. Older events are of the
        same leads, whose scores must be counted anew. Visitors who are no leads are left for
        `again`.
        """
        found: dict[int, str] = {}
        for spans in together(crowded(connection, self._spans(stored))):
            near = events.c.at.between(spans[0].first, max(span.last for span in spans))
            of = events.c.lead.in_({span.lead for span in spans})
            found |= self._judged(connection, of, near)[0]
        return found

    def again(self, connection: Connection, leads: Collection[int]) -> Mapping[int, str | None]:
        """Marks to change among all events of these leads: reasons by event key, None to clear.

        Call it after events came to leads or left them: when leads merge, and when a visitor's
        events become a lead's or another one's. Only a detector's own marks are cleared.
        """
        changes: dict[int, str | None] = {}
        for some in slices(set(leads)):
            found, stale = self._judged(connection, events.c.lead.in_(some))
            changes |= found | dict.fromkeys(stale)
        return changes

    def _spans(self, stored: Sequence[Stored]) -> Iterator[Span]:
        """The seconds around the events, by lead, where a rule could hold."""
        found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for event in stored:
            if event.lead is not None and (fewest := self._fewest(event)):
                found[event.lead].append((event.at, fewest))
        for lead, seconds in found.items():
            yield from _joined(lead, seconds)

    def _fewest(self, event: Stored) -> int:
        """Events of a visitor below which no rule about such an event holds; 0: no rule is."""
        if is_view(event.kind, event.event):
            return self._fewest_views
        if event.kind != "track":
            return 0
        if is_mail(event.event):
            return FEWEST_MAILS
        return self._fewest_acts if event.user_agent else 0

    def _judged(
        self, connection: Connection, *where: ColumnElement[bool]
    ) -> tuple[dict[int, str], list[int]]:
        """Reasons of events to mark; and events whose mark of a detector does not hold."""
        rows = connection.execute(LOOKED_AT.where(*where)).all()
        found: dict[int, str] = {}
        for _, of_one in groupby(rows, attrgetter("lead")):
            found |= self.of(map(seen, filter(_undeclared, of_one)))
        ours = [row for row in rows if row.bot_by is None and _undeclared(row)]
        new = {row.event_key for row in ours if row.bot is None}
        stale = [row.event_key for row in ours if row.bot and row.event_key not in found]
        return {key: why for key, why in found.items() if key in new}, stale

    def of(self, of_one: Iterable[Seen]) -> dict[int, str]:
        """Reasons by key among the events of one visitor."""
        known = list(of_one)
        found = dict.fromkeys(bursts.bursts(known, self.views, self.acts), bursts.REASON)
        mail = [event for event in known if is_mail(event.event)]
        if len(mail) >= FEWEST_MAILS and any(plain_name(e.event) in CLICKS | OPENS for e in mail):
            found |= dict.fromkeys(mails.scanned(mail), mails.REASON)
        return found


def _joined(lead: int, found: list[tuple[int, int]]) -> Iterator[Span]:
    """Spans around instants, those that touch made one."""
    found.sort()
    first, (last, fewest) = found[0][0], found[0]
    for at, needed in found[1:]:
        if at - last > 2 * SECONDS:
            yield Span(lead, first - SECONDS, last + SECONDS, fewest)
            first, fewest = at, needed
        last, fewest = at, min(fewest, needed)
    yield Span(lead, first - SECONDS, last + SECONDS, fewest)


def _undeclared(row: Any) -> bool:  # noqa: ANN401
    return not (row.bot or "").startswith(agents.PREFIX)


def seen(row: Any) -> Seen:  # noqa: ANN401
    """What is looked at of a row of `events`."""
    mail = is_mail(row.event)
    device = row.kind == "track" and not mail and _is_device(row.context)
    properties = msgspec.json.decode(row.properties) if mail else {}
    return Seen(row.event_key, row.kind, row.event, row.at, device, properties)


def _is_device(context: str) -> bool:
    user_agent = msgspec.json.decode(context).get("userAgent")
    return isinstance(user_agent, str) and bool(user_agent) and agents.agent(user_agent) is None
