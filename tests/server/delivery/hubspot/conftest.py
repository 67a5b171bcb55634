"""HubSpot on loopback, and a map of its fields."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.delivery.hubspot.at_hand import fields
from tests.server.delivery.hubspot.fake import FakeHubSpot


@pytest.fixture
def there() -> Iterator[FakeHubSpot]:
    """An account with the fields that the map names."""
    fake = FakeHubSpot()
    fields(fake)
    with fake.standing():
        yield fake
