"""Keys that the database gives out: the row of one, and the highest."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tamis.server.models.tasks import ask
from tamis.server.store.database import Database, StoreError, all_set
from tamis.server.store.keys import LARGEST, highest, row_of
from tamis.server.store.tables.models import tasks

KEY = tasks.c.task


def test_a_row_has_its_key_and_no_other_number_has_one(database: Database) -> None:
    with database.write() as connection:
        assert highest(connection, KEY) == 0
        made = [ask(connection, 0, "ann", "activate", number).task for number in (1, 2)]
        assert highest(connection, KEY) == made[-1]
        row = row_of(connection, select(tasks), KEY, made[0])
        assert row is not None
        assert row.task == made[0]
        for number in (-made[0], 0, made[-1] + 1, LARGEST, LARGEST + 1, 10**30):
            assert row_of(connection, select(tasks), KEY, number) is None


def test_what_was_not_set_is_no_news_that_may_be_passed_over() -> None:
    all_set(2, 2)
    with pytest.raises(StoreError, match="another writer changed what was read"):
        all_set(1, 2)
