"""Charts of a learned model: whether what it tells comes true, and what its order is worth."""

from __future__ import annotations

from tamis.charts import of_learned, of_past
from tamis.history.intervals import proportion
from tamis.language import number, percent, translator
from tamis.predict.learned import Learned
from tamis.reports.learned.words import with_interval
from tamis.web.drawn import Drawn, drawn


def calibration(learned: Learned, language: str) -> Drawn | None:
    """What was told beside what was found; None where nothing is known of it."""
    if not learned.calibration:
        return None
    _ = translator(language)
    found = [(one, proportion(one.won, one.examples)) for one in learned.calibration]
    rows = [
        (
            percent(one.told, language, decimals=1),
            with_interval(share, language),
            number(one.won, language),
            number(one.examples, language),
        )
        for one, share in found
    ]
    bins = [
        {"told": one.told, "found": s.value, "low": s.low, "high": s.high, "of": one.examples}
        for one, s in found
    ]
    columns = [_("told"), _("found"), _("won"), _("examples")]
    return drawn(of_learned.calibration(bins, language), columns, rows)


def gains(learned: Learned, language: str) -> Drawn | None:
    """Which share of the wins lies in the best part of its order; None where none is known."""
    best = sorted(learned.calibration, key=lambda one: -one.told)
    examples, won = sum(one.examples for one in best), sum(one.won for one in best)
    if not won:
        return None
    _, so_far, wins, points = translator(language), 0, 0, []
    for one in best:
        so_far, wins = so_far + one.examples, wins + one.won
        points.append({"share": so_far / examples, "wins": wins / won})
    rows = [(percent(one["share"], language), percent(one["wins"], language)) for one in points]
    return drawn(of_past.gains(points, language), [_("best of the order"), _("wins in it")], rows)
