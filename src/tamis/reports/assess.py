"""An assessment in plain words: what pays now, what to collect first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from math import ceil

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from tamis.history.assess import LEARNED, Advice, Need, Way
from tamis.language import listed, number, percent, translator
from tamis.reports.terminal.text import SOFT, harmless, heading

MOST_FIELDS = 6


def shown(advice: Advice, language: str) -> Iterator[RenderableType]:
    """An assessment for the terminal: what is known, what pays, why, what to collect first."""
    _ = translator(language)
    known = list(_known(advice, language))
    if known:
        yield Text(f"{listed(known, language)}.", style=SOFT)
    title, why = _way(advice.way, language)
    yield heading(title)
    yield Text(why)
    if advice.way not in ("order", "by_hand"):
        yield from _next(advice, language)
    if advice.needs:
        yield heading(_("Collect first"))
        words = _needs(advice, language)
        for place, need in enumerate(advice.needs, start=1):
            yield Padding(Text(f"{place}. {words[need]}"), (0, 0, 0, 2))


def _known(advice: Advice, language: str) -> Iterator[str]:
    """The figures that the advice rests on."""
    _ = translator(language)
    s = advice.situation
    if s.leads_a_week is not None:
        yield _("{count} leads a week").format(count=number(s.leads_a_week, language, decimals=0))
    if s.capacity is not None:
        yield _("{count} calls possible").format(count=number(s.capacity, language, decimals=0))
    if s.conversions is not None:
        yield _("{count} conversions on record").format(count=number(s.conversions, language))
    if s.recorded is not None:
        yield _("outcomes over {count} days").format(count=number(s.recorded, language, decimals=0))
    if s.cycle is not None:
        yield _("{count} days from lead to win").format(count=number(s.cycle, language, decimals=0))
    if s.fill:
        mean = sum(share for _name, share in s.fill) / len(s.fill)
        yield _("fields filled at {share}").format(share=percent(mean, language))
    if s.with_events is not None:
        yield _("{share} of leads with events").format(share=percent(s.with_events, language))


def _way(way: Way, language: str) -> tuple[str, str]:
    _ = translator(language)
    words: Mapping[Way, tuple[str, str]] = {
        "order": (
            _("You can call everyone: no scoring needed"),
            _(
                "Your team has room for every lead. Call them in order of recency, the newest "
                "first: speed of answer wins more than a score would. Come back when leads "
                "outnumber calls."
            ),
        ),
        "by_hand": (
            _("Score by hand"),
            _(
                "So few leads are judged one by one: fill in the card of the model for each, in a "
                "minute. Two people should fill in ten cards apart and compare, so that the card "
                "means the same to all."
            ),
        ),
        "rules_or_hand": (
            _("By hand, or a few simple rules"),
            _(
                "There is no past to learn from yet. Write ten rules at most, from what sellers "
                "know, sign them together, and note every outcome from today on."
            ),
        ),
        "rules": (
            _("Rules"),
            _(
                "Rules that marketing and sales agree on pay now. The past is too thin to choose "
                "points: use it to find rules that mislead (`tamis evidence`), not to tune."
            ),
        ),
        "rules_with_care": (
            _("Rules, held against the data with care"),
            _(
                "There is enough of a past to hold rules against it: read `tamis evidence` and "
                "`tamis backtest`, change few points at a time, and keep the intervals in view. "
                "A learned model would still remember more than it understands."
            ),
        ),
        "learned": (
            _("A learned model beside the rules"),
            _(
                "There is enough of a past to learn from. Let a learned model run beside the "
                "rules, and look at the leads on which they differ before you trust either."
            ),
        ),
    }
    return words[way]


def _next(advice: Advice, language: str) -> Iterator[RenderableType]:
    _ = translator(language)
    if advice.next_at is None:
        return
    said = _("Next step at {count} conversions.")
    if advice.next_at == LEARNED:
        said = _("From {count} conversions on, a learned model pays beside the rules.")
    yield Text(said.format(count=advice.next_at), style=SOFT)
    if advice.ready_in is not None:
        weeks = number(ceil(advice.ready_in), language)
        yield Text(_("At your pace, in about {count} weeks.").format(count=weeks), style=SOFT)


def _needs(advice: Advice, language: str) -> Mapping[Need, str]:
    _ = translator(language)
    thin = listed([harmless(name) for name in advice.thin[:MOST_FIELDS]], language)
    return {
        "outcomes": _("Outcomes: which leads were won or lost, and when. Nothing is worth more."),
        "volume": _("Volume: how many leads come in a week, by the day they were created."),
        "capacity": _("Capacity: how many leads a week sales can really call."),
        "conversions": _("Conversions: under ten wins, each one noted is worth more than a rule."),
        "cycle": _("Cycle: how many days pass from lead to win; note both days."),
        "history": _("Time: the record is shorter than two sales cycles, so wins are missing."),
        "fields": _("Fields that fewer than half of the leads have: {names}.").format(names=thin),
        "events": _("Events: fewer than three leads in ten did anything that was recorded."),
    }


def as_data(advice: Advice) -> dict[str, object]:
    """An assessment for programs: the advice, and the situation it was drawn from."""
    situation = {**asdict(advice.situation), "fill": dict(advice.situation.fill)}
    return {
        "situation": situation,
        "way": advice.way,
        "needs": list(advice.needs),
        "next_at": advice.next_at,
        "ready_in_weeks": advice.ready_in,
        "thin_fields": list(advice.thin),
    }
