"""Maps as the command line takes them: `employees="Nb employés"`, or a product's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tamis.errors import SourceError
from tamis.model.document import did_you_mean
from tamis.model.spec import Model, Table
from tamis.sources.matching import OPTIONAL, PROPERTIES, REQUIRED
from tamis.sources.options import Manner, Options, TableName, Theirs
from tamis.sources.source_file import TABLES, profile

FIELD_TABLES: Mapping[TableName, Table] = {
    "leads": "lead",
    "accounts": "account",
    "events": "event",
}
"""Whose fields a model declares; outcomes have none."""


def with_maps(options: Options, model: Model, texts: Iterable[str]) -> Options:
    """The options with maps added, later ones before earlier ones.

    A map is `field=column`, `table.field=column`, or the name of a product whose exports are known.
    A field is looked for in every table that declares it; with its table named, only there.
    Raises: SourceError for a field that no table has, or an unknown product.
    """
    for text in texts:
        ours, equals, column = text.partition("=")
        more = _mapped(model, ours.strip(), column) if equals else profile(text.strip())
        options = joined(options, more)
    return options


def joined(first: Options, then: Options) -> Options:
    """The first options with the columns and manners of the second added, which prevail."""
    columns: dict[str, Mapping[str, Theirs]] = {
        t: {**first.columns.get(t, {}), **then.columns.get(t, {})} for t in TABLES
    }
    manners: dict[str, Manner] = {
        t: _joined(first.manners.get(t, Manner()), then.manners.get(t, Manner())) for t in TABLES
    }
    return replace(first, columns=columns, manners=manners)


def _joined(first: Manner, then: Manner) -> Manner:
    said = {key: value for key, value in vars(then).items() if value is not None}
    return replace(first, **said)


def _mapped(model: Model, ours: str, column: str) -> Options:
    table, dot, field = ours.partition(".")
    if dot and table in TABLES and field in _names(model, table):
        return Options(columns={table: {field: column}})
    tables = [table for table in TABLES if ours in _names(model, table)]
    if not tables:
        known = sorted({name for table in TABLES for name in _names(model, table)})
        message = f"no field of the model is named `{ours}`, so there is nothing to map"
        raise SourceError(message, hint=did_you_mean(ours, known))
    # In several tables it need not be everywhere: where it is not, the field's own name is taken.
    theirs: Theirs = column if len(tables) == 1 else (column,)
    return Options(columns={table: {ours: theirs} for table in tables})


def _names(model: Model, table: TableName) -> list[str]:
    of = FIELD_TABLES.get(table)
    declared = [field.name for field in model.fields_of(of)] if of else []
    properties = [PROPERTIES] if table == "events" else []
    return [*REQUIRED[table], *OPTIONAL[table], *properties, *declared]
