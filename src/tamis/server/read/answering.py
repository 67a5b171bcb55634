"""Answers: exact numbers in JSON, and tags by which an unchanged answer is not sent again."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import Any, TypeVar, cast

import msgspec
from litestar import Request, Response

from tamis.server.problems import bad_request

Asked = Request[Any, Any, Any]
T = TypeVar("T")
ENCODER = msgspec.json.Encoder(decimal_format="number")
CENT = Decimal("0.01")


def answered(request: Asked, content: T, headers: dict[str, str] | None = None) -> Response[T]:
    """The content as JSON with its tag, or 304 when the client holds just that.

    The tag is made from what is answered, so that it holds whatever changed in the store.
    """
    body = ENCODER.encode(content)
    tag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    told = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
    if held(request.headers.get("if-none-match", ""), tag):
        return cast("Response[T]", Response(None, status_code=304, headers=told))
    made = Response(body, media_type="application/json", headers=told)
    return cast("Response[T]", made)


def held(written: str, tag: str) -> bool:
    """Whether a client's If-None-Match names the tag; weak comparison, as RFC 9110 asks."""
    known = [one.strip().removeprefix("W/") for one in written.split(",")]
    return tag.removeprefix("W/") in known or "*" in known


def hundredths(stored: int | None) -> Decimal | None:
    """An amount of the store in hundredths, with two decimals.

    >>> hundredths(1250)
    Decimal('12.50')
    """
    return None if stored is None else cents(stored)


def cents(stored: int) -> Decimal:
    """An amount of the store in hundredths, that is there."""
    return Decimal(stored).scaleb(-2)


def plain(name: str, text: str) -> str:
    """A text that a database can compare. Raises: Problem 400 for one with NUL or half characters.

    PostgreSQL holds no NUL, and neither database text that is not Unicode.
    """
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        detail = f"`{name}` holds a sign that no text of the store holds"
        raise bad_request(detail)
    return text


def json_of(text: str) -> Any:  # noqa: ANN401 (what is stored)
    """JSON of the store."""
    return msgspec.json.decode(text)
