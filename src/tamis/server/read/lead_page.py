"""One lead: who it is, what every active model says of it, its history and its timeline."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, case, select

from tamis.server.clock import day_of, written
from tamis.server.models.versions import Version
from tamis.server.problems import not_found
from tamis.server.read import answers
from tamis.server.read.answering import json_of, plain
from tamis.server.read.catalogue import active
from tamis.server.read.fresh import Stored, parts
from tamis.server.read.next_stage import next_stage
from tamis.server.read.verdicts import L, verdict_on
from tamis.server.server import Server
from tamis.server.store.tables import people

N, C, M, A = people.identities, people.consents, people.adjustments, people.accounts


def found(connection: Connection, lead_id: str) -> Stored:
    """The lead of an id: its own, else one that led to it, by user id and then by e-mail.

    Raises: Problem 404.
    """
    plain("lead_id", lead_id)
    own = connection.execute(select(L).where(L.c.lead_id == lead_id)).mappings().first()
    return dict(own) if own else _led_to(connection, lead_id)


def _led_to(connection: Connection, name: str) -> Stored:
    known = (N.c.kind == "user") & (N.c.value == name)
    known |= (N.c.kind == "email") & (N.c.value == name.lower())
    query = select(L).join(N, N.c.lead == L.c.lead).where(known)
    order = case((N.c.kind == "user", 0), else_=1)
    row = connection.execute(query.order_by(order).limit(1)).mappings().first()
    if row is None:
        raise not_found("there is no such lead")
    return dict(row)


def lead_page(server: Server, connection: Connection, row: Stored) -> answers.Lead:
    """Everything about a lead but its history."""
    lead = row["lead"]
    return answers.Lead(
        lead_id=row["lead_id"],
        account_id=row["account_id"],
        owner=row["owner"],
        opted_out=row["opted_out"],
        first_at=written(row["first_at"]),
        last_at=written(row["last_at"]),
        fields=json_of(row["fields"]),
        account=account(connection, row["account_id"]),
        identities=identities_of(connection, lead),
        consents=consents_of(connection, lead),
        adjustments=adjustments_of(connection, lead),
        verdicts=_verdicts(server, connection, lead),
    )


def account(connection: Connection, account_id: str | None) -> answers.Account | None:
    """An account that is known; None for one that is only named."""
    query = select(A.c.fields).where(A.c.account_id == account_id)
    known = connection.execute(query).scalar() if account_id is not None else None
    return answers.Account(account_id or "", json_of(known)) if known is not None else None


def identities_of(connection: Connection, lead: int) -> list[answers.Identity]:
    """The ids by which a lead is known."""
    query = select(N).where(N.c.lead == lead).order_by(N.c.kind, N.c.value)
    rows = connection.execute(query)
    return [answers.Identity(row.kind, row.value, written(row.at)) for row in rows]


def consents_of(connection: Connection, lead: int) -> list[answers.Consent]:
    """What a lead agreed to or refused, the latest first."""
    query = select(C).where(C.c.lead == lead).order_by(C.c.at.desc(), C.c.purpose)
    rows = connection.execute(query)
    return [answers.Consent(r.purpose, r.given, written(r.at), r.source) for r in rows]


def adjustments_of(connection: Connection, lead: int) -> list[answers.Adjustment]:
    """Points given by hand, withdrawn ones too, the latest first."""
    query = select(M).where(M.c.lead == lead).order_by(M.c.adjustment.desc())
    return [
        answers.Adjustment(
            adjustment=row.adjustment,
            model=row.model,
            dimension=row.dimension,
            points=Decimal(row.points).scaleb(-3),
            reason=row.reason,
            made_by=row.made_by,
            made_at=written(row.made_at),
            first_day=day_of(row.first_day),
            last_day=None if row.last_day is None else day_of(row.last_day),
            withdrawn_at=None if row.withdrawn_at is None else written(row.withdrawn_at),
        )
        for row in connection.execute(query)
    ]


def _verdicts(server: Server, connection: Connection, lead: int) -> list[answers.Judged]:
    judged = (_judged(server, connection, version, lead) for version in active(connection))
    return [one for one in judged if one is not None]


def _judged(
    server: Server, connection: Connection, version: Version, lead: int
) -> answers.Judged | None:
    said = verdict_on(server, connection, version, lead)
    if said is None:
        return None
    told = {name: getattr(said, name) for name in said.__struct_fields__}
    reasons = [_part(one) for one in parts(server, connection, version, lead)]
    missing = next_stage(version.model, said.score, said.stage)
    return answers.Judged(**told, parts=reasons, next_stage=missing)


def _part(row: Stored) -> answers.Part:
    last: Any = row.get("last_day")
    return answers.Part(
        dimension=row["dimension"],
        rule=row["rule"],
        points=row["points"],
        group=row.get("group"),
        count=row.get("count"),
        last_day=day_of(last) if isinstance(last, int) else last,
    )
