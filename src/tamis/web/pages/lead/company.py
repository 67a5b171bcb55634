"""The company of a lead: what is known of it, its score, and the colleagues of the lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select

from tamis.language import translator
from tamis.server.read.answering import hundredths, json_of
from tamis.server.read.catalogue import today
from tamis.server.read.fresh import fresh
from tamis.server.read.rollup import account_score
from tamis.server.read.verdicts import L, S, scored, scored_lead
from tamis.web.names import company_of, name_of
from tamis.web.pages.lead.person import Fact, facts
from tamis.web.pages.lead.shown import Shown

MOST: Final = 50
"""Colleagues read at most: the account's score is of all, and shown only where these are all."""
LISTED: Final = 10


@dataclass(frozen=True)
class Colleague:
    """Another lead of the account, with what the model says of them."""

    lead_id: str
    name: str
    title: str
    score: Decimal | None
    cell: str | None
    temperature: str | None
    is_self: bool


@dataclass(frozen=True)
class Company:
    """Context of `lead/company.html`.

    `leads` is how many leads the account has, `score` what they make where the model rates
    accounts (null: it does not, or they are too many to read here), `rank` the place of the
    lead among them in the order of calling, from 1. `people` are the first of them.
    """

    account_id: str
    name: str
    facts: Sequence[Fact]
    leads: int
    score: Decimal | None
    rank: int | None
    people: Sequence[Colleague]
    how: str


def context(shown: Shown) -> Company | None:
    """The account of the lead; None where it has none."""
    account_id, version = shown.row["account_id"], shown.version
    if account_id is None:
        return None
    known = facts(
        {name: value for name, value in shown.account.items() if name != "name"},
        shown.visit.language,
        {},
    )
    name = company_of(shown.account) or account_id
    counted = select(func.count()).where(L.c.account_id == account_id)
    leads = int(shown.connection.execute(counted).scalar_one())
    if version is None:
        return Company(account_id, name, known, leads, None, None, (), "")
    query = scored(version, fields=True).where(L.c.account_id == account_id)
    query = query.order_by(S.c.turn, S.c.lead_id).limit(MOST)
    stored = [dict(row) for row in shown.connection.execute(query).mappings()]
    rows = fresh(shown.visit.server, shown.connection, version, stored)
    rows = sorted(rows, key=lambda row: (row["turn"], row["lead_id"]))
    day = today(version, shown.visit.server.clock)
    ids = [row["lead"] for row in rows]
    people = []
    for row in rows[:LISTED]:
        said = scored_lead(version, row, day)
        called = name_of(said.lead_id, json_of(row["fields"]))
        people.append(
            Colleague(
                said.lead_id,
                called.name,
                called.title,
                said.score,
                said.cell,
                said.temperature,
                row["lead"] == shown.lead,
            )
        )
    return Company(
        account_id,
        name,
        known,
        leads,
        hundredths(account_score(version.model, rows).score) if leads <= MOST else None,
        ids.index(shown.lead) + 1 if shown.lead in ids else None,
        people,
        _how(shown),
    )


def _how(shown: Shown) -> str:
    """How the model rates accounts, in words; empty where it does not."""
    assert shown.version is not None
    rollup, _ = shown.version.model.accounts, translator(shown.visit.language)
    if rollup is None:
        return ""
    texts = {
        "max": _("its best lead"),
        "mean": _("the mean of its leads"),
        "sum": _("the sum of its leads"),
        "top": _("the mean of its {count} best leads"),
    }
    return texts[rollup.rollup].format(count=rollup.count)
