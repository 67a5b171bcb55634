"""Rows of scores and of their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from tamis.server.scoring.judged import Judged

if TYPE_CHECKING:
    from tamis.server.scoring.bench import Seat
    from tamis.server.scoring.judge import Verdict
    from tamis.server.scoring.known import KnownLead
    from tamis.server.scoring.work import Work

SHOWN = ["excluded", "dimensions", "grades", "score", "cell", "temperature", "stage", "play"]
"""What makes a change that is told; a new number of the day with the same verdict is none."""
SCORED = [
    "lead_id",
    "as_of",
    "next_change",
    "excluded",
    "dimensions",
    "grades",
    "score",
    "cell",
    "temperature",
    "stage",
    "play",
    "turn",
    "known",
    "changed",
    "steps",
]
VERDICT = ["excluded", "grades", "cell", "temperature", "stage", "play"]
NOTHING = {
    "excluded": True,
    "dimensions": "{}",
    "grades": "{}",
    **dict.fromkeys(("score", "cell", "temperature", "stage", "play", "known", "steps")),
    "turn": 2**62,
}
"""What a score says of a lead that gets none; it is called last."""


def scored_row(seat: Seat, known: KnownLead, verdict: Verdict) -> dict[str, Any]:
    """A row of `scores`; one who opted out is excluded, whatever the model says."""
    row = verdict._asdict()
    del row["places"]
    row |= {
        "version_key": seat.version.version_key,
        "lead_id": known.lead_id,
        "as_of": seat.day,
        "changed": 0,
    }
    if verdict.excluded or known.opted_out:
        row |= NOTHING
    return row


def judged_of(row: Mapping[str, Any], play_before: str | None, places: Mapping[str, int]) -> Judged:
    """What a row of `scores` says that is new."""
    return Judged(
        row["lead"],
        row["lead_id"],
        row["changed"],
        row["turn"],
        excluded=row["excluded"],
        score=row["score"],
        cell=row["cell"],
        temperature=row["temperature"],
        stage=row["stage"],
        play=row["play"],
        play_before=play_before,
        bits=row["steps"],
        places=places,
    )


def history_row(
    row: Mapping[str, Any], old: Mapping[str, Any] | None, at: int, work: Work
) -> dict[str, Any]:
    """A row of `score_history`: a score before and after, and what made it change.

    A lead whom others joined tells of it, though its score be the same.
    """
    joined = work.joined.get(row["lead"], [])
    return {
        "entry": row["changed"],
        "version_key": row["version_key"],
        "lead": row["lead"],
        "at": at,
        "day": row["as_of"],
        "cause": "merge" if joined else work.cause,
        "messages": in_json(work.messages.get(row["lead"], [])),
        "score_before": old and old["score"],
        "score_after": row["score"],
        "before": _said(old),
        "after": _said(row, joined),
    }


def _said(row: Mapping[str, Any] | None, joined: Sequence[str] = ()) -> str:
    if row is None:
        return "{}"
    said = {name: row[name] for name in SHOWN}
    said["dimensions"] = msgspec.Raw(row["dimensions"].encode())
    said["grades"] = msgspec.Raw(row["grades"].encode())
    if joined:
        said["joined"] = joined
    return in_json(said)


def in_json(value: object) -> str:
    """A value as the store holds it."""
    return msgspec.json.encode(value).decode()
