"""Pace: how many rows a transaction takes, so that none holds a running server up for long."""

from __future__ import annotations

from dataclasses import dataclass

SECONDS = 0.2
"""What a transaction is to take: others write between two of them."""


@dataclass
class Pace:
    """The number of rows to take next, by how long the last ones took."""

    rows: int
    most: int
    fewest: int = 50

    def took(self, rows: int, seconds: float) -> None:
        """So many rows took so long."""
        if rows * 2 > self.rows:
            wanted = int(rows * SECONDS / max(seconds, 1e-6))
            # By halves and doubles at most: one slow sync of the disk says little.
            self.rows = max(self.fewest, min(self.most, wanted, self.rows * 2), self.rows // 2)
