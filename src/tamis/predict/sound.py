"""Whether a learned model is sound: its parts whole, its numbers finite and within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from math import isfinite

from tamis.history.intervals import Interval
from tamis.predict.learned import Group, Learned, Pair, Part, Quality
from tamis.predict.saying import Saying

HEAVIEST = 50.0
"""The most that a weight adds to the log of the odds: e^50 is beyond all doubt."""
LONGEST = 2_000
FARTHEST = 1e15
MOST_DAYS = 1_000_000
FINGERPRINT = re.compile("[0-9a-f]{64}")
ODD = re.compile("[\x00\ud800-\udfff]")


def problems(learned: Learned) -> Iterator[str]:
    """What is not sound, each with its place as `$.parts[3].groups[1]`; nothing of a sound one."""
    yield from _heads(learned)
    yield from _figures(learned)
    if not learned.usable and (learned.parts or learned.pairs):
        yield "a model that abstains has no parts - at `$.usable`"
    seen: set[str] = set()
    for place, part in enumerate(learned.parts):
        at = f"$.parts[{place}]"
        if part.column in seen:
            yield f"a second part of `{part.column}` - at `{at}.column`"
        seen.add(part.column)
        yield from _part(part, at)
    for place, pair in enumerate(learned.pairs):
        yield from _pair(pair, f"$.pairs[{place}]")


def _heads(learned: Learned) -> Iterator[str]:
    yield from _text(learned.name, "$.name")
    yield from _text(learned.outcome, "$.outcome")
    yield from _weight(learned.intercept, "$.intercept")
    if learned.base_rate.value is None:
        yield "a base rate is needed - at `$.base_rate.value`"
    if learned.horizon is not None and not 1 <= learned.horizon <= MOST_DAYS:
        yield "a horizon is at least 1 day - at `$.horizon`"
    if not FINGERPRINT.fullmatch(learned.training.fingerprint):
        yield "64 hexadecimal digits are expected - at `$.training.fingerprint`"
    for name in ("examples", "leads", "conversions", "recipe"):
        if getattr(learned.training, name) < 0:
            yield f"no number of things is below 0 - at `$.training.{name}`"
    for name in ("first", "last", "since"):
        if not _is_day(getattr(learned.training, name)):
            yield f"a day is expected, as 2026-11-02 - at `$.training.{name}`"


def _is_day(text: str | None) -> bool:
    if text is None:
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _figures(learned: Learned) -> Iterator[str]:
    """Shares lie between 0 and 1, everything is finite."""
    yield from _interval(learned.base_rate, "$.base_rate")
    yield from _quality(learned.quality, "$.quality")
    yield from _quality(learned.later, "$.later")
    if not all(isfinite(one) for one in learned.told):
        yield "a finite number is expected - at `$.told`"
    for place, one in enumerate(learned.calibration):
        if not (0 <= one.told <= 1 and 0 <= one.won <= one.examples):
            yield f"a told share and wins among examples are expected - at `$.calibration[{place}]`"


def _quality(quality: Quality, at: str) -> Iterator[str]:
    yield from _interval(quality.auc, f"{at}.auc")
    shares = ("calibration_error", "floor", "average_precision")
    for name in (*shares, "log_loss", "base_log_loss", "lift"):
        value = getattr(quality, name)
        if value is not None and not (0 <= value <= (1 if name in shares else FARTHEST)):
            yield f"{value} cannot be - at `{at}.{name}`"


def _interval(interval: Interval, at: str) -> Iterator[str]:
    for name in ("value", "low", "high"):
        value = getattr(interval, name)
        if value is not None and not 0 <= value <= 1:
            yield f"a share is between 0 and 1 - at `{at}.{name}`"


def sayable(text: str) -> bool:
    """Whether the file of a learned model can hold a text."""
    return len(text) <= LONGEST and not ODD.search(text)


def _text(text: str, at: str) -> Iterator[str]:
    if not sayable(text):
        yield f"a text of at most {LONGEST:,} plain characters is expected - at `{at}`"


def _weight(weight: float, at: str) -> Iterator[str]:
    if not abs(weight) <= HEAVIEST:
        yield f"a weight is between -{HEAVIEST:.0f} and {HEAVIEST:.0f} - at `{at}`"


# Parts -------------------------------------------------------------------------------------------


def _part(part: Part, at: str) -> Iterator[str]:
    yield from _text(part.column, f"{at}.column")
    if not part.column.strip():
        yield f"a column has a name - at `{at}.column`"
    if part.earns is not None and not isfinite(part.earns):
        yield f"a finite number is expected - at `{at}.earns`"
    if part.said_by:
        yield from _saying(part.said_by, f"{at}.said_by")
    for place, group in enumerate(part.groups):
        yield from _group(group, f"{at}.groups[{place}]")
    yield from _order(part, at)
    yield from (_rising if part.kind == "number" else _once)(part, at)


def _group(group: Group, at: str) -> Iterator[str]:
    yield from _weight(group.weight, f"{at}.weight")
    if not 0 <= group.spread <= HEAVIEST:
        yield f"a spread is between 0 and {HEAVIEST:.0f} - at `{at}.spread`"
    if not 0 <= group.won <= group.rows:
        yield f"wins are among the rows - at `{at}.won`"
    if group.at_least is not None and not abs(group.at_least) <= FARTHEST:
        yield f"a bound is between -1e15 and 1e15 - at `{at}.at_least`"
    for place, value in enumerate(group.values):
        yield from _text(value, f"{at}.values[{place}]")
    if sum(map(bool, _says(group))) != 1:
        names = "`at_least`, `below`, `values`, `otherwise` and `missing`"
        yield f"exactly one of {names} is expected - at `{at}`"


def _says(group: Group) -> Sequence[object]:
    bound = group.at_least is not None
    return (group.below, bound, group.values, group.otherwise, group.missing)


def _order(part: Part, at: str) -> Iterator[str]:
    """Of a number: below, bounds, missing. Of a text: values, any other, missing."""
    number = part.kind == "number"
    told = ["below", "bound", "values", "otherwise", "missing"]
    kinds = [
        told[[bool(one) for one in _says(g)].index(True)] for g in part.groups if any(_says(g))
    ]
    many = "bound" if number else "values"
    between = [many] * (len(kinds) - 2)
    expected = ["below", *between, "missing"] if number else [*between, "otherwise", "missing"]
    if kinds != expected:
        words = "`below`, `at_least` ..." if number else "`values` ..., `otherwise`"
        order = f"the groups of a {part.kind} are {words}, `missing`, in this order"
        yield f"{order} - at `{at}.groups`"


def _rising(part: Part, at: str) -> Iterator[str]:
    bounds = [group.at_least for group in part.groups if group.at_least is not None]
    if any(later <= bound for bound, later in pairwise(bounds)):
        yield f"bounds rise - at `{at}.groups`"


def _once(part: Part, at: str) -> Iterator[str]:
    values = [value.lower() for group in part.groups for value in group.values]
    if len(set(values)) < len(values):
        yield f"a value stands in two groups, or twice - at `{at}.groups`"


def _saying(saying: Saying, at: str) -> Iterator[str]:
    if saying.form == "field" and not saying.field:
        yield f"a field has a name - at `{at}.field`"
    if saying.form != "field" and not saying.event:
        yield f"an event is needed - at `{at}.event`"
    events = (saying.event,) if isinstance(saying.event, str) else saying.event or ()
    for text in (saying.field or "", *events):
        yield from _text(text, at)
    for name in ("within", "per_day"):
        value = getattr(saying, name)
        if value is not None and not 1 <= value <= MOST_DAYS:
            yield f"a whole number above 0 is expected - at `{at}.{name}`"


def _pair(pair: Pair, at: str) -> Iterator[str]:
    yield from _part(pair.first, f"{at}.first")
    yield from _part(pair.second, f"{at}.second")
    if pair.first.column == pair.second.column:
        yield f"a pair is of two columns - at `{at}`"
    shape = (len(pair.first.groups), len(pair.second.groups))
    if len(pair.weights) != shape[0] or any(len(row) != shape[1] for row in pair.weights):
        yield f"{shape[0]} rows of {shape[1]} weights are expected - at `{at}.weights`"
    for i, row in enumerate(pair.weights):
        for j, weight in enumerate(row):
            yield from _weight(weight, f"{at}.weights[{i}][{j}]")
