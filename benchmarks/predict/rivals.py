"""Other learners at their defaults, each with texts and gaps as it does best by default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tamis.predict.examples import Column, Examples, Numbers, Texts

Tell = Callable[[Examples], Numbers]
"""The probability of each example, 0 to 1."""
Fit = Callable[[Examples], Tell]
CORES = 2
SEED = 2026
CATEGORIES = 250
"""scikit-learn's boosting takes at most 255 values of a text; rarer ones become one."""


class Codes:
    """Texts as numbers from 0, numbers as they are; gaps and values never seen are NaN.

    A column that was empty when learned from is 0 throughout: not each learner takes an empty one.
    """

    def __init__(self, examples: Examples, most: int | None = None) -> None:
        self.texts = [n for n, one in enumerate(examples.columns) if one.kind == "text"]
        self.codes = [_codes(one, most) for one in examples.columns]
        self.empty = [bool(one.missing.all()) for one in examples.columns]

    def __call__(self, examples: Examples) -> Numbers:
        """One row per example."""
        pairs = zip(examples.columns, self.codes, self.empty, strict=True)
        return np.column_stack(
            [
                np.zeros(len(one.values)) if empty else _coded(one, codes)
                for one, codes, empty in pairs
            ]
        )


def _codes(column: Column, most: int | None) -> dict[Any, int]:
    if column.kind == "number":
        return {}
    values, counts = np.unique(column.values[~column.missing].astype(str), return_counts=True)
    kept = values[np.argsort(-counts, kind="stable")][:most]
    return {value: code for code, value in enumerate(sorted(kept))}


def _coded(column: Column, codes: Mapping[Any, int]) -> Numbers:
    if column.kind == "number":
        return column.values.astype(np.float64)
    return np.array([codes.get(value, np.nan) for value in column.values], dtype=np.float64)


def hist_gradient_boosting(examples: Examples) -> Tell:
    """scikit-learn's HistGradientBoostingClassifier."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    codes = Codes(examples, CATEGORIES)
    model = HistGradientBoostingClassifier(categorical_features=codes.texts, random_state=SEED)
    model.fit(codes(examples), examples.won)
    return lambda asked: model.predict_proba(codes(asked))[:, 1]


def lightgbm(examples: Examples) -> Tell:
    """LightGBM. Raises: ImportError where it is not installed."""
    from lightgbm import Booster, Dataset, train

    codes = Codes(examples)
    asked = {"objective": "binary", "num_threads": CORES, "verbose": -1, "seed": SEED}
    rows = Dataset(codes(examples), examples.won, categorical_feature=codes.texts)
    model: Booster = train(asked, rows, num_boost_round=100)
    return lambda asked: np.asarray(model.predict(codes(asked), num_threads=CORES))


def catboost(examples: Examples) -> Tell:
    """CatBoost. Raises: ImportError where it is not installed."""
    from catboost import CatBoostClassifier, Pool

    texts = [n for n, one in enumerate(examples.columns) if one.kind == "text"]
    model = CatBoostClassifier(
        thread_count=CORES, random_seed=SEED, verbose=False, allow_writing_files=False
    )
    model.fit(Pool(_objects(examples), examples.won.astype(int), cat_features=texts))
    return lambda asked: model.predict_proba(Pool(_objects(asked), cat_features=texts))[:, 1]


def _objects(examples: Examples) -> list[list[Any]]:
    told = [
        one.values.tolist()
        if one.kind == "number"
        else ["" if value is None else value for value in one.values]
        for one in examples.columns
    ]
    return [list(row) for row in zip(*told, strict=True)]


def logistic_regression(examples: Examples) -> Tell:
    """Logistic regression on texts one-hot and scaled numbers, gaps as columns of their own."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    codes = Codes(examples)
    numbers = [n for n in range(len(examples.columns)) if n not in codes.texts]
    filled = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    prepared = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), codes.texts),
        (make_pipeline(filled, StandardScaler()), numbers),
    )
    model = make_pipeline(prepared, LogisticRegression(max_iter=2_000))
    model.fit(codes(examples), examples.won)
    return lambda asked: model.predict_proba(codes(asked))[:, 1]


def odoo_naive_bayes(examples: Examples) -> Tell:
    """The predictive lead scoring of Odoo: how often each value is among won and lost leads.

    Each count starts at 0.1; a value's share among won (lost) leads is its count over that of all
    values of the field. Empty fields and values never seen are passed over; the probability is kept
    within 0.01 % and 99.99 %. Odoo reads texts only: here numbers are cut at their tenths.
    """
    fields = [_Field(one, examples.won) for one in examples.columns]
    won = np.clip(examples.won.mean(), 1e-4, 1 - 1e-4)
    start = float(np.log(won / (1 - won)))

    def tell(asked: Examples) -> Numbers:
        pairs = zip(fields, asked.columns, strict=True)
        odds = start + np.sum([field.log_ratio(one) for field, one in pairs], axis=0)
        told: Numbers = np.clip(1 / (1 + np.exp(-np.clip(odds, -30, 30))), 1e-4, 1 - 1e-4)
        return told

    return tell


class _Field:
    """How often each value of a field is among won and lost leads."""

    def __init__(self, column: Column, won: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
        self.cuts = np.array([])
        if column.kind == "number" and not column.missing.all():
            self.cuts = np.unique(np.nanquantile(column.values, np.arange(0.1, 1, 0.1)))
        values = self._values(column)
        self.ratio: dict[Any, float] = {}
        counts = {
            value: (0.1 + np.sum(won[values == value]), 0.1 + np.sum(~won[values == value]))
            for value in set(values.tolist()) - {None}
        }
        all_won, all_lost = (sum(both[side] for both in counts.values()) for side in (0, 1))
        for value, (those_won, those_lost) in counts.items():
            self.ratio[value] = float(np.log(those_won / all_won / (those_lost / all_lost)))

    def _values(self, column: Column) -> Texts:
        if column.kind == "text":
            return column.values.astype(object)
        told: Texts = np.searchsorted(self.cuts, column.values, side="right").astype(object)
        told[column.missing] = None
        return told

    def log_ratio(self, column: Column) -> Numbers:
        """What the field adds to the log of the odds of each example."""
        return np.array([self.ratio.get(value, 0.0) for value in self._values(column)])


RIVALS: Mapping[str, Fit] = {
    "HistGradientBoosting": hist_gradient_boosting,
    "LightGBM": lightgbm,
    "CatBoost": catboost,
    "logistic regression": logistic_regression,
    "Odoo naive Bayes": odoo_naive_bayes,
}
BLACK_BOXES = ("HistGradientBoosting", "LightGBM", "CatBoost")
