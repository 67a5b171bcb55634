"""What an answer by HTTP means for a message: taken, to be sent again, or never to be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from tamis.server.clock import Clock
from tamis.server.delivery.addresses import RefusedAddressError
from tamis.server.delivery.client import Answer, NoAnswerError
from tamis.server.delivery.message import Refused, Result, Retry, Sent

NEVER: Final = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 422, 431})
"""Statuses that another attempt with the same message gets again.

Others of the 400s tell of what is mended over there or in the set-up: a key, an address, a rate.
"""
TOO_MANY: Final = 429
UNAVAILABLE: Final = 503


def result(clock: Clock, request: Callable[[], Answer]) -> Result:
    """Make a request and say what its answer means."""
    try:
        return meaning(request(), clock)
    except (NoAnswerError, RefusedAddressError) as error:
        return Retry(str(error))


def meaning(answer: Answer, clock: Clock) -> Result:
    """What an answer means. Its text is not repeated: it may hold what was sent."""
    if answer.good:
        return Sent()
    reason = f"answered {answer.status}"
    if answer.status in NEVER:
        return Refused(reason)
    after = retry_after(answer.headers, clock)
    rest = answer.status == TOO_MANY or (answer.status == UNAVAILABLE and after is not None)
    return Retry(reason, after, rest)


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Seconds that a Retry-After asks for: a number, or until an instant; None for none.

    >>> from tamis.server.clock import SystemClock
    >>> retry_after({"retry-after": "120"}, SystemClock())
    120.0
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 9:
        return float(said)
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    return max((at - clock.now()).total_seconds(), 0.0)
