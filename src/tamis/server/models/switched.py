"""What a switch from one version to another changes for every lead, told in the history.

It is done by the database, for all leads in one statement each: a million of them never stand in
memory. Until the switch a version's own entries were in nobody's sight (`shown_then`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from tamis.server.scoring.entries import latest_entry
from tamis.server.scoring.rows import SHOWN
from tamis.server.store.tables.models import version_steps
from tamis.server.store.tables.scoring import score_history, scores

NAMES = (
    *("entry", "version_key", "lead", "at", "day", "cause", "messages"),
    *("score_before", "score_after", "before", "after"),
)
TURNS = ("activated", "retired")
"""Steps between which what a version says is in use."""
Tree = Any
"""A tree of SQLAlchemy, of whatever type."""


def tell(connection: Connection, new: int, former: int | None, at: int) -> None:
    """Write an entry for each lead whom a new version judges otherwise, in the order of calling.

    `former` is the version that was active until now, None for none; `at` in microseconds. A lead
    that both judge alike keeps the entry that made its verdict: for who reads, nothing changed.
    """
    last = latest_entry(connection)
    rows = _changed(connection.dialect.name, new, former, at, last)
    connection.execute(insert(score_history).from_select(NAMES, rows))
    h, old = score_history.c, scores.alias("former")
    told = select(h.entry).where(h.lead == scores.c.lead, h.entry > last).scalar_subquery()
    kept = (
        select(old.c.changed)
        .where(old.c.version_key == former, old.c.lead == scores.c.lead)
        .scalar_subquery()
    )
    changed = func.coalesce(told, kept, scores.c.changed)
    connection.execute(update(scores).where(scores.c.version_key == new).values(changed=changed))


def _changed(dialect: str, new: int, former: int | None, at: int, last: int) -> Tree:
    """The entries: what the two versions say of each lead of whom they do not say the same."""
    old, now = scores.alias("former"), scores.alias("now")
    same_lead = and_(old.c.version_key == former, old.c.lead == now.c.lead)
    joined = now.outerjoin(old, same_lead if former is not None else false())
    other = (old.c[name].is_distinct_from(now.c[name]) for name in SHOWN)
    before = case((old.c.lead.is_(None), "{}"), else_=_said(dialect, old))
    return (
        select(
            last + func.row_number().over(order_by=(now.c.turn, now.c.lead_id)),
            *(now.c.version_key, now.c.lead, literal(at), now.c.as_of),
            *(literal("model"), literal("[]"), old.c.score, now.c.score),
            *(before, _said(dialect, now)),
        )
        .select_from(joined)
        .where(now.c.version_key == new, or_(old.c.lead.is_(None), *other))
    )


def _said(dialect: str, row: Tree) -> ColumnElement[str]:
    """A verdict as JSON, as `scoring.rows` writes it."""
    is_sqlite = dialect == "sqlite"

    def raw(text: Tree) -> Tree:
        return func.json(text) if is_sqlite else cast(text, JSON)

    excluded = raw(case((row.c.excluded, "true"), else_="false"))
    parts: dict[str, Tree] = {name: row.c[name] for name in SHOWN}
    parts |= {"excluded": excluded}
    parts |= {name: raw(row.c[name]) for name in ("dimensions", "grades")}
    made = func.json_object if is_sqlite else func.json_build_object
    pairs = [one for name, value in parts.items() for one in (literal(name), value)]
    return cast(made(*pairs), Text)


def shown_then(history: Tree) -> ColumnElement[bool]:
    """Whether the version of an entry was in use when it was written.

    What it said in shadow, or on its way to be active, was never shown to anybody. Only for
    versions that are active or were: others have nothing that was shown.
    """
    s = version_steps.c
    turns = select(s.action).where(s.version_key == history.c.version_key, s.action.in_(TURNS))
    before = turns.where(s.entry < history.c.entry).order_by(s.step.desc()).limit(1)
    after = turns.where(s.entry >= history.c.entry).order_by(s.step).limit(1)
    return and_(
        func.coalesce(before.scalar_subquery(), "activated") == "activated",
        func.coalesce(after.scalar_subquery(), "retired") == "retired",
    )
