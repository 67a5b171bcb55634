"""The learner: one fixed recipe from examples to a model of parts that add up on the log-odds.

    folds -> bins -> evidence, logistic, boosting -> blend -> calibrate -> written, pairs -> abstain

It is the same for all data: what is learned follows from how many leads were won.
"""

from __future__ import annotations

from tamis.predict.learner.recipe import RECIPE, fingerprint, learn

__all__ = ["RECIPE", "fingerprint", "learn"]
