"""Faults: what is wrong with one message, in a code for programs and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from tamis.server.ingest import limits
from tamis.server.ingest.message import Rejected

SECRET = re.compile(rb'"writeKey"\s*:\s*"(?:[^"\\]|\\.)*"?')
"""Some clients send their key in the body: it is not kept."""
HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""One of two that make a character: what the reader refuses has one of them alone."""
PERSONAL = ("userId", "lead_id", "email", "anonymousId", "previousId")
"""Where a message names a person, the most telling first."""


class Fault(Exception):  # noqa: N818 (a message has a fault; the server makes no error)
    """A message that cannot be taken; `code` is a short name in kebab-case."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def rejected(raw: bytes, fault: Fault, received_at: int, kind: str, place: int = 0) -> Rejected:
    """What is kept of a message with a fault: at most 32 KB of it, without the client's key."""
    return Rejected(
        message=SECRET.sub(b'"writeKey":""', raw)[: limits.MESSAGE],
        code=fault.code,
        reason=fault.reason,
        received_at=received_at,
        kind=kind,
        message_id=_found(raw, ("messageId",)),
        person=_found(raw, PERSONAL),
        place=place,
    )


def refuse_size(raw: bytes) -> None:
    """Raises: Fault for a message of too many bytes."""
    if len(raw) > limits.MESSAGE:
        said = f"a message has at most {limits.MESSAGE} bytes, this one {len(raw)}"
        raise Fault("too-large", said)


def _found(raw: bytes, names: Iterable[str]) -> str | None:
    """The first text or number under one of the names; a search, as `raw` may be no JSON."""
    for name in names:
        pattern = rb'"%s"\s*:\s*("(?:[^"\\]|\\.){1,512}"|\d{1,20})' % name.encode()
        match = re.search(pattern, raw)
        if match:
            return _text(match[1])
    return None


def _text(literal: bytes) -> str | None:
    try:
        text = str(msgspec.json.decode(literal)).replace("\0", "")
    except ValueError:
        return None
    return text[: limits.ID] or None


def of_decoding(error: Exception, raw: bytes) -> Fault:
    """What the reader of JSON found, in words."""
    said = str(error).removeprefix("JSON is malformed: ").replace("`$.", "`")
    if isinstance(error, RecursionError):
        return Fault("too-deep", f"objects stand more than {limits.DEPTH} deep in one another")
    if isinstance(error, UnicodeDecodeError):
        return Fault("not-utf8", "a text is not in UTF-8")
    if "out of range" in said:
        return Fault("number-too-large", "a number has too many digits")
    if isinstance(error, msgspec.ValidationError):
        return Fault("wrong-type", said)
    if HALF.search(raw):
        return Fault("half-character", "a text has half of a surrogate pair, which is no character")
    return Fault("not-json", f"this is not JSON (NaN and Infinity are not, either): {said}")
