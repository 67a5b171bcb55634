"""Published CSV files as columns of examples."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from tamis.predict.examples import Column, Examples, examples_of

Rows = list[dict[str, str]]
"""The rows of a file; grain: as in the file, texts as they stand, an empty text for nothing."""

DAY = 86_400.0
HERE = Path(__file__).parents[2]
DATA = Path(os.environ.get("TAMIS_DATA", HERE.parent / "shared" / "data"))
"""The folder of published data: `TAMIS_DATA`, else `shared/data` beside the repository."""


class NotHereError(Exception):
    """The files of a set are not in the folder."""

    def __init__(self, folder: str, files: list[str]) -> None:
        super().__init__(f"{folder}: not here: {', '.join(files)}")


def read(folder: Path, *names: str, between: str = ",") -> list[Rows]:
    """The rows of some files of a set's folder. Raises: NotHereError when one is missing."""
    paths = [folder / name for name in names]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        raise NotHereError(folder.name, missing)
    found = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            found.append(list(csv.DictReader(file, delimiter=between)))
    return found


def number(name: str, values: Iterable[str | float | None]) -> Column:
    """A column of numbers; an empty text and None are missing."""
    told = [np.nan if value in ("", None) else float(value or 0) for value in values]
    return Column(name, "number", np.array(told, dtype=np.float64))


def text(name: str, values: Iterable[str | None], *, unset: Sequence[str] = ("",)) -> Column:
    """A column of texts; None and the `unset` ones are missing."""
    told = [None if value is None or value in unset else value for value in values]
    return Column(name, "text", np.array(told, dtype=object))


def days(moment: datetime) -> float:
    """A moment as days since 1970, read as UTC."""
    return (moment - datetime(1970, 1, 1)).total_seconds() / DAY  # noqa: DTZ001 (both naive)


def examples(
    columns: Sequence[Column], won: Sequence[bool], order: Sequence[float], ids: Sequence[str]
) -> Examples:
    """Examples of one row each, oldest first."""
    made = examples_of(columns, won, np.array(order, dtype=np.float64))
    oldest_first = np.argsort(np.array(order), kind="stable")
    return replace(made, ids=tuple(ids)).of(oldest_first)
