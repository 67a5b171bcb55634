"""Rules that say the same of the same leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import sqrt

from tamis.history.evidence_seen import POINTS, Seen
from tamis.sql.write import query, table

DUPLICATE = 0.9
"""Two rules whose points are correlated beyond this say the same."""


def duplicates(seen: Seen) -> Mapping[int, tuple[int, ...]]:
    """The rules, by number, whose points go with those of each rule, up or down.

    Alike is a correlation of the points over all cases, none counted as 0, beyond 0.9. For rules
    that give one amount or none that is phi, the overlap of who has them (Pearson's).
    """
    spread = _spread(seen)
    found: dict[int, tuple[int, ...]] = {}
    for one, other, product in _products(seen):
        (mean, variance), (its_mean, its_variance) = spread[one], spread[other]
        both = variance * its_variance
        covariance = product / seen.cases - mean * its_mean
        if both > 0 and abs(covariance) / sqrt(both) > DUPLICATE:
            found[one] = (*found.get(one, ()), other)
            found[other] = (*found.get(other, ()), one)
    return found


def _spread(seen: Seen) -> Mapping[int, tuple[float, float]]:
    """The mean and the variance of each rule's points over all cases."""
    select = query(
        "SELECT p.rule, sum(p.points), sum(p.points * p.points) FROM :p AS p GROUP BY p.rule",
        p=table(POINTS),
    )
    found = {}
    for rule, total, squares in seen.session.rows(select):
        mean = float(str(total)) / seen.cases
        found[int(str(rule))] = mean, float(str(squares)) / seen.cases - mean * mean
    return found


def _products(seen: Seen) -> Iterator[tuple[int, int, float]]:
    """Each pair of rules that meet in some case, with the sum of their points' products."""
    select = query(
        """
        SELECT a.rule, b.rule, sum(a.points * b.points) FROM :points AS a
        JOIN :points AS b ON b.day = a.day AND b.lead = a.lead AND a.rule < b.rule
        GROUP BY a.rule, b.rule ORDER BY a.rule, b.rule
        """,
        points=table(POINTS),
    )
    for one, other, product in seen.session.rows(select):
        yield int(str(one)), int(str(other)), float(str(product))
