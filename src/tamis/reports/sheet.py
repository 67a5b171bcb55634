"""The mechanics of a model on one or two printed pages, for a meeting of marketing and sales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tamis.language import listed, percent, translator
from tamis.model.spec import Dimension, Grade, Model, Play, Verdict
from tamis.reports.card import card_page
from tamis.reports.conditions import in_words, ways
from tamis.reports.explain import caution
from tamis.reports.figures import best_first, has_grid
from tamis.reports.likely import plays_of_cell
from tamis.reports.mechanics import RuleBlock, blocks, fading, score_in_words
from tamis.reports.phrases import deadline, dimension_name, play_name, spaced
from tamis.reports.reasons import share_of_score
from tamis.reports.templating import render

MANY_RULES = 30
MOST_PLAYS = 3
"""A cell that more plays than this are open to shows none: it would say nothing."""


@dataclass(frozen=True, slots=True)
class SaidTerm:
    """One term of a condition: in words where there are some, else as the model writes it."""

    text: str
    words: str


SaidWays = tuple[tuple[SaidTerm, ...], ...]


@dataclass(frozen=True, slots=True)
class SaidVerdict:
    """A temperature or a stage with its condition in words."""

    name: str
    ways: SaidWays


@dataclass(frozen=True, slots=True)
class SaidPlay:
    """A play with its condition, what happens and how soon."""

    label: str
    about: str
    ways: SaidWays
    action: str
    deadline: str


@dataclass(frozen=True, slots=True)
class SaidDimension:
    """A dimension with its rules in words; `share` is empty without shares in the score."""

    label: str
    about: str
    share: str
    fading: str
    low: object
    high: object
    grades: tuple[Grade, ...]
    blocks: tuple[RuleBlock, ...]


@dataclass(frozen=True, slots=True)
class SaidGrid:
    """The plays that each cell can get, by `row/column`; `partial` if some cells show none."""

    down: str
    across: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    plays: Mapping[str, str]
    partial: bool


def sheet(model: Model, language: str = "en", *, card: bool = False) -> str:
    """The HTML page that explains a model; with `card`, the card for scoring by hand.

    Self-contained, A4, one or two pages for models of up to about sixty rules.
    Raises: UserError without the extra `charts`, which brings Jinja2.
    """
    if card:
        return card_page(model, language)
    return render(
        "sheet.html",
        language,
        model=model,
        dense=len(model.rules) > MANY_RULES,
        caution=caution(language),
        score_sentence=score_sentence(model, language),
        dimensions=[_dimension(model, dimension, language) for dimension in model.dimensions],
        grid=_grid(model, language),
        temperatures=[_verdict(model, one, language) for one in model.temperatures],
        stages=[_verdict(model, one, language) for one in model.stages],
        plays=[_play(model, play, language) for play in model.plays],
        accounts=accounts_in_words(model, language),
    )


def score_sentence(model: Model, language: str) -> str:
    """How the score is made; empty for a model without one."""
    if model.score is None:
        return ""
    weighted = [
        (d, weight)
        for name, weight in model.score.weights.items()
        if (d := model.dimension(name)) and weight
    ]
    return score_in_words(weighted, language, mean=model.score.mean)


def _dimension(model: Model, dimension: Dimension, language: str) -> SaidDimension:
    share = share_of_score(model, dimension.name)
    weighted = model.score is not None and model.score.mean and share < 1
    return SaidDimension(
        label=dimension_name(dimension, language),
        about=dimension.about,
        share=percent(share, language, decimals=1) if weighted else "",
        fading=fading(dimension, language),
        low=dimension.low,
        high=dimension.high,
        grades=tuple(reversed(dimension.grades)),
        blocks=blocks(dimension, language),
    )


def said(model: Model, text: str, language: str) -> SaidWays:
    """A condition in words, term by term."""
    return tuple(
        tuple(SaidTerm(term, in_words(model, term, language)) for term in way) for way in ways(text)
    )


def _verdict(model: Model, verdict: Verdict, language: str) -> SaidVerdict:
    return SaidVerdict(verdict.name, said(model, verdict.when.text, language))


def _play(model: Model, play: Play, language: str) -> SaidPlay:
    return SaidPlay(
        label=play_name(play, language),
        about=play.about,
        ways=said(model, play.when.text, language),
        action=action_in_words(play, language),
        deadline=deadline(play, language),
    )


def action_in_words(play: Play, language: str) -> str:
    """What a play does."""
    _ = translator(language)
    written = {
        "handoff": _("hand-off to {to}"),
        "nurture": _("nurture with {to}"),
        "recycle": _("back to marketing"),
        "webhook": _("sent to {to}"),
        "none": _("nothing"),
    }
    bare = {"handoff": _("hand-off to sales"), "nurture": _("nurture"), "webhook": _("sent on")}
    if play.to is None and play.do in bare:
        return bare[play.do]
    return written[play.do].format(to=spaced(play.to or ""))


def _grid(model: Model, language: str) -> SaidGrid | None:
    if not has_grid(model):
        return None
    found = [dimension for name in model.cell if (dimension := model.dimension(name))]
    down, across = found
    rows, columns = best_first(down), best_first(across)
    plays = {
        f"{row}/{column}": _cell_plays(model, {down.name: row, across.name: column}, language)
        for row in rows
        for column in columns
    }
    labels = [dimension_name(dimension, language) for dimension in found]
    partial = bool(model.plays) and not all(plays.values())
    return SaidGrid(labels[0], labels[1], rows, columns, plays, partial)


def _cell_plays(model: Model, grades: Mapping[str, str], language: str) -> str:
    possible = plays_of_cell(model, grades)
    if len(possible) > MOST_PLAYS:
        return ""
    return listed([play_name(play, language) for play in possible], language, last="or")


def accounts_in_words(model: Model, language: str) -> str:
    """How an account's score is made; empty when the model joins no accounts."""
    rollup = model.accounts
    if rollup is None:
        return ""
    _ = translator(language)
    dimension = model.dimension(rollup.of)
    of_score = {
        "max": _("An account's score is the highest of its leads' scores."),
        "mean": _("An account's score is the mean of its leads' scores."),
        "sum": _("An account's score is the sum of its leads' scores."),
        "top": _("An account's score is the mean of those of its {count} best leads."),
    }
    if dimension is None:
        return of_score[rollup.rollup].format(count=rollup.count)
    written = {
        "max": _("An account has the highest value of its leads ({of})."),
        "mean": _("An account has the mean of its leads ({of})."),
        "sum": _("An account has the sum of its leads ({of})."),
        "top": _("An account has the mean of its {count} best leads ({of})."),
    }
    of = dimension_name(dimension, language)
    return written[rollup.rollup].format(of=of, count=rollup.count)
