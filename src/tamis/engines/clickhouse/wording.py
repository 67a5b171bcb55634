"""What ClickHouse says went wrong, in our words where we know its own."""

from __future__ import annotations

import re

from tamis.errors import EngineError, SourceError

SAID = re.compile(
    r"Code: (\d+)\. DB::Exception: (?:Received from [^ ]+ DB::Exception: )?(.*)", re.S
)
MEMORY, DISK, STOPPED, ACCESS = (241,), (243, 75), (394,), (497, 516, 192)
VALUES = (69, 407, 53, 153, 72, 6, 38, 41, 321, 117, 636)
"""Numbers of errors in the data: too large a number, a cell that cannot be what it should."""


def explained(text: str) -> EngineError | SourceError:
    """What is wrong with a statement."""
    said = SAID.search(text)
    number = int(said[1]) if said else 0
    message = _short(said[2] if said else text)
    if number in STOPPED:
        raise KeyboardInterrupt
    if number in MEMORY:
        return EngineError(message, hint="give more with --memory")
    if number in DISK:
        return EngineError(message, hint="is there disk space?")
    if number in ACCESS:
        return EngineError(message, hint="ask for the rights to read, and to make temporary tables")
    if number in VALUES:
        return SourceError(message)
    return EngineError(message, hint="this looks like a bug of Tamis: please report it")


def _short(text: str) -> str:
    """The error without the query that it quotes and the version of ClickHouse."""
    cut = re.split(r": while executing|: In scope |\. Stack trace|\(version ", text, maxsplit=1)[0]
    return cut.strip()[:500]
