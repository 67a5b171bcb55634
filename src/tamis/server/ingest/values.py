"""Values: what may stand in a message; whatever both databases and every engine can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from tamis.server.clock import micros
from tamis.server.ingest import limits
from tamis.server.ingest.faults import Fault

NO_IDS = frozenset(
    (
        "null",
        "undefined",
        "none",
        "nil",
        "nan",
        "true",
        "false",
        "anonymous",
        "guest",
        "[object object]",
        "00000000-0000-0000-0000-000000000000",
    )
)
"""What programs write when they know no id: taken as one, it would make one lead of everybody."""
ESCAPED_NUL = b"\\u0000"


def identifier(value: str | int | None, name: str) -> str | None:
    """An id as text; None for none. Raises: Fault."""
    if value is None:
        return None
    text = value if type(value) is str else str(value)
    if len(text) > limits.ID:
        raise Fault("id-too-long", f"`{name}` has more than {limits.ID} characters")
    if text.lower() in NO_IDS:
        raise Fault("not-an-id", f"`{name}` is `{text}`: programs write so when they know no id")
    return text if text and not text.isspace() else None


def instant(text: str, name: str) -> int:
    """The microseconds of a time in ISO 8601; UTC when it does not say. Raises: Fault."""
    try:
        read = datetime.fromisoformat(text)
        return micros(read if read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        said = f"`{name}` is no time: write it as 2026-11-21T09:30:00Z"
        raise Fault("bad-time", said) from error


def refuse_time(at: int, received_at: int) -> None:
    """Raises: Fault for a time before 1970 or more than a day ahead."""
    if at < 0:
        raise Fault("too-early", "the time is before 1970")
    if at > received_at + limits.DAY:
        raise Fault("in-future", "the time is more than a day ahead of the server's clock")


def refuse_values(
    values: Mapping[str, object] | Iterable[object], left: int = limits.DEPTH
) -> None:
    """Raises: Fault for what is too deep, and for numbers and names that are too large."""
    if isinstance(values, dict):
        for name in values:
            if len(name) > limits.NAME:
                raise Fault("name-too-long", f"`{name[:40]}...` has over {limits.NAME} characters")
        values = values.values()
    for value in values:
        kind = type(value)
        if kind is str or value is None or kind is bool:
            continue
        if kind is int or kind is float:
            _refuse_number(value)
        elif left == 0:
            raise Fault("too-deep", f"objects stand more than {limits.DEPTH} deep in one another")
        else:
            refuse_values(value, left - 1)  # type: ignore[arg-type]


def _refuse_number(value: object) -> None:
    bound = limits.INTEGER if type(value) is int else limits.NUMBER
    if not -bound < value < bound:  # type: ignore[operator]
        raise Fault("number-too-large", "a number has too many digits before the point")


def refuse_nul(value: object) -> None:
    """Raises: Fault for text with the character NUL, which PostgreSQL cannot hold."""
    if isinstance(value, str) and "\0" in value:
        raise Fault("nul", "a text has the character NUL (\\u0000) in it")
    if isinstance(value, dict):
        for name, inner in value.items():
            refuse_nul(name)
            refuse_nul(inner)
    elif isinstance(value, list):
        for inner in value:
            refuse_nul(inner)
