"""What is said of models that were learned from outcomes."""

from __future__ import annotations


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


TERMS: dict[str, tuple[str, str]] = {
    "learned-score": (
        _("Learned score"),
        _(
            "What the outcomes of earlier leads say of this one, from 1 to 99. 50 is the base "
            "rate, and 10 points more double the odds. It is a sum of points, as every score here."
        ),
    ),
    "probability": (
        _("Probability"),
        _(
            "How many of a hundred such leads were won within the horizon. It says what went "
            "together before, not what causes a sale."
        ),
    ),
    "base-rate": (
        _("Base rate"),
        _(
            "The share of all leads that is won within the horizon. Who knows nothing of a lead "
            "tells this. In brackets the interval of 95%."
        ),
    ),
    "auc": (
        _("AUC"),
        _(
            "Of one lead that was won and one that was not, how often the first has the higher "
            "score: 0.5 is chance, 1 is always. In brackets the interval of 95%."
        ),
    ),
    "lift": (
        _("Lift of the best tenth"),
        _(
            "How many times the base rate the best tenth of the leads converts, judged on leads "
            "that were not learned from."
        ),
    ),
    "calibration": (
        _("Calibration"),
        _(
            "Whether what is told comes true: of all leads that were told 10%, about 10 of a "
            "hundred should be won."
        ),
    ),
    "drift": (
        _("Drift"),
        _(
            "Leads or outcomes that are no longer as they were when the model was learned. Each "
            "alarm says what moved, since when, and what to do."
        ),
    ),
    "no-signal": (
        _("No usable signal"),
        _(
            "The data tell no better than chance who will be won, or too few were won yet. Then "
            "the learned model says the base rate of everybody, and the rules decide."
        ),
    ),
    "agreement": (
        _("Agreement"),
        _(
            "High are the best leads by the rules, and as many by the learned model. Where only "
            "one of the two is high, somebody should look."
        ),
    ),
    "supported-points": (
        _("The points that the data support"),
        _(
            "All rules are judged at once on past days. Where today's points lie in the interval "
            "of 95%, the data have nothing against them."
        ),
    ),
    "times-the-odds": (
        _("Times the odds"),
        _(
            "What a property does to the odds of being won: \u00d72 doubles them, \u00d70.5 halves "
            "them, against a lead that gets no points for it."
        ),
    ),
}
