"""The charts of a what-if: the grid before and after, new hand-offs beside the capacity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tamis import charts
from tamis.history.moves import Matrix
from tamis.history.what_if import WhatIf
from tamis.language import number, translator
from tamis.model.spec import Dimension, Model
from tamis.reports.figures import best_first, has_grid
from tamis.reports.sections import Drawing


def grid_before_and_after(found: WhatIf, matrix: Matrix, language: str) -> Iterator[Drawing]:
    """The leads of each cell under both models, where both have a grid of the same dimensions."""
    models = (found.after, found.before)
    if not all(map(has_grid, models)) or found.before.cell != found.after.cell:
        return
    down, across = (_grades(models, place) for place in (0, 1))
    cells = [
        {"row": row, "column": column} | _leads(matrix, row + column)
        for row in down
        for column in across
    ]
    yield partial(charts.changes, cells, down, across, language)


def _grades(models: Sequence[Model], place: int) -> list[str]:
    """The grades of both models, best first."""
    named = [model.dimension(model.cell[place]) for model in models]
    dimensions = [one for one in named if isinstance(one, Dimension)]
    return list(dict.fromkeys(grade for one in dimensions for grade in best_first(one)))


def _leads(matrix: Matrix, cell: str) -> dict[str, int]:
    return {
        "before": sum(move.leads for move in matrix.moves if move.before == cell),
        "after": sum(move.leads for move in matrix.moves if move.after == cell),
    }


def hand_offs_a_week(found: WhatIf, language: str) -> Iterator[Drawing]:
    """New hand-offs of the week under both models, beside what sales can take."""
    _ = translator(language)
    entered = (found.handoffs_before.entered, found.handoffs_after.entered)
    said = tuple(number(count, language) for count in entered)
    rows = [{"label": _("New in the 7 days before"), "values": entered, "said": said}]
    capacity = found.capacity
    name = _("capacity {count}").format(count=number(capacity or 0, language))
    yield partial(
        charts.beside,
        rows,
        (_("Before"), _("After")),
        _("New hand-offs in a week"),
        reference=(float(capacity), name) if capacity else None,
    )
