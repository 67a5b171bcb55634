"""Learned models judged on other leads than they were learned from, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tamis.errors import UserError
from tamis.history.intervals import Interval
from tamis.language import number, percent, translator
from tamis.predict.examples import Examples
from tamis.predict.learned import Learned, Quality
from tamis.predict.said.sayings import all_parts
from tamis.reports.figures import NONE
from tamis.reports.learned.words import between
from tamis.reports.sections import Heading, Said, Section, numbers

if TYPE_CHECKING:
    from tamis.predict.market import Verdict


def judged(models: Sequence[Learned], examples: Examples) -> tuple[Quality, ...]:
    """How good each model is on the examples.

    Raises: UserError for examples without a column that a model reads.
    """
    from tamis.predict.measures import measure  # noqa: PLC0415 (NumPy is of the extra `learn`)
    from tamis.predict.scoring import log_odds, probability  # noqa: PLC0415

    found = []
    for learned in models:
        refuse_missing(learned, examples)
        told = probability(log_odds(learned, examples))
        rate = learned.base_rate.value
        found.append(
            measure(
                told,
                examples.won,
                weight=examples.weight,
                lead=examples.lead,
                base=rate,
                how="later",
            )
        )
    return tuple(found)


def refuse_missing(learned: Learned, examples: Examples) -> None:
    """Raises: UserError, with the columns that a model reads and the examples have not."""
    known = {one.name: one.kind for one in examples.columns}
    read = tuple(all_parts(learned))
    missing = sorted({part.column for part in read} - known.keys())
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        message = f"the data have no column {names}, which {learned.name} reads"
        raise UserError(message, hint="judge it on a table with the columns it was learned from")
    other = sorted({part.column for part in read if known[part.column] != part.kind})
    if other:
        names = ", ".join(f"`{name}`" for name in other)
        message = f"{names}: numbers in one table, and texts in the other"
        raise UserError(message, hint="write the column in the same way in both")


def judged_sections(
    names: Sequence[str], found: Sequence[Quality], language: str
) -> Iterator[Section]:
    """A line for each figure, a column for each model."""
    _ = translator(language)
    first = found[0]
    said = _("{examples} examples, {won} leads won.").format(
        examples=number(first.examples, language), won=number(first.conversions, language)
    )
    rows = (
        (_("AUC (0.5 is chance)"), *(between(one.auc, language, decimals=3) for one in found)),
        (_("lift of the best tenth"), *(_number(one.lift, language, 2) for one in found)),
        (_("average precision"), *(_number(one.average_precision, language, 3) for one in found)),
        (_("log-loss"), *(_number(one.log_loss, language, 4) for one in found)),
        (_("log-loss of the base rate"), *(_number(o.base_log_loss, language, 4) for o in found)),
        (_("calibration error"), *(_share(one.calibration_error, language) for one in found)),
        (_("of which by chance"), *(_share(one.floor, language) for one in found)),
    )
    headings = (Heading(_("figure")), *numbers(*names))
    yield Section(_("On these leads"), (said,), headings=headings, rows=rows)


def _number(value: float | None, language: str, decimals: int) -> str:
    return NONE if value is None else number(value, language, decimals=decimals)


def _share(value: float | None, language: str) -> str:
    return NONE if value is None else percent(value, language, decimals=1)


def verdict_section(verdict: Verdict, language: str) -> Section:
    """Whether the challenger should take over: a recommendation, for a person decides."""
    _ = translator(language)
    said = {
        "better": Said(_("The challenger is better: it may take over, if you agree."), "good"),
        "not_better": Said(_("The challenger is not better: keep the champion."), "doubt"),
        "too_few": Said(_("Too little came since to tell them apart."), "soft"),
    }[verdict.found]
    sentences: list[str | Said] = [said]
    if verdict.gain.value is not None:
        gain = _("It takes {gain} off the log-loss, in 1/1000; {margin} are asked for.")
        sentences.append(
            gain.format(
                gain=_thousandths(verdict.gain, language),
                margin=number(verdict.margin * 1000, language, decimals=1),
            )
        )
    if verdict.found == "too_few" and verdict.more:
        more = _("Some {more} more conversions are needed.")
        sentences.append(more.format(more=number(verdict.more, language)))
    return Section(_("Verdict"), tuple(sentences))


def _thousandths(gain: Interval, language: str) -> str:
    value, low, high = (
        number((end or 0.0) * 1000, language, decimals=1)
        for end in (gain.value, gain.low, gain.high)
    )
    return f"{value} ({low} \u2026 {high})"
