"""What sellers think of the rules: a survey, and where they and the data disagree."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev
from typing import Literal

from tamis.errors import Place, SourceError
from tamis.history.evidence_rules import RuleEvidence
from tamis.model.document import did_you_mean
from tamis.model.spec import Model

COLUMNS = ("person", "rule", "weight", "comment")
HIGHEST = 5
HIGH, LOW, WIDE, STRONG = 3.5, 1.5, 1.5, 1.5

Verdict = Literal["agree", "sellers_only", "data_only", "against", "divided", "unknown"]
"""Sellers and data: they agree; sellers hold for important what the data do not show; the data show
more than sellers think; the data go against it; sellers differ among themselves; data say nothing.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's weight, 0 (says nothing) to 5 (decides), for one rule."""

    person: str
    rule: str
    weight: float
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What sellers think of one rule, beside the data.

    `weight` is the mean, 0 to 5, of so many `people`; `spread` its standard deviation among them.
    `comments` begin with the name of whoever made them.
    """

    rule: str
    weight: float
    people: int
    spread: float
    verdict: Verdict
    comments: tuple[str, ...]


def read_survey(path: Path, model: Model) -> tuple[Answer, ...]:
    """The answers in a CSV file: person, rule, weight, comment; commas or semicolons between.

    A line without a weight is left out: nobody is made to have an opinion.

    Raises: SourceError, with the line, for a rule that is not in the model, a weight that is no
    number from 0 to 5, or a person who answers twice.
    """
    text = _text(path)
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in COLUMNS[:3] if name not in names]
    if missing:
        message = f"the survey has no column {', '.join(f'`{name}`' for name in missing)}"
        raise SourceError(message, Place(str(path), 1), f"its columns are {', '.join(COLUMNS)}")
    reader.fieldnames = names
    return tuple(_answers(reader, path, model))


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _answers(reader: csv.DictReader[str], path: Path, model: Model) -> Iterator[Answer]:
    given: set[tuple[str, str]] = set()
    for row in reader:
        place = Place(str(path), reader.line_num)
        person, rule, weight, comment = ((row.get(name) or "").strip() for name in COLUMNS)
        if not weight:
            continue
        if rule not in model.numbers:
            hint = did_you_mean(rule, list(model.numbers))
            message = f"the model has no rule `{rule}`"
            raise SourceError(message, place, hint)
        if not person:
            raise SourceError("nobody gave this weight: the column `person` is empty", place)
        if (person, rule) in given:
            message = f"`{person}` weighs `{rule}` twice"
            raise SourceError(message, place, "keep one of the lines")
        given.add((person, rule))
        yield Answer(person, rule, _weight(weight, place), comment)


def _weight(text: str, place: Place) -> float:
    try:
        weight = float(text.replace(",", "."))
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= HIGHEST:
        message = f"`{text}` is no weight"
        raise SourceError(message, place, "a weight is a number from 0 (nothing) to 5 (decides)")
    return weight


def opinions(answers: Iterable[Answer], rules: Sequence[RuleEvidence]) -> tuple[Opinion, ...]:
    """What sellers think of each rule that they weighed, in the order of the model."""
    by_rule: dict[str, list[Answer]] = {}
    for answer in answers:
        by_rule.setdefault(answer.rule, []).append(answer)
    found: Mapping[str, RuleEvidence] = {one.rule.id: one for one in rules}
    return tuple(_opinion(found[id_], by_rule[id_]) for id_ in found if id_ in by_rule)


def _opinion(evidence: RuleEvidence, answers: Sequence[Answer]) -> Opinion:
    weights = [answer.weight for answer in answers]
    mean, spread = fmean(weights), pstdev(weights)
    comments = tuple(f"{a.person}: {a.comment}" for a in answers if a.comment)
    verdict = _verdict(evidence, mean, spread)
    return Opinion(evidence.rule.id, mean, len(weights), spread, verdict, comments)


def _verdict(evidence: RuleEvidence, mean: float, spread: float) -> Verdict:
    if evidence.says in ("never", "same", "too_few"):
        return "divided" if spread >= WIDE else "unknown"
    if evidence.says == "misleads":
        return "against" if mean > LOW else "agree"
    shown = evidence.lift.above(0) or evidence.lift.below(0)
    if mean >= HIGH and not shown:
        return "sellers_only"
    times = evidence.times or 1.0
    if mean <= LOW and shown and max(times, 1 / times if times else 0.0) >= STRONG:
        return "data_only"
    return "divided" if spread >= WIDE else "agree"
