"""Files of learned models that come from elsewhere: checked, and never run."""

from __future__ import annotations

from typing import Final

from tamis.errors import UserError
from tamis.server.models.said import FORBIDDEN
from tamis.server.problems import Problem

LARGEST: Final = 5_000_000
"""Bytes of a file: a model of a thousand parts has fewer."""


def checked(file: bytes) -> str:
    """The text of a file that holds a learned model. Raises: Problem 400, 413."""
    from tamis.predict.files import bytes_of, learned_of  # noqa: PLC0415 (part of `learn`)

    if len(file) > LARGEST:
        raise Problem(413, "too-large", "The request is too large", "the file is too large")
    try:
        text = bytes_of(learned_of(file, "file")).decode()
    except UserError as error:
        raise _wrong(error.message) from error
    if FORBIDDEN.search(text) or "\\u0000" in text or "\\ud" in text.lower():
        raise _wrong("a text cannot hold NUL or half of a surrogate pair")
    return text


def _wrong(why: str) -> Problem:
    errors = [{"field": "file", "message": why}]
    return Problem(400, "wrong-learned", "The file holds no learned model", why, errors)
