"""Every case holds on the oracle."""

from __future__ import annotations

import pytest
from tests import oracle
from tests.cases import Case, all_cases, differences


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case) -> None:
    facts = (case.model, case.leads, case.accounts, case.events, case.as_of)
    if case.refused:
        with pytest.raises(oracle.OracleError):
            oracle.score(*facts, adjustments=case.adjustments)
        return
    result = oracle.score(*facts, adjustments=case.adjustments)
    counters = {"unknown_leads": result.unknown_leads, "unreadable": result.unreadable}
    assert not differences(case, result.scores, result.contributions, result.accounts, counters)


def test_every_case_expects_something_and_has_a_name_of_its_own() -> None:
    cases = all_cases()
    assert all(case.expect for case in cases)
    assert len({case.name for case in cases}) == len(cases)
