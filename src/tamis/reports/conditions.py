"""Conditions taken apart: alternatives, their terms, and whether each holds for one lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from tamis.errors import ModelError
from tamis.facts.plan import Plan
from tamis.language import listed, number, translator
from tamis.model.expression import parse
from tamis.model.expression.parse import KEYWORDS
from tamis.model.spec import Model
from tamis.model.terms import Expression
from tamis.reports.explanation import Term
from tamis.reports.phrases import dimension_name, rule_name
from tamis.run import Result
from tamis.sql.write import named, query, whole

CENT = Decimal("0.01")
WORDS = {word.upper() for word in KEYWORDS}
Ways = tuple[tuple[str, ...], ...]


def ways(text: str) -> Ways:
    """The alternatives of a condition, each a tuple of terms that must all hold.

    >>> ways("score >= 60 or (hit('demo') and fit >= 50)")
    (('score >= 60',), ("hit('demo')", 'fit >= 50'))
    """
    return tuple(
        tuple(written(term) for term in _split(way, exp.And)) for way in _split(parse(text), exp.Or)
    )


def _split(node: exp.Expr, joined_by: type[exp.Connector]) -> list[exp.Expr]:
    bare = node.unnest()
    if not isinstance(bare, joined_by):
        return [node]
    return [part for side in (bare.this, bare.expression) for part in _split(side, joined_by)]


def written(node: exp.Expr) -> str:
    """A part of a condition as a user writes it."""
    text = node.unnest().transform(_dated).sql(normalize_functions=False)
    return _lower_keywords(text)


def _dated(node: exp.Expr) -> exp.Expr:
    """A date literal as the language of expressions has it; SQLGlot writes a cast."""
    return exp.var(f"date {node.this.sql()}") if isinstance(node, exp.Cast) else node


def _lower_keywords(text: str) -> str:
    """Keywords in small letters, texts in quotes untouched."""
    pieces = text.split("'")
    for place in range(0, len(pieces), 2):
        pieces[place] = " ".join(w.lower() if w in WORDS else w for w in pieces[place].split(" "))
    return "'".join(pieces)


@dataclass(frozen=True)
class Judge:
    """Judges conditions of verdicts for one lead, each term for itself.

    `lead` is the lead's key in the chain, `values` its verdicts by name.
    """

    result: Result
    lead: int
    values: Mapping[str, object]
    language: str

    def judged(self, text: str, section: str) -> tuple[tuple[Term, ...], ...]:
        """The condition's alternatives with what each term says of the lead."""
        split = ways(text)
        flat = [term for way in split for term in way]
        verdicts = iter(self._holding(flat, section))
        return tuple(tuple(self._term(term, holds=next(verdicts)) for term in way) for way in split)

    def _holding(self, terms: Sequence[str], section: str) -> list[bool]:
        model = self.result.model
        plan = Plan(model, self.result.as_of, self.result.shape)
        try:
            trees = [plan.on_verdict(Expression(term), section) for term in terms]
        except ModelError:  # pragma: no cover (a term of a condition that compiles does so itself)
            return [False] * len(terms)
        select = query(
            "SELECT :terms FROM :stages AS s WHERE s.lead = :lead",
            terms=[named(tree, f"term_{place}") for place, tree in enumerate(trees)],
            stages=self.result.relation("stages").query.subquery(),
            lead=whole(self.lead),
        )
        (row,) = self.result.session.rows(select)
        return [bool(value) for value in row]

    def _term(self, text: str, *, holds: bool) -> Term:
        bound = lower_bound(text)
        value = self.values.get(bound[0]) if bound else None
        words = in_words(self.result.model, text, self.language)
        if holds or bound is None or not isinstance(value, Decimal):
            return Term(text, words, holds)
        return Term(text, words, holds, bound[0], bound[1] - value)


def lower_bound(text: str) -> tuple[str, Decimal] | None:
    """The name and the least value of a term such as `score >= 50`; None for any other term.

    >>> lower_bound("score >= 50"), lower_bound("score > 50"), lower_bound("fit < 50")
    (('score', Decimal('50')), ('score', Decimal('50.01')), None)
    """
    node = parse(text).unnest()
    if not isinstance(node, exp.GTE | exp.GT):
        return None
    name, bound = node.this, node.expression
    if not (isinstance(name, exp.Column) and isinstance(bound, exp.Literal)) or bound.is_string:
        return None
    least = Decimal(bound.name)
    return name.name, least if isinstance(node, exp.GTE) else least + CENT


def in_words(model: Model, text: str, language: str) -> str:
    """A term in words where that is easy; else as the model writes it."""
    _ = translator(language)
    node = parse(text).unnest()
    if isinstance(node, exp.Boolean) and node.this:
        return _("always")
    if isinstance(node, exp.Anonymous) and node.name == "hit":
        rule = model.rule(node.expressions[0].name)
        return rule_name(rule, language) if rule else text
    if isinstance(node, exp.Or):
        parts = [in_words(model, written(part), language) for part in _split(node, exp.Or)]
        return listed(parts, language, last="or")
    bound = lower_bound(text)
    if bound is None:
        return _named_values(model, node, language) or text
    least = number(Decimal(node.expression.name), language)
    said = _("{name} above {bound}") if isinstance(node, exp.GT) else _("{name} of {bound} or more")
    name = verdict_name(model, bound[0], language)
    return said.format(name=name, bound=least) if name else text


def _named_values(model: Model, node: exp.Expr, language: str) -> str:
    """`temperature = 'hot'` and `fit_grade in ('A', 'B')` in words; empty for anything else."""
    _ = translator(language)
    inner = node.this.unnest() if isinstance(node, exp.Not) else node
    if not isinstance(inner, exp.EQ | exp.NEQ | exp.In) or not isinstance(inner.this, exp.Column):
        return ""
    values = inner.expressions if isinstance(inner, exp.In) else [inner.expression]
    name = verdict_name(model, inner.this.name, language)
    if not name or not all(isinstance(v, exp.Literal) and v.is_string for v in values):
        return ""
    said = listed([value.name for value in values], language, last="or")
    negative = isinstance(node, exp.Not) ^ isinstance(inner, exp.NEQ)
    written_ = _("{name} other than {values}") if negative else _("{name} {values}")
    return written_.format(name=name, values=said)


def verdict_name(model: Model, name: str, language: str) -> str:
    """What a verdict is called: a dimension's label, or the word for score, stage and the like.

    Empty for a name that is no verdict of the model.
    """
    _ = translator(language)
    dimension = model.dimension(name)
    if dimension:
        return dimension_name(dimension, language)
    graded = model.dimension(name.removesuffix("_grade"))
    if graded:
        return _("grade of {dimension}").format(dimension=dimension_name(graded, language))
    known = {
        "score": _("score"),
        "cell": _("cell"),
        "temperature": _("temperature"),
        "stage": _("stage"),
        "days_since_last_event": _("days since the last event"),
    }
    return known.get(name, "")
