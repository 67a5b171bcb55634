"""What an engine reads where it is: tables of its own, Parquet at addresses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.errors import Place, SourceError, UsageError
from tamis.sources.options import Manner
from tamis.sources.paths import TABLE_PREFIX, find, is_address, named_table

if TYPE_CHECKING:
    from tamis.sources.source_file import Source

IN_PLACE = ("postgres", "spark")
"""The engines that read tables of their own."""
AT_ADDRESSES = ("spark",)
"""The engines that read Parquet wherever it lies, by themselves."""
OF_FILES = ("delimiter", "encoding")
"""Manners that only files have."""


def reads_itself(source: Source, engine: str) -> bool:
    """Whether an engine other than DuckDB reads the source itself, so that nothing is handed over.

    Raises: UsageError for addresses and an engine that knows none; SourceError for what is no file.
    """
    named = _named(source)
    if any(map(named_table, named.values())):
        return True
    for where in named.values():
        if is_address(where) and engine not in AT_ADDRESSES:
            raise no_reader(where)
    given = (source.leads, source.accounts, source.events, source.adjustments)
    return engine in AT_ADDRESSES and all(find(one).kind == "parquet" for one in given if one)


def _named(source: Source) -> dict[str, str]:
    given = {"leads": source.leads, "accounts": source.accounts, "events": source.events}
    given |= {"adjustments": source.adjustments}
    return {name: where for name, paths in given.items() if paths for where in paths}


def tables_of(source: Source, engine: str, **others: object) -> tuple[str, ...]:
    """The tables that a source names, all of an engine's own; none when it names files.

    `others` are options that are given, by name: none of them goes with tables.
    Raises: UsageError for tables beside files, for an engine that reads none, for an option.
    """
    named = _named(source)
    tables = {name: table for name, where in named.items() if (table := named_table(where))}
    if not tables:
        return ()
    first = next(iter(tables.values()))
    if engine not in IN_PLACE:
        raise no_server(first)
    files = {name: where for name, where in named.items() if name not in tables}
    if files:
        raise _mixed(tables, files)
    for option, value in others.items():
        if value:
            message = f"`{option}` goes with files, and {first} is a table: leave it out"
            raise UsageError(message)
    return tuple(tables.values())


def no_server(table: str) -> UsageError:
    """The error for a table where no server is asked for."""
    return UsageError(
        f"`{TABLE_PREFIX}{table}` is a table of a server: `tamis score` and `tamis run` read it "
        f"where it is with the engine {' or '.join(IN_PLACE)}, others read files"
    )


def no_reader(address: str) -> UsageError:
    """The error for an address where the engine reads files of this machine only."""
    return UsageError(
        f"`{address}` is an address: `tamis score` and `tamis run` read Parquet there with the "
        f"engine {' or '.join(AT_ADDRESSES)}, others read files of this machine"
    )


def _mixed(tables: Mapping[str, str], files: Mapping[str, str]) -> UsageError:
    (one, table), (other, file) = next(iter(tables.items())), next(iter(files.items()))
    return UsageError(
        f"{one} are in the table {table} and {other} in {Path(file).name}: "
        "give tables for all, or files for all"
    )


def refuse_manners(table: str, manner: Manner) -> None:
    """Raises: SourceError for a manner that only files have."""
    for name in OF_FILES:
        if getattr(manner, name):
            message = f"`{name}` goes with files, and this is a table"
            raise SourceError(message, Place(table), "leave it out")
