"""The life of a version, whatever is asked in whatever order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from tests.server.conftest import NOW
from tests.server.models.conftest import YAML

from tamis.server.clock import SetClock
from tamis.server.models import drafts, lifecycle, steps, stored, tasks
from tamis.server.models.forms import Edit, NewVersion, Side
from tamis.server.models.steps import Maker
from tamis.server.models.stored import Stored
from tamis.server.models.versions import live_versions
from tamis.server.problems import Problem
from tamis.server.store.database import Database
from tamis.server.store.tables import METADATA, access, models

PLACES = st.integers(0, 4)
SIDES = st.sampled_from(["marketing", "sales"])
MODELS = ("new-business", "customers")


class Life(RuleBasedStateMachine):
    """Two models; people and the worker do whatever comes to their minds."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(str(Path(self.folder.name) / "life.db"))
        self.clock = SetClock(NOW)
        self.noted = 0
        with self.database.write() as connection:
            METADATA.create_all(connection)
            row = {"login": "ada", "name": "Ada", "role": "admin", "disabled": False, "made_at": 0}
            connection.execute(insert(access.users).values(row))

    @property
    def maker(self) -> Maker:
        self.clock.pass_by(timedelta(minutes=1))
        return Maker("ada", self.clock.now(), "admin")

    @contextmanager
    def some(self, place: int) -> Iterator[tuple[Connection, Stored]]:
        """A version, if there is one; what is refused changes nothing."""
        before = self.state()
        try:
            with self.database.write() as connection:
                found = stored.every(connection)
                yield connection, found[place % len(found)]
        except Problem:
            assert self.state() == before
        else:
            self.noted += 1

    def state(self) -> object:
        with self.database.read() as connection:
            return [
                connection.execute(select(table)).all()
                for table in (models.versions, models.version_steps, models.tasks, access.audit)
            ]

    @initialize(model=st.sampled_from(MODELS))
    def add_first(self, model: str) -> None:
        self.add(model)

    @rule(model=st.sampled_from(MODELS))
    def another(self, model: str) -> None:
        self.add(model)

    def add(self, model: str) -> None:
        with self.database.write() as connection:
            yaml = YAML.replace("new-business", model)
            drafts.add(connection, self.maker, NewVersion(yaml=yaml))
        self.noted += 1

    @rule(place=PLACES, points=st.integers(1, 99))
    def edit(self, place: int, points: int) -> None:
        with self.some(place) as (connection, version):
            yaml = version.yaml.replace("points: 60", f"points: {points}")
            drafts.edit(connection, self.maker, version, Edit(yaml=yaml))
            if yaml == version.yaml:
                raise Problem(409, "nothing", "Nothing to do")
            assert version.state == "draft"

    @rule(place=PLACES)
    def propose(self, place: int) -> None:
        with self.some(place) as (connection, version):
            lifecycle.propose(connection, self.maker, version)
            assert version.state == "draft"

    @rule(place=PLACES, side=SIDES)
    def approve(self, place: int, side: Side) -> None:
        with self.some(place) as (connection, version):
            lifecycle.approve(connection, self.maker, version, side)
            assert version.state == "proposed"

    @rule(place=PLACES)
    def agree(self, place: int) -> None:
        """A happy day: otherwise few versions come far."""
        self.propose(place)
        self.approve(place, "marketing")
        self.approve(place, "sales")
        self.activate(place)

    @rule(place=PLACES, side=SIDES)
    def reject(self, place: int, side: Side) -> None:
        with self.some(place) as (connection, version):
            lifecycle.reject(connection, self.maker, version, side, "not yet")
            assert version.state in ("proposed", "approved")

    @rule(place=PLACES)
    def activate(self, place: int) -> None:
        with self.some(place) as (connection, version):
            lifecycle.activate(connection, self.maker, version)
            assert version.state in ("approved", "retired")

    @rule(model=st.sampled_from(MODELS))
    def back(self, model: str) -> None:
        with self.some(0) as (connection, _):
            task = lifecycle.back(connection, self.maker, model)
            former = stored.by_key(connection, task.subject["version_key"])
            assert (former.model, former.state) == (model, "retired")

    @rule(place=PLACES)
    def retire(self, place: int) -> None:
        with self.some(place) as (connection, version):
            lifecycle.retire(connection, self.maker, version)
            assert version.state == "active"

    @rule(place=PLACES)
    def shadow(self, place: int) -> None:
        with self.some(place) as (connection, version):
            lifecycle.shadow(connection, self.maker, version)
            assert version.state != "draft"

    @rule(place=PLACES)
    def shadow_off(self, place: int) -> None:
        with self.some(place) as (connection, version):
            lifecycle.shadow_off(connection, self.maker, version)

    @rule(fails=st.booleans())
    def work(self, fails: bool) -> None:
        """The worker settles the first task."""
        with self.database.write() as connection:
            found = list(tasks.open_tasks(connection).values())
            if not found:
                return
            task, at = found[0], self.clock.now()
            settled = {"state": "failed" if fails else "done", "settled_at": 1}
            chosen = models.tasks.c.task == task.task
            connection.execute(update(models.tasks).where(chosen).values(settled))
            if not fails:
                do = lifecycle.switch if task.kind == "activate" else lifecycle.shadow_on
                do(connection, task.subject["version_key"], at, "ada")

    @invariant()
    def one_active_at_most_and_agreed_by_both(self) -> None:
        with self.database.read() as connection:
            active = [one for one in stored.every(connection) if one.state == "active"]
            assert len({one.model for one in active}) == len(active)
            for one in active:
                history = steps.history(connection, one.version_key)
                sides = {step.side for step in steps.approvals(history)}
                assert sides == {"marketing", "sales"}
                assert one.scored

    @invariant()
    def every_step_is_in_the_history_and_the_audit(self) -> None:
        with self.database.read() as connection:
            counts = [
                connection.scalar(select(func.count()).select_from(table))
                for table in (models.version_steps, access.audit)
            ]
            assert counts[0] == counts[1] >= self.noted
            for one in stored.every(connection):
                assert said_by(steps.history(connection, one.version_key)) == one.state

    @invariant()
    def what_is_live_is_scored_by_its_own_yaml(self) -> None:
        with self.database.read() as connection:
            on_the_way = tasks.being_made(connection)
            versions = {one.version_key: one for one in stored.every(connection)}
            live = live_versions(connection)
        wanted = [
            key
            for key, one in versions.items()
            if one.state == "active" or one.shadow or key in on_the_way
        ]
        assert [version.version_key for version in live] == sorted(wanted)
        for version in live:
            points = version.model.dimensions[0].rules[0].points  # type: ignore[attr-defined]
            assert f"points: {points}" in versions[version.version_key].yaml
            assert version.state != "draft"

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()


def said_by(history: list[steps.Step]) -> str:
    """The state that a history tells of."""
    state, sides = "", set()
    for step in history:
        if step.action == "approved":
            sides.add(step.side)
            state = "approved" if len(sides) == 2 else state
        elif step.action in ("drafted", "rejected"):
            state, sides = "draft", set()
        elif step.action == "activated":
            state = "active"
        elif step.action in ("proposed", "retired"):
            state = step.action
    return state


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    # Each step is a transaction on disk: making a failure shorter would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def test_the_store_itself_refuses_a_second_active_version(database: Database) -> None:
    row = {"model": "m", "yaml": "", "state": "active", "owner": "", "made_at": 0, "made_by": ""}
    row |= {"measures": "[]", "relies_on": "[]"}
    with database.write() as connection:
        connection.execute(insert(models.versions).values(**row, number=1))
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(models.versions).values(**row, number=2))
    with database.write() as connection:
        row["state"] = "retired"
        connection.execute(insert(models.versions).values(**row, number=2))
