"""Suggestions and proposals taken into a draft: the model's text changed, comments kept."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from tamis.model.editing.splice import replaced, with_element
from tamis.model.editing.tree import Path, at, pairs, root_of
from tamis.predict.suggest.missing import Proposal
from tamis.predict.suggest.points import Suggestion


def apply(text: str, chosen: Iterable[Suggestion]) -> str:
    """The text of a model (YAML) with the points of the suggestions chosen.

    Everything else, comments and order too, stays as it is; a suggestion for a rule that is kept,
    or of which too little is known, changes nothing. The text is then a draft like any other.
    Raises: NoPlace where the text no longer has the rule.
    """
    for suggestion in chosen:
        for path, value in suggestion.edits:
            text = replaced(text, as_written(text, path), value)
    return text


def add(text: str, chosen: Iterable[Proposal]) -> str:
    """The text of a model (YAML) with the rules chosen behind the others of their dimension.

    Fields that the model does not know yet are declared. Raises: NoPlace where the text has no
    such dimension.
    """
    for proposal in chosen:
        if proposal.declares:
            text = replaced(text, *proposal.declares)
        path = ("dimensions", proposal.dimension, "rules")
        text = with_element(text, path, list(proposal.lines))
    return text


def as_written(text: str, path: Path) -> Path:
    """The path with its last key as the text writes it: a bound of 10 may stand there as `10.0`."""
    names = [name for name, _ in pairs(at(root_of(text), path[:-1]))]
    if path[-1] in names:
        return path
    same = (name for name in names if _number(name) == _number(path[-1]) is not None)
    return (*path[:-1], next(same, path[-1]))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
