"""The report of a training, within the process that learns: what was found beside the model."""

from __future__ import annotations

from collections.abc import Sequence

from tamis.history.intervals import Interval
from tamis.model.editing.tree import Path
from tamis.model.spec import Model
from tamis.predict.agreement.grid import agree
from tamis.predict.examples import Column
from tamis.predict.measures import auc_interval
from tamis.predict.protected import GroupFigures, by_group, protected_columns, proxies
from tamis.predict.said import short_card
from tamis.predict.scoring import log_odds, probability
from tamis.predict.snapshots import Past
from tamis.predict.suggest.fit import Outcomes
from tamis.predict.suggest.missing import Proposal, missing_rules
from tamis.predict.suggest.points import Suggested, suggest
from tamis.predict.suggest.points import Suggestion as Found
from tamis.server.learning import training
from tamis.server.learning.answers import figure
from tamis.server.learning.forms import (
    Addition,
    AdditionLevel,
    Agreement,
    AgreementCell,
    Card,
    CardLine,
    Edit,
    Figure,
    LearningReport,
    OfGroup,
    Protected,
    Proxy,
    Suggestion,
    Suspicion,
)


def report(
    model: Model, past: Past, found: training.Found, allowed: Sequence[str], own: Sequence[str]
) -> LearningReport:
    """Everything that was found; `own` are rules that were learned before, which nobody wrote."""
    suggested = _suggested(model, past, own)
    return LearningReport(
        suspects=[
            Suspicion(one.column, one.why, one.said(), one.column in found.dropped)
            for one in found.suspects
        ],
        protected=_protected(past, found, allowed),
        proxies=_proxies(past),
        suggestions=[_suggestion(one) for one in suggested.suggestions if one.rule not in own],
        additions=_additions(model, past, found, suggested.scale),
        scale=suggested.scale,
        card=_card(past, found),
        rules_auc=_rules_auc(past),
        agreement=_agreement(past, found),
        notes=list(past.dropped.sentences("en")),
    )


# Fairness ----------------------------------------------------------------------------------------


def _protected(past: Past, found: training.Found, allowed: Sequence[str]) -> list[Protected]:
    examples = past.examples
    told = probability(log_odds(found.learned, examples))
    return [
        Protected(
            one.column,
            one.attribute,
            one.column in allowed,
            [_of_group(group) for group in by_group(told, examples, one.column)],
        )
        for one in protected_columns([column.name for column in examples.columns])
    ]


def _of_group(found: GroupFigures) -> OfGroup:
    return OfGroup(
        found.group,
        found.rows,
        figure(found.conversion),
        found.told,
        figure(found.top),
        figure(found.auc),
        found.impact,
        found.passed_over,
    )


def _proxies(past: Past) -> list[Proxy]:
    names = [column.name for column in past.examples.columns]
    protected = [one.column for one in protected_columns(names)]
    return [
        Proxy(one.column, one.protected, one.group, figure(one.auc))
        for one in proxies(past.examples, protected)
        if one.strong
    ]


# Suggestions -------------------------------------------------------------------------------------


def _suggested(model: Model, past: Past, own: Sequence[str]) -> Suggested:
    return suggest(model, past.rules.ids, past.rules.points, Outcomes.of(past.examples), locked=own)


def _suggestion(one: Found) -> Suggestion:
    return Suggestion(
        key=f"{one.rule}/{one.level}" if one.level else one.rule,
        rule=one.rule,
        dimension=one.dimension,
        per=one.per,
        level=one.level,
        today=one.today,
        points=one.points,
        supported=figure(one.interval),
        odds=figure(one.odds),
        leads=one.leads,
        won=one.won,
        conversion=figure(one.conversion),
        says=one.says,
        kept=one.kept,
        worth_a_draft=one.is_worth_a_draft,
        edits=[_edit(path, value) for path, value in one.edits],
    )


def _edit(path: Path, value: str) -> Edit:
    return Edit([str(key) for key in path], value)


def _additions(
    model: Model, past: Past, found: training.Found, scale: float | None
) -> list[Addition]:
    if past.score is None:
        return []
    out = [one.column for one in found.learned.left_out]
    proposed = missing_rules(model, past.examples, past.score, scale=scale, left_out=out)
    return [_addition(one) for one in proposed]


def _addition(one: Proposal) -> Addition:
    levels = [
        AdditionLevel(
            level.name,
            level.points,
            figure(level.interval),
            level.leads,
            level.won,
            figure(level.conversion),
        )
        for level in one.levels
    ]
    return Addition(
        key=one.id,
        column=one.column,
        dimension=one.dimension,
        levels=levels,
        lines=list(one.lines),
        declares=None if one.declares is None else _edit(*one.declares),
        leads=one.leads,
        with_it=figure(one.with_),
        without_it=figure(one.without),
        chance=one.chance,
    )


# Beside the rules --------------------------------------------------------------------------------


def _card(past: Past, found: training.Found) -> Card | None:
    if not found.learned.usable:
        return None
    card = short_card(found.learned, past.examples)
    lines = [
        CardLine(
            line.column,
            line.part.kind,
            list(line.groups),
            line.text("en"),
            line.points,
            line.rows,
            line.won,
        )
        for line in card.lines
    ]
    return Card(card.base, lines, card.learned)


def _rules_auc(past: Past) -> Figure:
    if past.score is None:
        return figure(Interval(None, None, None))
    known = ~Column("score", "number", past.score).missing
    examples = past.examples
    return figure(auc_interval(past.score[known], examples.won[known], examples.lead[known]))


def _agreement(past: Past, found: training.Found) -> Agreement | None:
    if past.score is None or not found.learned.usable:
        return None
    told = probability(log_odds(found.learned, past.examples))
    grid = agree(past.score, told, outcomes=Outcomes.of(past.examples))
    cells = [
        AgreementCell(cell.name, cell.rows, cell.leads, cell.won, figure(cell.conversion))
        for cell in grid.cells
    ]
    return Agreement(cells, grid.high_score, grid.high_probability, grid.rank_correlation)
