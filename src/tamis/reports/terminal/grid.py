"""The grid in the terminal: the leads of each cell, and what is done with most of them."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tamis.language import number, translator
from tamis.model.spec import Model
from tamis.reports.figures import Cell, Grid
from tamis.reports.phrases import dimension_name, play_name
from tamis.reports.terminal.text import HEADING, SOFT, harmless, heading


def grid_table(grid: Grid, model: Model, language: str) -> RenderableType:
    """The leads of each cell and the play of most of them; the best cell at the top left."""
    _ = translator(language)
    table = Table(box=box.ROUNDED, show_lines=True, pad_edge=True)
    table.add_column("", style=HEADING, justify="center", vertical="middle")
    for label in grid.columns:
        title = Text(harmless(label))
        table.add_column(title, justify="center", header_style=HEADING, min_width=12)
    for row in grid.rows:
        cells = [
            _cell(grid.cell(row, column), grid.most, model, language) for column in grid.columns
        ]
        table.add_row(Text(harmless(row)), *cells)
    down, across = (harmless(dimension_name(d, language)) for d in (grid.down, grid.across))
    caption = _("Down: {down}. Across: {across}.").format(down=down, across=across)
    return Group(heading(_("Leads by cell")), Text(caption, style=SOFT), table)


def _cell(cell: Cell, most: int, model: Model, language: str) -> Text:
    """A cell's name and count, the fuller the bolder; below, the play of most of its leads."""
    text = Text(f"{harmless(cell.name)}  ", style=SOFT)
    style = "bold cyan" if most and cell.leads > most / 4 else "bold" if cell.leads else "dim"
    text.append(number(cell.leads, language), style=style)
    play = next((p for p in model.plays if cell.plays and p.id == cell.plays[0][0]), None)
    if play:
        text.append("\n" + harmless(play_name(play, language)), style="not bold")
    return text
