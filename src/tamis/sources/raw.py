"""Tables as delivered under their own column names, before any model says what they mean."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tamis.engines.base import Session
from tamis.sources.deliver import deliver
from tamis.sources.options import Manner, TableName
from tamis.sql.write import table


def raw_tables(session: Session, given: Mapping[TableName, object]) -> dict[str, str]:
    """The relation of each table given, with the columns' own names.

    Raises: SourceError for data that cannot be read.
    """
    found: dict[str, str] = {}
    for name, data in given.items():
        delivered = deliver(session, name, data, Manner())
        columns = [
            exp.alias_(one.value.copy(), exp.to_identifier(own, quoted=True))
            for own, one in delivered.columns.items()
        ]
        if columns:
            found[name] = f"{name}__raw"
            session.view(found[name], exp.select(*columns).from_(table(delivered.relation)))
    return found
