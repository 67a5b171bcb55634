"""What a reader of a table did with it that its owner should know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Code = Literal["missing", "no-label", "date", "no-time", "repeated", "empty", "unreadable"]


@dataclass(frozen=True)
class Note:
    """One thing done, or seen, when a table was read.

    `missing`: `count` cells of `columns` hold `words` and were taken as missing. `no-label`: so
    many rows have no label and were left out; `no-time`: so many have no time, likewise. `date`:
    `columns` hold dates, from which nothing is learned. `repeated`: so many rows say the same as
    an earlier row in every column but ids. `empty`: `columns` hold nothing. `unreadable`:
    `columns` hold neither numbers nor texts.
    """

    code: Code
    columns: tuple[str, ...] = ()
    count: int = 0
    words: tuple[str, ...] = ()
    of: int = 0
    """Of how many rows."""
