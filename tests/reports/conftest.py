"""The sample's result, run once for all tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.reports import sample

from tamis.run import Result


@pytest.fixture(scope="session")
def result() -> Iterator[Result]:
    with sample.scored() as ran:
        yield ran
