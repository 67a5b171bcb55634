"""What became of a store of kept matches, as every command that takes one says it."""

from __future__ import annotations

from tamis.reports.phrases import kept_matches
from tamis.reports.sections import Said
from tamis.sources.store import StoreUse


def store_used(use: StoreUse | None, language: str) -> tuple[Said, ...]:
    """Whether the store was used, or in doubt's colour why it was not; nothing without a store."""
    if use is None:
        return ()
    return (Said(kept_matches(use, language), "doubt" if use.refused else "soft"),)
