"""Which rows were won: the words of a label column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tamis.errors import Place, SourceError
from tamis.model.document import nearest
from tamis.sources import text_cells
from tamis.sources.delivered import Delivered
from tamis.sources.lines import places

WON = frozenset({*text_cells.YES, "won", "closed won", "converted", "gagné", "gagne", "gagnée"})
NOT_WON = frozenset({*text_cells.NO, "lost", "closed lost", "not converted", "perdu", "perdue"})
SHOWN = 8
"""So many values of a label are named in a message."""
SIGNED = re.compile(r"-\d+(\.\d+)?")


@dataclass(frozen=True)
class Words:
    """The words of a label, as the data write them: those of won rows, and those of the rest."""

    won: tuple[str, ...]
    rest: tuple[str, ...]


def words_of(
    delivered: Delivered, label: str, values: Sequence[str | None], yes: str | None
) -> Words:
    """Which words of a label mean won: `yes`, else those that every reader knows.

    Raises: SourceError for words that nobody can tell, and when there is one class only.
    """
    counted = Counter(value for value in values if value is not None)
    if not counted:
        message = f"`{label}` is empty in every row: nothing says who was won"
        raise SourceError(message, _at(delivered, label, None))
    won = (
        _said(delivered, label, counted, yes)
        if yes is not None
        else _known(delivered, label, counted)
    )
    rest = tuple(sorted(set(counted) - won))
    if not won or not rest:
        _refuse_one_class(delivered, label, counted)
    return Words(tuple(sorted(won)), rest)


def _said(delivered: Delivered, label: str, counted: Counter[str], yes: str) -> set[str]:
    won = {value for value in counted if _folded(value) == _folded(yes)}
    if not won:
        near = nearest(yes, list(counted))
        hint = f"did you mean `{near}`?" if near else f"it holds {_listed(counted)}"
        message = f"no row has `{yes}` in `{label}`"
        raise SourceError(message, _at(delivered, label, None), hint)
    return won


def _known(delivered: Delivered, label: str, counted: Counter[str]) -> set[str]:
    other = [value for value in counted if _folded(value) not in WON | NOT_WON]
    if other:
        message = f"`{label}` holds {_listed(counted)}: which of them means won?"
        hint = "say it, as with --yes, or write yes and no"
        raise SourceError(message, _at(delivered, label, other[0]), hint)
    return {value for value in counted if _folded(value) in WON}


def _refuse_one_class(delivered: Delivered, label: str, counted: Counter[str]) -> None:
    message = f"`{label}` holds {_listed(counted)} only: to learn takes rows that were not won too"
    if all(_folded(value) in NOT_WON for value in counted):
        message = f"`{label}` holds {_listed(counted)} only: to learn takes rows that were won too"
    hint = "give all leads of a time, whatever became of them"
    raise SourceError(message, _at(delivered, label, None), hint)


def _folded(value: str) -> str:
    # The sign of a number is no hyphen: -1 is not 1.
    joined = value.lower() if SIGNED.fullmatch(value.strip()) else value.lower().replace("-", " ")
    folded = " ".join(joined.replace("_", " ").split())
    # A flag held as a float: 1.0 is 1.
    return folded.removesuffix(".0") if folded in ("1.0", "0.0") else folded


def _listed(counted: Counter[str]) -> str:
    shown = [f"`{value}` ({count})" for value, count in counted.most_common(SHOWN)]
    more = len(counted) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _at(delivered: Delivered, label: str, value: str | None) -> Place:
    """The first row of CSV that holds a value, else the column's name, else the table."""
    if value is not None:
        rows = places(delivered, lambda row: "x" if row.get(label, "").strip() == value else "")
        found = next(rows, None)
        if found is not None:
            return found[0]
    files = delivered.files
    return Place(files[0].shown, files[0].skip + 1) if files else Place(delivered.shown)
