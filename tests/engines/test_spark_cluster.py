"""Spark on a real cluster: a worker lost in the middle of a job changes no number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.engines import spark_cluster
from tests.engines.spark_cluster import HOST, Cluster, answer, cluster, free_port, until

from tamis.company import Company, generate
from tamis.engines.duckdb import DuckDB
from tamis.model.files import load_model
from tamis.run import run

pytestmark = [
    pytest.mark.verify,
    pytest.mark.spark,
    pytest.mark.skipif(bool(spark_cluster.missing()), reason=spark_cluster.missing()),
]

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "benchmarks" / "model.yaml"
DAY = date(2026, 6, 30)
FILES = 24
SCORING = """
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from tamis.engines.registry import open_engine, open_session
from tamis.facts.inputs import inputs
from tamis.facts.plan import Plan
from tamis.model.files import load_model
from tamis.run import judge
from tamis.sources import Options, provide
from tamis.sources.hand_over import hand_over

model, data, day, master, target, shared, files = sys.argv[1:]
model, day, shared = load_model(model), date.fromisoformat(day), Path(shared)
tables = {name: f"{data}/{name}.parquet" for name in ("leads", "accounts")}
tables["events"] = f"{data}/events/*.parquet"
with (
    open_session(spill=shared) as reader,
    open_engine("spark", master=master, spill=shared) as engine,
):
    provided = provide(reader, model, day, **tables, options=Options())
    plan = Plan(model, day, provided.shape)
    hand_over(reader, engine, plan)
    (events,) = (one for one in inputs(plan) if one.name == "event_rows")
    rows = pq.read_table(reader.scratch() / "event_rows.parquet")
    size = -(-rows.num_rows // int(files))
    for number in range(int(files)):
        pq.write_table(rows.slice(number * size, size), shared / f"events-{number}.parquet")
    engine.typed(events, [str(shared / "events-*.parquet")])
    judge(engine, model, day, provided).scores.write(Path(target))
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company") / "files"
    with DuckDB(threads=1) as session:
        return generate(session, folder, leads=2000, until=DAY, profile="plain")


@pytest.fixture(scope="module")
def expected(company: Company) -> list[dict[str, Any]]:
    with DuckDB(threads=1) as session:
        tables = {"leads": company.leads_file, "accounts": company.accounts_file}
        tables["events"] = company.folder / "events" / "*.parquet"
        given = {name: str(path) for name, path in tables.items()}
        return run(session, load_model(MODEL), DAY, **given).scores.rows()


class Scoring:
    """A process that scores on a cluster; `web` is where its driver tells of its tasks."""

    def __init__(self, running: Cluster, company: Company, folder: Path) -> None:
        self.target, self.log, self.web = folder / "scores.parquet", folder / "log", free_port()
        shared, settings = folder / "shared", folder / "settings"
        for one in (shared, self.log, settings):
            one.mkdir()
        (settings / "spark-defaults.conf").write_text(
            f"spark.ui.port {self.web}\n"
            "spark.ui.liveUpdate.period 0\n"
            "spark.executor.memory 600m\n"
            f"spark.driver.host {HOST}\n"
            "spark.sql.files.maxPartitionBytes 4m\n"
            "spark.eventLog.enabled true\n"
            "spark.eventLog.compress false\n"
            f"spark.eventLog.dir {self.log.as_uri()}\n"
        )
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-c", SCORING, str(MODEL), str(company.folder)),
                *(str(DAY), running.master, str(self.target), str(shared), str(FILES)),
            ],
            env=os.environ
            | {"SPARK_CONF_DIR": str(settings), "SPARK_LOCAL_IP": HOST, "PYTHONPATH": "src"},
            cwd=ROOT,
        )

    def busy(self, worker: int) -> bool:
        """Whether an executor of the worker whose page is at a port has a task now."""
        base = f"http://{HOST}:{self.web}/api/v1/applications"
        for application in answer(base) or []:
            for one in answer(f"{base}/{application['id']}/executors") or []:
                logs = " ".join(one.get("executorLogs", {}).values())
                if f":{worker}/" in logs and one["activeTasks"]:
                    return True
        return False

    def lost_tasks(self) -> int:
        """How many tasks were lost with their executor."""
        lines = [
            json.loads(line)
            for file in self.log.rglob("events_*")
            for line in file.read_text().splitlines()
            if '"SparkListenerTaskEnd"' in line
        ]
        return sum(line["Task End Reason"]["Reason"] == "ExecutorLostFailure" for line in lines)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path) as found:
        yield found


def lose(running: Cluster, number: int, scoring: Scoring) -> None:
    """Kill a worker while it has a task: it is stopped first, so that the task cannot end."""

    def holds_a_task() -> bool:
        assert scoring.process.poll() is None, "the job was over first"
        if not scoring.busy(running.webs[number]):
            return False
        running.signal(f"worker-{number}", signal.SIGSTOP)
        if all(scoring.busy(running.webs[number]) for _ in range(10)):
            return True
        running.signal(f"worker-{number}", signal.SIGCONT)
        return False

    until(holds_a_task)
    running.kill(f"worker-{number}")


def test_a_worker_lost_in_the_middle_of_a_job_changes_no_number(
    running: Cluster, company: Company, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    scoring = Scoring(running, company, tmp_path)
    try:
        lose(running, 0, scoring)
        assert scoring.process.wait(spark_cluster.DEADLINE * 3) == 0
    finally:
        scoring.process.kill()
        scoring.process.wait()
    assert scoring.lost_tasks() >= 1
    assert pq.read_table(scoring.target).to_pylist() == expected
