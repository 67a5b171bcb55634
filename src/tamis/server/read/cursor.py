"""Cursors: where a list goes on. Opaque to clients; they hold a place, never an offset."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from tamis.server.problems import Problem, bad_request

LARGEST = 2**63 - 1
Value = int | str


def sealed(kind: str, *values: Value) -> str:
    """A place in a list of some kind, as text that fits a URL."""
    written = msgspec.json.encode([kind, *values])
    return urlsafe_b64encode(written).decode().rstrip("=")


def opened(kind: str, text: str, *types: type[Value]) -> list[Value]:
    """The values of a cursor of that kind. Raises: Problem 400 for one that is none.

    >>> opened("turn", sealed("turn", 7, "ann"), int, str)
    [7, 'ann']
    """
    try:
        found = msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, Error, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise bad_cursor() from error
    if not isinstance(found, list) or len(found) != len(types) + 1 or found[0] != kind:
        raise bad_cursor()
    values = found[1:]
    if not all(_fits(value, type_) for value, type_ in zip(values, types, strict=True)):
        raise bad_cursor()
    return values


def _fits(value: object, type_: type[Value]) -> bool:
    if isinstance(value, bool) or not isinstance(value, type_):
        return False
    return "\0" not in value if isinstance(value, str) else -LARGEST <= int(value) <= LARGEST


def bad_cursor() -> Problem:
    """What is answered to a cursor that this list did not give."""
    return bad_request("`cursor` is none that this list gave: begin without one")


def digest(values: Sequence[object]) -> str:
    """A short fingerprint of what a list was asked for: a cursor goes on with the same question."""
    return blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
