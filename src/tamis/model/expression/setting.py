"""The setting of an expression: the names it may use, the time zone and the day it is asked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tamis.model.expression.names import Names, Typed
from tamis.sql import days


@dataclass(frozen=True)
class Setting:
    """One set of names, one time zone and one as-of day.

    `today` is the day number as a tree; `until` bounds the zone's offsets; `derive` gives a column
    for a costly function of the lead, where the step above computes it once.
    """

    names: Names
    zone: str
    until: date
    today: exp.Expr
    derive: Callable[[str, exp.Expr], exp.Expr] | None = None

    def local_date(self, typed: Typed) -> exp.Expr:
        """The calendar date of a date or timestamp, in the model's zone."""
        if typed.kind == "date":
            return typed.tree
        if self.derive:
            return self.derive("local_date", typed.tree)
        return days.local_date(typed.tree, self.zone, self.until)
