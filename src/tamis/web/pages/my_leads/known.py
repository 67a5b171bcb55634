"""What lists of work say of leads: how they stand, why they were handed over.

Everything is read for all leads of a list in a few statements.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from tamis.model.scope import MANUAL
from tamis.model.spec import Rule
from tamis.reports.details import Evidence, detail, fired_name, looked_at
from tamis.reports.phrases import by_hand
from tamis.reports.reasons import Reason, share_of_score
from tamis.server.clock import day_of
from tamis.server.feedback.parts import Given, kept
from tamis.server.models.versions import Version
from tamis.server.read.answering import hundredths
from tamis.server.read.catalogue import today
from tamis.server.read.fresh import fresh
from tamis.server.read.verdicts import scored
from tamis.server.server import Server
from tamis.server.store.among import among
from tamis.server.store.tables import scoring
from tamis.web.leads_of_work import Who

S = scoring.scores.c
REASONS = 3
NAMED_BY_US = ("account_id", "owner", "created_at")
"""Fields that say where a lead belongs: nobody corrects them beside a hand-off."""


@dataclass(frozen=True)
class Now:
    """What the model says today; null: nothing."""

    score: Decimal | None = None
    cell: str | None = None
    temperature: str | None = None


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
