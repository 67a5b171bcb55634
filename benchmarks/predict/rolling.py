"""`python -m benchmarks.predict.rolling`: the bank's calls told one after the other.

A model of the last 4,000 calls is learned every 1,000; between two learnings the intercept follows
outcomes as they become known: before the next call, or some calls later.
"""

from __future__ import annotations

from benchmarks.predict.learners import learned
from benchmarks.predict.sets import SETS
from tamis.predict.market import rolling

KNOWN_AFTER = (1, 50, 1_000)
"""After so many calls the outcome of a call is known."""


def main() -> None:
    """Print the pooled AUC and the excess calibration error, for each delay of outcomes."""
    examples = SETS["bank_marketing"].examples()
    print(f"{'known after':>12}{'AUC':>24}{'without':>24}{'log-loss':>10}{'excess':>9}")
    for after in KNOWN_AFTER:
        found = rolling(examples, learned, known_after=after)
        excess = found.calibration_error - found.floor
        print(
            f"{after:>12}{found.auc!s:>24}{found.plain_auc!s:>24}"
            f"{found.log_loss:>10.4f}{excess:>9.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
