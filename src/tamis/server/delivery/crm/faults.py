"""Why a CRM could not be asked: for now, or ever as things are."""

from __future__ import annotations

from importlib.util import find_spec


class LaterError(Exception):
    """The CRM can be asked again in `seconds`; null: as one sees fit. The text says why.

    With `rest` it wants no request at all before then.
    """

    def __init__(self, reason: str, seconds: float | None = None, *, rest: bool = False) -> None:
        super().__init__(reason)
        self.seconds, self.rest = seconds, rest


class RefusedError(Exception):
    """The CRM will not take this, however often it is asked. The text says why."""


def absent(package: str, extra: str) -> tuple[str, str] | None:
    """What to say where a CRM's client is not installed, and what to do; None: it is."""
    if find_spec(package) is not None:
        return None
    return f"the client of {extra} is not installed", f"pip install 'tamis[{extra}]'"
