"""Every readable case holds on the engine."""

from __future__ import annotations

import pytest
from tests.cases import Case, all_cases, differences
from tests.engines.running import ran

from tamis import UserError


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case) -> None:
    facts = (case.model, case.leads, case.accounts, case.events, case.as_of)
    if case.refused:
        with pytest.raises(UserError):
            ran(*facts, adjustments=case.adjustments)
        return
    result = ran(*facts, adjustments=case.adjustments)
    assert not differences(
        case, result.scores, result.contributions, result.accounts, result.counters
    )
