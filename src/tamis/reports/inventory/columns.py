"""The columns of tables as delivered, with the types that a model would declare for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from tamis.engines.base import FILE_COLUMN, Session
from tamis.model import titles
from tamis.model.spec import FieldType, Table
from tamis.sql.chain import SQL_TYPES
from tamis.sql.write import table, text, tree

LOOKED_AT = 100_000
"""Rows that the type of a text column is told from."""


@dataclass(frozen=True)
class Seen:
    """A column to look at: the field that it is or could be, and the tree that reads its value."""

    table: Table
    name: str
    type: FieldType | None
    value: exp.Expr


BLANK = "[ \u00a0\u202f]"
WHOLE = rf"(?:0|[1-9]\d{{0,17}}|[1-9]\d{{0,2}}(?:{BLANK}\d{{3}})+)"
DAY = r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{4})"
WRITTEN: Sequence[tuple[FieldType, str]] = (
    ("integer", rf"^-?{WHOLE}$"),
    ("number", rf"^-?{WHOLE}(?:[.,]\d+)?$"),
    ("boolean", r"^(?:true|false|yes|no|oui|non|vrai|faux)$"),
    ("date", rf"^{DAY}$"),
    ("timestamp", rf"^{DAY}(?:[ Tt]\d{{1,2}}:\d{{2}}.*)?$"),
)
"""How values of each type are written, in lower case; what begins with 0 is a code: text."""


def raw_columns(session: Session, kind: Table, relation: str) -> list[Seen]:
    """The columns of a raw relation with the types that a model would declare."""
    types = {n: t for n, t in session.types(relation).items() if n.strip() and n != FILE_COLUMN}
    told = {name: _declared(type_) for name, type_ in types.items()}
    texts = [name for name, declared in told.items() if declared == "text"]
    written = _written(session, relation, texts)
    return [
        Seen(kind, name, written.get(name, declared), _read(name, declared, written.get(name)))
        for name, declared in told.items()
    ]


def _declared(type_: exp.DataType) -> FieldType | None:
    if type_.is_type(*exp.DataType.TEXT_TYPES):
        return "text"
    if type_.is_type(*exp.DataType.INTEGER_TYPES):
        return "integer"
    if type_.is_type(*exp.DataType.REAL_TYPES):
        return "number"
    if type_.is_type("boolean"):
        return "boolean"
    if type_.is_type("date"):
        return "date"
    return "timestamp" if type_.is_type(*exp.DataType.TEMPORAL_TYPES) else None


def _filled(name: str) -> exp.Expr:
    return tree("nullif(trim(:c), '')", c=quoted(name))


def quoted(name: str) -> exp.Expr:
    """A column by its name in the data."""
    return exp.column(exp.to_identifier(name, quoted=True))


def _written(session: Session, relation: str, texts: Sequence[str]) -> Mapping[str, FieldType]:
    """The type that all values of a text column are written as, by the first rows."""
    if not texts:
        return {}
    counts: list[exp.Expr] = []
    for name in texts:
        counts.append(tree("count(:v)", v=_filled(name)))
        for _, pattern in WRITTEN:
            fits = exp.RegexpLike(this=tree("lower(:v)", v=_filled(name)), expression=text(pattern))
            counts.append(tree("count(CASE WHEN :fits THEN 1 END)", fits=fits))
    first = exp.select(*map(quoted, texts)).from_(table(relation)).limit(LOOKED_AT)
    (row,) = session.rows(exp.select(*counts).from_(first.subquery("t")))
    width = 1 + len(WRITTEN)
    found: dict[str, FieldType] = {}
    for place, name in enumerate(texts):
        filled, *fitting = row[place * width : (place + 1) * width]
        kinds = [kind for (kind, _), n in zip(WRITTEN, fitting, strict=True) if n == filled]
        found[name] = kinds[0] if filled and kinds else "text"
    return found


def _read(name: str, declared: FieldType | None, written: FieldType | None) -> exp.Expr:
    """The value of a raw column; what is written in a text as another type is read as such."""
    if declared != "text":
        return quoted(name)
    value = _filled(name)
    if written in ("integer", "number"):
        bare = tree("regexp_replace(:v, :blank, '', 'g')", v=value, blank=text(BLANK))
        kind = exp.DType.BIGINT if written == "integer" else exp.DType.DOUBLE
        plain = tree("replace(:v, ',', '.')", v=bare)
        return exp.TryCast(this=plain, to=exp.DataType(this=kind))
    if written in ("date", "timestamp"):
        # Days written 01/02/2026 are left out: nobody said which is the month.
        return exp.TryCast(this=value, to=SQL_TYPES[written].copy())
    return value


NAMES: Mapping[str, tuple[str, ...]] = {
    "lead_id": (
        "lead id",
        "lead",
        "contact id",
        "user id",
        "customer id",
        "visitor id",
        "prospect id",
        "case id",
        "mql id",
        "contact",
        "id prospect",
        "id contact",
        "id client",
        "caseid",
        "opportunity id",
        "email",
    ),
    "event": (
        "event",
        "event name",
        "event type",
        "activity",
        "action",
        "interaction",
        "activity id",
        "activityid",
        "type",
        "evenement",
        "nom evenement",
        "type evenement",
        "activite",
    ),
    "timestamp": (
        "timestamp",
        "time",
        "event time",
        "occurred at",
        "created at",
        "date",
        "datetime",
        "event date",
        "completetimestamp",
        "horodatage",
        "date evenement",
        "date heure",
    ),
    "bot": ("bot", "is bot", "robot"),
}
"""How columns of events are called in real data, folded like titles, the best name first."""


def own_column(own: str, columns: Iterable[str]) -> str | None:
    """The column that holds one of our own, by its name; None when none looks like it."""
    by_name = {titles.normalise(name).strip(): name for name in columns}
    return next((by_name[name] for name in NAMES[own] if name in by_name), None)
