"""`make bench`: counting, the hand-written query and `tamis score`, in turn, whole processes.

Generates the benchmark company once (a million leads, fifty million events) under
`benchmarks/data`, or where `TAMIS_BENCH` says, then prints CPU seconds and peak memory, medians of
five, and the ratios.
`--leads N` and `--runs N` make it smaller.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.by_hand import statement

HERE = Path(__file__).parent
DAY = date(2026, 6, 30)
MODELS = {"plain": "model.yaml", "full": "model_full.yaml"}
RUN_SQL = """
import duckdb, sys
connection = duckdb.connect(config={"threads": 2})
connection.execute("SET enable_progress_bar = false")
connection.execute(sys.argv[1])
"""
AS_INSTALLED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""Programs start from their cached bytecode, as installed ones do: the warm-up writes it."""


@dataclass(frozen=True)
class Cost:
    """What one whole process took: CPU and wall seconds, peak memory in MB."""

    cpu: float
    wall: float
    memory: float


def measured(command: Sequence[str]) -> Cost:
    """Run a process to its end and read what the operating system says it took."""
    start = os.times().elapsed
    pid = os.posix_spawnp(command[0], command, AS_INSTALLED)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return Cost(usage.ru_utime + usage.ru_stime, os.times().elapsed - start, usage.ru_maxrss / 1024)


def commands(profile: str, folder: Path, target: Path) -> Mapping[str, Sequence[str]]:
    """The processes to compare."""
    count = (
        "CREATE TABLE c AS SELECT lead_id, count(*) AS n "
        f"FROM read_parquet('{folder}/events/*.parquet') GROUP BY lead_id"
    )
    tamis = str(Path(sys.executable).parent / "tamis")
    return {
        "count events by lead": [sys.executable, "-c", RUN_SQL, count],
        "by hand": [sys.executable, "-c", RUN_SQL, statement(str(folder), str(target))],
        "tamis score": [
            *(tamis, "score", str(HERE / MODELS[profile]), "--quiet", "--as-of", str(DAY)),
            *("--leads", f"{folder}/leads.parquet", "--accounts", f"{folder}/accounts.parquet"),
            *("--events", f"{folder}/events/*.parquet", "--out", str(target)),
            *(("--memory", "2500MB") if profile == "full" else ()),
        ],
    }


def compare(profile: str, folder: Path, runs: int) -> None:
    """Run all processes in turn, `runs` times after a warm-up, and print medians and ratios."""
    with tempfile.TemporaryDirectory() as made:
        processes = commands(profile, folder, Path(made) / "scores.parquet")
        costs: dict[str, list[Cost]] = {name: [] for name in processes}
        for turn in range(runs + 1):
            for name, command in processes.items():
                cost = measured(command)
                if turn:
                    costs[name].append(cost)
    print(f"\n{profile}: CPU s, wall s, peak MB, times the count (medians of {runs})")
    base = statistics.median(cost.cpu for cost in costs["count events by lead"])
    for name, found in costs.items():
        cpu = statistics.median(cost.cpu for cost in found)
        wall = statistics.median(cost.wall for cost in found)
        memory = statistics.median(cost.memory for cost in found)
        print(f"  {name:<22} {cpu:8.2f} {wall:8.2f} {memory:8.0f} {cpu / base:8.2f}")


def main() -> None:
    """Generate what is missing, then compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--profile", choices=MODELS, action="append")
    asked = parser.parse_args()
    data = Path(os.environ.get("TAMIS_BENCH", HERE / "data"))
    for profile in asked.profile or MODELS:
        folder = data / f"{profile}-{asked.leads}"
        generated(folder, profile, asked.leads)
        compare(profile, folder, asked.runs)


def generated(folder: Path, profile: str, leads: int) -> None:
    """The company of a profile, made unless it is there."""
    from tamis.company import generate  # noqa: PLC0415 (not needed by a plain --help)
    from tamis.engines.registry import open_session  # noqa: PLC0415

    with open_session(memory="1500MB") as session:
        generate(session, folder, leads=leads, until=DAY, profile=profile, reuse=True)


if __name__ == "__main__":
    main()
