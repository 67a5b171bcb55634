"""Tamis's own learner and its card, beside the rivals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.predict.rivals import RIVALS, Fit, Tell
from tamis.predict.examples import Examples, Numbers
from tamis.predict.learned import Learned

OWN, CARD = "Tamis", "Tamis, card of 20 lines"


def learned(examples: Examples) -> Learned:
    """What Tamis learns of the examples, with its one recipe."""
    from tamis.predict.learner import learn

    return learn(examples, name="benchmark", outcome="won")


def tell(model: Learned) -> Tell:
    """The probabilities that a learned model tells."""
    from tamis.predict.scoring import log_odds, probability

    return lambda asked: probability(log_odds(model, asked))


def tamis(examples: Examples) -> Tell:
    """Tamis, the whole model."""
    return tell(learned(examples))


def card(examples: Examples) -> Tell:
    """Tamis, its card of at most 20 lines with integer points."""
    from tamis.predict.said import short_card

    return tell(short_card(learned(examples), examples, lines=20).learned)


LEARNERS: Mapping[str, Fit] = {OWN: tamis, CARD: card, **RIVALS}


def corrected(
    told: Numbers, known: Numbers, won: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Numbers:
    """Probabilities with the intercept moved so that the `known` ones sum to what was `won`."""
    low, high = -10.0, 10.0
    for _ in range(60):
        shift = (low + high) / 2
        if _moved(known, shift).sum() < won.sum():
            low = shift
        else:
            high = shift
    return _moved(told, (low + high) / 2)


def _moved(told: Numbers, shift: float) -> Numbers:
    kept = np.clip(told, 1e-6, 1 - 1e-6)
    return 1 / (1 + (1 - kept) / kept * np.exp(-shift))
