"""Model files by their path: read, checked, ready to score."""

from __future__ import annotations

from pathlib import Path

from tamis.model.checks import checked_model
from tamis.model.load import read_text
from tamis.model.spec import Model


def load_model(path: str | Path) -> Model:
    """The model in a file, without errors; warnings are for `tamis check`.

    `path` is the path of a YAML file in UTF-8.

    Raises: UserError when the file cannot be read, ModelError with every error found in it.
    """
    return checked_model(read_text(Path(path)), str(path))
