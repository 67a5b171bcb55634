"""A source file: where leads, accounts and events are and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

from tamis.errors import Place, SourceError
from tamis.model.document import Problems, Value, did_you_mean, parse
from tamis.sources.in_place import OF_FILES
from tamis.sources.options import Dates, Epoch, Manner, Options, TableName, Theirs
from tamis.sources.paths import TABLE_PREFIX

TABLES: tuple[TableName, ...] = ("leads", "accounts", "events", "outcomes", "adjustments")
KEYS = ("file", "table", "columns", "dates", "decimal", "epoch", "delimiter", "encoding")
PROFILES = ("ga4", "hubspot", "matomo", "salesforce")
DELIMITERS = (",", ";", "|", "tab")


@dataclass(frozen=True)
class Source:
    """What a source file says. Tables that it does not name are null.

    A table of a server stands among the paths as `table:schema.name`.
    """

    leads: Sequence[str] | None = None
    accounts: Sequence[str] | None = None
    events: Sequence[str] | None = None
    options: Options = field(default_factory=Options)
    adjustments: Sequence[str] | None = None


@dataclass(frozen=True)
class _Table:
    files: tuple[str, ...]
    table: str
    columns: Mapping[str, Theirs]
    manner: Manner


def load_source(path: Path | str) -> Source:
    """What a source file says; the paths in it count from its folder.

    Raises: SourceError with every problem of the file and its place.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the source file cannot be read: {error}"
        raise SourceError(message, Place(str(path))) from error
    tables = _read(text, str(path))
    found = {
        name: [TABLE_PREFIX + table.table]
        if table.table
        else [_located(file, path.parent) for file in table.files]
        for name, table in tables.items()
        if table.files or table.table
    }
    facts = (found.get("leads"), found.get("accounts"), found.get("events"))
    return Source(*facts, _options(tables), found.get("adjustments"))


def profile(name: str) -> Options:
    """Columns and manners of a known product's exports. Raises: SourceError for an unknown one."""
    if name not in PROFILES:
        message = f"no map is known for `{name}`"
        raise SourceError(message, hint=did_you_mean(name, PROFILES))
    text = (files("tamis.sources") / "profiles" / f"{name}.yaml").read_text(encoding="utf-8")
    return _options(_read(text, f"{name}.yaml"))


def _options(tables: Mapping[TableName, _Table]) -> Options:
    return Options(
        columns={name: table.columns for name, table in tables.items()},
        manners={name: table.manner for name, table in tables.items()},
    )


def _located(file: str, folder: Path) -> str:
    # A path that is absolute stays as it is.
    return str(folder / file)


def _read(text: str, file: str) -> Mapping[TableName, _Table]:
    problems = Problems()
    root = parse(text, file, problems)
    tables: dict[TableName, _Table] = {}
    if root is not None:
        for name, value in root.entries(TABLES, "a source file").items():
            tables[cast(TableName, name)] = _table(value, name)
    if problems.errors:
        raise SourceError("\n".join(str(problem) for problem in problems.errors))
    return tables


def _table(value: Value, name: str) -> _Table:
    found = value.entries(KEYS, f"`{name}`")
    columns: dict[str, Theirs] = {}
    for key, theirs in found["columns"].items() if "columns" in found else ():
        columns[str(key.node.value)] = _theirs(theirs)
    manner = Manner(
        dates=cast(Dates | None, _word(found, "dates", ("day_first", "month_first"))),
        decimal=cast(Literal[".", ","] | None, _word(found, "decimal", (".", ","))),
        epoch=cast(Epoch | None, _word(found, "epoch", ("seconds", "millis", "micros"))),
        delimiter=_delimiter(_word(found, "delimiter", DELIMITERS)),
        encoding=found["encoding"].text() if "encoding" in found else None,
    )
    files_ = _texts(found["file"]) if "file" in found else ()
    return _Table(files_, _server_table(found), columns, manner)


def _server_table(found: Mapping[str, Value]) -> str:
    """The table of a server; empty where files are named."""
    if "table" not in found:
        return ""
    for key in ("file", *OF_FILES):
        if key in found:
            hint = "leave one of them out"
            found[key].wrong("two-ways", f"`{key}` does not go with `table`", hint)
    table = found["table"].text() or ""
    if not table.strip() and not found["table"].is_list:
        found["table"].wrong("no-table", "no table is named", "write it as schema.name")
    return table


def _theirs(value: Value) -> Theirs:
    texts = _texts(value)
    return texts if value.is_list else "".join(texts)


def _texts(value: Value) -> tuple[str, ...]:
    if value.is_list:
        return value.each(Value.text)
    text = value.text()
    return () if text is None else (text,)


def _word(found: Mapping[str, Value], key: str, allowed: Sequence[str]) -> str | None:
    return found[key].word(allowed) if key in found else None


def _delimiter(word: str | None) -> str | None:
    return "\t" if word == "tab" else word
