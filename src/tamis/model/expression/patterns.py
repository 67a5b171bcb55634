"""Regular expressions of `matches`: what every engine reads alike, and nothing else."""

from __future__ import annotations

import re

MOST_REPEATED = 1000
"""RE2 repeats nothing more often, counts of nested repetitions multiplied."""

FORBIDDEN = re.compile(r"\(\?(?!:|i\)|P?<[A-Za-z])|\\[1-9]|[*+?}]\+|\(\?P[=>]|\\[AZzGK]")
"""What Python reads in a regular expression and RE2 or another engine does not."""

TOKEN = re.compile(
    r"(?P<class>\[\^?\]?(?:\[:\^?\w*:\]|\\.|[^\]\\])*\])"
    r"|(?P<escape>\\.)"
    r"|\{(?P<least>\d+)(?:,(?P<most>\d*))?\}"
    r"|.",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
POSIX = re.compile(r"\[:\^?(\w*):\]")
POSIX_CLASSES = frozenset(
    {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph"}
    | {"lower", "print", "punct", "space", "upper", "word", "xdigit"}
)
INSIDE_CLASS = re.compile(r"\[|--|&&|\|\||~~")
"""What begins a nested class, a difference or an intersection in some engines and signs in RE2."""


def wrong(pattern: str) -> str:
    """Why a pattern cannot be used, in words; empty when it can.

    >>> wrong("^acme{2}")
    ''
    >>> wrong("a{1001}")
    'a repetition goes up to 1000, nested ones multiplied'
    """
    found = FORBIDDEN.search(pattern)
    if found:
        return f"`{found[0]}` cannot stand in a pattern: only the RE2 subset runs on every engine"
    return _not_portable(pattern) or _not_compiled(pattern) or _repeated(pattern)


def _not_portable(pattern: str) -> str:
    for token in TOKEN.finditer(pattern):
        inside = token["class"] or ""
        reason = _wrong_escape(inside or token["escape"] or "", in_class=bool(inside))
        reason = reason or (_wrong_class(inside[1:-1]) if inside else "")
        if reason:
            return reason
    return ""


def _wrong_escape(text: str, *, in_class: bool) -> str:
    for escape in ESCAPE.finditer(text):
        sign = escape[1]
        if sign in "pP":
            return (
                f"Unicode classes such as `{escape[0]}` are not portable: list the letters in [...]"
            )
        if sign in "uUN" or not sign.isascii() or (in_class and sign == "b"):
            return f"`{escape[0]}` cannot stand in a pattern: not every engine reads it"
    return ""


def _wrong_class(inside: str) -> str:
    for name in POSIX.findall(inside):
        if name not in POSIX_CLASSES:
            return (
                f"`[:{name}:]` is no class of characters; known: {', '.join(sorted(POSIX_CLASSES))}"
            )
    signs = INSIDE_CLASS.search(ESCAPE.sub("", POSIX.sub("", inside)))
    if signs:
        return f"`{signs[0]}` inside of [...] is read differently by engines: write `\\{signs[0]}`"
    return ""


def _not_compiled(pattern: str) -> str:
    # Python knows no [:alpha:], and warns of it; \w may stand where it may.
    known = TOKEN.sub(lambda token: POSIX.sub(r"\\w", token[0]), pattern)
    try:
        re.compile(known)
    except (re.error, OverflowError, RecursionError) as error:
        return f"the pattern is wrong: {error}"
    return ""


def _repeated(pattern: str) -> str:
    """Follows groups: the counts that stand in each other must not multiply beyond the limit."""
    most, last = [1], 1  # the greatest product inside of each open group; of the part just read
    for token in TOKEN.finditer(pattern):
        if token[0] == "(":
            most.append(1)
        elif token[0] == ")":
            last = most.pop()
        elif token["least"]:
            count = int(token["most"] or token["least"])
            last = max(last * count, last, count)
        elif token[0] not in ("*", "+", "?"):
            last = 1
        most[-1] = max(most[-1], last)
        if last > MOST_REPEATED:
            return f"a repetition goes up to {MOST_REPEATED}, nested ones multiplied"
    return ""
