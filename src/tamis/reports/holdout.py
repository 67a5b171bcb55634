"""A holdout in words and tables: the plan, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator

from tamis.history.holdout import Arm, HoldoutAnalysis, HoldoutPlan
from tamis.language import day, number, percent, plurals, translator
from tamis.reports.figures import figure
from tamis.reports.sections import Heading, Section
from tamis.reports.store_use import store_used


def plan_sections(plan: HoldoutPlan, language: str) -> Iterator[Section]:
    """How many leads and weeks a holdout takes."""
    _ = translator(language)
    week = _("New hand-offs a week: {count}. Of them {share} are kept aside.").format(
        count=number(plan.a_week, language), share=percent(plan.share, language, decimals=1)
    )
    store = store_used(plan.store, language)
    if plan.base is None or plan.needed is None or plan.difference is None:
        how = _("To plan its length, give --base (the conversion of hand-offs) or --outcomes.")
        yield Section(_("Plan of the holdout"), (week, how, *store))
        return
    said = _(
        "Of hand-offs, {base} are won. To see whether {difference} points of that come from "
        "handing off takes {leads} leads: {holdout} kept aside and {handoff} handed off."
    ).format(
        base=percent(round(plan.base, 6), language, decimals=1),
        difference=number(round(100 * plan.difference, 6), language, decimals=1),
        leads=number(plan.needed.leads, language),
        holdout=number(plan.needed.holdout, language),
        handoff=number(plan.needed.handoff, language),
    )
    yield Section(
        _("Plan of the holdout"),
        (week, said, _length(plan, language), *store),
        note=_(
            "With a confidence of 95%, a difference of that size is found 4 times in 5; "
            "a smaller one needs many more leads."
        ),
    )


def _length(plan: HoldoutPlan, language: str) -> str:
    _ = translator(language)
    if plan.weeks is None:
        return _("No lead is newly handed off, so it would never end.")
    ngettext = plurals(language)
    said = ngettext(
        "That is {weeks} week of hand-offs, then {horizon} days until the last can be won.",
        "That is {weeks} weeks of hand-offs, then {horizon} days until the last can be won.",
        plan.weeks,
    )
    return said.format(weeks=number(plan.weeks, language), horizon=number(plan.horizon, language))


def analysis_sections(found: HoldoutAnalysis, language: str) -> Iterator[Section]:
    """What handing off brings, with its interval, in plain words."""
    _ = translator(language)
    rows = (
        (_("handed off"), *_arm(found.handoff, language)),
        (_("kept aside"), *_arm(found.holdout, language)),
    )
    headings = (
        Heading(_("Group")),
        Heading(_("Leads"), number=True),
        Heading(_("Won"), number=True),
        Heading(_("Share won, interval of 95%"), number=True),
    )
    said = _("Counted is what was won in the {horizon} days from assignment on.").format(
        horizon=number(found.horizon, language)
    )
    young = _("Assigned too late for that on {day}, so not counted yet: {count}.")
    note = young.format(count=number(found.young, language), day=day(found.as_of, language))
    yield Section(
        _("What handing off brings"),
        (in_words(found, language), said),
        headings=headings,
        rows=rows,
        note=note if found.young else "",
    )


def _arm(arm: Arm, language: str) -> tuple[str, str, str]:
    return (
        number(arm.leads, language),
        number(arm.won, language),
        str(figure(arm.share, language, decimals=1, unit="%")),
    )


def in_words(found: HoldoutAnalysis, language: str) -> str:
    """The answer in one or two sentences."""
    _ = translator(language)
    low, high = found.difference.low, found.difference.high
    if low is None or high is None:
        return _("Not yet known: a group has no lead whose time is over.")
    points = {"low": _points(low, language), "high": _points(high, language)}
    if found.known:
        brings = _("Handing off by score brings between {low} and {high} points of conversion.")
        costs = _("Handing off by score costs conversion: between {low} and {high} points.")
        return (brings if low > 0 else costs).format(**points)
    unknown = _("Not yet known: between {low} and {high} points of conversion.").format(**points)
    if found.more is None:
        return unknown
    more = _("If the difference stays as it is, at least {count} more leads will tell.")
    return f"{unknown} {more.format(count=number(found.more, language))}"


def _points(share: float, language: str) -> str:
    return number(round(100 * share, 6), language, decimals=1, fixed=True, sign=True)
