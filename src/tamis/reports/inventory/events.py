"""Events and pages counted: volume, leads, first and last seen, robots, rules that ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlglot import exp

from tamis.engines.base import Engine
from tamis.reports.inventory.columns import NAMES, Seen, own_column, quoted
from tamis.reports.inventory.found import EventFound, PageFound
from tamis.sql.write import all_of, column, named, query, table, text, tree

ADDRESSES = "inventory_addresses"
MOST_PAGES = 200


@dataclass(frozen=True)
class Stream:
    """The relation of events and the trees that read the columns which every event has."""

    relation: str
    lead: exp.Expr
    event: exp.Expr
    instant: exp.Expr
    bot: exp.Expr | None = None


def raw_stream(relation: str, columns: Sequence[Seen]) -> Stream | None:
    """The events of a raw relation; None when no column holds a name."""
    by_name = {seen.name: seen for seen in columns}
    found = {own: own_column(own, by_name) for own in NAMES}
    event, lead, instant, bot = (found[o] for o in ("event", "lead_id", "timestamp", "bot"))
    if event is None:
        return None
    read = by_name[instant].value if instant else exp.null()
    typed = instant and by_name[instant].type in ("date", "timestamp")
    marked = bot and by_name[bot].type == "boolean" and isinstance(by_name[bot].value, exp.Column)
    return Stream(
        relation,
        quoted(lead) if lead else exp.null(),
        exp.cast(quoted(event), exp.DType.VARCHAR),
        exp.cast(read.copy(), exp.DType.TIMESTAMP)
        if typed
        else exp.cast(exp.null(), exp.DType.TIMESTAMP),
        quoted(bot) if bot and marked else None,
    )


def events(session: Engine, stream: Stream) -> Iterable[EventFound]:
    """One pass: the names of events, the most frequent first."""
    select = query(
        """
        SELECT :event AS name, count(*) AS n, :leads AS leads,
          min(:at) AS first_at, max(:at) AS last_at, :bots AS bots
        FROM :rows AS e WHERE NOT :event IS NULL GROUP BY 1 ORDER BY n DESC, name
        """,
        event=stream.event,
        leads=exp.ApproxDistinct(this=stream.lead.copy()),
        at=stream.instant,
        bots=tree("count(CASE WHEN :b THEN 1 END)", b=stream.bot) if stream.bot else exp.null(),
        rows=table(stream.relation),
    )
    for name, n, leads, first, last, bots in session.rows(select):
        volume = cast(int, n)
        share = None if bots is None else cast(int, bots) / volume
        about = min(cast(int, leads), volume)
        yield EventFound(str(name), volume, about, _instant(first), _instant(last), share)


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


@dataclass(frozen=True)
class PageRule:
    """A rule that asks for an address: its events (empty: any) and its condition.

    `condition` is null when the rule asks for more of the event than its address.
    """

    rule: str
    events: tuple[str, ...]
    condition: exp.Expr | None


def path_of(address: exp.Expr) -> exp.Expr:
    """An address without host, query and fragment; `/` when nothing is left."""
    bare = tree("split_part(split_part(:a, '?', 1), '#', 1)", a=address)
    return tree("coalesce(nullif(regexp_replace(:a, '^[a-zA-Z]+://[^/]*', ''), ''), '/')", a=bare)


def pages(
    session: Engine, stream: Stream, address: exp.Expr | None, rules: Sequence[PageRule]
) -> tuple[tuple[PageFound, ...], int]:
    """Two passes over the events: the distinct addresses, then the leads of the pages shown."""
    if address is None:
        return (), 0
    distinct = query(
        """
        SELECT :event AS event, :address AS address, count(*) AS n,
          min(:at) AS first_at, max(:at) AS last_at
        FROM :rows AS e WHERE NOT :address IS NULL GROUP BY 1, 2
        """,
        event=stream.event,
        address=address,
        at=stream.instant,
        rows=table(stream.relation),
    )
    session.keep(ADDRESSES, distinct)
    matched = [named(_asked(rule), f"rule_{place}") for place, rule in enumerate(rules)]
    grouped = query(
        """
        SELECT :path AS page, sum(a.n) AS n,
          min(a.first_at) AS first_at, max(a.last_at) AS last_at, :matched
        FROM inventory_addresses AS a GROUP BY 1 ORDER BY n DESC, page
        """,
        path=path_of(column("address", "a")),
        matched=matched,
    )
    (counted,) = session.rows(exp.select(exp.Count(this=exp.Star())).from_(grouped.subquery("p")))
    rows = session.rows(grouped.limit(MOST_PAGES))
    leads = _page_leads(session, stream, address, [str(row[0]) for row in rows])
    session.drop([ADDRESSES])
    return tuple(_page(row, leads, rules) for row in rows), cast(int, counted[0])


def _asked(rule: PageRule) -> exp.Expr:
    """Whether any event at an address is one that the rule asks for."""
    conditions = (
        [exp.In(this=column("event", "a"), expressions=[text(e) for e in rule.events])]
        if rule.events
        else []
    )
    where = rule.condition.copy() if rule.condition else exp.true()
    for found in list(where.find_all(exp.Column)):
        found.replace(column("address", "a"))
    return tree("max(CASE WHEN :c THEN 1 ELSE 0 END)", c=all_of([*conditions, exp.paren(where)]))


def _page_leads(
    session: Engine, stream: Stream, address: exp.Expr, pages: Sequence[str]
) -> Mapping[str, int]:
    """About how many leads saw each of the pages."""
    if not pages:
        return {}
    known = query(
        """
        SELECT DISTINCT a.address, :path AS page FROM inventory_addresses AS a
        WHERE :path IN (:pages)
        """,
        path=path_of(column("address", "a")),
        pages=[text(page) for page in pages],
    )
    select = query(
        """
        SELECT k.page, :leads AS leads
        FROM (
          SELECT :lead AS lead, :address AS address FROM :rows AS e WHERE NOT :address IS NULL
        ) AS v
        JOIN :known ON k.address = v.address GROUP BY 1
        """,
        leads=exp.ApproxDistinct(this=column("lead", "v")),
        lead=stream.lead,
        address=address,
        rows=table(stream.relation),
        known=known.subquery("k"),
    )
    return {str(page): cast(int, leads) for page, leads in session.rows(select)}


def _page(row: Sequence[object], leads: Mapping[str, int], rules: Sequence[PageRule]) -> PageFound:
    address, volume = str(row[0]), int(cast(int, row[1]))
    matching = [rule for rule, hit in zip(rules, row[4:], strict=True) if hit]
    return PageFound(
        address,
        volume,
        min(leads.get(address, 0), volume),
        _instant(row[2]),
        _instant(row[3]),
        tuple(rule.rule for rule in matching if rule.condition is not None),
        tuple(rule.rule for rule in matching if rule.condition is None),
    )
