"""The route that compares a draft: who may ask, what is answered, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from tests.server.past.living import YAML, Living
from tests.server.read.conftest import caller

PATH = "/v1/models/small/what-if"
OTHER = YAML.replace("points: 40}", "points: 10}")


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One database: nothing here depends on which."""
    return sqlite_url


@pytest.fixture
def client(living: Living) -> Iterator[TestClient[Any]]:
    with caller(living.server, "read") as opened:
        yield opened
    living.server.past.close()


def test_a_draft_is_compared_once_the_copy_is_there(
    client: TestClient[Any], living: Living, tmp_path: Path
) -> None:
    early = client.post(PATH, json={"text": OTHER})
    assert early.status_code == 503
    assert early.json()["type"] == "urn:tamis:problem:past-being-prepared"
    assert early.headers["retry-after"] == "5"
    living.server.past.keeper.look()
    assert (tmp_path / "tamis.db.past").is_dir()
    found = client.post(PATH, json={"text": OTHER}).json()
    assert found["leads"]["moved"] > 0
    assert found["quick"]
    assert found["changes"] == ["rule `boss`: points 40 → 10"]
    assert {band["by"] for band in found["conversions"]["bands"]} >= {"all", "cell", "stage"}
    # Pages give numbers as numbers.
    assert isinstance(found["rules"][0]["points"], int | float)


def test_the_day_alone(client: TestClient[Any], living: Living) -> None:
    client.post(PATH, json={"text": OTHER})
    living.server.past.keeper.look()
    found = client.post(PATH, json={"text": OTHER, "deep": False}).json()
    assert found["conversions"] is None
    assert found["handoffs"]["before"]["a_week"] is None
    assert found["leads"]["moved"] > 0


def test_errors_of_the_draft_stand_at_their_place(client: TestClient[Any]) -> None:
    wrong = client.post(PATH, json={"text": YAML.replace("points: 40}", "points: many}")})
    assert wrong.status_code == 400
    line = next(n for n, text in enumerate(YAML.splitlines(), 1) if "id: boss" in text)
    assert wrong.json()["errors"][0]["field"].startswith(f"yaml:{line}:")
    other = client.post(PATH, json={"text": YAML.replace("name: small", "name: other")})
    assert other.status_code == 400
    assert "`other`, not `small`" in other.json()["detail"]
    assert client.post(PATH, json={"text": "x", "more": 1}).status_code == 400


def test_it_asks_for_the_permission_to_read(living: Living) -> None:
    with caller(living.server, "ingest") as sender:
        assert sender.post(PATH, json={"text": YAML}).status_code == 403
    with caller(living.server) as nobody:
        assert nobody.post(PATH, json={"text": YAML}).status_code == 401
