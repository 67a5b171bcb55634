"""Plan: which files an import reads, in which order, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

from tamis.model.spec import Field, FieldType, Model
from tamis.model.spec import Table as FieldTable
from tamis.server.ingest import limits
from tamis.server.ingest.bulk.calls import Calls
from tamis.server.ingest.bulk.progress import fingerprint
from tamis.server.ingest.bulk.reading import How
from tamis.server.ingest.bulk.tables import Table
from tamis.server.ingest.declared import Declared
from tamis.server.models.versions import Version, live_versions
from tamis.server.server import Server
from tamis.sources.maps import FIELD_TABLES, with_maps
from tamis.sources.options import Options, TableName
from tamis.sources.paths import find

AHEAD = timedelta(days=366)
"""How far ahead the offsets of a time zone are asked for."""
ORDER: Sequence[TableName] = ("accounts", "leads", "outcomes", "events")


@dataclass(frozen=True)
class Given:
    """What is to be imported: files of calls, files by table, and how the tables are read."""

    calls: Sequence[str] = ()
    tables: Mapping[TableName, Sequence[str]] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    maps: Sequence[str] = ()


def files_of(server: Server, given: Given) -> list[Calls | Table]:
    """The files in the order in which they are stored: accounts, leads, outcomes, calls, events.

    Raises: SourceError for a file that is not there, or an unknown map.
    """
    with server.database.read() as connection:
        versions = live_versions(connection)
    now, declared = server.micros, Declared.of(versions)
    how = _how(server, versions, given)
    paths = {name: find(list(given.tables[name])).paths for name in ORDER if given.tables.get(name)}
    calls = [Path(one) for one in find(list(given.calls)).paths] if given.calls else []
    found: list[Calls | Table] = []
    for name in ORDER:
        if name == "events":
            found += [Calls(path, fingerprint(path), now, declared) for path in calls]
        for path in map(Path, paths.get(name, ())):
            found.append(Table(path, name, fingerprint(path), now, declared, how))
    return found


def _how(server: Server, versions: Sequence[Version], given: Given) -> How:
    fields = [one for version in versions for one in version.model.fields]
    options = with_maps(given.options, cast("Model", _Declares(fields)), given.maps)
    until = (server.clock.now() + AHEAD).date()
    zone = versions[0].model.timezone if versions else "UTC"
    return How(types_of(fields), options, zone, until, server.micros + limits.DAY)


def types_of(fields: Iterable[Field]) -> Mapping[TableName, Mapping[str, FieldType]]:
    """The types of declared fields by table; text where live models do not agree."""
    types: dict[TableName, dict[str, FieldType]] = {}
    tables = {of: name for name, of in FIELD_TABLES.items()}
    for one in fields:
        known = types.setdefault(tables[one.table], {})
        known[one.name] = one.type if known.get(one.name, one.type) == one.type else "text"
    return types


@dataclass(frozen=True)
class _Declares:
    """The fields that all live models declare, as maps ask a model for them."""

    fields: Sequence[Field]

    def fields_of(self, table: FieldTable) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.table == table)
