"""The tables of the store, by topic; `METADATA` knows them all."""

from __future__ import annotations

from tamis.server.store.tables import (
    access,
    delivery,
    feedback,
    learning,
    lifecycle,
    messages,
    models,
    people,
    scoring,
    work,
)
from tamis.server.store.tables.columns import METADATA

__all__ = [
    "METADATA",
    "access",
    "delivery",
    "feedback",
    "learning",
    "lifecycle",
    "messages",
    "models",
    "people",
    "scoring",
    "work",
]
