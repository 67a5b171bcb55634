"""The thread that learns, and its processes: stopped, killed, started again; never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.server.learning.world import ADA, DAY, HORIZON, World

from tamis.errors import UserError
from tamis.server.learning import child
from tamis.server.learning.child import StoppedError
from tamis.server.learning.forms import Train
from tamis.server.learning.jobs import Facts, Said, Stage, TrainJob, facts_of
from tamis.server.models import stored
from tamis.server.models.tasks import Task
from tamis.server.models.versions import live_versions


def until(asked: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + 240
    while not asked():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def task_of(world: World) -> Task:
    found = world.server.learning.overview("random").task
    assert found is not None
    return found


def job(tmp_path: Path, yaml: str = "no: model") -> TrainJob:
    """A training on files that there are not."""
    from datetime import date

    none = [str(tmp_path / "none.parquet")]
    facts = Facts("m", 1, yaml, date(2026, 11, 22), "256MB", none, none, none, none)
    return TrainJob(facts, 60, None, [], drop_suspects=True)


def test_a_training_that_is_cut_short_waits_for_the_next_start(lone_world: World) -> None:
    learning = lone_world.server.learning
    learning.start()
    assert learning.alive
    learning.train(ADA, "random", Train(horizon=HORIZON))
    until(lambda: task_of(lone_world).subject["stage"] == "reading")
    learning.stop()
    task = task_of(lone_world)
    assert (task.state, task.done, task.subject["leased_until"]) == ("waiting", 0, 0)
    assert not learning.alive
    # Another server begins anew.
    del lone_world.server.__dict__["learning"]
    again = lone_world.server.learning
    assert again is not learning
    again.start()
    until(lambda: task_of(lone_world).state in ("done", "failed"))
    assert (task_of(lone_world).state, task_of(lone_world).error) == ("done", "")
    assert [one.number for one in again.overview("random").models] == [1]


def test_the_background_leaves_trainings_alone(lone_world: World) -> None:
    lone_world.server.learning.train(ADA, "random", Train(horizon=HORIZON))
    lone_world.store.assembled.background.tasks()
    assert task_of(lone_world).state == "waiting"


def test_of_many_leads_a_sample_is_learned_from_always_the_same(lone_world: World) -> None:
    from tamis.server.learning.sampling import sampled
    from tamis.server.past.resident import open_engine

    def ids(most: int) -> tuple[set[str], int]:
        with open_engine("256MB") as session:
            found, every = sampled(session, facts(lone_world), most)
            read = f"SELECT lead_id FROM read_parquet({found.leads!r})"
            return {str(row[0]) for row in session.execute(read)}, every

    assert (len(ids(600)[0]), ids(600)[1]) == (600, 1)
    some, every = ids(200)
    assert every == 3
    assert 120 < len(some) < 280
    assert ids(200)[0] == some


def test_a_job_that_cannot_be_done_says_why(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        child.run(job(tmp_path), lambda _: True)


def test_a_job_that_is_let_go_ends(tmp_path: Path) -> None:
    seen: list[Stage | None] = []

    def goes_on(said: Stage | None) -> bool:
        seen.append(said)
        return False

    model = "{tamis: 1, name: m, dimensions: {fit: {rules: [{id: a, when: 'true', points: 1}]}}}"
    with pytest.raises(StoppedError):
        child.run(job(tmp_path, model), goes_on)
    assert len(seen) == 1


def test_the_process_ends_with_whoever_asked(lone_world: World) -> None:
    """A server that is killed leaves no process at work: its pipe closes."""
    asked = TrainJob(facts(lone_world), HORIZON, None, [], drop_suspects=False)
    process = subprocess.Popen(
        [sys.executable, "-m", child.MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write(msgspec.json.encode(asked) + b"\n")
        process.stdin.flush()
        first = msgspec.json.decode(process.stdout.readline(), type=Said)
        assert first == Stage("reading", 0.02)
        process.stdin.close()
        left = [msgspec.json.decode(line, type=Said) for line in process.stdout]
        assert process.wait(120) == 1
    assert not [one for one in left if not isinstance(one, Stage)]


def facts(world: World) -> Facts:
    """A copy of the facts of a world."""
    server = world.server
    with server.database.read() as connection:
        (version,) = live_versions(connection)
        found = stored.by_key(connection, version.version_key)
    server.past.keeper.refresh(version)
    copy = server.past.keeper.found("random")
    assert copy is not None
    return facts_of(copy, found, DAY, "256MB")


def test_it_is_of_low_priority_and_knows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMIS_TEST_SECRET", "s3cret")
    told: list[str] = []
    model = "{tamis: 1, name: m, dimensions: {fit: {rules: [{id: a, when: 'true', points: 1}]}}}"

    def goes_on(_: Stage | None) -> bool:
        told.extend(_children())
        return False

    with pytest.raises(StoppedError):
        child.run(job(tmp_path, model), goes_on)
    assert told, "the process was there"
    assert not [one for one in told if "s3cret" in one]
    (folder,) = {word[7:] for word in told[0].split("\0") if word.startswith("TMPDIR=")}
    assert "tamis-learning-" in folder
    assert not Path(folder).exists()


def _children() -> list[str]:
    """The environments of the processes that this one began."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text(encoding="utf-8").split():
            where = Path(f"/proc/{pid}")
            if child.MODULE in (where / "cmdline").read_text(encoding="utf-8", errors="replace"):
                assert os.getpriority(os.PRIO_PROCESS, int(pid)) >= 10
                found.append((where / "environ").read_text(encoding="utf-8", errors="replace"))
    return found
