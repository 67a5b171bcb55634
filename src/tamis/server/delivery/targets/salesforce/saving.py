"""What became of records that were saved, of each apart: the good ones are in beside the bad."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tamis.server.delivery.message import Message, Refused, Result, Retry, Sent

Json = Mapping[str, Any]
Save = Callable[[Sequence[Json]], Sequence[Json]]
PASSING: Final = frozenset(
    ("UNABLE_TO_LOCK_ROW", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION", "SERVER_UNAVAILABLE")
)
"""What another attempt may not meet again."""


def saved(save: Save, changes: Sequence[tuple[Message, Json]]) -> dict[int, Result]:
    """Save records, and say what became of each, by the numbers of the messages."""
    answers = save([record for _, record in changes]) if changes else []
    return {one.entry: _result(answer) for (one, _), answer in zip(changes, answers, strict=True)}


def codes_of(answer: Json) -> frozenset[str]:
    """The codes of what was wrong with a record."""
    return frozenset(word(one.get("statusCode")) for one in answer.get("errors") or [])


def word(code: object) -> str:
    """A code as it is shown: no more than a word."""
    text = str(code)
    return text if text.isascii() and text.replace("_", "").isalnum() and len(text) < 80 else "?"


def _result(answer: Json) -> Result:
    if answer.get("success"):
        return Sent()
    codes = codes_of(answer)
    passes = bool(codes) and codes <= PASSING
    return (Retry if passes else Refused)(f"Salesforce: {_reason(answer)}")


def _reason(answer: Json) -> str:
    """In codes and names of fields: a message may hold what was sent."""
    said = []
    for one in answer.get("errors") or []:
        fields = ", ".join(f"`{name}`" for name in one.get("fields") or [])
        code = word(one.get("statusCode"))
        said.append(f"{code} of {fields}" if fields else code)
    return ", ".join(dict.fromkeys(said)) or "no reason"
