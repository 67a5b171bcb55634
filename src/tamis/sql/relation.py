"""A relation: what a step's rows mean. Declared once, printed in the SQL, held by the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "integer", "number", "boolean", "date", "timestamp", "wide"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, what it holds, its unit and what null means in it.

    `null` is empty when the column is never null. `wide` is a 128-bit integer.
    """

    name: str
    type: Type
    about: str
    unit: str = ""
    null: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A named set of rows: `grain` lists the columns that make a row unique (empty: none do)."""

    name: str
    about: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def sentence(self) -> str:
        """What the relation holds and its grain, as printed above the step in the SQL."""
        grain = f"; one row per {', '.join(self.grain)}" if self.grain else ""
        return f"{self.name}: {self.about}{grain}"
