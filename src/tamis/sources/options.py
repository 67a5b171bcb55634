"""How the data are to be read: column maps, number and date manners, what to do with what is unreadable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What a user says about the data.

    `columns` maps, for each of `leads`, `accounts` and `events`, our column name to theirs.
    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing_as_null: bool = False
    accept_rejects: bool = False
    rejects: Path | None = None
