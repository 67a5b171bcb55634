"""The charts of evidence: what each rule does to the odds, and points beside those of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import log

from tamis import charts
from tamis.history.evidence_rules import RuleEvidence
from tamis.language import number, translator
from tamis.reports.backtest_charts import whiskers
from tamis.reports.figures import NONE
from tamis.reports.phrases import rule_name
from tamis.reports.sections import Drawing

MOST = 15
"""Rules in a chart."""


def rules_drawn(rules: Sequence[RuleEvidence], language: str) -> Iterator[Drawing]:
    """The odds of the strongest rules with enough wins to tell, the highest first; then points."""
    _ = translator(language)
    told = [one for one in rules if one.says not in ("too_few", "same", "never")]
    odds = [one for one in told if one.odds.value]
    strongest = sorted(odds, key=lambda one: -abs(_logarithm(one)))[:MOST]
    if odds:
        rows = [
            whiskers(rule_name(one.rule, language), one.odds, language, decimals=1, unit="\u00d7")
            for one in sorted(strongest, key=_logarithm, reverse=True)
        ]
        title = _("Odds of winning with each rule, other points alike")
        reference = (1.0, _("no effect"))
        yield partial(charts.intervals, rows, title, reference=reference, factors=True)
    weighed = sorted((one for one in told if one.from_data is not None), key=_gap)[:MOST]
    if weighed:
        rows = [_points(one, language) for one in weighed]
        title = _("Points today, and as the data would share them out")
        yield partial(charts.beside, rows, (_("today"), _("by data")), title)


def _logarithm(one: RuleEvidence) -> float:
    """What the rule does to the odds, up or down: twice and half are as strong."""
    return log(one.odds.value or 1.0)


def _gap(one: RuleEvidence) -> float:
    """The rules whose points are the farthest from those of the data come first."""
    return -abs((one.from_data or 0.0) - one.earned)


def _points(one: RuleEvidence, language: str) -> dict[str, object]:
    values = (one.earned, one.from_data)
    said = tuple(
        NONE if value is None else number(value, language, decimals=1, sign=True)
        for value in values
    )
    return {"label": rule_name(one.rule, language), "values": values, "said": said}
