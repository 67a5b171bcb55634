"""What a backtest advises: bounds from capacity or precision, fields not to trust."""

from __future__ import annotations

from collections.abc import Iterator

from tamis.history.backtest import Backtest
from tamis.history.bounds import Bound
from tamis.history.leaks import Leak
from tamis.language import listed, number, percent, translator
from tamis.reports.figures import NONE
from tamis.reports.sections import Heading, Section


def bounds_section(found: Backtest, language: str) -> Section:
    """The bounds that the past suggests, beside those of the model."""
    _ = translator(language)
    grades = [bound for bound in found.bounds if bound.why == "wins"]
    sentences = [_score_bound(found, b, language) for b in found.bounds if b.why != "wins"]
    note = _("Grades: bounds that share the wins evenly. Try them with `tamis what-if` first.")
    return Section(
        _("Bounds that the past suggests"),
        tuple(sentences),
        headings=(
            Heading(_("Grade")),
            Heading(_("Bound now"), number=True),
            Heading(_("Suggested"), number=True),
            Heading(_("Conversion from there up"), number=True),
        )
        if grades
        else (),
        rows=tuple(_grade(found, bound, language) for bound in grades),
        note=note if grades else "",
    )


def _score_bound(found: Backtest, bound: Bound, language: str) -> str:
    _ = translator(language)
    precision = percent(found.question.precision or 0, language)
    if bound.bound is None:
        if bound.why == "capacity":
            return _("Even the highest score is reached by more leads than can be called.")
        said = _("No score is won as often as {share}, with ten wins or more to say so.")
        return said.format(share=precision)
    values = {
        "bound": number(bound.bound, language),
        "week": number(bound.a_week or 0, language, decimals=0),
        "share": percent(bound.conversion.value or 0, language, decimals=1),
    }
    if bound.why == "precision":
        said = _(
            "For {precision} won: score >= {bound}. {week} leads a week reach it, {share} of the "
            "snapshots from there up were won."
        )
        return said.format(precision=precision, **values)
    said = _(
        "For {calls} calls a week: {stage}score >= {bound}. {week} leads a week reach it for the "
        "first time, {share} of the snapshots from there up were won."
    )
    stage = f"{bound.label}: " if bound.label else ""
    return said.format(calls=number(found.question.capacity or 0, language), stage=stage, **values)


def _grade(found: Backtest, bound: Bound, language: str) -> tuple[str, ...]:
    dimension = next(d for d in found.model.dimensions if d.name == bound.of)
    now = next(grade.bound for grade in dimension.grades if grade.label == bound.label)
    share = bound.conversion.value
    return (
        f"{bound.of} {bound.label}",
        number(now, language),
        NONE if bound.bound is None else number(bound.bound, language),
        NONE if share is None else percent(share, language, decimals=1),
    )


def leaks_section(found: Backtest, language: str) -> Section:
    """The fields that look filled in after the outcome, and those whose past is not known."""
    _ = translator(language)
    points = [_leak(leak, language) for leak in found.leaks]
    return Section(
        _("Fields to distrust"),
        tuple(_without_history(found, language)),
        points=tuple(points),
        note=_("A field that sales fill in afterwards makes the past look better than it was.")
        if points
        else "",
    )


def _leak(leak: Leak, language: str) -> str:
    _ = translator(language)
    if leak.why == "filled":
        said = _(
            "{field} looks filled in after the outcome: it is known for {won} of won leads and "
            "{rest} of the rest."
        )
        won, rest = (percent(s or 0, language) for s in (leak.won_filled, leak.rest_filled))
        return said.format(field=leak.field, won=won, rest=rest)
    if leak.why == "value":
        said = _("{field} alone tells won leads from the rest too well to be true (AUC {auc}).")
        return said.format(field=leak.field, auc=number(leak.auc or 0, language))
    if leak.why == "lacking":
        said = _(
            "None of the {leads} leads without {field} was won, though about {wins} were to be "
            "expected: it may be filled in only once a win is near."
        )
        leads, wins = (number(n or 0, language, decimals=0) for n in (leak.lacking, leak.expected))
        return said.format(field=leak.field, leads=leads, wins=wins)
    said = _("{field} was filled in on or after the day of the outcome for {share} of won leads.")
    return said.format(field=leak.field, share=percent(leak.after or 0, language))


def _without_history(found: Backtest, language: str) -> Iterator[str]:
    _ = translator(language)
    if found.no_history:
        said = _(
            "Without history, so read as they are today: {fields}. If they changed since, the "
            "scores of the past knew too much; rows with valid_from mend that for leads."
        )
        yield said.format(fields=listed(found.no_history, language))
