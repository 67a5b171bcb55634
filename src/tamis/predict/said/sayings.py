"""How each part of a learned model is said by a rule: of which field, or of which events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tamis.errors import UserError
from tamis.predict.examples import Examples, Saying
from tamis.predict.learned import Learned, Part


def with_sayings(learned: Learned, examples: Examples) -> Learned:
    """The model with how its columns are said, as its examples tell; what it tells itself stays."""
    told = {column.name: column.said_by for column in examples.columns}

    def said(part: Part) -> Part:
        return replace(part, said_by=part.said_by or told.get(part.column))

    return each_part(learned, said)


def settled(learned: Learned) -> Learned:
    """The model, in which every column of a plain table is a field of the lead.

    Where any part tells how it is said, one that does not cannot be said.
    """
    told = any(part.said_by for part in all_parts(learned))
    if told or learned.horizon is not None:
        return learned

    def said(part: Part) -> Part:
        return replace(part, said_by=Saying("field", part.column))

    return each_part(learned, said)


def saying_of(part: Part) -> Saying:
    """How a rule says what the part looks at.

    Raises: UserError for what no rule can say.
    """
    if part.said_by is None:
        message = f"no rule of a scoring model can say `{part.column}`"
        hint = "leave the column out and train again"
        raise UserError(message, hint=hint)
    return part.said_by


def all_parts(learned: Learned) -> Iterator[Part]:
    """Every part, those of pairs too."""
    yield from learned.parts
    for pair in learned.pairs:
        yield from (pair.first, pair.second)


def each_part(learned: Learned, change: Callable[[Part], Part]) -> Learned:
    """The model with every part changed, those of pairs too."""
    pairs = (replace(p, first=change(p.first), second=change(p.second)) for p in learned.pairs)
    return replace(learned, parts=tuple(map(change, learned.parts)), pairs=tuple(pairs))
