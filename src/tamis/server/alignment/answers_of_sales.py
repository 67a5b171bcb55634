"""What sales did with hand-offs: in time, rejected and why, in the recommended order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from tamis.server.alignment.figures import Part
from tamis.server.alignment.histories import Handoff
from tamis.server.alignment.period import Span

ASSIGNED, ANSWERED, LEFT = 0, 1, 2
"""In this order at one instant: what was answered had been assigned."""


def service_kept(handoffs: Sequence[Handoff], span: Span) -> tuple[Part, ...]:
    """Deadlines kept, of all (first, without a name) and by owner."""
    kept: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for one in handoffs:
        if one.due_at is None or not span.holds(one.due_at) or _withdrawn(one, one.due_at):
            continue
        in_time = one.answered_at is not None and one.answered_at <= one.due_at
        for name in ("", one.owner or "-"):
            of[name] += 1
            kept[name] += in_time
    return _parts(kept, of)


def _withdrawn(one: Handoff, at: int) -> bool:
    return one.answered_at is None and one.settled_at is not None and one.settled_at <= at


def rejections(handoffs: Sequence[Handoff], span: Span) -> tuple[Part, ...]:
    """Rejected of all that was answered (first, without a name), and by reason, most first."""
    answered = [one for one in handoffs if span.holds(one.decided_at)]
    reasons = Counter(one.reason or "-" for one in answered if one.is_rejected)
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    whole = Part("", reasons.total(), len(answered))
    return (whole, *(Part(name, count, len(answered)) for name, count in ordered))


def in_order(handoffs: Sequence[Handoff], span: Span) -> tuple[Part, ...]:
    """Answered in the order of turns, of all (first, without a name) and by owner."""
    kept: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for one, first in _answered(handoffs):
        if span.holds(one.answered_at):
            for name in ("", one.owner or "-"):
                of[name] += 1
                kept[name] += first
    return _parts(kept, of)


def _answered(handoffs: Sequence[Handoff]) -> Iterator[tuple[Handoff, bool]]:
    """Each hand-off when its owner answers it, and whether it was the first that waited."""
    moments: list[tuple[int, int, Handoff]] = []
    for one in handoffs:
        if one.owner is None or one.assigned_at is None:
            continue
        moments.append((one.assigned_at, ASSIGNED, one))
        if one.answered_at is not None:
            moments.append((one.answered_at, ANSWERED, one))
        elif one.settled_at is not None:
            moments.append((one.settled_at, LEFT, one))
    waiting: defaultdict[str, list[tuple[int, int, Handoff]]] = defaultdict(list)
    gone: set[int] = set()
    for at, what, one in sorted(moments, key=lambda m: (m[0], m[1], m[2].turn, m[2].handoff)):
        if what == ASSIGNED:
            heappush(waiting[one.owner or ""], (one.turn, one.handoff, one))
            continue
        if what == ANSWERED:
            yield one, _is_first(waiting[one.owner or ""], gone, one, at)
        gone.add(one.handoff)


def _is_first(heap: list[tuple[int, int, Handoff]], gone: set[int], one: Handoff, at: int) -> bool:
    """Whether nothing that waits stands before it; what is snoozed stands aside."""
    aside = []
    while heap:
        first = heap[0][2]
        if first.handoff in gone:
            heappop(heap)
        elif first.handoff != one.handoff and (first.snoozed_until or 0) > at:
            aside.append(heappop(heap))
        else:
            break
    found = bool(heap) and heap[0][2].handoff == one.handoff
    for each in aside:
        heappush(heap, each)
    return found


def _parts(kept: Counter[str], of: Counter[str]) -> tuple[Part, ...]:
    names = sorted(name for name in of if name)
    return (Part("", kept[""], of[""]), *(Part(name, kept[name], of[name]) for name in names))
