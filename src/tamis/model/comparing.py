"""Comparing two models: what came, what went, what changed its values or its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tamis.model.changes import Change


def aspects(
    subject: str, name: str, of: str, pairs: Iterable[tuple[str, object, object]]
) -> Iterator[Change]:
    """What of a thing changed: each aspect of which the two values differ."""
    for aspect, old, new in pairs:
        if old != new:
            yield Change("changed", subject, name, of, aspect, old, new)


def both(old: object, new: object, names: Sequence[str]) -> Iterator[tuple[str, object, object]]:
    """Aspects by the names of attributes, with their values in both."""
    return ((name, getattr(old, name), getattr(new, name)) for name in names)


def come_and_gone(
    subject: str, old: Iterable[str], new: Iterable[str], of: str = ""
) -> Iterator[Change]:
    """What one model has and the other lacks, by name."""
    before, after = list(old), list(new)
    yield from (Change("removed", subject, name, of) for name in before if name not in after)
    yield from (Change("added", subject, name, of) for name in after if name not in before)


def section(subject: str, old: object, new: object) -> Iterator[Change]:
    """A section that only one of the models has."""
    if old is None and new is not None:
        yield Change("added", subject)
    if old is not None and new is None:
        yield Change("removed", subject)


def order(subject: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
    """A change of order among what both models have."""
    before, after = list(old), list(new)
    kept = tuple(name for name in before if name in after)
    now = tuple(name for name in after if name in before)
    if kept != now:
        yield Change("reordered", subject, old=kept, new=now)
