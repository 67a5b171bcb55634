"""Charts for pages: a specification that the browser draws, and its figures for everybody else."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


@dataclass(frozen=True)
class Drawn:
    """A chart as a page shows it.

    Attributes:
        specification: Vega-Lite, as JSON.
        said: the chart in words, for a screen reader.
        columns: what its figures are called, in the reader's language.
        rows: its figures, one row for each thing drawn, written for people.
        files: the address that gives it as a file with `&as=png` or `&as=csv`; empty: none does.
    """

    specification: dict[str, Any]
    said: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    files: str = ""


def drawn(
    chart: alt.Chart, columns: Sequence[str], rows: Sequence[Sequence[str]], files: str = ""
) -> Drawn:
    """A chart of `tamis.charts` with its figures."""
    # Altair checks a specification against a schema of a megabyte at each call; tests do that.
    plain: dict[str, Any] = chart.to_dict(validate=False)
    return Drawn(plain, str(plain.get("description", "")), columns, rows, files)


def safe(text: str) -> str:
    """A text for a cell of a CSV file, which no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("A4"), safe("-3.5")
    ("'=1+1", 'A4', '-3.5')
    """
    return text if _is_number(text) or not text.startswith(FORMULA) else f"'{text}"


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[str]], language: str) -> bytes:
    """A table as CSV in UTF-8 with its mark, which spreadsheets open rightly.

    French ones expect semicolons, for the comma is their decimal point.
    """
    written = io.StringIO()
    table = csv.writer(written, delimiter=";" if language == "fr" else ",")
    table.writerows([safe(cell) for cell in row] for row in (columns, *rows))
    return written.getvalue().encode("utf-8-sig")
