"""How a label's words become one pattern that every engine can run.

Patterns look at a title folded by `normalise`: lower case, no accents, words between single
spaces. They stay inside what RE2, Java, PostgreSQL, Snowflake and Python read alike:
alternatives, plain groups, classes, `?`, `*` and the two anchors. Words are bounded by spaces,
never by a backslash and `b`, which PostgreSQL reads as a backspace.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TitlePattern:
    """A label and the regular expression that, found in a folded title, gives it.

    Attributes:
        label: The answer; null stops the search with no answer.
        pattern: A regular expression of the RE2 subset, for a title folded by `normalise`.
    """

    label: str | None
    pattern: str


def title_pattern(
    label: str | None,
    *,
    words: str = "",
    stems: str = "",
    first: str = "",
    last: str = "",
    only: str = "",
) -> TitlePattern:
    """A label's pattern, from lists of words, phrases or small regular expressions.

    A list is separated by commas; a line may end after a comma only. The pattern is an alternation
    of what the lists say.

    Args:
        label: The answer where the pattern is found; null stops the search with no answer.
        words: Whole words, anywhere.
        stems: Beginnings of words, anywhere.
        first: Whole words that open the title.
        last: Whole words that close it.
        only: Whole titles.

    Example:
        >>> title_pattern("hr", words="hr, rh", stems="recru").pattern
        ' (hr|rh) | (recru)'
    """
    forms = (
        (" ", words, " "),
        (" ", stems, ""),
        ("^ ", first, " "),
        (" ", last, " $"),
        ("^ ", only, " $"),
    )
    return TitlePattern(label, "|".join(_alternation(*form) for form in forms if form[1]))


def _alternation(before: str, words: str, after: str) -> str:
    return f"{before}({'|'.join(word.strip() for word in words.split(','))}){after}"
