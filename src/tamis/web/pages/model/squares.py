"""Who moves between verdicts, as tables: before in rows, after in columns; names with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from tamis.history.moves import Matrix, Move
from tamis.language import Language, number, translator
from tamis.model.spec import Model
from tamis.reports.figures import NONE
from tamis.reports.phrases import play_name, rule_name
from tamis.server.past.answers import WhatIfAnswer
from tamis.web.names import named_by_id
from tamis.web.pages.model.forms import id_of

MOST, MOST_LABELS = 12, 9
"""Moves of cells that are listed; values up to which a table has a column for each."""


@dataclass(frozen=True)
class Person:
    """A lead that moves; scores written for the reader, `because` the rule that changed most."""

    lead_id: str
    name: str
    before: str
    after: str
    because: str


@dataclass(frozen=True)
class Square:
    """How many leads go from one value to another; `stays` where they are the same."""

    id: str
    before: str
    after: str
    leads: int
    stays: bool
    first: Sequence[Person]


@dataclass(frozen=True)
class Table:
    """The moves of one aspect: a square of all values, or (`rows` empty) a list of the largest."""

    aspect: str
    title: str
    moved: int
    labels: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Square]]]
    listed: Sequence[Square]
    more: int


def tables(connection: Connection, found: WhatIfAnswer, language: Language) -> tuple[Table, ...]:
    """The moves of every aspect in which somebody moves."""
    moving = [matrix for matrix in found.matrices if matrix.moved]
    ids = {lead.lead_id for matrix in moving for move in matrix.moves for lead in move.first}
    names = {lead_id: one.name for lead_id, one in named_by_id(connection, ids).items()}
    return tuple(_Maker(found, names, language).table(matrix) for matrix in moving)


@dataclass(frozen=True)
class _Maker:
    """Makes tables in a language, with names of leads by their id."""

    found: WhatIfAnswer
    names: Mapping[str, str]
    language: Language

    def table(self, matrix: Matrix) -> Table:
        """The moves of an aspect."""
        _ = translator(self.language)
        title = {
            "cell": _("Moves between cells"),
            "temperature": _("Moves between temperatures"),
            "stage": _("Moves between stages"),
            "play": _("Moves between plays"),
        }[matrix.aspect]
        values = self.values(matrix)
        moves = [move for move in matrix.moves if move.before != move.after]
        labels = [self.label(matrix.aspect, value) for value in values]
        if matrix.aspect == "cell" or len(values) > MOST_LABELS:
            listed = [self.square(matrix.aspect, move) for move in moves[:MOST]]
            return Table(
                matrix.aspect, title, matrix.moved, (), (), listed, len(moves) - len(listed)
            )
        counts = {(move.before, move.after): move for move in matrix.moves}
        rows = [
            (
                label,
                [
                    self.square(matrix.aspect, counts.get((old, new), Move(old, new, 0, ())))
                    for new in values
                ],
            )
            for label, old in zip(labels, values, strict=True)
        ]
        return Table(matrix.aspect, title, matrix.moved, labels, rows, (), 0)

    def values(self, matrix: Matrix) -> list[str | None]:
        """The values that occur, in the order of the models; none comes last."""
        occur = {value for move in matrix.moves for value in (move.before, move.after)}
        known = [
            name
            for model in (self.found.after, self.found.before)
            for name in _names(model, matrix.aspect)
        ]
        ordered: list[str | None] = [name for name in dict.fromkeys(known) if name in occur]
        return [*ordered, None] if None in occur else ordered

    def square(self, aspect: str, move: Move) -> Square:
        """One move, with the first leads of it."""
        first = [
            Person(
                lead.lead_id,
                self.names.get(lead.lead_id, lead.lead_id),
                self.score(lead.score_before),
                self.score(lead.score_after),
                self.because(lead.because),
            )
            for lead in move.first
        ]
        return Square(
            id_of((aspect, str(move.before), str(move.after))),
            self.label(aspect, move.before),
            self.label(aspect, move.after),
            move.leads,
            move.before == move.after,
            first,
        )

    def score(self, score: object) -> str:
        """A score, to one decimal."""
        return NONE if score is None else number(float(str(score)), self.language, decimals=1)

    def label(self, aspect: str, value: str | None) -> str:
        """What a value is called."""
        _ = translator(self.language)
        if value is None:
            return _("none")
        if aspect == "play":
            plays = (*self.found.after.plays, *self.found.before.plays)
            return next((play_name(p, self.language) for p in plays if p.id == value), value)
        return _(value) if aspect == "temperature" else value

    def because(self, rule: str | None) -> str:
        """What changed most in somebody's points, in words."""
        return because(self.found, rule, self.language)


def because(found: WhatIfAnswer, rule: str | None, language: Language) -> str:
    """A rule or a limit in words; None: no points changed, but bounds, weights or conditions."""
    _ = translator(language)
    if rule is None:
        return _("bounds, weights or conditions")
    kind, _colon, of = rule.partition(":")
    if of:
        said = _("limit of the group {name}") if kind == "cap" else _("range of {name}")
        return said.format(name=of)
    known = found.after.rule(rule) or found.before.rule(rule)
    return rule_name(known, language) if known else rule


def _names(model: Model, aspect: str) -> list[str]:
    if aspect == "play":
        return [play.id for play in model.plays]
    return [one.name for one in (model.stages if aspect == "stage" else model.temperatures)]
