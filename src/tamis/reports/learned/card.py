"""The card of a learned model: what it tells, from what, how well, and what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tamis import charts
from tamis.history.intervals import proportion
from tamis.language import number, percent, plurals, translator
from tamis.predict.learned import Learned, Pair, Part, Quality
from tamis.reports.figures import NONE
from tamis.reports.learned.words import (
    between,
    group_name,
    left_out_said,
    phase_said,
    points,
    strongest,
    with_interval,
)
from tamis.reports.sections import Heading, Said, Section, numbers

MOST_PARTS = 15
"""So ngettext parts are shown where there is little room."""
WELL_CALIBRATED = 0.01
"""A calibration error in excess of its floor above this is told as a doubt."""


def card_title(learned: Learned, language: str) -> str:
    """The title of the card."""
    _ = translator(language)
    return _("Learned model {name}: {outcome}").format(name=learned.name, outcome=learned.outcome)


def card_sections(learned: Learned, language: str, *, whole: bool = True) -> Iterator[Section]:
    """Everything about a learned model, what matters first; what has nothing to say is left out.

    Not `whole`: without the points of every group, and of the parts only those that earn most.
    """
    yield _opening(learned, language)
    if learned.parts:
        yield _parts(learned, language, None if whole else MOST_PARTS)
        if whole:
            yield _groups(learned, language)
    if learned.pairs and whole:
        yield _pairs(learned.pairs, language)
    if learned.calibration:
        yield _calibration(learned, language)
    if learned.left_out:
        yield _left_out(learned, language)
    yield _limits(learned, language)


def _opening(learned: Learned, language: str) -> Section:
    _, training = translator(language), learned.training
    said = _("Learned from {leads} leads, {won} of them won; {rate} of the examples were.").format(
        leads=number(training.leads, language),
        won=number(training.conversions, language),
        rate=with_interval(learned.base_rate, language),
    )
    sentences: list[str | Said] = [said]
    if training.first and training.last:
        days = _("From {first} to {last}.")
        sentences.append(Said(days.format(first=training.first, last=training.last), "soft"))
    if training.since:
        since = _("It begins after the change of market of {day}.")
        sentences.append(Said(since.format(day=training.since), "soft"))
    sentences += [phase_said(learned.phase, language), *_verdict(learned, language)]
    return Section(card_title(learned, language), tuple(sentences))


def _verdict(learned: Learned, language: str) -> Iterator[str | Said]:
    """How well it tells, on examples that it was not learned from."""
    _, quality = translator(language), learned.quality
    if not learned.usable:
        if learned.phase != "base":
            said = _("No usable signal: everybody keeps the base rate. AUC {auc}; 0.5 is chance.")
            yield Said(said.format(auc=between(quality.auc, language, decimals=3)), "doubt")
        return
    said = _("It orders leads with an AUC of {auc}; 0.5 is chance.")
    yield Said(said.format(auc=between(quality.auc, language, decimals=3)), "good")
    if quality.lift is not None:
        lift = _("Its best tenth converts {times} times as often as all.")
        yield lift.format(times=number(quality.lift, language, decimals=1))
    if quality.log_loss is not None and quality.base_log_loss is not None:
        loss = _("Log-loss {loss}, against {base} of the base rate.")
        yield loss.format(
            loss=number(quality.log_loss, language, decimals=4),
            base=number(quality.base_log_loss, language, decimals=4),
        )
    yield Said(_("Judged on leads held out in turn, among leads of the same time."), "soft")
    if learned.later.auc.value is not None:
        yield _later(learned.later, language)


def _later(later: Quality, language: str) -> Said:
    """Whether what older leads taught holds for the newest ones."""
    _ = translator(language)
    auc = between(later.auc, language, decimals=3)
    if later.auc.above(0.5):
        said = _("Learned from the older leads alone, it orders the newest with an AUC of {auc}.")
        return Said(said.format(auc=auc), "good")
    said = _(
        "Learned from the older leads alone, it does not order the newest (AUC {auc}): the market "
        "seems to have moved. Watch it closely, or declare a change of market."
    )
    return Said(said.format(auc=auc), "doubt")


def _parts(learned: Learned, language: str, most: int | None) -> Section:
    _, ngettext = translator(language), plurals(language)
    order = sorted(learned.parts, key=lambda one: -(one.earns or 0.0))
    rows = tuple(
        (part.column, "\n".join(strongest(part, language)), _earned(part, language))
        for part in order[:most]
    )
    note = _("What a part earns is the log-loss that it takes off on leads held out, in 1/1000.")
    if left := len(order) - len(rows):
        more = ngettext("{number} more part on the page.", "{number} more parts on the page.", left)
        note = f"{note} {more.format(number=number(left, language))}"
    return Section(
        _("What the model looks at"),
        (_("50 points are the base rate; 10 points more double the odds."),),
        headings=(
            Heading(_("column")),
            Heading(_("the most and the least points")),
            *numbers(_("earns")),
        ),
        rows=rows,
        note=note,
    )


def _earned(part: Part | Pair, language: str) -> str:
    if part.earns is None:
        return NONE
    return number(part.earns * 1000, language, decimals=1, sign=True)


def _groups(learned: Learned, language: str) -> Section:
    _ = translator(language)
    rows = []
    for part in learned.parts:
        for place, group in enumerate(part.groups):
            rows.append(
                (
                    part.column if place == 0 else "",
                    group_name(part, place, language),
                    points(group.weight, language),
                    number(group.rows, language),
                    percent(group.won / group.rows, language, decimals=1) if group.rows else NONE,
                )
            )
    headings = (
        Heading(_("column")),
        Heading(_("value")),
        *numbers(_("points"), _("examples"), _("won")),
    )
    return Section(_("Every part, with its points"), headings=headings, rows=tuple(rows))


def _pairs(pairs: tuple[Pair, ...], language: str) -> Section:
    _ = translator(language)
    rows = []
    for pair in pairs:
        name = f"{pair.first.column} \u00d7 {pair.second.column}"
        for i, line in enumerate(pair.weights):
            for j, weight in enumerate(line):
                if weight:
                    both = (
                        group_name(pair.first, i, language),
                        group_name(pair.second, j, language),
                    )
                    rows.append((name, " · ".join(both), points(weight, language)))
                    name = ""
    return Section(
        _("What two columns add together"),
        headings=(Heading(_("columns")), Heading(_("values")), *numbers(_("points"))),
        rows=tuple(rows),
    )


def _calibration(learned: Learned, language: str) -> Section:
    _, quality = translator(language), learned.quality
    sentences: list[str | Said] = []
    if quality.calibration_error is not None and quality.floor is not None:
        excess = max(0.0, quality.calibration_error - quality.floor)
        said = _("Told and found differ by {error} on average; chance alone makes {floor}.").format(
            error=percent(quality.calibration_error, language, decimals=1),
            floor=percent(quality.floor, language, decimals=1),
        )
        sentences.append(Said(said, "good" if excess <= WELL_CALIBRATED else "doubt"))
    found = [(one, proportion(one.won, one.examples)) for one in learned.calibration]
    rows = tuple(
        (
            percent(one.told, language, decimals=1),
            with_interval(share, language),
            number(one.examples, language),
        )
        for one, share in found
    )
    drawn = [
        {"told": one.told, "found": s.value, "low": s.low, "high": s.high, "of": one.examples}
        for one, s in found
    ]
    return Section(
        _("Whether it comes true"),
        tuple(sentences),
        headings=numbers(_("told"), _("found"), _("examples")),
        rows=rows,
        charts=(partial(charts.calibration, drawn, language),),
    )


def _left_out(learned: Learned, language: str) -> Section:
    _ = translator(language)
    rows = tuple((one.column, left_out_said(one, language)) for one in learned.left_out)
    headings = (Heading(_("column")), Heading(_("why")))
    return Section(_("What it was not learned from"), headings=headings, rows=rows)


def _limits(learned: Learned, language: str) -> Section:
    _ = translator(language)
    said = [
        _("It tells what happened before; a market that changes makes it wrong. Watch its drift."),
        _("It says what goes together, not what causes a sale."),
        _("What people declare is never quite true, and leads that nobody called could not buy."),
    ]
    print_ = _("Fingerprint of the training: {fingerprint}, recipe {recipe}.").format(
        fingerprint=learned.training.fingerprint[:16], recipe=learned.training.recipe
    )
    return Section(_("What it does not know"), points=tuple(said), note=print_)
