"""The specification once more, in plain Python loops: slow, obvious, and independent of the SQL.

Written from the specification alone. When this and an engine differ, one of them has misread it.

    verdicts = oracle.score(model, leads, accounts, events, as_of, adjustments=by_hand)
"""

from __future__ import annotations

from tests.oracle.score import Verdicts, score
from tests.oracle.values import OracleError

__all__ = ["OracleError", "Verdicts", "score"]
