"""How good the data are: fields missing, invalid, corrected later, stale, by source of the lead."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from tamis.model.spec import Field, Model
from tamis.server.alignment.traits import sources
from tamis.server.feedback.facts import CORRECTION
from tamis.server.feedback.forms import FieldQuality, Quality, Quarantined
from tamis.server.ingest.declared import WRONG
from tamis.server.models import stored
from tamis.server.read.answering import json_of
from tamis.server.scoring.typed import UnreadableError, camel, cell, value_in
from tamis.server.store.among import among
from tamis.server.store.tables.messages import quarantine
from tamis.server.store.tables.people import lead_values, leads

DAY = 86_400_000_000
FRESH = 365
"""Days after which a value is stale where no version says sooner (`relies_on`)."""
NAMED = re.compile(r"(?:fields|traits|properties)\.(\w+) is ")
V, Q = lead_values.c, quarantine.c


class Heard(NamedTuple):
    """When a field of a lead was last said, and whether a correction followed another value."""

    at: int
    corrected: bool


def quality(connection: Connection, model: Model, now: int, days: int = 90) -> Quality:
    """The fields of leads that a model declares; first over all leads, then by source."""
    fields, fresh = model.fields_of("lead"), _fresh(connection, model)
    source = sources(connection, now)
    heard = _heard(connection, [field.name for field in fields])
    counts: defaultdict[tuple[str | None, str], Counter[str]] = defaultdict(Counter)
    zone = ZoneInfo(model.timezone)
    for lead, text in connection.execute(select(leads.c.lead, leads.c.fields)):
        known = json_of(text)
        for field in fields:
            since = heard.get((lead, field.name))
            limit = now - fresh.get(field.name, FRESH) * DAY
            found = _faults(field, value_in(known, field.name), since, limit, zone)
            for group in (None, source.get(lead, "")):
                counts[group, field.name].update(found)
    order = sorted(counts, key=lambda at: (at[0] is not None, at[0] or ""))
    return Quality(
        model.name,
        [_shown(*at, counts[at], fresh.get(at[1], FRESH)) for at in order],
        _put_aside(connection, now - days * DAY),
        days,
    )


def _faults(
    field: Field, value: object, heard: Heard | None, limit: int, zone: ZoneInfo
) -> list[str]:
    """What is to be said of a field of one lead; `limit` is the oldest instant that is fresh."""
    found = ["leads"]
    if heard is not None and heard.corrected:
        found.append("corrected")
    if value is None or value == "":
        return [*found, "missing"]
    if heard is not None and heard.at < limit:
        found.append("stale")
    try:
        cell(value, field.type, zone)
    except UnreadableError:
        found.append("invalid")
    return found


def _heard(connection: Connection, names: list[str]) -> Mapping[tuple[int, str], Heard]:
    """By lead and field; a field said under two names was said when it was last said."""
    written = {camel(name): name for name in names} | {name: name for name in names}
    mine = case((V.source == CORRECTION, V.at))
    chosen = (
        select(V.lead, V.field, func.max(V.at), func.max(mine), func.min(V.at))
        .where(among(V.field, written))
        .group_by(V.lead, V.field)
    )
    found: dict[tuple[int, str], Heard] = {}
    for lead, field, at, corrected, first in connection.execute(chosen):
        key = lead, written[field]
        before = found.get(key, Heard(at, corrected=False))
        is_later = corrected is not None and first < corrected
        found[key] = Heard(max(at, before.at), before.corrected or is_later)
    return found


def _fresh(connection: Connection, model: Model) -> Mapping[str, int]:
    active = stored.active(connection, model.name)
    return {one.field: one.fresh_within for one in active.relies_on} if active else {}


def _shown(source: str | None, field: str, counts: Counter[str], fresh: int) -> FieldQuality:
    names = ("leads", "missing", "invalid", "corrected", "stale")
    counted = {name: counts[name] for name in names}
    return FieldQuality(source=source, field=field, fresh_days=fresh, **counted)


def _put_aside(connection: Connection, since: int) -> list[Quarantined]:
    """Messages put aside; of values of another type than declared, by field."""
    wrong = Q.code == WRONG
    recent = Q.received_at >= since
    of_type = select(Q.kind, Q.code, Q.reason).where(recent, wrong)
    counts = Counter(
        (kind, code, _field_in(reason)) for kind, code, reason in connection.execute(of_type)
    )
    others = select(Q.kind, Q.code, func.count()).where(recent, ~wrong).group_by(Q.kind, Q.code)
    for kind, code, number in connection.execute(others):
        counts[kind, code, None] = number
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [Quarantined(*what, number) for what, number in ordered]


def _field_in(reason: str) -> str | None:
    """The field that a reason names, as `tamis.server.ingest.declared` writes it."""
    found = NAMED.match(reason)
    return found[1] if found else None
