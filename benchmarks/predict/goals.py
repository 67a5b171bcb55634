"""What the learner is held to, and whether the figures say so."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.predict.judged import log_loss
from benchmarks.predict.learners import CARD, OWN, learned, tell
from benchmarks.predict.rivals import BLACK_BOXES
from benchmarks.predict.sets import SETS
from benchmarks.predict.tables import NotHereError
from tamis.predict.examples import Column, Examples, examples_of

NO_SIGNAL = ("maven_crm", "attribution")
"""Sets in which there is nothing to learn: the learner must abstain, AUC is not compared."""
DRIFTING = "bank_marketing"
CONVERSIONS = (5, 10, 20, 40, 80, 160)
DRAWS = 20
SEED = 2026
Found = Mapping[tuple[str, str], Mapping[str, Mapping[str, float]]]


def tables(found: Found) -> None:
    """Say which goals the tables meet; a goal without its figures is passed over."""
    print("\nGoals")
    ahead = []
    for (name, split), by_learner in found.items():
        if OWN not in by_learner:
            continue
        own = by_learner[OWN]
        if name in NO_SIGNAL:
            say(f"{name}, {split}: tells everybody the same", -abs(own["AUC"] - 0.5), 0.0)
            continue
        boxes = {one: by_learner[one]["AUC"] for one in BLACK_BOXES if one in by_learner}
        if split == "rolling":
            say(f"{name}, {split}: pooled AUC at least 0.79", own["AUC"], 0.79)
        elif boxes:
            best = max(boxes, key=lambda one: boxes[one])
            least = boxes[best] - (0.003 if split == "folds" else 0)
            say(f"{name}, {split}: AUC, {best} {boxes[best]:.4f}", own["AUC"], least)
            ahead += [own["AUC"] - boxes[best]] if split == "dated" else []
        most = 0.003 if split == "folds" else 0.025 if name == DRIFTING else 0.005
        if (name, split) != (DRIFTING, "dated"):
            say(f"{name}, {split}: excess calibration error", -own["excess"], -most)
        if CARD in by_learner:
            say(f"{name}, {split}: card's AUC", by_learner[CARD]["AUC"], own["AUC"] - 0.01)
    if ahead:
        say(f"dated AUC ahead of the best black box, mean of {len(ahead)}", np.mean(ahead), 0.005)


def say(goal: str, found: float, least: float) -> None:
    """Print a goal: met or a loss, and by how much."""
    met = "met " if found >= least else "LOSS"
    print(f"  {met} {goal}: {abs(found):.4f} (goal {abs(least):.4f}, {found - least:+.4f})")


def checks(names: Sequence[str], data: Path) -> None:
    """Print what is learned of nothing, of little, and how long much takes."""
    print("\nOf nothing and of little")
    for name in names:
        try:
            examples = SETS[name].examples(data)
        except NotHereError as error:
            print(f"  skipped: {error}")
            continue
        if name in NO_SIGNAL:
            abstains(name, examples)
        else:
            abstains(f"{name}, permuted outcomes", permuted(examples))
            few(name, examples)
    much()


def abstains(what: str, examples: Examples) -> None:
    """Say whether the learner abstains."""
    model = learned(examples)
    print(f"  {'LOSS' if model.usable else 'met '} {what}: abstains", flush=True)


def permuted(examples: Examples, seed: int = SEED) -> Examples:
    """The examples with the outcomes of one another."""
    return replace(examples, won=np.random.default_rng(seed).permutation(examples.won))


def few(name: str, examples: Examples) -> None:
    """Say how often, of draws with few conversions, the log-loss is worse than the base rate's.

    A draw has as many won examples, and lost ones in the proportion of the set. Judged by all
    others; the base rate is that of the draw.
    """
    drawn = np.random.default_rng(SEED)
    for count in CONVERSIONS:
        worse = 0
        for _ in range(DRAWS):
            past = draw(examples, count, drawn)
            rest = np.setdiff1d(np.arange(len(examples)), past)
            model = learned(examples.of(past))
            judged = examples.of(rest)
            base = np.full(len(rest), examples.won[past].mean())
            own = log_loss(tell(model)(judged), judged.won)
            worse += own > log_loss(base, judged.won) + 1e-9
        met = "LOSS" if worse else "met "
        print(f"  {met} {name}, {count} conversions: worse in {worse} of {DRAWS}", flush=True)


def draw(
    examples: Examples, conversions: int, drawn: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Places of so many won examples, with lost ones in the proportion of all, in order."""
    won, lost = np.flatnonzero(examples.won), np.flatnonzero(~examples.won)
    others = min(len(lost), round(conversions * len(lost) / len(won)))
    picked = [
        drawn.choice(won, conversions, replace=False),
        drawn.choice(lost, others, replace=False),
    ]
    return np.sort(np.concatenate(picked))


def much() -> None:
    """Say how long 10,000 rows of 30 columns take, in this process."""
    examples = made(10_000)
    start = time.perf_counter()
    model = learned(examples)
    fitted = time.perf_counter() - start
    asked, told = examples.of(np.arange(1_000)), tell(model)
    told(asked)
    start = time.perf_counter()
    told(asked)
    scored = (time.perf_counter() - start) * 1_000
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say("seconds to fit 10,000 rows of 30 columns", -fitted, -20)
    say("milliseconds to score 1,000", -scored, -50)
    say("peak MB", -memory, -500)


def made(rows: int) -> Examples:
    """Examples of 20 numbers and 10 texts of 8 values, of which 6 columns count."""
    drawn = np.random.default_rng(SEED)
    numbers = drawn.normal(size=(rows, 20))
    codes = drawn.integers(0, 8, size=(rows, 10))
    odds = numbers[:, :4] @ np.array([0.8, -0.5, 0.4, 0.3]) + (codes[:, 0] - 3.5) * 0.2 - 1.5
    won = drawn.random(rows) < 1 / (1 + np.exp(-odds - 0.5 * (codes[:, 1] == 2)))
    columns = [Column(f"number_{n}", "number", numbers[:, n]) for n in range(20)]
    for n in range(10):
        texts = np.array([f"value {code}" for code in codes[:, n]], dtype=object)
        columns.append(Column(f"text_{n}", "text", texts))
    return examples_of(columns, won, np.arange(rows, dtype=np.float64))
