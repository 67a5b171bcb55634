"""The functions of expressions, on values that are not null (mail and titles may be)."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from importlib import import_module
from typing import Any

from tests.oracle.values import OracleError, Value, fold, half_away, raised

TITLES = (
    *("seniority", "job_function", "buying_role"),
    *("email_domain", "is_free_email", "is_disposable_email"),
)
NOT_RE2 = re.compile(r"\\[1-9]|\(\?(=|!|<=|<!|P=|>|\()|[*+?}]\+")
FROM_RE2 = {
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\w": "[0-9A-Za-z_]",
    r"\W": "[^0-9A-Za-z_]",
    r"\s": r"[\t\n\f\r ]",
    r"\S": r"[^\t\n\f\r ]",
    r"\b": r"(?a:\b)",
    r"\B": r"(?a:\B)",
    r"\z": r"\Z",
    "$": r"\Z",
}


def titles(function: str, text: Value) -> Any:
    """A function of titles and mail addresses; its word lists are data, taken from the product."""
    answer = getattr(import_module("tamis.model.titles"), function)
    return answer(text)


def like(text: str, pattern: str) -> bool:
    """`%` is any text, `_` any one character, everything else (a backslash too) itself."""
    pieces = {"%": ".*", "_": "."}
    regex = "".join(pieces.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(regex, text, re.DOTALL) is not None


@lru_cache(maxsize=256)
def re2(pattern: str) -> re.Pattern[str]:
    """The pattern as RE2 means it: ASCII classes, `$` the very end of the text."""
    if NOT_RE2.search(pattern):
        raise OracleError(f"not in the RE2 subset: {pattern}")
    inside, out = False, []
    for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
        meaning = FROM_RE2.get(piece, piece)
        if inside and meaning.startswith("["):
            meaning = meaning[1:-1]
        elif inside:
            meaning = piece
        inside = (inside or piece == "[") and piece != "]"
        out.append(meaning)
    return re.compile("".join(out), re.IGNORECASE)


def matches(text: str, pattern: str) -> bool:
    """Whether the pattern is found anywhere in the text, whatever the case."""
    return re2(pattern).search(text) is not None


def rounded(number: Fraction, places: Fraction = Fraction(0)) -> Fraction:
    """The number rounded half away from zero."""
    return half_away(number, int(places))


STRICT: dict[str, Callable[..., Value]] = {
    "lower": fold,
    "upper": raised,
    "trim": lambda text: text.strip(" "),
    "length": lambda text: Fraction(len(text)),
    "abs": abs,
    "round": rounded,
    "contains": lambda text, part: fold(part) in fold(text),
    "starts_with": lambda text, part: fold(text).startswith(fold(part)),
    "ends_with": lambda text, part: fold(text).endswith(fold(part)),
    "matches": matches,
    "like": like,
    "ilike": lambda text, pattern: like(fold(text), fold(pattern)),
}
