"""A backtest in words and tables, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tamis.history.backtest import Backtest
from tamis.history.groups import Group
from tamis.history.intervals import Interval
from tamis.language import day, listed, number, percent, plurals, translator
from tamis.reports.backtest_advice import bounds_section, leaks_section
from tamis.reports.backtest_charts import auc_by_month, conversion_by_tenth, orders_compared
from tamis.reports.figures import NONE, TIMES, figure
from tamis.reports.sections import Heading, Said, Section
from tamis.reports.store_use import store_used


def backtest_sections(found: Backtest, language: str) -> Iterator[Section]:
    """The parts of the answer: is there a signal, against what, by band, month; what to change."""
    yield _overview(found, language)
    if found.leaks or found.no_history:
        yield leaks_section(found, language)
    yield _orders(found, language)
    for name, title in _titles(language).items():
        if found.groups.get(name):
            yield _table(found, name, title, language)
    yield _months(found, language)
    if found.bounds:
        yield bounds_section(found, language)


def backtest_title(found: Backtest, language: str) -> str:
    """The title of the answer."""
    _ = translator(language)
    return _("Backtest of {name} version {version}").format(
        name=found.model.name, version=found.model.version
    )


def verdict(found: Backtest, language: str) -> str:
    """What the scores of the past were worth, in a sentence."""
    _ = translator(language)
    auc = found.aucs["score"]
    if auc.value is None:
        return _("There is no usable signal: nothing was won, or everything.")
    said = _("There is no usable signal: the interval of the AUC, {auc}, holds 0.5, pure chance.")
    if found.misleads:
        said = _("The order is upside down: high scores win less often than low ones (AUC {auc}).")
    elif found.has_signal:
        said = _(
            "The score tells leads apart: its AUC is {auc}, where 0.5 is chance and 1 perfect."
        )
    return said.format(auc=plain(auc, language, 2))


def _overview(found: Backtest, language: str) -> Section:
    _, ngettext = translator(language), plurals(language)
    period, all_ = found.question.period, found.whole
    asked = ngettext(
        "Scored on {count} past day, {first} to {last}, with what was known then.",
        "Scored on {count} past days, {first} to {last}, with what was known then.",
        len(found.days),
    ).format(
        count=number(len(found.days), language),
        first=day(found.days[0], language),
        last=day(found.days[-1], language),
    )
    read = _(
        "{leads} leads, {rows} snapshots (a lead on a day) not yet decided; {share} of the "
        "snapshots were won within {horizon} days."
    ).format(
        leads=number(all_.leads, language),
        rows=number(all_.rows, language),
        share=share(all_.conversion, language),
        horizon=number(period.horizon, language),
    )
    sentences: list[str | Said] = [verdict(found, language), asked, read]
    sentences += [*_left_out(found, language), *store_used(found.store, language)]
    note = _(
        "In parentheses: intervals at 95 per cent; the snapshots of one lead count as one draw."
    )
    return Section(backtest_title(found, language), tuple(sentences), note=note)


def _left_out(found: Backtest, language: str) -> Iterator[str]:
    ngettext = plurals(language)
    if found.left_out:
        yield ngettext(
            "{count} day is left out, from {day} on: outcomes are known until {known}, so that "
            "its {horizon} days were not over.",
            "{count} days are left out, from {day} on: outcomes are known until {known}, so that "
            "their {horizon} days were not over.",
            len(found.left_out),
        ).format(
            count=number(len(found.left_out), language),
            day=day(found.left_out[0], language),
            known=day(found.known_until, language),
            horizon=number(found.question.period.horizon, language),
        )


# ---------------------------------------------------------------- against the baselines


def _orders(found: Backtest, language: str) -> Section:
    _ = translator(language)
    names: Mapping[str, str] = {
        "score": _("This model"),
        "random": _("Random"),
        "newest": _("Newest first"),
        "activity": _("Most active first (events in 30 days)"),
    }
    captures = {one.order: one for one in found.captures}
    headings = [Heading(_("Order of leads")), Heading(_("AUC"), number=True)]
    if captures:
        headings += [
            Heading(_("Deals reached"), number=True),
            Heading(_("Calls that won"), number=True),
        ]
    rows = []
    for order in found.aucs:
        row = [names[order], plain(found.aucs[order], language, 2)]
        if captures:
            one = captures[order]
            row += [share(one.share, language), share(one.hits, language)]
        rows.append(tuple(row))
    return Section(
        _("Against simple orders"),
        tuple(_captured(found, language)),
        headings=tuple(headings),
        rows=tuple(rows),
        note=_(
            "AUC: the chance that a snapshot that was won stands above one of the same day that "
            "was not."
        ),
        charts=tuple(orders_compared(found, names, language)),
    )


def _captured(found: Backtest, language: str) -> Iterator[str]:
    _ = translator(language)
    if found.gains:
        said = _("The best tenth of the scores holds {share} of the wins, the best half {half}.")
        half = found.gains[len(found.gains) // 2 - 1]
        yield said.format(
            share=percent(found.gains[0].wins, language), half=percent(half.wins, language)
        )
    for one in found.captures:
        if one.order == "score":
            yield _("{calls} calls a week would have reached {share} of the deals.").format(
                calls=number(found.question.capacity or 0, language),
                share=share(one.share, language, 0),
            )
            if one.calls >= found.whole.leads:
                said = _(
                    "That is a call for every lead of the time ({leads}): no order reaches more "
                    "than another, so a smaller --capacity tells more."
                )
                yield said.format(leads=number(found.whole.leads, language))


# ---------------------------------------------------------------- groups


def _titles(language: str) -> Mapping[str, str]:
    _ = translator(language)
    return {
        "bands": _("By score, from"),
        "deciles": _("By tenth of the scores, 1 the best"),
        "cells": _("By cell"),
        "temperatures": _("By temperature"),
        "stages": _("By stage"),
    }


def _table(found: Backtest, name: str, title: str, language: str) -> Section:
    _ = translator(language)
    return Section(
        title,
        headings=_group_headings(language),
        rows=tuple(_row(found, group, language) for group in in_order(found, name)),
        note=_("Leads and won count leads; conversion is the share of snapshots.")
        if name == "bands"
        else "",
        charts=tuple(conversion_by_tenth(found, language)) if name == "deciles" else (),
    )


def in_order(found: Backtest, name: str) -> Sequence[Group]:
    """The groups of a kind, the best first: by number, or in the order of the model."""
    groups = list(found.groups[name])
    if name == "bands":
        return groups[::-1]
    if name == "temperatures":
        names = [one.name for one in found.model.temperatures]
        return sorted(groups, key=lambda group: names.index(group.name))
    if name == "stages":
        names = [one.name for one in found.model.stages]
        return sorted(groups, key=lambda group: -names.index(group.name))
    return groups


def _group_headings(language: str) -> tuple[Heading, ...]:
    _ = translator(language)
    return (
        Heading(""),
        Heading(_("Leads"), number=True),
        Heading(_("Won"), number=True),
        Heading(_("Conversion"), number=True),
        Heading(_("Lift"), number=True),
        Heading(_("Days to win"), number=True),
        Heading(_("Amount"), number=True),
    )


def _row(found: Backtest, group: Group, language: str) -> tuple[str, ...]:
    lift = found.lift(group)
    return (
        group.name,
        number(group.leads, language),
        number(group.winners, language),
        share(group.conversion, language),
        NONE if lift is None else TIMES + number(lift, language, decimals=1),
        plain(group.days, language, 0),
        plain(group.amount, language, 0),
    )


def _months(found: Backtest, language: str) -> Section:
    _ = translator(language)
    best = {group.name: group.conversion for group in found.groups["best"]}
    rows = [
        (
            group.name,
            number(group.leads, language),
            plain(found.monthly[group.name], language, 2),
            share(group.conversion, language),
            share(best[group.name], language) if group.name in best else NONE,
        )
        for group in found.groups["months"]
    ]
    unsure = [name for name, auc in found.monthly.items() if auc.holds(1 / 2)]
    said = _("In {months} the AUC alone does not differ from chance.")
    return Section(
        _("Month by month"),
        (said.format(months=listed(unsure, language)),) if unsure else (),
        headings=(
            Heading(_("Month")),
            Heading(_("Leads"), number=True),
            Heading(_("AUC"), number=True),
            Heading(_("Conversion"), number=True),
            Heading(_("Best tenth"), number=True),
        ),
        rows=tuple(rows),
        charts=tuple(auc_by_month(found, language)),
    )


def plain(found: Interval, language: str, decimals: int) -> str:
    """A figure and its interval."""
    return str(figure(found, language, decimals=decimals))


def share(found: Interval, language: str, decimals: int = 1) -> str:
    """A share and its interval, in per cent."""
    return str(figure(found, language, decimals=decimals, unit="%"))
