"""How a rule of a scoring model says what a column of examples holds.

A module of its own, for learned models name it too, and are read where no numbers are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Saying:
    """How a rule of a scoring model says what a column holds.

    `form` is `field` (a field of the lead, or of the account: `scope`), `frequency` (how many
    events within a window) or `recency` (the age in days of the latest one). `field` is the field's
    name; `event`, `where`, `within` (days, None for always) and `per_day` are those of an event
    rule of the model. With `days_since`, the field is a day or an instant and the column holds its
    age, as the function `days_since` gives it; a day that lies ahead is missing.
    """

    form: Literal["field", "frequency", "recency"]
    field: str | None = None
    scope: Literal["lead", "account"] = "lead"
    event: str | tuple[str, ...] | None = None
    where: str | None = None
    within: int | None = None
    per_day: int | None = None
    days_since: bool = False
