"""Regular expressions of the RE2 subset as PostgreSQL reads them.

There a dot is any sign, the end of a line too; a class is what the locale makes of it; and a word's
boundary is written otherwise. So each is written out in signs.
"""

from __future__ import annotations

import re

from tamis.sql.dialects.pattern_tokens import TOKEN

CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x01-\\x7F",
    "blank": "\\t ",
    "cntrl": "\\x01-\\x1F\\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
SHORT = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\\t\\n\\f\\r "}
WORD, OTHER = "[0-9A-Za-z_]", "(?![0-9A-Za-z_])"
BOUNDARY = rf"(?:(?<!{WORD})(?={WORD})|(?<={WORD})(?!{WORD}))"
NO_BOUNDARY = rf"(?:(?<!{WORD})(?!{WORD})|(?<={WORD})(?={WORD}))"
IN_CLASS = re.compile(
    r"\[:(?P<not>\^?)(?P<posix>\w+):\]|\\(?P<short>[dwsDWS])|(?P<other>\\.|.)", re.DOTALL
)


def pattern_of(pattern: str) -> str:
    r"""The pattern in PostgreSQL's words.

    >>> pattern_of(r"(?i)^\d+.$")
    '(?i)^[0-9]+[^\\n]$'
    """
    written = "".join(map(_token, TOKEN.finditer(pattern)))
    # A flag may stand at the very beginning only, and holds for all of it.
    return f"(?i){written}" if "(?i)" in pattern else written


def _token(token: re.Match[str]) -> str:
    match token.lastgroup, token[0]:
        case "class", found:
            return _class(found)
        case "escape", found:
            return _escape(found)
        case "flag", _:
            return ""
        case "name", _:
            return "("
        case _, ".":
            return "[^\\n]"
        case _, found:
            return found


def _escape(escape: str) -> str:
    sign = escape[1]
    if sign in ("b", "B"):
        return BOUNDARY if sign == "b" else NO_BOUNDARY
    if sign.lower() in SHORT:
        return f"[{'^' if sign.isupper() else ''}{SHORT[sign.lower()]}]"
    return escape


def _class(given: str) -> str:
    """A class of signs; one that is left out within it becomes a class beside it."""
    opened = "[^" if given.startswith("[^") else "["
    plain, without = "", []
    for part in IN_CLASS.finditer(given[len(opened) : -1]):
        if part["posix"]:
            signs = CLASSES[part["posix"]]
            negated = bool(part["not"])
        elif part["short"]:
            signs = SHORT[part["short"].lower()]
            negated = part["short"].isupper()
        else:
            plain += "\\]" if part["other"] == "]" else part["other"]
            continue
        if negated:
            without.append(f"[^{signs}]")
        else:
            plain += signs
    inside = [f"[{plain}]", *without] if plain else without
    if not without:
        return f"{opened}{plain}]"
    either = f"(?:{'|'.join(inside)})"
    return f"(?:(?!{either})(?:.|\\n))" if opened == "[^" else either
