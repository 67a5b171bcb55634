"""What is well and what is not, part by part."""

from __future__ import annotations

from tamis.server.operation.health import Health, store_is_well
from tamis.server.store.database import Database


def test_a_store_that_is_away_is_not_well_and_names_nobody() -> None:
    away = Database("postgresql://tamis:secret@127.0.0.1:1/tamis?connect_timeout=2")
    assert store_is_well(away) == "the store does not answer"
    away.close()


def test_a_store_of_this_version_is_well(database: Database) -> None:
    assert store_is_well(database) == ""


def test_a_part_that_starts_again_takes_its_own_place() -> None:
    health = Health()
    health.watch("writer", lambda: "stopped")
    health.watch("writer", lambda: "")
    assert health.unwell() == {}
