"""An absence: days on which a person does not work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tamis.errors import UserError


@dataclass(frozen=True, order=True, slots=True)
class Absence:
    """From the first to the last day, both included, in the person's own time zone.

    Raises: UserError when the last day is before the first.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            found = f"the absence ends on {self.last}, before it begins on {self.first}"
            raise UserError(found, hint="give the first day, then the last")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last
