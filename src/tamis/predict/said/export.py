"""A learned model as a whole model file of its own: fields, the dimension, a score and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from math import log

from sqlglot import exp

from tamis.model.checks import checked_model
from tamis.model.checks.names import OWN_COLUMNS, UNPRINTABLE
from tamis.model.expression import parse
from tamis.model.possible.reach import rule_span, total
from tamis.model.spec import Dimension, Field, FieldType, Model, Table
from tamis.predict.examples import Examples
from tamis.predict.learned import DOUBLING, HIGHEST, LOWEST, MIDDLE, Learned, Part
from tamis.predict.said.card import short_card
from tamis.predict.said.dimension import dimension_of
from tamis.predict.said.naming import Ids
from tamis.predict.said.put import forbid_abstaining
from tamis.predict.said.sayings import all_parts, each_part, saying_of, settled, with_sayings
from tamis.predict.said.whole import in_whole_points
from tamis.predict.said.written import dimension_lines, text

FILE = "exported model"
OFTEN, SELDOM = 2.0, 0.5
"""Multiples of the base rate from which on a lead is hot, and above which it is a prospect."""


def exported(
    learned: Learned,
    examples: Examples | None = None,
    *,
    integer: bool = True,
    lines: int | None = None,
    fields: Sequence[Field] = (),
) -> str:
    """An ordinary model file that says the learned model: it scores like any other.

    With `integer` the points are whole and approximate it; with `lines` at most so many conditions
    do (see `short_card`); else they are to a thousandth. `examples` are those it was learned from;
    `fields` are declared ones, whose types are kept. A column whose name no field can have gets a
    plain one, and a comment says which.

    Raises: UserError for a learned model that abstains, or a column or pair that no rule can say.
    """
    forbid_abstaining(learned)
    told = settled(with_sayings(learned, examples) if examples is not None else learned)
    if lines is not None:
        told = short_card(told, examples, lines=lines).learned
    elif integer:
        told = in_whole_points(told, examples)
    told, renamed = _renamed(told)
    declared = tuple(_fields(told, fields))
    dimension = dimension_of(told, Model(name="", fields=declared, dimensions=()))
    written = "\n".join(_lines(told, declared, renamed, dimension)) + "\n"
    checked_model(written, FILE)
    return written


# Fields ------------------------------------------------------------------------------------------


def _renamed(learned: Learned) -> tuple[Learned, dict[str, str]]:
    """The model with names that fields can have, and the columns of those that are new, by name."""
    names: dict[tuple[str, str], str] = {}
    used: dict[str, set[str]] = {"lead": set(), "account": set()}
    for saying in (saying_of(part) for part in all_parts(learned)):
        key = (saying.scope, saying.field or "")
        if saying.form == "field" and key not in names:
            names[key] = _name(key[1], used[saying.scope], saying.scope)
            used[saying.scope].add(names[key].lower())

    def again(part: Part) -> Part:
        saying = saying_of(part)
        if saying.form != "field":
            return part
        name = names[saying.scope, saying.field or ""]
        return replace(part, said_by=replace(saying, field=name))

    return each_part(learned, again), {new: old for (_, old), new in names.items() if new != old}


def _name(name: str, used: set[str], table: Table) -> str:
    """The name itself where a field can have it and no other has."""
    own = {*OWN_COLUMNS[table], "created_at"}
    plain = name.strip() and "." not in name and not UNPRINTABLE.search(name)
    if plain and name.lower() not in used | own:
        return name
    return Ids({f"learned_{one}" for one in used | own}).of(name).removeprefix("learned_")


def _fields(learned: Learned, declared: Sequence[Field]) -> Iterator[Field]:
    """The fields that the learned model looks at, each once."""
    known = {(field.table, field.name): field for field in declared}
    seen: set[tuple[str, str]] = set()
    for part in all_parts(learned):
        saying = saying_of(part)
        for table, name in _looked_at(part):
            if (table, name) not in seen:
                seen.add((table, name))
                type_ = _type(part) if saying.form == "field" else "text"
                yield known.get((table, name)) or Field(table, name, type_)


def _looked_at(part: Part) -> Iterator[tuple[Table, str]]:
    saying = saying_of(part)
    if saying.form == "field":
        yield saying.scope, saying.field or ""
    if saying.where:
        yield from (("event", one.name) for one in parse(saying.where).find_all(exp.Column))


def _type(part: Part) -> FieldType:
    """Numbers have decimals: a whole column today may not be whole tomorrow."""
    if saying_of(part).days_since:
        return "timestamp"
    if part.kind == "number":
        return "number"
    values = {value for group in part.groups for value in group.values}
    return "boolean" if values and values <= {"true", "false"} else "text"


# The file ----------------------------------------------------------------------------------------


def _lines(
    learned: Learned, fields: Sequence[Field], renamed: dict[str, str], dimension: Dimension
) -> Iterator[str]:
    yield from (f"# {line}" if line else "#" for line in _head(learned))
    yield from ("tamis: 1", f"name: {text(learned.name or 'learned')}", "version: 1")
    yield f"about: {text(_about(learned))}"
    yield from _declared(fields, renamed)
    yield from ("", "dimensions:", *(f"  {line}" for line in dimension_lines(dimension)))
    yield from _verdicts(learned, dimension)


def _head(learned: Learned) -> Iterator[str]:
    said, quality = learned.training, learned.quality
    yield f"A model learned from outcomes: {_one_line(learned.outcome)}."
    leads = f"{said.leads:,} leads, {said.conversions:,} won"
    yield f"It was learned from {said.examples:,} examples of {leads}."
    yield f"Fingerprint of the training: {said.fingerprint} (recipe {said.recipe})."
    if quality.auc.value is not None:
        low, high = quality.auc.low or 0.0, quality.auc.high or 1.0
        auc = f"{quality.auc.value:.3f} ({low:.3f} to {high:.3f})"
        yield f"AUC on examples that it had not seen: {auc}."
    yield ""
    rate = learned.base_rate.value or 0.0
    yield f"A score of {MIDDLE:.0f} is the base rate, {rate:.2%};"
    yield f"each {DOUBLING:.0f} points more double the odds."
    yield "The rules are ordinary ones: change them as you like, and it is a model of your own."


def _about(learned: Learned) -> str:
    within = f" within {learned.horizon} days" if learned.horizon is not None else ""
    return f"Learned from outcomes: {_one_line(learned.outcome)}{within}"


def _one_line(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _declared(fields: Sequence[Field], renamed: dict[str, str]) -> Iterator[str]:
    if not fields:
        return
    yield from ("", "fields:")
    for table in ("lead", "account", "event"):
        own = [field for field in fields if field.table == table]
        if own:
            yield f"  {table}:"
        for field in own:
            note = f"  # the column {text(renamed[field.name])}" if field.name in renamed else ""
            yield f"    {text(field.name)}: {field.type}{note}"


def _verdicts(learned: Learned, dimension: Dimension) -> Iterator[str]:
    low, high = _reach(dimension)
    hot = min(_score_of(learned, OFTEN), _between(high))
    prospect = max(_score_of(learned, SELDOM), _between(low))
    yield from ("", "score: {weights: {learned: 1}}", "")
    yield f"temperature:{' ' * 27}# by how often such leads are won"
    yield from _commented("hot", hot, dimension)
    yield from _commented("warm", Decimal(int(MIDDLE)), dimension)
    yield '  cold: "true"'
    yield "stages:"
    yield from _commented("prospect", prospect, dimension)
    yield from _commented("lead", Decimal(int(MIDDLE)), dimension)
    yield from _commented("mql", hot, dimension)
    yield from ("", *PLAYS)


def _commented(name: str, bound: Decimal, dimension: Dimension) -> Iterator[str]:
    assert dimension.odds
    line = f"  {name}: score >= {bound}"
    yield f"{line:<40}# {dimension.odds.probability(bound):.1%} or more"


PLAYS = (
    "plays:",
    "  - {id: call, label: {en: call, fr: appeler}, when: temperature = 'hot',",
    "     do: handoff, to: sales, respond_within: 8h}",
    "  - {id: keep_warm, label: {en: keep warm, fr: entretenir}, when: temperature = 'warm',",
    "     do: nurture, to: newsletter}",
    '  - {id: wait, label: {en: wait, fr: attendre}, when: "true", do: none}',
)


def _score_of(learned: Learned, times: float) -> Decimal:
    """The score of so many times the base rate; of a rate above a half, of its complement's share.

    Twice as often cannot be more often than always: then half as many are not won.
    """
    rate = min(max(learned.base_rate.value or 0.0, 1e-9), 1 - 1e-9)
    told = min(rate * times, 1 - (1 - rate) / times) if times > 1 else rate * times
    odds = log(told / (1 - told)) - log(rate / (1 - rate))
    return Decimal(round(MIDDLE + DOUBLING * odds / log(2)))


def _reach(dimension: Dimension) -> tuple[Decimal, Decimal]:
    span = total(rule_span(rule) for rule in dimension.rules)
    return max(span.low, Decimal(int(LOWEST))), min(span.high, Decimal(int(HIGHEST)))


def _between(bound: Decimal) -> Decimal:
    """Half way from the middle to what can be reached, so that some lead can reach it."""
    half = (Decimal(int(MIDDLE)) + bound) / 2
    return half.quantize(Decimal("0.1"), rounding=ROUND_FLOOR).normalize().quantize(Decimal("0.1"))
