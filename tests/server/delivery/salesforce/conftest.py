"""Salesforce on loopback, with the fields that the map names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.delivery.salesforce.at_hand import fields
from tests.server.delivery.salesforce.fake import FakeSalesforce


@pytest.fixture
def there() -> Iterator[FakeSalesforce]:
    fake = FakeSalesforce()
    fields(fake)
    with fake.standing():
        yield fake
