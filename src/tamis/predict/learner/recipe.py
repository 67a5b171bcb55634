"""The recipe, from examples to a learned model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from tamis.predict.examples import Column, Examples, Numbers, Places
from tamis.predict.learned import (
    NOT_JUDGED,
    Learned,
    LeftOut,
    Pair,
    Part,
    Phase,
    Quality,
    Training,
)
from tamis.predict.learner.abstain import signal
from tamis.predict.learner.amount import base_rate, phase, unfit
from tamis.predict.learner.bins import Direction
from tamis.predict.learner.blend import Additive, fit
from tamis.predict.learner.calibrate import Calibration, calibrate, intercept_for
from tamis.predict.learner.folds import folds, older_and_newest, times
from tamis.predict.learner.pairs import AXIS, axis, earning_pairs, strongest
from tamis.predict.learner.written import part
from tamis.predict.measures import calibration_bins, losses, measure
from tamis.predict.scoring import probability

RECIPE = 1
"""The version of the recipe: another one may learn another model from the same examples."""
FOLDS = 5
"""Parts of the leads that are held out in turn."""
CAUTION: Mapping[Phase, float] = {"early": 2.0, "additive": 1.5, "full": 0.5}
"""Standard errors by which the slope is taken lower than found: few leads, more caution.

The log-loss taken off must lie as many standard errors above 0.
"""
FEWEST_LATER = 10
"""Leads of either outcome among the newest that a later check needs."""
MOST_VALUES = 40
"""A text column of more values is in no pair: its condition would be too long for a rule."""
Progress = Callable[[str, float], None]


def learn(
    examples: Examples,
    *,
    name: str,
    outcome: str,
    horizon: int | None = None,
    monotone: Mapping[str, Direction] | None = None,
    left_out: Sequence[LeftOut] = (),
    first: str | None = None,
    last: str | None = None,
    since: str | None = None,
    progress: Progress | None = None,
) -> Learned:
    """A model of the examples; of too few, or without a usable signal, their base rate.

    `monotone` says of number columns whether the odds only rise, or only fall, with the value;
    they are in no pair.
    `left_out` are columns left out beforehand, with why; `first`, `last`, `since` and `horizon` are
    noted down. `progress` is told the stage and the share done.
    """
    say = progress or (lambda _stage, _share: None)
    say("columns", 0.0)
    useless = unfit(examples)
    kept = examples.without([one.column for one in useless])
    empty = _empty(examples, name, outcome)
    empty = replace(
        empty,
        horizon=horizon,
        left_out=(*left_out, *useless),
        training=replace(empty.training, first=first, last=last, since=since),
    )
    if empty.phase == "base" or not kept.columns:
        say("done", 1.0)
        return empty
    found = _learned(empty, kept, monotone or {}, say)
    say("done", 1.0)
    return found


def fingerprint(examples: Examples) -> str:
    """SHA-256, hexadecimal, of columns, values, outcomes, weights and the recipe's version."""
    found = sha256(f"tamis recipe {RECIPE}".encode())
    for column in examples.columns:
        found.update(f"\x00{column.kind}\x00{column.name}\x00".encode())
        found.update(_bytes(column))
    for numbers in (examples.won, examples.weight, examples.lead, examples.order):
        found.update(b"\x00" if numbers is None else np.ascontiguousarray(numbers).tobytes())
    return found.hexdigest()


def _bytes(column: Column) -> bytes:
    if column.kind == "number":
        return column.values.astype("<f8").tobytes()
    return "".join("\x01" if one is None else f"\x02{one}" for one in column.values).encode()


def _empty(examples: Examples, name: str, outcome: str) -> Learned:
    """A model that says the base rate of everybody."""
    training = Training(
        len(examples),
        len(np.unique(examples.lead)),
        examples.conversions,
        fingerprint(examples),
        RECIPE,
    )
    return Learned(
        1,
        name,
        outcome,
        phase(examples),
        usable=False,
        intercept=_base(examples),
        base_rate=base_rate(as_they_stand(examples)),
        quality=Quality(),
        training=training,
    )


def as_they_stand(examples: Examples) -> Examples:
    """The same examples, each of the same weight."""
    return replace(examples, weight=np.ones(len(examples)))


def _base(examples: Examples) -> float:
    """The log-odds of the share won; where nothing or all was won as if half an example more."""
    held = 0.5 / (len(examples) + 1)
    rate = min(max(as_they_stand(examples).base_rate, held), 1 - held)
    return float(np.log(rate / (1 - rate)))


@dataclass(frozen=True)
class HeldOut:
    """What a model that had not seen its lead tells of each example: per column, and the base."""

    parts: Numbers
    base: Numbers
    fold: Places

    @property
    def z(self) -> Numbers:
        """The sum of the columns, before calibration."""
        found: Numbers = self.parts.sum(axis=1)
        return found


def held_out(
    examples: Examples, phase: Phase, monotone: Mapping[str, Direction], say: Progress
) -> HeldOut:
    """Each fold told by a model of the others."""
    fold = folds(examples, FOLDS)
    parts, base = np.zeros((len(examples), len(examples.columns))), np.zeros(len(examples))
    for one in range(FOLDS):
        say("held out", 0.05 + 0.7 * one / FOLDS)
        rest = examples.of(fold != one)
        parts[fold == one] = fit(rest, phase, monotone).parts(examples.of(fold == one))
        base[fold == one] = _base(rest)
    return HeldOut(parts, base, fold)


def _learned(
    empty: Learned, examples: Examples, monotone: Mapping[str, Direction], say: Progress
) -> Learned:
    held = held_out(examples, empty.phase, monotone, say)
    # Parts are learned so that a lead with many days weighs as one; what is told has to come true
    # of the leads of a day, among whom those that stay are as many as they are.
    learned_from, examples = examples, as_they_stand(examples)
    calibration = cautious(held, examples, empty.phase)
    told, time = calibration.slope * held.z + held.base + calibration.intercept, times(examples)
    say("all", 0.75)
    model = fit(learned_from, empty.phase, monotone)
    parts = _parts(model, examples, calibration, held, monotone)
    pairs: tuple[Pair, ...] = ()
    # Where the parts say nothing, nothing is looked for between them.
    if empty.phase == "full" and calibration.slope > 0:
        free = [one for one in parts if one.column not in monotone]
        axes = _axes(model, free, examples)
        pairs, added = earning_pairs(axes, told, examples, held.fold)
        told = told + added
    quality = measure(
        probability(told),
        examples.won,
        weight=examples.weight,
        lead=examples.lead,
        base=probability(held.base),
        time=time,
    )
    say("later", 0.88)
    later = _later(learned_from, empty.phase, monotone, calibration)
    empty = replace(empty, quality=quality, later=later)
    gain = CAUTION[empty.phase]
    if calibration.slope <= 0 or not signal(
        held.z, told, held.base, examples, time=time, gain=gain
    ):
        return empty
    return replace(
        empty,
        usable=True,
        intercept=round(_base(examples) + calibration.intercept, 6),
        parts=parts,
        pairs=pairs,
        told=calibration.told,
        calibration=calibration_bins(probability(told), examples.won),
    )


def cautious(held: HeldOut, examples: Examples, phase: Phase) -> Calibration:
    """The slope at the lower side of its error, by phase, and what is then added to the base rate.

    What the slope was lowered by counts as error of the slope too.
    """
    found = calibrate(held.z, examples.won, examples.weight, examples.lead)
    most = 1.0 if phase == "early" else 2.0
    slope = min(most, max(0.0, found.slope - CAUTION[phase] * found.told[1] ** 0.5))
    z = slope * held.z + held.base
    intercept, variance, both = found.told
    told = (intercept, variance + (found.slope - slope) ** 2, both)
    return Calibration(intercept_for(z, examples.won, examples.weight), slope, told)


def _parts(
    model: Additive,
    examples: Examples,
    calibration: Calibration,
    held: HeldOut,
    monotone: Mapping[str, Direction],
) -> tuple[Part, ...]:
    slope, told = calibration.slope, calibration.slope * held.z + held.base + calibration.intercept
    with_all = losses(probability(told), examples.won)
    found = []
    for place, one in enumerate(model.cuts):
        column = examples.column(one.column)
        without = losses(probability(told - slope * held.parts[:, place]), examples.won)
        written = part(
            one,
            slope * model.weights[place],
            slope * model.spreads[place],
            one.codes(column),
            examples.won,
            earns=round(float(np.average(without - with_all, weights=examples.weight)), 8),
            direction=monotone.get(one.column) if one.kind == "number" else None,
        )
        found.append(replace(written, said_by=column.said_by))
    return tuple(found)


def _axes(model: Additive, parts: Sequence[Part], examples: Examples) -> list[Part]:
    """The columns whose parts say the most, each cut into few groups.

    They are cut by how many examples there are, never by outcomes: groups that knew those of the
    held-out leads would make a pair of noise seem to earn.
    """
    chosen = [one.column for one in strongest(parts, examples)]
    found = []
    for one in model.cuts:
        if one.column in chosen and len(one.values) <= MOST_VALUES:
            column = examples.column(one.column)
            codes = one.codes(column)
            places = np.arange(one.size, dtype=np.float64)
            rows = np.bincount(codes, minlength=one.size) / len(codes)
            apart = np.cumsum(rows) if one.kind == "number" else -places
            cut = part(one, apart, np.zeros(one.size), codes, examples.won, most=AXIS)
            found.append(axis(replace(cut, said_by=column.said_by)))
    return found


def _later(
    examples: Examples,
    phase: Phase,
    monotone: Mapping[str, Direction],
    calibration: Calibration,
) -> Quality:
    """How a model of the older leads does on the newest; nothing where there are too few.

    A figure to look at, no gate. Intercept and slope are those found on all leads, the newest too.
    """
    split = older_and_newest(examples)
    if split is None:
        return NOT_JUDGED
    old, new = (examples.of(rows) for rows in split)
    if min(_rarer(old), _rarer(new)) < FEWEST_LATER:
        return NOT_JUDGED
    z, base = fit(old, phase, monotone).parts(new).sum(axis=1), _base(old)
    told = probability(calibration.slope * z + base + calibration.intercept)
    rate = float(probability(np.array(base)))
    return measure(told, new.won, lead=new.lead, base=rate, how="later")


def _rarer(examples: Examples) -> int:
    """Leads won, or those never won when they are fewer."""
    return min(examples.conversions, len(np.unique(examples.lead)) - examples.conversions)
