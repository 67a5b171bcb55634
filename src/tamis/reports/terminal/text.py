"""Texts for the terminal: what stands in data is shown, and can do nothing."""

from __future__ import annotations

import re

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
HEADING, SOFT = "bold", "dim"


def harmless(text: str) -> str:
    """A text of the data that cannot move the cursor, change colours or turn the writing around."""
    return CONTROLS.sub(" ", text).strip()


def heading(text: str) -> RenderableType:
    """A heading with a line's room above it."""
    return Padding(Text(text, style=HEADING), (1, 0, 0, 0))
