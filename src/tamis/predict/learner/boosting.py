"""Explainable boosting: small trees of one column at a time, in turn, until held-out leads tire.

Lou, Caruana and Gehrke, Intelligible models for classification and regression, KDD 2012; the
implementation is that of InterpretML (Nori and others, 2019). It is fitted on the codes of the
cuts, so that what it finds is a weight for each code.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Numbers, Places
from tamis.predict.learner.bins import Cut, Direction
from tamis.predict.learner.folds import SEED

BAGS = 4
"""How many times it is fitted, each with other leads held out to know when to stop."""
HELD = 0.2
"""The share of leads held out by each."""


def boosted(
    cuts: Sequence[Cut],
    codes: Sequence[Places],
    won: NDArray[np.bool_],
    weight: Numbers,
    *,
    lead: Places,
    directions: Sequence[Direction | None],
) -> tuple[float, list[Numbers]]:
    """The intercept and each column's weights by code, on the log-odds."""
    model = _booster(cuts, directions)
    with warnings.catch_warnings():  # it warns that its own charts leave out what is missing
        warnings.simplefilter("ignore", UserWarning)
        model.fit(_table(cuts, codes), won.astype(int), sample_weight=weight, bags=_bags(won, lead))
    found = [np.zeros(one.size) for one in cuts]
    used = {place: term for term, (place,) in enumerate(model.term_features_)}
    rows = max(one.size for one in cuts)
    every = [np.minimum(np.arange(rows), one.size - 1) for one in cuts]
    terms = model.eval_terms(_table(cuts, every))
    for place, term in used.items():
        found[place] = np.asarray(terms[: cuts[place].size, term], dtype=np.float64)
    return float(np.ravel(model.intercept_)[0]), found


def _booster(cuts: Sequence[Cut], directions: Sequence[Direction | None]) -> Any:  # noqa: ANN401 (it has no types)
    from interpret.glassbox import ExplainableBoostingClassifier  # type: ignore[import-untyped]  # noqa: PLC0415

    ways = {"rises": 1, "falls": -1}
    return ExplainableBoostingClassifier(
        feature_names=[f"c{place}" for place in range(len(cuts))],
        feature_types=["continuous" if one.kind == "number" else "nominal" for one in cuts],
        monotone_constraints=[ways.get(one or "", 0) for one in directions],
        interactions=0,
        outer_bags=BAGS,
        max_bins=1024,
        n_jobs=1,
        random_state=SEED,
        **SETTINGS,
    )


SETTINGS: dict[str, Any] = {
    "learning_rate": 0.1,
    "early_stopping_rounds": 20,
    "smoothing_rounds": 0,
    "greedy_ratio": 0.0,
}
"""Quick, and as good on held-out examples as many slow rounds."""


def _table(cuts: Sequence[Cut], codes: Sequence[Places]) -> NDArray[np.object_] | Numbers:
    table = np.empty((len(codes[0]), len(cuts)), dtype=object)
    for place, (one, code) in enumerate(zip(cuts, codes, strict=True)):
        if one.kind == "number":
            table[:, place] = np.where(code == one.size - 1, np.nan, code.astype(np.float64))
        else:
            table[:, place] = np.array([f"v{i}" for i in range(one.size)], dtype=object)[code]
    return table


def _bags(won: NDArray[np.bool_], lead: Places) -> NDArray[np.int8]:
    """For each bag 1 for rows to fit and -1 for rows held out: all rows of a lead go together."""
    _, who = np.unique(lead, return_inverse=True)
    lead_won = np.bincount(who, won) > 0
    bags = []
    for bag in range(BAGS):
        draw = np.random.default_rng(SEED + 1 + bag).permutation(len(lead_won))
        held = np.zeros(len(lead_won), dtype=bool)
        for some in (draw[lead_won[draw]], draw[~lead_won[draw]]):
            held[some[: max(1, round(HELD * len(some)))]] = True
        bags.append(np.where(held[who], -1, 1))
    return np.array(bags, dtype=np.int8).T
