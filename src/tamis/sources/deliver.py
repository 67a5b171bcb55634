"""From what the user hands over to a table that the session can read, nothing judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from sqlglot import exp

from tamis.engines.base import FILE_COLUMN, Scan, Session
from tamis.errors import Place, SourceError
from tamis.model.document import did_you_mean
from tamis.sources import csv_files, json_files, paths, rows, sqlite
from tamis.sources.cells import INSTANTS, TIMESTAMPS
from tamis.sources.delivered import RELATIONS, CsvFile, Delivered, Given
from tamis.sources.in_place import AT_ADDRESSES, IN_PLACE, no_reader, no_server, refuse_manners
from tamis.sources.options import Manner, TableName
from tamis.sql.write import named, stacked, table

TEXT = exp.DataType.build("VARCHAR")


def deliver(session: Session, name: TableName, data: object, manner: Manner) -> Delivered:
    """Make a table readable. Raises: SourceError when it cannot be."""
    relation = f"{RELATIONS[name]}__given"
    # What an earlier table of another kind left under the name would hide this one.
    session.drop([relation])
    if isinstance(data, Scan):
        return _own_table(session, name, relation, data, manner)
    if isinstance(data, str | Path):
        return _files(session, name, relation, paths.find(data), manner)
    if isinstance(data, Sequence) and not isinstance(data, bytes):
        if data and all(isinstance(one, str | Path) for one in data):
            return _files(session, name, relation, paths.find(cast(Sequence[str], data)), manner)
        if all(isinstance(one, Mapping) for one in data):
            return _rows(session, name, relation, cast(Sequence[Mapping[str, object]], data))
    return _frame(session, name, relation, data)


def _own_table(
    session: Session, name: TableName, relation: str, scan: Scan, manner: Manner
) -> Delivered:
    """A table that the engine holds itself."""
    refuse_manners(scan.table, manner)
    session.scan(relation, scan)
    columns = _plain(session, relation)
    if name != "events":
        # Not of events: an index on their time would help no more.
        columns = {their: _finite(session, given) for their, given in columns.items()}
    return Delivered(name, relation, columns, scan.table, in_place=True, on_server=True)


def _finite(session: Session, given: Given) -> Given:
    if given.type.this not in (exp.DType.DATE, *TIMESTAMPS, *INSTANTS):
        return given
    return replace(given, value=session.finite(given.value))


def _rows(
    session: Session, name: TableName, relation: str, data: Sequence[Mapping[str, object]]
) -> Delivered:
    held = rows.columns(data)
    if not held:
        session.texts(relation, ["c0"], [])
        return Delivered(name, relation, {}, name, nothing=True)
    # Numbered names: an engine may not tell `Name` from `name`.
    session.columns(relation, {f"c{place}": values for place, values in enumerate(held.values())})
    return Delivered(name, relation, _numbered(session, relation, list(held)), name, in_place=True)


def _numbered(session: Session, relation: str, names: Sequence[str]) -> dict[str, Given]:
    types = session.types(relation)
    return {
        their: Given(their, exp.column(f"c{place}"), types[f"c{place}"])
        for place, their in enumerate(names)
        if their
    }


def _frame(session: Session, name: TableName, relation: str, data: object) -> Delivered:
    collect = getattr(data, "collect", None)
    frame = collect() if callable(collect) else data
    if hasattr(frame, "__len__"):
        session.frame(relation, frame)
    else:
        # A stream can be read once only.
        session.frame(f"{relation}__stream", frame)
        session.keep(relation, exp.select("*").from_(table(f"{relation}__stream")))
    return Delivered(name, relation, _plain(session, relation), name, in_place=True)


def _plain(session: Session, relation: str) -> dict[str, Given]:
    return {
        their: Given(their, exp.column(exp.to_identifier(their, quoted=True)), type_)
        for their, type_ in session.types(relation).items()
        if their != FILE_COLUMN
    }


def _files(
    session: Session, name: TableName, relation: str, found: paths.Found, manner: Manner
) -> Delivered:
    match found.kind:
        case "table":
            if session.dialect not in IN_PLACE:
                raise no_server(found.table)
            return _own_table(session, name, relation, Scan("table", (), table=found.table), manner)
        case "csv":
            files = [csv_files.ready(session, path, manner) for path in found.paths]
            return _csv(session, name, relation, files)
        case "sqlite":
            sqlite.read(session, relation, found.paths[0], found.table)
        case "duckdb":
            known = session.tables(str(Path(found.paths[0]).absolute()))
            if found.table not in known:
                message = f"the database has no table `{found.table}`"
                raise SourceError(message, Place(found.paths[0]), did_you_mean(found.table, known))
            session.scan(relation, Scan("duckdb", _absolute(found.paths), table=found.table))
        case "parquet" | "jsonl":
            if session.dialect not in AT_ADDRESSES and paths.is_address(found.paths[0]):
                raise no_reader(found.paths[0])
            for path in found.paths if found.kind == "jsonl" else ():
                json_files.check(path)
            session.scan(relation, Scan(found.kind, _absolute(found.paths)))
    columns = _plain(session, relation)
    if found.kind == "jsonl" and not columns:
        raise SourceError("the file is empty: it holds no object", Place(", ".join(found.paths)))
    in_place = found.kind in ("parquet", "duckdb", "sqlite")
    label = found.paths[0] if len(found.paths) == 1 else ""
    parquet = _absolute(found.paths) if found.kind == "parquet" else ()
    return Delivered(name, relation, columns, label, in_place=in_place, parquet=parquet)


def _absolute(given: Sequence[str]) -> tuple[str, ...]:
    # An absolute path cannot be taken for a web address.
    return tuple(path if paths.is_address(path) else str(Path(path).absolute()) for path in given)


def _csv(session: Session, name: TableName, relation: str, files: Sequence[CsvFile]) -> Delivered:
    """Files with the same names in the same order are one scan; scans are put below each other."""
    alike: dict[tuple[object, ...], list[CsvFile]] = {}
    for file in files:
        alike.setdefault((file.header, file.delimiter, file.skip), []).append(file)
    names = list(dict.fromkeys(their for file in files for their in file.header if their))
    for place, group in enumerate(alike.values()):
        first = group[0]
        columns = tuple(f"c{i}" for i in range(len(first.header)))
        scanned = tuple(str(file.path) for file in group)
        session.scan(
            f"{relation}__{place}",
            Scan("csv", scanned, first.delimiter, columns=columns, skip=first.skip),
        )
    parts = [
        _part(f"{relation}__{place}", group[0], names) for place, group in enumerate(alike.values())
    ]
    session.view(relation, stacked(parts))
    given = {
        their: Given(their, exp.column(f"c{place}"), TEXT) for place, their in enumerate(names)
    }
    label = files[0].shown if len(files) == 1 else ""
    comma = all(file.delimiter == ";" for file in files)
    return Delivered(
        name, relation, given, label, as_text=True, decimal_comma=comma, files=tuple(files)
    )


def _part(scanned: str, file: CsvFile, names: Sequence[str]) -> exp.Select:
    """The columns of one scan under the names' numbers, without rows of empty cells only."""
    theirs = [
        named(
            exp.column(f"c{file.header.index(their)}")
            if their in file.header
            else exp.cast(exp.null(), TEXT),
            f"c{place}",
        )
        for place, their in enumerate(names)
    ]
    empty = exp.and_(*(exp.column(f"c{i}").is_(exp.null()) for i in range(len(file.header))))
    return exp.select(*theirs, FILE_COLUMN).from_(table(scanned)).where(exp.not_(empty))
