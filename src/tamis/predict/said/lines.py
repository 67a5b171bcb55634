"""Groups of a part in the reader's words: `3 to 10`, `France, Spain`, `not known`."""

from __future__ import annotations

from collections.abc import Sequence

from tamis.language import listed, number, translator
from tamis.predict.learned import Group, Part
from tamis.predict.said.conditions import bound_of

MOST_SHOWN = 6
"""So many values are named; of more, how many others there are."""


def said_groups(part: Part, groups: Sequence[Group], language: str) -> str:
    """Some groups of a part in words, in the order of the part.

    >>> part = Part(
    ...     "n", "number", (Group(0, below=True), Group(1, at_least=3.0), Group(0, missing=True))
    ... )
    >>> said_groups(part, part.groups[1:], "en"), said_groups(part, part.groups[:1], "en")
    ('3 or more or not known', 'below 3')
    """
    chosen = [group for group in part.groups if group in groups]
    shown = _spans(part, chosen, language) if part.kind == "number" else _values(chosen, language)
    _ = translator(language)
    shown += [_("any other") for group in chosen if group.otherwise]
    shown += [_("not known") for group in chosen if group.missing]
    return listed(shown, language, last="or")


def _spans(part: Part, chosen: Sequence[Group], language: str) -> list[str]:
    """Neighbours are one span."""
    numbers = [group for group in part.groups if not group.missing]
    spans: list[tuple[int, int]] = []
    for place, group in enumerate(numbers):
        if group not in chosen:
            continue
        if spans and spans[-1][1] == place:
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    return [_span(numbers, first, end, language) for first, end in spans]


def _span(numbers: Sequence[Group], first: int, end: int, language: str) -> str:
    _ = translator(language)
    low, high = numbers[first].at_least, None
    if end < len(numbers):
        high = numbers[end].at_least
    shown = [None if b is None else number(bound_of(b), language, decimals=6) for b in (low, high)]
    if shown[0] is None and shown[1] is None:
        return _("any number")
    if shown[0] is None:
        return _("below {bound}").format(bound=shown[1])
    if shown[1] is None:
        return _("{bound} or more").format(bound=shown[0])
    return _("{low} up to, not including, {high}").format(low=shown[0], high=shown[1])


def _values(chosen: Sequence[Group], language: str) -> list[str]:
    values = [value for group in chosen for value in group.values]
    if len(values) <= MOST_SHOWN:
        return values
    _ = translator(language)
    more = _("{count} other values").format(count=len(values) - MOST_SHOWN + 1)
    return [*values[: MOST_SHOWN - 1], more]
