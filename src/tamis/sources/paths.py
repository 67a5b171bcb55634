"""Paths as people give them: one, several, patterns, tables of database files; and their kinds."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tamis.engines.base import FileKind, ScanKind
from tamis.errors import Place, SourceError

KINDS: dict[str, FileKind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
PACKED = (".gz", ".zst")
TABLE_MARK = "::"
TABLE_PREFIX = "table:"
"""What a table of the engine's own is named with, as in `table:crm.leads`."""
ADDRESS = "://"
"""What an address has and a path has not, as in `s3a://bucket/leads`."""
SQLITE, DUCKDB = b"SQLite format 3\0", b"DUCK"
ENDINGS = (
    "known endings: .csv .tsv .txt .parquet .jsonl .json, with .gz or .zst behind; "
    "a table of a database file is written FILE::TABLE"
)


@dataclass(frozen=True)
class Found:
    """Files of one kind, as the user wrote them; `table` is the table of a database file.

    A table of the engine's own is of kind `table` and has no paths. Parquet may lie at addresses,
    which nobody has looked at.
    """

    kind: ScanKind
    paths: tuple[str, ...]
    table: str = ""


def find(given: str | Path | Sequence[str | Path]) -> Found:
    """The files that are meant, patterns resolved, in the order of their names.

    Raises: SourceError for what is not there, is no file, or is of an unknown kind or of several.
    """
    texts = [str(given)] if isinstance(given, str | Path) else [str(one) for one in given]
    if not all(text.strip() for text in texts):
        raise SourceError("no file is named", hint="leave the option out, or name a file")
    tables = [table for text in texts if (table := named_table(text))]
    if tables:
        if len(texts) > 1:
            message = f"the table {tables[0]} is read alone, without other tables or files"
            raise SourceError(message, hint="make a view that has the rows of all (UNION ALL)")
        return Found("table", (), tables[0])
    if any(map(is_address, texts)):
        return _addressed(texts)
    if len(texts) == 1 and TABLE_MARK in texts[0] and not Path(texts[0]).exists():
        return _database(*texts[0].rsplit(TABLE_MARK, 1))
    # Patterns may overlap: a file counts once, under the name that came first.
    once: dict[Path, str] = {}
    for path in (path for text in texts for path in _resolved(text)):
        once.setdefault(Path(path).resolve(), path)
    paths = tuple(once.values())
    kinds = {path: _kind(path) for path in paths}
    first = kinds[paths[0]]
    for path, kind in kinds.items():
        if kind != first:
            msg = f"files of one table must be of one kind, and {paths[0]} is another"
            raise SourceError(msg, Place(path))
    return Found(first, paths)


def named_table(text: str | Path) -> str:
    """The table that `table:NAME` means; empty for what names a file.

    >>> named_table("table:crm.leads"), named_table("leads.csv")
    ('crm.leads', '')
    """
    said = str(text)
    if not said.startswith(TABLE_PREFIX) or Path(said).exists():
        return ""
    table = said.removeprefix(TABLE_PREFIX).strip()
    if not table:
        raise SourceError("no table is named", hint=f"write `{TABLE_PREFIX}schema.name`")
    return table


def is_address(text: str | Path) -> bool:
    """Whether an engine is to look for a file or folder by itself.

    >>> is_address("s3a://bucket/leads"), is_address("leads.parquet")
    (True, False)
    """
    return ADDRESS in str(text) and not Path(text).exists()


def _addressed(texts: Sequence[str]) -> Found:
    for text in texts:
        if not is_address(text):
            message = "files of one table are all at addresses, or none of them is"
            raise SourceError(message, Place(text))
        if KINDS.get(Path(text).suffix.lower(), "parquet") != "parquet":
            raise SourceError("only Parquet is read at an address", Place(text))
    return Found("parquet", tuple(texts))


def _resolved(text: str) -> list[str]:
    if Path(text).exists() or not glob.has_magic(text):
        return [_checked(text)]
    found = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 (an absolute pattern)
    if not found:
        raise SourceError("no file matches the pattern", Place(text))
    return [_checked(path) for path in found]


def _checked(path: str) -> str:
    file = Path(path)
    if file.is_dir():
        hint = f"name the files in it, such as `{file / '*.parquet'}`"
        raise SourceError("this is a folder, and a file is expected", Place(path), hint)
    if not file.exists():
        raise SourceError("there is no such file", Place(path), _near(file))
    try:
        with file.open("rb"):
            return path
    except OSError as error:
        msg = f"the file cannot be opened: {error.strerror}"
        raise SourceError(msg, Place(path)) from error


def _near(file: Path) -> str:
    from tamis.model.document import did_you_mean  # noqa: PLC0415

    names = [one.name for one in file.parent.iterdir()] if file.parent.is_dir() else []
    hint = did_you_mean(file.name, names)
    return hint if hint.startswith("did") else ""


def _kind(path: str) -> FileKind:
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    last = next((suffix for suffix in reversed(suffixes) if suffix not in PACKED), "")
    if kind := KINDS.get(last):
        return kind
    with Path(path).open("rb") as file:
        start = file.read(16)
    if start.startswith(SQLITE) or start[8:12] == DUCKDB:
        raise SourceError(
            "this is a database: say which table", Place(path), f"write `{path}{TABLE_MARK}TABLE`"
        )
    if last in (".xlsx", ".xls", ".ods"):
        raise SourceError("spreadsheets are not read", Place(path), "save the sheet as CSV (UTF-8)")
    msg = f"unknown kind of file `{Path(path).name}`"
    raise SourceError(msg, Place(path), ENDINGS)


def _database(path: str, table: str) -> Found:
    with Path(_checked(path)).open("rb") as file:
        start = file.read(16)
    if start.startswith(SQLITE):
        return Found("sqlite", (path,), table)
    if start[8:12] == DUCKDB:
        return Found("duckdb", (path,), table)
    raise SourceError("this is neither a DuckDB nor an SQLite file", Place(path), ENDINGS)
