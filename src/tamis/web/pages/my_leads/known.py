"""What lists of work say of leads: who they are, how they stand, why they were handed over.

Everything is read for all leads of a list in a few statements.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from tamis.model.scope import MANUAL
from tamis.model.spec import Rule
from tamis.reports.details import Evidence, detail, fired_name, looked_at
from tamis.reports.phrases import by_hand
from tamis.reports.reasons import Reason, share_of_score
from tamis.server.clock import day_of
from tamis.server.feedback.parts import Given, kept
from tamis.server.models.versions import Version
from tamis.server.notes.person import COMPANIES, TITLES
from tamis.server.read.answering import hundredths, json_of
from tamis.server.read.catalogue import today
from tamis.server.read.fresh import fresh
from tamis.server.read.verdicts import scored
from tamis.server.server import Server
from tamis.server.store.among import among
from tamis.server.store.tables import people, scoring

L, A, S = people.leads.c, people.accounts.c, scoring.scores.c
Fields = Mapping[str, Any]
REASONS = 3
NAMED_BY_US = ("account_id", "owner", "created_at")
"""Fields that say where a lead belongs: nobody corrects them beside a hand-off."""


@dataclass(frozen=True)
class Who:
    """A lead: its name, title and company, as far as known (else empty), and all its fields."""

    lead_id: str
    name: str
    title: str
    company: str
    fields: Fields
    account: Fields

    @property
    def phone(self) -> str:
        """A phone number; empty: none is known."""
        return _text(self.fields, "phone") or _text(self.fields, "phone_number")

    @property
    def email(self) -> str:
        """An e-mail address; empty: none is known."""
        return _text(self.fields, "email")


NOBODY = Who("", "", "", "", {}, {})
"""A lead of which nothing is known."""


@dataclass(frozen=True)
class Now:
    """What the model says today; null: nothing."""

    score: Decimal | None = None
    cell: str | None = None
    temperature: str | None = None


def who(connection: Connection, leads: Collection[int]) -> Mapping[int, Who]:
    """Who leads are."""
    joined = people.leads.outerjoin(people.accounts, A.account_id == L.account_id)
    columns = (L.lead, L.lead_id, L.fields, A.fields.label("account"))
    query = select(*columns).select_from(joined).where(among(L.lead, leads))
    return {row.lead: _who(row) for row in connection.execute(query)}


def _who(row: Any) -> Who:  # noqa: ANN401 (a row)
    fields, account = json_of(row.fields), json_of(row.account) if row.account else {}
    both = {"lead": fields, "account": account}
    return Who(
        row.lead_id,
        _name(fields) or _text(fields, "email"),
        _first(both, TITLES),
        _first(both, COMPANIES),
        fields,
        account,
    )


def _name(fields: Fields) -> str:
    parts = (_text(fields, "first_name"), _text(fields, "last_name"))
    return _text(fields, "name") or " ".join(filter(None, parts))


def _first(both: Mapping[str, Fields], names: Sequence[tuple[str, str]]) -> str:
    return next(filter(None, (_text(both[table], name) for table, name in names)), "")


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def now(
    server: Server, connection: Connection, version: Version, leads: Collection[int]
) -> Mapping[int, Now]:
    """What a version says of leads today; those without a score are left out."""
    query = scored(version).where(among(S.lead, leads))
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return {
        row["lead"]: Now(hundredths(row["score"]), row["cell"], row["temperature"])
        for row in fresh(server, connection, version, rows)
        if not row["excluded"]
    }


@dataclass(frozen=True)
class Reasons:
    """Why leads were handed over, in words, by a version of a model."""

    version: Version
    server: Server
    language: str

    def of(
        self, connection: Connection, handoffs: Mapping[int, Who]
    ) -> Mapping[int, Sequence[Reason]]:
        """The strongest reasons of each hand-off; none where its parts are not kept yet."""
        return {
            handoff: self._strongest(given, handoffs[handoff])
            for handoff, (_day, given) in kept(connection, list(handoffs)).items()
        }

    def _strongest(self, given: Sequence[Given], lead: Who) -> Sequence[Reason]:
        # Only those that are shown are put into words.
        reasons = [
            one for one in given if one.rule == MANUAL or one.rule in self.version.model.numbers
        ]
        strongest = sorted(reasons, key=lambda one: (-self._strength(one), -abs(one.points)))
        return [self._reason(one, lead) for one in strongest[:REASONS]]

    def _strength(self, one: Given) -> Decimal:
        return abs(one.points) * share_of_score(self.version.model, one.dimension)

    def _rule(self, one: Given) -> Rule | None:
        """The rule that gave something; None for what caps and ranges took, and for gone rules."""
        return self.version.model.rule(one.rule)

    def _reason(self, one: Given, lead: Who) -> Reason:
        model, language = self.version.model, self.language
        rule = self._rule(one)
        label, more = by_hand(language), ""
        if rule is not None:
            field = looked_at(model, rule)
            values = lead.account if field and field.table == "account" else lead.fields
            seen = Evidence(value=values.get(field.name) if field else None)
            label = fired_name(rule, seen, language)
            day = day_of(today(self.version, self.server.clock))
            more = detail(rule, seen, day, language) if field else ""
        share = share_of_score(model, one.dimension)
        return Reason(one.rule, one.dimension, label, more, one.points, share, language)
