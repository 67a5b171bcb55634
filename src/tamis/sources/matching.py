"""Our columns found among theirs: by the maps, by name, or inside the events' `properties`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.model.document import did_you_mean
from tamis.sources.cells import held, is_text
from tamis.sources.delivered import Delivered, Given
from tamis.sources.options import Options, TableName, Theirs
from tamis.sql.relation import Column

REQUIRED: Mapping[TableName, tuple[str, ...]] = {
    "leads": ("lead_id",),
    "accounts": ("account_id",),
    "events": ("lead_id", "event", "timestamp"),
    "outcomes": ("lead_id", "outcome", "timestamp"),
    "adjustments": ("lead_id", "dimension", "points"),
}
OPTIONAL: Mapping[TableName, tuple[str, ...]] = {
    "leads": ("account_id", "valid_from"),
    "accounts": (),
    "events": ("event_id", "bot"),
    "outcomes": ("amount",),
    "adjustments": ("first_day", "last_day"),
}
PROPERTIES = "properties"
NULL = Given("", exp.null(), exp.DataType.build("NULL"))


def our_name(column: Column) -> str:
    """The name that a user knows a column of the chain by: the field's, without its table."""
    return column.name.partition("__")[2] or column.name


def theirs(delivered: Delivered, name: str, options: Options) -> Given | None:
    """Their column for one of our names; None when there is none.

    Raises: SourceError when a map names a column that is not there.
    """
    wanted: Theirs = options.columns.get(delivered.table, {}).get(name, (name,))
    if isinstance(wanted, str):
        if wanted not in delivered.columns and not delivered.nothing:
            raise _absent(
                delivered, wanted, f"no column `{wanted}`, which the map gives for `{name}`"
            )
        return delivered.columns.get(wanted)
    found = (delivered.columns.get(one) for one in (*wanted, name))
    return next((given for given in found if given is not None), None)


@dataclass(frozen=True)
class _Missing:
    """A column of ours that is not there; `null_if_told`: the run may say to do without."""

    error: SourceError
    map: str
    null_if_told: bool


def matched(
    session: Session,
    delivered: Mapping[TableName, Delivered],
    columns: Mapping[TableName, Sequence[Column]],
    options: Options,
) -> Mapping[TableName, Mapping[str, Given]]:
    """Their column for each column of the chain, by table.

    Raises: SourceError that names all that are missing.
    """
    linked = "accounts" in delivered
    found = {
        name: {c.name: _one(session, one, c, options, linked=linked) for c in columns[name]}
        for name, one in delivered.items()
    }
    each = [given for one in found.values() for given in one.values()]
    if missing := [given for given in each if isinstance(given, _Missing)]:
        raise _together(missing)
    return {
        name: {ours: given for ours, given in one.items() if isinstance(given, Given)}
        for name, one in found.items()
    }


def _together(missing: Sequence[_Missing]) -> SourceError:
    """One error for all, with what can be done."""
    first = missing[0].error
    many = len(missing) > 1
    # Ids cannot be left out, so they are the better example.
    example = min(missing, key=lambda one: one.null_if_told).map
    mend = f"name {'each' if many else 'the'} column with `--map {example}=COLUMN`"
    if any(one.null_if_told for one in missing):
        mend += f", or leave {'fields' if many else 'it'} empty with `--missing-as-null`"
    if not many:
        hint = f"{first.hint}\n    {mend}" if first.hint else mend
        return SourceError(first.message, first.place, hint)
    lines = [_line(first), *(f"{one.error.place}: {_line(one.error)}" for one in missing[1:])]
    return SourceError("\n".join(lines), first.place, mend)


def _line(error: SourceError) -> str:
    near = error.hint if error.hint.startswith("did") else ""
    return f"{error.message}; {near}" if near else error.message


def _one(
    session: Session, delivered: Delivered, column: Column, options: Options, *, linked: bool
) -> Given | _Missing:
    name = our_name(column)
    if given := theirs(delivered, name, options):
        return given
    declared = column.name != name
    if (
        declared
        and delivered.table == "events"
        and (inside := _property(session, delivered, name, options))
    ):
        return inside
    link = linked and (delivered.table, name) == ("leads", "account_id")
    may_lack = options.missing_as_null if declared or link else name in OPTIONAL[delivered.table]
    if may_lack or delivered.nothing:
        return NULL
    why = ", which the model declares" if declared else ""
    why = ", by which leads find their accounts" if link else why
    error = _absent(delivered, name, f"no column `{name}`{why}")
    return _Missing(error, f"{delivered.table}.{name}", declared or link)


def _absent(delivered: Delivered, name: str, message: str) -> SourceError:
    known = list(delivered.columns)
    same = [one for one in known if one.casefold().strip() == name.casefold().strip()]
    hint = f"did you mean `{same[0]}`?" if same else did_you_mean(name, known)
    return SourceError(message, Place(delivered.shown), hint)


def _property(session: Session, delivered: Delivered, name: str, options: Options) -> Given | None:
    """A field out of the column `properties`, JSON text or a struct."""
    properties = theirs(delivered, PROPERTIES, options)
    if properties is None:
        return None
    if delivered.on_server and properties.type.this != exp.DType.JSON:
        message = f"column `{properties.name}` holds {held(properties.type)}, and no JSON"
        hint = f"make it jsonb, or name a view that does; else a column `{name}` is missing"
        raise SourceError(message, Place(delivered.shown), hint)
    if is_text(properties.type):
        value = session.json_text(exp.cast(properties.value, exp.DType.VARCHAR), name)
        return Given(f"properties.{name}", value, exp.DataType.build("VARCHAR"))
    if properties.type.this == exp.DType.STRUCT:
        for member in properties.type.expressions:
            if member.name == name:
                return Given(
                    f"properties.{name}",
                    session.member(properties.value.copy(), name),
                    member.args["kind"],
                )
        return NULL
    return None
