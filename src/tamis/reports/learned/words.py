"""The words of a learned model: its groups, its phase, why a column was left out."""

from __future__ import annotations

from collections.abc import Iterator

from tamis.history.intervals import Interval
from tamis.language import listed, number, percent, translator
from tamis.predict.learned import PER_LOG_ODDS, Group, LeftOut, Part, Phase
from tamis.reports.figures import NONE

MOST_VALUES = 4
"""So many values of a group are named, then how many more there are."""


def points(weight: float, language: str) -> str:
    r"""A weight as points of the score, of which 10 double the odds: `+6.9`.

    >>> points(0.6931, "en"), points(-0.6931, "fr"), points(0.0, "en")
    ('+10', '\u221210', '0')
    """
    return number(weight * PER_LOG_ODDS, language, decimals=1, sign=True)


def group_name(part: Part, place: int, language: str) -> str:
    """Which examples a group of a part holds, in words."""
    _, group = translator(language), part.groups[place]
    if group.missing:
        return _("not known")
    if group.otherwise:
        return _("any other")
    if group.values:
        return _values(group, language)
    low, high = group.at_least, _next_bound(part, place)
    if low is None:
        return _("below {bound}").format(bound=number(high or 0.0, language))
    if high is None:
        return _("{bound} and more").format(bound=number(low, language))
    if float(low).is_integer() and float(high).is_integer() and high - low == 1:
        return number(low, language)
    said = _("{low} to below {high}")
    return said.format(low=number(low, language), high=number(high, language))


def _values(group: Group, language: str) -> str:
    _ = translator(language)
    named, more = group.values[:MOST_VALUES], len(group.values) - MOST_VALUES
    if more > 0:
        said = _("{values} and {number} more")
        return said.format(values=", ".join(named), number=number(more, language))
    return ", ".join(named)


def _next_bound(part: Part, place: int) -> float | None:
    later = (one.at_least for one in part.groups[place + 1 :] if one.at_least is not None)
    return next(later, None)


def with_interval(interval: Interval, language: str, *, decimals: int = 1) -> str:
    """A share with its 95 % interval in per cent; a dash where it is not known."""
    if interval.value is None:
        return NONE
    said = percent(interval.value, language, decimals=decimals)
    if interval.low is None or interval.high is None:
        return said
    low = number(interval.low * 100, language, decimals=decimals)
    high = number(interval.high * 100, language, decimals=decimals)
    return f"{said} ({low}\u2013{high})"


def between(interval: Interval, language: str, *, decimals: int) -> str:
    r"""A figure with its 95 % interval; a dash where it is not known.

    >>> between(Interval(0.8125, 0.75, 0.875), "en", decimals=2)
    '0.81 (0.75\u20130.88)'
    """
    if interval.value is None or interval.low is None or interval.high is None:
        return NONE
    ends = (interval.value, interval.low, interval.high)
    value, low, high = (number(end, language, decimals=decimals) for end in ends)
    return f"{value} ({low}\u2013{high})"


def phase_said(phase: Phase, language: str) -> str:
    """What the number of conversions allowed to learn."""
    _ = translator(language)
    return {
        "base": _(
            "Fewer than 10 conversions: nothing is learned yet. Everybody has the base rate, and "
            "the rules decide."
        ),
        "early": _(
            "Early: 10 to 39 conversions. Only shrunken rates are told; expect them to move."
        ),
        "additive": _(
            "40 to 119 conversions: the parts that add up are learned, held back towards the base "
            "rate."
        ),
        "full": _("120 conversions or more: the full recipe."),
    }[phase]


def left_out_said(one: LeftOut, language: str) -> str:
    """Why a column was not learned from."""
    _ = translator(language)
    said = {
        "leak": _("it seems to be filled in once the outcome is known"),
        "protected": _("it is a protected attribute"),
        "proxy": _("it tells a protected attribute"),
        "constant": _("it is the same for everybody"),
        "empty": _("it is empty"),
        "name": _("nearly everybody has a value of their own"),
    }[one.why]
    return _("{what}: {more}").format(what=said, more=one.more) if one.more else said


def strongest(part: Part, language: str) -> Iterator[str]:
    """The group of a part that raises the score the most, and the one that lowers it the most."""
    places = [place for place, group in enumerate(part.groups) if group.rows]
    if not places:
        return
    order = sorted(places, key=lambda place: part.groups[place].weight)
    for place in dict.fromkeys((order[-1], order[0])):
        name = group_name(part, place, language)
        yield f"{points(part.groups[place].weight, language)} {name}"


def names(columns: tuple[str, ...], language: str) -> str:
    """Names of columns, listed."""
    return listed([f"`{name}`" for name in columns], language)
