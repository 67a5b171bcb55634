"""What Spark says went wrong, in our words where we know its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyspark.errors import PySparkException

from tamis.errors import EngineError, Place, SourceError, UserError

TOO_LARGE = ("NUMERIC_VALUE_OUT_OF_RANGE", "ARITHMETIC_OVERFLOW", "CAST_OVERFLOW")
DAMAGED = ("FAILED_READ_FILE", "CANNOT_READ_FILE", "UNABLE_TO_INFER_SCHEMA")
NOT_THERE = ("PATH_NOT_FOUND", "FAILED_READ_FILE.FILE_NOT_EXIST")
FILE = re.compile(
    r"(?:file|Path does not exist)[^ ]*:? ?'?((?:file|s3a|hdfs|abfss?|gs)?:?/[^\s'\"]+)"
)
CODE = re.compile(r"\[([A-Z_]+(?:\.[A-Z_]+)*)\]")
IN_JAVA = "An error occurred while calling"
SIGNS = (
    ("OutOfMemoryError", "memory is short", "give more with --memory, or Spark's own settings"),
    ("No space left on device", "the disk is full", "make room where Spark may spill to"),
    ("SparkContext was shut down", "Spark has stopped", "see the logs of its master and workers"),
    ("stopped SparkContext", "Spark has stopped", "see the logs of its master and workers"),
    ("Answer from Java side is empty", "Spark has stopped", "is there memory for it?"),
    ("Connection refused", "Spark has stopped", "is there memory for it?"),
    ("ExecutorLostFailure", "too many workers were lost", "see their logs, and run it again"),
)


def first_line(error: Exception) -> str:
    """The error without its details."""
    lines = str(error).strip().split("\n")
    # Of an error in Java the first line says only which call it was.
    return lines[1].lstrip(": ") if lines[0].startswith(IN_JAVA) and lines[1:] else lines[0]


def unreadable(error: Exception, paths: Sequence[str]) -> SourceError:
    """What is wrong with files that were to be made readable."""
    place = Place(_file(str(error)) or ", ".join(paths))
    if _condition(error).startswith(NOT_THERE):
        return SourceError("there is no such file", place)
    if _condition(error).startswith(DAMAGED):
        return _damaged(place)
    return SourceError(f"the file cannot be read: {first_line(error)}", place)


def explained(error: Exception) -> UserError:
    """What is wrong with a query, which may be a file that it reads."""
    said, condition = str(error), _condition(error)
    if condition.startswith(TOO_LARGE):
        hint = "which field holds numbers that large?"
        return EngineError("a number is too large to be added up exactly", hint=hint)
    if condition.startswith(DAMAGED):
        return _damaged(Place(_file(said) or "a Parquet file"))
    for sign, message, hint in SIGNS:
        if sign in said:
            return EngineError(message, hint=hint)
    return EngineError(first_line(error), hint="this looks like a bug of Tamis: please report it")


def _condition(error: Exception) -> str:
    known = error.getCondition() if isinstance(error, PySparkException) else None
    found = CODE.search(str(error))
    return known or (found[1] if found else "")


def _file(said: str) -> str:
    found = FILE.search(said)
    return found[1].removeprefix("file:").rstrip(".") if found else ""


def _damaged(place: Place) -> SourceError:
    message = "the file cannot be read: it is damaged, or no Parquet file"
    return SourceError(message, place, "copy or export it again")
