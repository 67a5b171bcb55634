"""What names in an expression mean: fields of lead, account and event, verdicts so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from tamis.model.document import did_you_mean
from tamis.model.expression.parse import ExpressionError, offset_of
from tamis.model.spec import Field, FieldType
from tamis.sql.chain import SQL_TYPES
from tamis.sql.write import column

Kind = Literal["text", "number", "boolean", "date", "timestamp"]

KINDS: Mapping[FieldType, tuple[Kind, int]] = {
    "text": ("text", 0),
    "integer": ("number", 0),
    "number": ("number", 6),
    "boolean": ("boolean", 0),
    "date": ("date", 0),
    "timestamp": ("timestamp", 0),
}
"""The kind of each field type and its number of decimals."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A tree with its kind; a number also knows how many decimals it can have."""

    tree: exp.Expr
    kind: Kind
    decimals: int = 0


@dataclass(frozen=True)
class Names:
    """The names an expression may use: declared fields, verdicts so far, and rules for `hit()`.

    `elsewhere` tells of names that exist but not here, with the reason.
    """

    fields: tuple[Field, ...] = ()
    verdicts: Mapping[str, Typed] = field(default_factory=dict)
    hit: Callable[[str], exp.Expr | None] | None = None
    rules: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def find(self, table: str, name: str, offset: int) -> Typed:
        """What a name stands for.

        Raises: ExpressionError for a name that is not known here or means two things.
        """
        if not table and name in self.verdicts:
            return self.verdicts[name]
        found = [f for f in self.fields if f.name == name and table in ("", f.table)]
        if len(found) > 1:
            hint = " or ".join(f"`{f.table}.{name}`" for f in found)
            raise ExpressionError(
                offset, "ambiguous-name", f"`{name}` is in two tables", f"write {hint}"
            )
        if not found:
            raise self._unknown(table, name, offset)
        kind, decimals = KINDS[found[0].type]
        return Typed(self._tree(found[0]), kind, decimals)

    def _tree(self, found: Field) -> exp.Expr:
        if found.table == "event" and found.type == "number":
            # Cast where it is read: events are many, and few of them reach a condition on numbers.
            return exp.TryCast(this=column(found.column), to=SQL_TYPES["number"].copy())
        return column(found.column)

    def _unknown(self, table: str, name: str, offset: int) -> ExpressionError:
        shown = f"{table}.{name}" if table else name
        if name in self.elsewhere:
            return ExpressionError(
                offset, "unknown-field", f"`{shown}` cannot be used here", self.elsewhere[name]
            )
        known = [*self.verdicts, *(f.name for f in self.fields)]
        hint = self._quoted(table, name) or did_you_mean(name, known)
        return ExpressionError(offset, "unknown-field", f"unknown field `{shown}`", hint)

    def _quoted(self, table: str, name: str) -> str:
        """A hint where an unquoted name was read up to its first other sign: `E` of `E-mail`."""
        longer = re.compile(rf"{re.escape(name)}\W", re.IGNORECASE)
        for f in self.fields:
            if table in ("", f.table) and longer.match(f.name):
                return f'did you mean "{f.name}"? names with other signs are quoted'
        return ""


def same_kind(values: Sequence[Typed], node: exp.Expr) -> None:
    """Raises: ExpressionError when the values are of more than one kind."""
    kinds = sorted({value.kind for value in values})
    if len(kinds) > 1:
        message = f"the values are of different kinds: {', '.join(kinds)}"
        raise ExpressionError(offset_of(node), "wrong-type", message)
