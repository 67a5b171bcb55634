"""Regular expressions of RE2 as Java reads them.

Both find the same in the same text, but for a dotted or dotless i without case, which Java takes
for an i.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tamis.sql.dialects.pattern_tokens import TOKEN

POSIX = re.compile(r"\[:(?P<not>\^?)(?P<name>\w+):\]")
ESCAPE = re.compile(r"\\.", re.DOTALL)

BEFORE, AFTER = r"(?<=\w)", r"(?=\w)"
NOT_BEFORE, NOT_AFTER = r"(?<!\w)", r"(?!\w)"
OUTSIDE: Mapping[str, str] = {
    r"\b": f"(?:{BEFORE}{NOT_AFTER}|{NOT_BEFORE}{AFTER})",
    r"\B": f"(?:{BEFORE}{AFTER}|{NOT_BEFORE}{NOT_AFTER})",
    r"\s": r"[\t\n\f\r ]",
    r"\S": r"[^\t\n\f\r ]",
    r"\v": r"\x0B",
    r"\0": r"\x00",
    "$": r"\z",
    "{": r"\{",
}
"""Words end where ASCII's do; Java's own ends follow all letters."""
INSIDE: Mapping[str, str] = {r"\s": r"\t\n\f\r ", r"\v": r"\x0B", r"\0": r"\x00"}
NAMES: Mapping[str, str] = {"ascii": "ASCII", "xdigit": "XDigit"}


def in_java(pattern: str) -> str:
    r"""A pattern of RE2 as Java reads it; lines end with \n alone.

    >>> in_java(r"(?i)^acme\b$")
    '(?d)(?iu)^acme(?:(?<=\\w)(?!\\w)|(?<!\\w)(?=\\w))\\z'
    >>> in_java("[[:alpha:]_]+")
    '(?d)[\\p{Alpha}_]+'
    """
    return "(?d)" + TOKEN.sub(_token, pattern)


def _token(found: re.Match[str]) -> str:
    if found["class"]:
        return ESCAPE.sub(lambda e: INSIDE.get(e[0], e[0]), POSIX.sub(_posix, found[0]))
    if found["flag"]:
        return "(?iu)"
    if found["name"]:
        return "("
    return OUTSIDE.get(found[0], found[0])


def _posix(found: re.Match[str]) -> str:
    name = found["name"]
    if name == "word":
        return r"\W" if found["not"] else r"\w"
    return rf"\{'P' if found['not'] else 'p'}{{{NAMES.get(name, name.capitalize())}}}"
