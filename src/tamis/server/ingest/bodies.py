"""Bodies: from what came over the wire to objects in bytes; no more unpacked than is allowed."""

from __future__ import annotations

import json
import zlib

import msgspec

from tamis.server.ingest.message import Rejected
from tamis.server.problems import Problem, bad_request

GZIP = 31
"""How zlib is told to read gzip, with the largest window."""


class Unreadable(Exception):  # noqa: N818 (the client's error, kept as what it holds)
    """A whole request that cannot be read; `rejected` is what quarantine keeps of it."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.reason)
        self.rejected = rejected


def too_large(limit: int) -> Problem:
    """The request has more bytes than may be."""
    detail = f"a request here has at most {limit} bytes, unpacked: send fewer messages at once"
    return Problem(413, "too-large", "The request is too large", detail)


def unpacked(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The body without its gzip, never more than `limit` bytes of it. Raises: Problem."""
    encoding = (encoding or "identity").strip().lower()
    if encoding == "gzip":
        body = _gunzipped(body, limit)
    elif encoding != "identity":
        detail = f"the body comes as `{encoding[:40]}`: only gzip is known, or none"
        raise Problem(415, "unknown-encoding", "The request cannot be read", detail)
    if len(body) > limit:
        raise too_large(limit)
    return body


def _gunzipped(body: bytes, limit: int) -> bytes:
    reader = zlib.decompressobj(wbits=GZIP)
    try:
        found = reader.decompress(body, limit + 1)
    except zlib.error as error:
        raise bad_request("the body is said to be gzip and is none") from error
    if len(found) <= limit and (not reader.eof or reader.unused_data):
        raise bad_request("the body's gzip is cut off, or more than one")
    return found


def objects(body: bytes) -> object:
    """What a body holds, read loosely: NaN and halves of surrogate pairs pass; None for no JSON."""
    try:
        return json.loads(body.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None


def split(found: list[object]) -> list[msgspec.Raw]:
    """Each one in bytes again, to be read strictly alone."""
    return [msgspec.Raw(json.dumps(one).encode()) for one in found]
