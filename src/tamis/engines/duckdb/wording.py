"""What DuckDB says went wrong, in our words where we know its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from tamis.errors import EngineError, Place, SourceError

CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")
CSV_FILE = re.compile(r"^\s*file ?= ?(.+)$", re.MULTILINE)
INVALID_STATE = "state machine reached an invalid state"
PARQUET_FILE = re.compile(
    r"(?:Failed to read file|No magic bytes found at end of file|Footer length error in file"
    r"|Could not read enough bytes from file) ['\"](.+?)['\"]"
)
WIDTHS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


def first_line(error: Exception) -> str:
    """The error without its details."""
    return str(error).partition("\n")[0]


def unreadable(error: duckdb.Error, paths: Sequence[str], *, parquet: bool = False) -> SourceError:
    """What is wrong with files that were to be made readable."""
    text = str(error)
    line = CSV_LINE.search(text)
    if parquet:
        return _damaged(text, paths)
    if line is None:
        message = first_line(error).replace("Invalid Input Error: ", "").replace("IO Error: ", "")
        return SourceError(f"the file cannot be read: {message}", Place(", ".join(paths)))
    file = CSV_FILE.search(text)
    place = Place(file[1].strip() if file else ", ".join(paths), int(line[1]))
    if widths := WIDTHS.search(text):
        return SourceError(f"the row has {widths[2]} cells, the first row {widths[1]}", place)
    if "unterminated quote" in text:
        hint = "a quote inside a quoted cell must be doubled"
        return SourceError("a quoted cell does not end", place, hint)
    if "Maximum line size" in text:
        return SourceError("the line is longer than 2 MB", place, "is a quoted cell left open?")
    return SourceError("the row cannot be read as CSV", place)


def explained(error: duckdb.Error, parquet: Sequence[str]) -> EngineError | SourceError:
    """What is wrong with a query, which may be a file that it reads; `parquet` are its paths."""
    if CSV_LINE.search(str(error)):
        return unreadable(error, ())
    if INVALID_STATE in str(error):
        return _line_ends(str(error))
    # What DuckDB's Parquet reader stumbles over is often an error of no kind, without the file.
    if parquet and (type(error) is duckdb.Error or PARQUET_FILE.search(str(error))):
        return _damaged(str(error), parquet)
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(
            first_line(error), hint="give more with --memory, or more disk space to spill to"
        )
    if isinstance(error, duckdb.IOException):
        return EngineError(
            first_line(error), hint="is there disk space, and are the files still there?"
        )
    if isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException):
        return SourceError(str(error).strip())
    return EngineError(str(error).strip(), hint="this looks like a bug of Tamis: please report it")


def _damaged(text: str, paths: Sequence[str]) -> SourceError:
    named = PARQUET_FILE.search(text)
    place = Place(named[1] if named else ", ".join(paths))
    message = "the file cannot be read: it is damaged, or no Parquet file"
    return SourceError(message, place, "copy or export it again")


def _line_ends(text: str) -> SourceError:
    file = CSV_FILE.search(text)
    message = "the rows end in more than one way: some with a carriage return alone"
    hint = "save the file with one kind of line end, and quote cells that hold one"
    return SourceError(message, Place(file[1].strip()) if file else None, hint)
