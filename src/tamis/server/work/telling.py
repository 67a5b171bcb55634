"""What targets are told of work: rows of the outbox, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from tamis.server.clock import written
from tamis.server.delivery import outbox, takers
from tamis.server.delivery.outbox import OfLead
from tamis.server.store.among import among
from tamis.server.store.tables import access, people
from tamis.server.work.handoffs import Handoff

Tell = Callable[[str], Sequence[str]]
"""The names of the targets that are told of a kind of messages: `tell_of`."""
FIELDS: Final = ("name", "first_name", "last_name", "company", "email")


def NOBODY(_kind: str) -> Sequence[str]:  # noqa: N802 (a value: the Tell of no targets)
    """No target is told anything."""
    return ()


def tell_of(connection: Connection) -> Tell:
    """Who is told, as the store knows it: a command beside a server tells the same targets.

    Each kind is asked for once: it is for one transaction.
    """
    return cache(partial(takers.taking, connection))


def told(
    connection: Connection,
    tell: Tell,
    kind: str,
    work: Handoff,
    at: int,
    *,
    cause: str,
    **more: Any,  # noqa: ANN401 (what JSON has)
) -> None:
    """Tell the targets that take a kind of messages what became of a hand-off, each once.

    `cause` names what happened to it in this round; `more` goes into the payload beside the rest.
    """
    told_each(connection, tell, kind, [work], at, cause=cause, **more)


def told_each(
    connection: Connection,
    tell: Tell,
    kind: str,
    some: Sequence[Handoff],
    at: int,
    *,
    cause: str,
    **more: Any,  # noqa: ANN401 (what JSON has)
) -> None:
    """As `told`, of many hand-offs in a few statements."""
    targets = tell(kind) if some else ()
    if not targets:
        return
    leads = of_leads(connection, {work.lead for work in some})
    emails = emails_of(connection, {work.owner for work in some if work.owner})
    messages = [
        OfLead(
            work.lead,
            {**leads[work.lead], **_of_work(work, emails), **more},
            # With the instant: SQLite gives the number of the latest row again when it was erased.
            f"{work.handoff}-{work.made_at}-{work.round}-{cause}",
        )
        for work in some
    ]
    for target in targets:
        outbox.put_many(connection, target, kind, messages, at)


def _of_work(work: Handoff, emails: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        "handoff": work.handoff,
        "model": work.model,
        "play": work.play,
        "queue": work.queue,
        "state": work.state,
        "score": None if work.score is None else work.score / 100,
        "cell": work.cell,
        "owner": work.owner,
        "owner_email": emails.get(work.owner) if work.owner else None,
        "due_at": None if work.due_at is None else written(work.due_at),
        **({"reason": work.reason} if work.reason else {}),
    }


def of_leads(connection: Connection, leads: Collection[int]) -> dict[int, dict[str, Any]]:
    """What messages say of leads: id, name, company, e-mail as far as known, where to read on."""
    found: dict[int, dict[str, Any]] = {lead: {} for lead in leads}
    l_, i = people.leads.c, people.identities.c
    rows = connection.execute(
        select(l_.lead, l_.lead_id, l_.account_id, l_.fields).where(among(l_.lead, leads))
    )
    for row in rows:
        known = msgspec.json.decode(row.fields)
        said = {name: known[name] for name in FIELDS if isinstance(known.get(name), str)}
        full = " ".join(said.pop(n) for n in ("first_name", "last_name") if n in said)
        found[row.lead] = {"lead_id": row.lead_id, **({"name": full} if full else {}), **said}
        found[row.lead]["path"] = f"/leads/{row.lead_id}"
    mails = select(i.lead, i.value).where(among(i.lead, leads), i.kind == "email")
    for lead, email in connection.execute(mails.order_by(i.at.desc())):
        # The earliest stands in the end: what a person is known by longest.
        found[lead]["email"] = email
    return found


def emails_of(connection: Connection, logins: Collection[str]) -> dict[str, str | None]:
    """The addresses of people who use the server, null: none; others are left out."""
    u = access.users.c
    if not logins:
        return {}
    rows = connection.execute(select(u.login, u.email).where(among(u.login, logins)))
    return {row.login: row.email for row in rows}


def email_of(connection: Connection, login: str | None) -> str | None:
    """The address of somebody who uses the server; None: there is none."""
    return emails_of(connection, [login]).get(login) if login is not None else None
