"""Columns cut finely."""

from __future__ import annotations

import numpy as np

from tamis.predict.examples import Column
from tamis.predict.learner.bins import cut


def test_a_text_that_no_file_can_hold_is_any_other_value() -> None:
    texts = ["x" * 2_001, "nul\x00", "fair"] * 200
    column = Column("note", "text", np.array(texts, dtype=object))
    found = cut(column)
    assert found.values == ("fair",)
    assert found.codes(column).tolist()[:3] == [1, 1, 0]
