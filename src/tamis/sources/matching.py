"""Our columns found among theirs: by the maps, by name, or inside the events' `properties`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.model.document import did_you_mean
from tamis.sources.cells import is_text
from tamis.sources.delivered import Delivered, Given
from tamis.sources.options import Options, TableName, Theirs
from tamis.sql.relation import Column

REQUIRED: Mapping[TableName, tuple[str, ...]] = {
    "leads": ("lead_id",),
    "accounts": ("account_id",),
    "events": ("lead_id", "event", "timestamp"),
}
OPTIONAL: Mapping[TableName, tuple[str, ...]] = {
    "leads": ("account_id", "valid_from"),
    "accounts": (),
    "events": ("event_id", "bot"),
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


def matched(
    session: Session, delivered: Delivered, columns: Sequence[Column], options: Options
) -> Mapping[str, Given]:
    """Their column for each column of the chain. Raises: SourceError for one that is missing."""
    return {column.name: _one(session, delivered, column, options) for column in columns}


def _one(session: Session, delivered: Delivered, column: Column, options: Options) -> Given:
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
    may_lack = name in OPTIONAL[delivered.table] if not declared else options.missing_as_null
    if may_lack or delivered.nothing:
        return NULL
    raise _absent(
        delivered, name, f"no column `{name}`" + (", which the model declares" if declared else "")
    )


def _absent(delivered: Delivered, name: str, message: str) -> SourceError:
    place = Place(
        delivered.label or delivered.files[0].shown
        if delivered.files
        else delivered.label or delivered.table
    )
    known = list(delivered.columns)
    same = [one for one in known if one.casefold().strip() == name.casefold().strip()]
    return SourceError(
        message,
        place,
        did_you_mean(name, same or known) if not same else f"did you mean `{same[0]}`?",
    )


def _property(session: Session, delivered: Delivered, name: str, options: Options) -> Given | None:
    """A field out of the column `properties`, JSON text or a struct."""
    properties = theirs(delivered, PROPERTIES, options)
    if properties is None:
        return None
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
