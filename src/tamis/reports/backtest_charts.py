"""The charts of a backtest: conversion by tenth, gains, deals reached by order, AUC by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial

from tamis import charts
from tamis.history.backtest import Backtest
from tamis.history.intervals import Interval
from tamis.language import percent, translator
from tamis.reports.figures import Unit, figure
from tamis.reports.sections import Drawing


def whiskers(
    label: str, found: Interval, language: str, *, decimals: int, unit: Unit = ""
) -> dict[str, object]:
    """A row of a chart of intervals."""
    said = str(figure(found, language, decimals=decimals, unit=unit))
    return {"label": label, "said": said, **asdict(found)}


def conversion_by_tenth(found: Backtest, language: str) -> Iterator[Drawing]:
    """Conversion by tenth of the scores beside the average."""
    _ = translator(language)
    rows = [
        whiskers(group.name, group.conversion, language, decimals=1, unit="%")
        for group in found.groups["deciles"]
    ]
    average = found.whole.conversion.value or 0.0
    name = _("average {share}").format(share=percent(average, language, decimals=1))
    title = _("Conversion by tenth of the scores")
    yield partial(charts.intervals, rows, title, reference=(average, name))


def orders_compared(found: Backtest, names: Mapping[str, str], language: str) -> Iterator[Drawing]:
    """Wins in the best of the scores, and what the calls of a week reach by each order."""
    _ = translator(language)
    if found.gains:
        points = [{"share": gain.share, "wins": gain.wins} for gain in found.gains]
        yield partial(charts.gains, points, language)
    if found.captures:
        rows = [
            # What an order is made of stands in parentheses, and in the table below.
            whiskers(names[one.order].partition(" (")[0], one.share, language, decimals=0, unit="%")
            for one in found.captures
        ]
        yield partial(charts.intervals, rows, _("Deals that the weekly calls reach"))


def auc_by_month(found: Backtest, language: str) -> Iterator[Drawing]:
    """The AUC of each month beside chance."""
    _ = translator(language)
    rows = [
        whiskers(month, auc, language, decimals=2)
        for month, auc in found.monthly.items()
        if auc.value is not None
    ]
    if rows:
        yield partial(charts.intervals, rows, _("AUC by month"), reference=(0.5, _("chance")))
