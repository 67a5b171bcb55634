"""A clock that is set, and a receiver that takes everything until a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.conftest import NOW
from tests.server.delivery.receiver import Receiver, receiver

from tamis.server.clock import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made
