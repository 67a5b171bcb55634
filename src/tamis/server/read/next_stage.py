"""What is missing to the next stage, where the score alone decides it."""

from __future__ import annotations

import re
from decimal import Decimal

from tamis.model.spec import Model
from tamis.server.read.answers import NextStage

AT_LEAST = re.compile(r"\s*score\s*>=\s*(-?\d{1,9}(?:\.\d{1,3})?)\s*")


def next_stage(model: Model, score: Decimal | None, stage: str | None) -> NextStage | None:
    """The nearest later stage of the form `score >= n`; None where more than the score decides.

    Stages are read from the last: only those after the lead's own count, and a stage between that
    asks for anything else makes the answer uncertain, so that none is given.
    """
    if score is None:
        return None
    names = [one.name for one in model.stages]
    later = model.stages[names.index(stage) + 1 :] if stage in names else model.stages
    bounds: list[tuple[Decimal, str]] = []
    for one in later:
        asked = AT_LEAST.fullmatch(one.when.text)
        if asked is None:
            return None
        bounds.append((Decimal(asked[1]), one.name))
    above = [(bound, name) for bound, name in bounds if bound > score]
    if not above:
        return None
    bound = min(above)[0]
    # Of stages with one bound the last holds.
    name = [name for at, name in above if at == bound][-1]
    return NextStage(name, bound - score)
