"""`python -m benchmarks.engines`: one run on DuckDB and on a Spark cluster, at several sizes.

Generates the plain benchmark company of each size (50 events a lead, or `--per-lead`) under
`benchmarks/data`, or where `TAMIS_BENCH` says; one of more than fifty million events is made of
copies of that of fifty million, under other ids. Each run is a process of its own that reads the
Parquet files in place and writes the scores: DuckDB with two threads, Spark as a driver on a
standalone cluster of two workers of one core each, on this machine.

Prints medians of `--runs`: CPU and wall seconds and peak memory of all processes of a run together
(those of the cluster itself apart), and the CPU of its parts. Start-up, until a query has run on
every executor, is a column of its own and in no other. Then the ratios: Spark to DuckDB, and each
engine to itself at a tenth of the events. The scores of both engines must be equal.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp
from tests.engines.spark_cluster import HOST, Cluster, cluster

from benchmarks.__main__ import DAY, HERE, MODELS
from tamis.company import generate
from tamis.engines.base import Engine, OutputKind, WritesFolders
from tamis.engines.duckdb import DuckDB
from tamis.engines.registry import open_engine
from tamis.model.files import load_model
from tamis.run import KEPT, run

CORES = 2
GENERATED = 50_000_000
"""The most events that are generated: making more takes longer than scoring them."""
DUCKDB_MEMORY = "12GB"
EXECUTOR_MB = 2048
WORKER_MB = 2500
CHILD = "import sys; from benchmarks.engines import Job, one; one(Job(*sys.argv[1:]))"
SETTINGS = f"""
spark.driver.host {HOST}
spark.ui.enabled false
spark.executor.memory {EXECUTOR_MB}m
spark.scheduler.minRegisteredResourcesRatio 1.0
"""
TICKS = os.sysconf("SC_CLK_TCK")
TARGETS = {"duckdb": "scores.parquet", "spark": "scores"}
OWN_ID = {"accounts.parquet": "account_id", "outcomes.parquet": "lead_id", "events": "lead_id"}
PARTS = ("read", *KEPT, "write")


@dataclass(frozen=True)
class Size:
    """A generated company: how many events, and how many of them a lead has on average."""

    events: int
    per_lead: int

    @property
    def leads(self) -> int:
        """How many leads."""
        return self.events // self.per_lead

    @property
    def copies(self) -> int:
        """How many times a generated company is taken."""
        return -(-self.events // GENERATED)

    @property
    def folder(self) -> Path:
        """Where the company is; `make bench` uses the same names."""
        data = Path(os.environ.get("TAMIS_BENCH", HERE / "data"))
        many = "" if self.copies == 1 else f"-{self.copies}-copies"
        leads = self.leads // self.copies
        return data / f"plain-{leads}{'' if self.per_lead == 50 else f'x{self.per_lead}'}{many}"


@dataclass(frozen=True)
class Spent:
    """CPU seconds, those of executors among them, and wall seconds."""

    cpu: float
    workers: float
    wall: float

    def since(self, before: Spent) -> Spent:
        """What came on top."""
        return Spent(self.cpu - before.cpu, self.workers - before.workers, self.wall - before.wall)


@dataclass(frozen=True)
class Cost:
    """What one run took: until it could begin, each part from there, and peak memory in MB.

    `memory` is of this process and its JVM, `workers` of the executors.
    """

    start: Spent
    parts: Mapping[str, Spent]
    memory: float
    workers: float

    @property
    def cpu(self) -> float:
        """CPU seconds, start-up apart."""
        return sum(part.cpu for part in self.parts.values())

    @property
    def workers_cpu(self) -> float:
        """CPU seconds of executors, start-up apart."""
        return sum(part.workers for part in self.parts.values())

    @property
    def wall(self) -> float:
        """Wall seconds, start-up apart."""
        return sum(part.wall for part in self.parts.values())


@dataclass(frozen=True)
class Job:
    """One run, in words that a command line can hold; `workers` are process ids."""

    engine: str
    folder: str
    target: str
    master: str = ""
    workers: str = ""


# ---------------------------------------------------------------- in the process of a run


@dataclass
class Watch:
    """Reads what this process, all below it, and all that the workers started have taken."""

    workers: Sequence[int]

    def spent(self) -> Spent:
        """What they took since they began."""
        here, workers = (sum(map(_cpu, pids)) for pids in self._processes())
        return Spent(here + workers, workers, os.times().elapsed)

    def memory(self) -> tuple[float, float]:
        """Peaks in MB, summed over processes: here, and of the executors."""
        here, workers = (sum(map(_peak, pids)) for pids in self._processes())
        return here, workers

    def _processes(self) -> tuple[set[int], set[int]]:
        return {os.getpid(), *_below([os.getpid()])}, _below(self.workers)


def _stat(pid: int) -> list[str]:
    # The second field is the program's name in parentheses, which may hold spaces.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _below(roots: Sequence[int]) -> set[int]:
    """All processes that these have started, and those that they have."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.exists():
            parents[int(entry.name)] = int(_stat(int(entry.name))[1])
    found: set[int] = set()
    level = set(roots)
    while level:
        level = {pid for pid, parent in parents.items() if parent in level}
        found |= level
    return found


def _cpu(pid: int) -> float:
    """Seconds in a process, and in those of its children that have ended."""
    return sum(map(int, _stat(pid)[11:15])) / TICKS


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    # One that has ended and is still listed has no such line.
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@dataclass
class Parted:
    """An engine that notes what was spent until each of its large steps was done."""

    engine: Engine
    watch: Watch
    seen: Spent
    parts: dict[str, Spent] = field(default_factory=dict)

    def __getattr__(self, name: str) -> object:
        return getattr(self.engine, name)

    def keep(self, name: str, query: exp.Query) -> None:
        """Hold rows; what came before the first of the chain's is reading."""
        if name not in KEPT:
            self.engine.keep(name, query)
            return
        if not self.parts:
            self.note("read")
        self.engine.keep(name, query)
        self.note(name)

    def write(self, query: exp.Query, path: Path, kind: OutputKind) -> int:
        """Write a result."""
        count = self.engine.write(query, path, kind)
        self.note("write")
        return count

    def write_folder(self, query: exp.Query, address: str, kind: OutputKind) -> int:
        """Write a result where the workers can."""
        assert isinstance(self.engine, WritesFolders)
        count = self.engine.write_folder(query, address, kind)
        self.note("write")
        return count

    def note(self, part: str) -> None:
        """A part is done."""
        now = self.watch.spent()
        self.parts[part] = now.since(self.seen)
        self.seen = now


def one(job: Job) -> None:
    """Run a job in this process, and print what it took as JSON."""
    watch = Watch([int(pid) for pid in job.workers.split()])
    before = Spent(0, 0, _begun())
    with started(job) as engine:
        seen = watch.spent()
        parted = Parted(engine, watch, seen)
        result = run(parted, load_model(HERE / MODELS["plain"]), DAY, **tables(Path(job.folder)))
        if job.engine == "duckdb":
            result.scores.write(Path(job.target))
        else:
            result.scores.write_folder(Path(job.target).as_uri())
        here, there = watch.memory()
    parts = {name: vars(part) for name, part in parted.parts.items()}
    start = vars(seen.since(before))
    print(json.dumps({"start": start, "parts": parts, "memory": here, "workers": there}))


def _begun() -> float:
    """When this process began, on the clock of `Spent.wall`."""
    up = float(Path("/proc/uptime").read_text().split()[0])
    return os.times().elapsed - (up - int(_stat(os.getpid())[19]) / TICKS)


@contextmanager
def started(job: Job) -> Iterator[Engine]:
    """The engine, after a query has run wherever it will compute."""
    if job.engine == "duckdb":
        with DuckDB(threads=CORES, memory=DUCKDB_MEMORY) as session:
            session.rows(exp.select("1"))
            yield session
        return
    with open_engine("spark", master=job.master) as engine:
        executors = len(job.workers.split())
        engine.rows(exp.select("max(id)").from_(f"range(0, 1000, 1, {executors})"))
        yield engine


def tables(folder: Path) -> Mapping[str, str]:
    """The company's files, which both engines read where they are."""
    paths = {name: f"{folder}/{name}.parquet" for name in ("leads", "accounts")}
    return paths | {"events": f"{folder}/events/*.parquet"}


# ---------------------------------------------------------------- comparing


def measured(job: Job, settings: Path) -> Cost:
    """What a run in a process of its own took."""
    arguments = [sys.executable, "-W", "ignore", "-c", CHILD, *vars(job).values()]
    found = subprocess.run(
        arguments,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=HERE.parent,
        env=os.environ | {"SPARK_CONF_DIR": str(settings), "SPARK_LOCAL_IP": HOST},
    )
    told = json.loads(found.stdout.splitlines()[-1])
    parts = {name: Spent(**part) for name, part in told["parts"].items()}
    return Cost(Spent(**told["start"]), parts, told["memory"], told["workers"])


def compare(
    size: Size, engines: Sequence[str], runs: int, folder: Path, *, workers: int = CORES
) -> Mapping[str, Cost]:
    """Run each engine some times; medians, each figure by itself."""
    prepare(size)
    found = {}
    for engine in engines:
        with on(engine, folder, workers) as where:
            job = Job(engine, str(size.folder), str(folder / TARGETS[engine]), *where)
            found[engine] = medians([measured(job, folder) for _ in range(runs)])
        show(engine, size, found[engine])
    if len(found) > 1:
        refuse_other(*(folder / TARGETS[engine] for engine in ("duckdb", "spark")))
    return found


@contextmanager
def on(engine: str, folder: Path, workers: int) -> Iterator[tuple[str, str]]:
    """Where an engine runs: its master and the processes of its workers; nothing for DuckDB."""
    if engine == "duckdb":
        yield "", ""
        return
    (folder / "spark-defaults.conf").write_text(SETTINGS)
    with cluster(folder, workers, memory=f"{WORKER_MB}m") as running:
        yield running.master, _workers(running)


def _workers(running: Cluster) -> str:
    processes = running.processes
    return " ".join(str(one.pid) for name, one in processes.items() if name.startswith("worker"))


def prepare(size: Size) -> None:
    """Make a company unless it is there, and read its files once: disks are not compared."""
    with DuckDB(threads=CORES, memory="1500MB") as session:
        whole = Size(size.events // size.copies, size.per_lead)
        generate(
            session,
            whole.folder,
            leads=whole.leads,
            events_per_lead=whole.per_lead,
            until=DAY,
            profile="plain",
            reuse=True,
        )
        if size.copies > 1 and not size.folder.exists():
            copy(session, whole.folder, size)
    for path in size.folder.rglob("*.parquet"):
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass


def copy(session: DuckDB, whole: Path, size: Size) -> None:
    """Copies of a company side by side, a file at a time; events are in order of time again."""
    draft = size.folder.with_name(f".{size.folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "events").mkdir(parents=True)
    for file in sorted(whole.rglob("*.parquet")):
        place = file.relative_to(whole)
        ids = ("lead_id", "account_id") if place.stem == "leads" else (OWN_ID[place.parts[0]],)
        moved = ", ".join(f"{name} + c.n * {2 * size.leads} AS {name}" for name in ids)
        order = "ORDER BY timestamp" if place.parts[0] == "events" else ""
        rows = f"SELECT f.* REPLACE ({moved}) FROM '{file}' AS f, range({size.copies}) AS c(n)"
        session.execute(f"COPY ({rows} {order}) TO '{draft / place}'")
    draft.rename(size.folder)


def medians(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""

    def middle(spent: Sequence[Spent]) -> Spent:
        return Spent(
            statistics.median(one.cpu for one in spent),
            statistics.median(one.workers for one in spent),
            statistics.median(one.wall for one in spent),
        )

    return Cost(
        middle([one.start for one in costs]),
        {name: middle([one.parts[name] for one in costs]) for name in costs[0].parts},
        statistics.median(one.memory for one in costs),
        statistics.median(one.workers for one in costs),
    )


def refuse_other(mine: Path, theirs: Path) -> None:
    """End when two engines gave other scores: then there is nothing to compare."""
    rows = "SELECT * FROM read_parquet('{}')"
    one, other = rows.format(mine), rows.format(f"{theirs}/*.parquet")
    with DuckDB(threads=CORES, memory="3GB") as session:
        counts = f"(SELECT count(*) FROM ({one})), (SELECT count(*) FROM ({other}))"
        differ = f"(SELECT count(*) FROM ({one} EXCEPT {other}))"
        ((mine_count, their_count, others),) = session.execute(f"SELECT {counts}, {differ}")
    if mine_count != their_count or others:
        sys.exit(f"scores differ: {mine_count} and {their_count} leads, {others} not equal")


# ---------------------------------------------------------------- printing


def head() -> None:
    """Names of the columns."""
    names = ("start CPU", "wall", "run CPU", "executors", "wall", "MB", "executors")
    print(f"{'':<9}{'events':>12}{'leads':>11}", *(f"{name:>9}" for name in (*names, *PARTS)))


def show(engine: str, size: Size, cost: Cost) -> None:
    """One row."""
    figures = [cost.start.cpu, cost.start.wall, cost.cpu, cost.workers_cpu, cost.wall]
    figures += [cost.memory, cost.workers]
    figures += [cost.parts[name].cpu if name in cost.parts else 0 for name in PARTS]
    row = " ".join(f"{figure:9.{0 if figure >= 1000 else 2}f}" for figure in figures)
    print(f"{engine:<9}{size.events:>12,}{size.leads:>11,} {row}", flush=True)


def ratios(found: Mapping[Size, Mapping[str, Cost]]) -> None:
    """Spark to DuckDB, and each to itself at a tenth; start-up apart."""
    for size, costs in found.items():
        if {"duckdb", "spark"} <= set(costs):
            times = costs["spark"].cpu / costs["duckdb"].cpu
            print(f"{size.events:,} events: Spark takes {times:.2f} times DuckDB's CPU")
    for size, costs in found.items():
        tenth = found.get(Size(size.events // 10, size.per_lead), {})
        for engine in set(costs) & set(tenth):
            times = costs[engine].cpu / tenth[engine].cpu
            print(f"{size.events:,} events: {engine} takes {times:.2f} times a tenth's CPU")


def main() -> None:
    """Compare at every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = [1_000_000, 5_000_000, 50_000_000]
    parser.add_argument("--events", type=int, nargs="+", default=default)
    parser.add_argument("--per-lead", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=CORES)
    parser.add_argument("--engine", choices=("duckdb", "spark"), nargs="+")
    asked = parser.parse_args()
    engines = asked.engine or ("duckdb", "spark")
    found = {}
    head()
    for events in asked.events:
        size = Size(events, asked.per_lead)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            where = Path(folder)
            found[size] = compare(size, engines, asked.runs, where, workers=asked.workers)
    ratios(found)


if __name__ == "__main__":
    main()
