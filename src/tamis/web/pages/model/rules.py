"""The rules of a model in use: in words, how many leads each touches, what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from tamis.history.evidence_rules import RuleEvidence
from tamis.language import Language, listed, translator
from tamis.model.spec import Dimension, Model
from tamis.reports.mechanics import RuleLine, blocks, fading
from tamis.reports.phrases import dimension_name
from tamis.reports.reasons import share_of_score
from tamis.server.past.answers import PastEvidence, PastState, RuleFigures
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.web.figures import Figure, Figures

KEEP = timedelta(seconds=15)
"""How long figures of rules are taken for the present ones: asking again is cheap."""
NOT_YET = (404, 503)


@dataclass(frozen=True)
class Counted:
    """What is known of the rules of a model in use, or why it is not (yet).

    `rules` is empty without a copy of the facts; `waits`: it is being made. `why` is the server's
    sentence, in English; empty where all is known.
    """

    state: PastState
    rules: Mapping[str, RuleFigures]
    evidence: PastEvidence | None
    why: str
    waits: bool


@dataclass(frozen=True)
class RuleRow:
    """A rule as the page shows it.

    `leads` is how many have points of it today and `share` their share of all (0 to 1), null: not
    known; `mean` the points of those. `verdict` says in words what the past says of it, `tone` how
    good that is.
    """

    line: RuleLine
    off: bool
    leads: int | None = None
    share: float | None = None
    mean: Decimal | None = None
    evidence: RuleEvidence | None = None
    verdict: str = ""
    tone: str = ""


@dataclass(frozen=True)
class GroupRows:
    """Rules that share a limit; `name` and `cap` are empty for rules of no group."""

    name: str
    cap: str
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True)
class DimensionRows:
    """A dimension and its rules; `share` of the score is null where it has no weight of its own."""

    dimension: Dimension
    label: str
    fading: str
    share: Decimal | None
    groups: tuple[GroupRows, ...]

    @property
    def rules(self) -> int:
        """How many rules it has."""
        return sum(len(group.rows) for group in self.groups)


def counted(server: Server, figures: Figures, model: str) -> Figure[Counted] | None:
    """What is known of the rules of the active version; None: it is being counted."""
    return figures.of(("model-rules", model), partial(_counted, server, model), KEEP)


def _counted(server: Server, model: str) -> Counted:
    try:
        rules = {one.rule.id: one for one in server.past.rules(model)}
    except Problem as problem:
        if problem.status not in NOT_YET:
            raise
        waits = problem.status != NOT_YET[0]
        return Counted(server.past.state(model), {}, None, problem.detail, waits)
    state = server.past.state(model)
    why = "" if state.evidence else state.why_no_evidence
    return Counted(state, rules, server.past.evidence(model), why, waits=False)


def rows(model: Model, found: Counted | None, language: Language) -> tuple[DimensionRows, ...]:
    """The rules of a model by dimension and group, in the order of the file."""
    return tuple(_dimension(model, one, found, language) for one in model.dimensions)


def _dimension(
    model: Model, one: Dimension, found: Counted | None, language: Language
) -> DimensionRows:
    weighted = model.score is not None and model.score.mean
    groups = (
        GroupRows(
            block.name,
            block.cap,
            tuple(_row(model, line, found, language) for line in block.lines),
        )
        for block in blocks(one, language)
    )
    return DimensionRows(
        one,
        dimension_name(one, language),
        fading(one, language),
        Decimal(str(share_of_score(model, one.name))) if weighted else None,
        tuple(groups),
    )


def _row(model: Model, line: RuleLine, found: Counted | None, language: Language) -> RuleRow:
    figures = found.rules.get(line.rule.id) if found else None
    of_rules = {one.rule.id: one for one in _evidence(found)}
    evidence = of_rules.get(line.rule.id)
    word, tone = verdict(evidence, model, language) if evidence else ("", "")
    leads = figures.leads if figures else None
    total = found.state.leads if found else 0
    return RuleRow(
        line,
        line.rule.cap == 0,
        leads,
        leads / total if leads is not None and total else None,
        figures.mean if figures else None,
        evidence,
        word,
        tone,
    )


def _evidence(found: Counted | None) -> Iterator[RuleEvidence]:
    if found and found.evidence:
        yield from found.evidence.rules


def verdict(one: RuleEvidence, model: Model, language: Language) -> tuple[str, str]:
    """What the past says of a rule, in words, and its tone: good, bad, warn or soft."""
    _ = translator(language)
    words = {
        "supports": (_("supports"), "good"),
        "misleads": (_("misleads"), "bad"),
        "too_good": (_("too good to be true?"), "warn"),
        "duplicates": (_("duplicates {rules}"), "warn"),
        "unclear": (_("no difference seen"), "soft"),
        "too_few": (_("too few to tell"), "soft"),
        "same": (_("gives everyone the same"), "warn"),
        "never": (_("never fires"), "warn"),
    }
    word, tone = words[one.says]
    twins = [model.rule(id_) for id_ in one.duplicates]
    names = [rule.label.text(language, rule.id) for rule in twins if rule]
    return word.replace("{rules}", listed(names, language)), tone
