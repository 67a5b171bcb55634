"""`python -m benchmarks.predict`: learners side by side, on published sets and fixed splits.

Prints one table per split: AUC, average precision, log-loss, calibration error in excess of its
floor, lift at 10 %, seconds to fit (mean of the refits), milliseconds to score 1,000 and peak
memory; each learner in a process of its own. Then the goals, with losses as losses.
`--set NAME` and `--split NAME` choose, `--only LEARNER` too, `--data FOLDER` says where the sets
are (else `TAMIS_DATA`, else `shared/data` beside the repository). `--checks` runs the tests of
what is learned of little or of nothing, `--no-tables` nothing else.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.predict import goals
from benchmarks.predict.judged import figures
from benchmarks.predict.learners import LEARNERS
from benchmarks.predict.sets import SETS
from benchmarks.predict.splits import SPLITS
from benchmarks.predict.tables import DATA, NotHereError

FIGURES = ("AUC", "AP", "log-loss", "excess", "lift", "fit s", "ms per 1,000", "peak MB")
PLACES = (4, 4, 4, 4, 2, 2, 1, 0)
ROW = "{:<24}" + "{:>13}" * len(FIGURES)


def main() -> None:
    """Compare, then say which goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=SETS, action="append")
    parser.add_argument("--split", action="append")
    parser.add_argument("--only", choices=LEARNERS, action="append")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--checks", action="store_true")
    parser.add_argument("--no-tables", action="store_true")
    asked = parser.parse_args()
    chosen = [
        (name, split)
        for name, split in SPLITS
        if name in (asked.set or SETS) and split in (asked.split or [split])
    ]
    if not asked.no_tables:
        found = {one: table(*one, asked.data, asked.only or tuple(LEARNERS)) for one in chosen}
        goals.tables(found)
    if asked.checks:
        goals.checks(asked.set or tuple(SETS), asked.data)


def table(
    name: str, split: str, data: Path, learners: Sequence[str]
) -> Mapping[str, Mapping[str, float]]:
    """Print the table of a split; figures by learner, without those that could not run."""
    try:
        examples = SETS[name].examples(data)
    except NotHereError as error:
        print(f"\n{name}, {split}: skipped: {error}")
        return {}
    turns = SPLITS[name, split](examples)
    judged = sum(len(turn.judged_by) for turn in turns)
    print(f"\n{name}, {split}: {judged} judged, each fit on {len(turns[0].learned_from)}")
    print(ROW.format("", *FIGURES), flush=True)
    found = {}
    for learner in learners:
        told, took = run(name, split, learner, data)
        if told is not None:
            kept = ~np.isnan(told)
            found[learner] = {**figures(told[kept], examples.won[kept]), **took}
            cells = zip(FIGURES, PLACES, strict=True)
            print(
                ROW.format(learner, *(f"{found[learner][n]:.{p}f}" for n, p in cells)), flush=True
            )
    return found


def run(
    name: str, split: str, learner: str, data: Path
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]] | None, Mapping[str, float]]:
    """What a learner told in a process of its own, and what that took; says so when it failed."""
    with tempfile.TemporaryDirectory() as made:
        target = Path(made) / "told.npy"
        command = [sys.executable, "-m", "benchmarks.predict.one", name, split, learner]
        done = subprocess.run(
            [*command, str(data), str(target)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{learner:<24}  not run: {done.stderr.strip().splitlines()[-1]}", flush=True)
            return None, {}
        return np.load(target), json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
