"""What is counted in reports."""

from __future__ import annotations


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


TERMS: dict[str, tuple[str, str]] = {
    "rejected": (
        _("Rejected by sales"),
        _(
            "Hand-offs rejected, divided by all that sales accepted or rejected in the period. In "
            "brackets the interval at 95 per cent: few answers tell little."
        ),
    ),
    "missed": (
        _("Won without being handed over"),
        _(
            "Leads won in the period that the model had never handed over before, divided by all "
            "wins: what the model did not see."
        ),
    ),
    "misled": (
        _("Rules that misled"),
        _(
            "Of the hand-offs to which a rule had given points, how many sales rejected. Beyond "
            "the average: rejections more than so many hand-offs would have at the share of all."
        ),
    ),
    "quality": (
        _("Data quality"),
        _(
            "Missing: nothing is known. Invalid: not of the type that the model declares. "
            "Corrected: by sales, after another value. Stale: older than a year, or than the model "
            "says."
        ),
    ),
}
