"""A named account, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from tamis.reports.json_values import as_json_value
from tamis.reports.named.matching import Match


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """One line of the list, and the account that it means.

    `account_id` is null when no account matches; then all else is empty. `matched_by` says how it
    was found, `others` are accounts that match as well. `score` is the account's where the model
    rolls scores up, else its best lead's. `grade` is the best lead's fit, `cell` its cell.
    `leads` counts its leads that are not excluded, `engaged` those of them who are engaged
    (`EngagedBy` says when; null when the model cannot tell). `roles` are those that its people
    have in a purchase, `missing` those nobody has.
    """

    name: str
    account_id: str | None = None
    matched_by: Match | None = None
    others: tuple[str, ...] = ()
    score: Decimal | None = None
    grade: str | None = None
    cell: str | None = None
    leads: int = 0
    engaged: int | None = None
    best_lead_id: str | None = None
    roles: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def to_json(self) -> Mapping[str, object]:
        """The account as mappings, lists, texts and numbers."""
        return cast("Mapping[str, object]", as_json_value(self))
