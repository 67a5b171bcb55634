"""One learner on one split, in a process of its own: `python -m benchmarks.predict.one`."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.predict.learners import LEARNERS, corrected
from benchmarks.predict.sets import SETS
from benchmarks.predict.splits import REFIT, SPLITS, Turn
from tamis.predict.examples import Examples, Numbers

NEWEST = REFIT
"""Calls whose outcomes correct the intercept of the rolling test: the newest known."""


def main() -> None:
    """Fit, tell, and write what it told (by place, NaN where not judged) and what it took."""
    name, split, learner, data, target = sys.argv[1:]
    examples = SETS[name].examples(Path(data))
    told = np.full(len(examples), np.nan)
    fit_seconds, score_seconds, scored = 0.0, 0.0, 0
    turns = SPLITS[name, split](examples)
    for turn in turns:
        told[turn.judged_by], fitting, scoring = _turn(learner, examples, turn, split)
        fit_seconds += fitting
        score_seconds += scoring
        scored += len(turn.judged_by)
    took = {
        "fit s": fit_seconds / len(turns),
        "ms per 1,000": score_seconds / scored * 1e6,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    np.save(target, told)
    print(json.dumps(took))


def _turn(learner: str, examples: Examples, turn: Turn, split: str) -> tuple[Numbers, float, float]:
    past, asked = examples.of(turn.learned_from), examples.of(turn.judged_by)
    start = time.perf_counter()
    tell = LEARNERS[learner](past)
    fitted = time.perf_counter()
    told = tell(asked)
    done = time.perf_counter()
    if split == "rolling":
        newest = past.of(np.arange(len(past) - NEWEST, len(past)))
        told = corrected(told, tell(newest), newest.won)
    return told, fitted - start, done - fitted


if __name__ == "__main__":
    main()
