"""Texts that people give: short enough to keep, and such that both databases can hold them."""

from __future__ import annotations

import re

from tamis.server.problems import Problem, bad_request

FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
"""Characters that no database holds, or none that writes UTF-8."""
LONGEST = 2_000


def is_plain(text: str) -> bool:
    """Whether a database can be asked for a text at all.

    >>> is_plain("new business"), is_plain(f"new{chr(0)}business")
    (True, False)
    """
    return not FORBIDDEN.search(text)


def said(field: str, text: str, *, longest: int = LONGEST, required: bool = False) -> str:
    """The text without spaces around it. Raises: Problem 400 for one that cannot be kept."""
    text = text.strip()
    wrong = ""
    if not is_plain(text):
        wrong = "a text cannot hold NUL or half of a surrogate pair"
    elif len(text) > longest:
        wrong = f"this is longer than {longest:,} characters"
    elif required and not text:
        wrong = "a text is needed here"
    if wrong:
        raise refused(field, wrong)
    return text


def refused(field: str, message: str) -> Problem:
    """The problem of one field that cannot be as it was given."""
    detail = f"`{field}`: {message}"
    return bad_request(detail, [{"field": field, "message": message}])
