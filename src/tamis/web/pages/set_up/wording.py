"""What the reading of files says, in the reader's language, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tamis.language import Language, translator
from tamis.server.ingest.uploads import looking, reading
from tamis.server.sentences import in_words


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


LARGEST = 50
"""Megabytes of a file that somebody brings."""
FOUND: Sequence[tuple[str, str]] = (
    (
        r"this is a workbook.*",
        _("This is a workbook or a zip file. Open it in a spreadsheet and save it as CSV."),
    ),
    (r"this is an empty zip file.*", _("This is an empty zip file. Send a table saved as CSV.")),
    (r"this is packed with .*", _("This file is packed. Unpack it, then send the CSV in it.")),
    (r"this is a P\w+: send.*|this is a picture.*", _("This is no table. Send one saved as CSV.")),
    (
        r"this is a Parquet file.*",
        _("This is a Parquet file: import it on the server, with `tamis import`."),
    ),
    (r"the file is empty", _("The file is empty: its first line must name the columns.")),
    (
        r"the table has more than .*",
        _("The table has more than {most} columns. Leave out those that nobody needs."),
    ),
    (
        r"the file holds a zero byte.*|the first line is no text.*|the file is neither UTF-8.*",
        _("This is no text, so it is no CSV. In a spreadsheet, save the table as CSV (UTF-8)."),
    ),
    (r"the first line holds no names.*", _("The first line must name the columns.")),
    (
        r"more than one column is named (?P<names>.*)",
        _("More than one column is named {names}. Rename all but one."),
    ),
    (
        r"the row has (?P<found>\d+) cells?, the first row (?P<expected>\d+)",
        _(
            "A row has {found} cells and the first line has {expected}. Where a text holds the "
            "separator, put it between quotes."
        ),
    ),
    (r"a quoted cell does not end", _("A cell begins with a quote that does not end.")),
    (
        r"column `(?P<name>.*)`: dates such as .* can be read in two ways",
        _("Dates such as 01/02/2026 can be read in two ways: say below how they are written."),
    ),
    (
        r"column `(?P<name>.*)`: some dates begin with the day .*",
        _("In the column {name}, some dates begin with the day and others with the month."),
    ),
    (
        r"Invalid enum value '(?P<found>.*)' - at `outcome`",
        _("the outcome is won or lost, not “{found}”"),
    ),
    (r"the file is too large", _("The file is larger than {largest} MB: send it in parts.")),
    (r"choose a file", _("Choose a file first.")),
    (r"say what the table holds", _("Say what the table holds.")),
    (re.escape(reading.LACKING), _("no column is it yet: choose the one that is")),
    (re.escape(reading.TWICE), _("several columns are it: choose one of them")),
    (
        re.escape(reading.LONG),
        _("this name is not one that a field can have: choose a field, or leave the column out"),
    ),
)
"""Sentences of the reader (patterns), each with the text for people."""


def worded(text: str, language: Language) -> str:
    """A sentence of the reader as people are told it."""
    for pattern, said in FOUND:
        if found := re.fullmatch(pattern, text):
            gaps = {"most": looking.MOST_COLUMNS, "largest": LARGEST, **found.groupdict()}
            return translator(language)(said).format(**gaps)
    return in_words(text, language)
