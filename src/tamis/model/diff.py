"""What changed between two models, as a person would say it: rules, limits, grades, verdicts.

Comments, the order of rules within a dimension and the order of dimensions are no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal

from tamis.model.changes import N_, Change, Days, Word
from tamis.model.comparing import aspects, both, come_and_gone, order, section
from tamis.model.lifecycle.diff import lifecycle, work
from tamis.model.load_rules import form_of
from tamis.model.spec import Dimension, EventRule, Grade, Model, Rule, Score, ValuesRule

DAYS = ("within", "silent_for")
"""Aspects of a rule that are counted in days."""


def differences(old: Model, new: Model) -> tuple[Change, ...]:
    """What changed from `old` to `new`, in the order of a model file; nothing if nothing did.

    >>> from tamis.model.checks import checked_model
    >>> text = "{tamis: 1, name: m, dimensions: {fit: {grades: {A: 75, B: 0}}}}"
    >>> old, new = checked_model(text, "m"), checked_model(text.replace("75", "80"), "m")
    >>> [str(change) for change in differences(old, new)]
    ['grade A of `fit`: from 75 → 80']
    """
    verdicts = (_score, _cell, _verdicts, _plays, _accounts)
    parts = (_model, _fields, _dimensions, _rules, *verdicts, lifecycle, work)
    return tuple(change for part in parts for change in part(old, new))


def _model(old: Model, new: Model) -> Iterator[Change]:
    yield from aspects(
        "model", "", "", both(old, new, ("name", "version", "about", "timezone", "exclude"))
    )


def _fields(old: Model, new: Model) -> Iterator[Change]:
    for table in ("lead", "account", "event"):
        before = {f.name: f.type for f in old.fields_of(table)}
        after = {f.name: f.type for f in new.fields_of(table)}
        yield from come_and_gone("field", before, after, table)
        for name in (name for name in before if name in after):
            yield from aspects("field", name, table, [("", before[name], after[name])])


def _dimensions(old: Model, new: Model) -> Iterator[Change]:
    names = [d.name for d in old.dimensions]
    yield from come_and_gone("dimension", names, [d.name for d in new.dimensions])
    for before in old.dimensions:
        after = new.dimension(before.name)
        if after:
            yield from _dimension(before, after)


def _dimension(old: Dimension, new: Dimension) -> Iterator[Change]:
    ranges = ("range", (old.low, old.high), (new.low, new.high))
    plain = both(old, new, ("label", "about", "decay", "active", "odds"))
    yield from aspects("dimension", old.name, "", [ranges, *plain])
    yield from _bounds(old, new)
    caps = {group.name: group.cap for group in old.groups}, {g.name: g.cap for g in new.groups}
    yield from come_and_gone("group", *caps, old.name)
    for name in (name for name in caps[0] if name in caps[1]):
        yield from aspects("group", name, old.name, [("cap", caps[0][name], caps[1][name])])


def _bounds(old: Dimension, new: Dimension) -> Iterator[Change]:
    before, after = _by_label(old.grades), _by_label(new.grades)
    yield from come_and_gone("grade", before, after, old.name)
    for label in (label for label in before if label in after):
        yield from aspects("grade", label, old.name, [("bound", before[label], after[label])])


def _by_label(grades: Iterable[Grade]) -> dict[str, Decimal]:
    return {grade.label: grade.bound for grade in grades}


# Rules -------------------------------------------------------------------------------------------


def _rules(old: Model, new: Model) -> Iterator[Change]:
    before, after = {r.id: r for r in old.rules}, {r.id: r for r in new.rules}
    gone = [rule for id_, rule in before.items() if id_ not in after]
    come = [rule for id_, rule in after.items() if id_ not in before]
    for rule in gone:
        again = next((one for one in come if replace(one, id=rule.id) == rule), None)
        if again:
            come.remove(again)
            yield Change("renamed", "rule", rule.id, rule.dimension, new=Word(again.id))
        else:
            yield Change("removed", "rule", rule.id, rule.dimension)
    yield from (Change("added", "rule", rule.id, rule.dimension) for rule in come)
    for id_, rule in before.items():
        if id_ in after:
            yield from _rule(old, rule, new, after[id_])


def _rule(old_model: Model, old: Rule, new_model: Model, new: Rule) -> Iterator[Change]:
    pairs: list[tuple[str, object, object]] = [("form", form_of(old), form_of(new))]
    names = [f.name for f in fields(old) if f.name not in OWN_WORDS and hasattr(new, f.name)]
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        inherited = name in INHERITED and old.dimension == new.dimension
        if inherited and _follows(old_model, old, name) and _follows(new_model, new, name):
            continue
        pairs.append((name, _in_days(name, before), _in_days(name, after)))
    yield from aspects("rule", old.id, old.dimension, pairs)
    if isinstance(old, ValuesRule) and isinstance(new, ValuesRule):
        yield from _values(old, new)


OWN_WORDS = ("id", "places", "values")
INHERITED = ("decay", "active")
"""What a rule takes from its dimension when it says nothing: a change there is told once, there."""


def _follows(model: Model, rule: Rule, name: str) -> bool:
    dimension = model.dimension(rule.dimension)
    return isinstance(rule, EventRule) and getattr(rule, name) == getattr(dimension, name)


def _in_days(name: str, value: object) -> object:
    return Days(value) if name in DAYS and isinstance(value, int) else value


def _values(old: ValuesRule, new: ValuesRule) -> Iterator[Change]:
    before, after = dict(old.values), dict(new.values)
    yield from come_and_gone("value", before, after, old.id)
    for value in (value for value in before if value in after):
        yield from aspects("value", value, old.id, [("points", before[value], after[value])])


# Verdicts ----------------------------------------------------------------------------------------


def _score(old: Model, new: Model) -> Iterator[Change]:
    if old.score is None or new.score is None:
        yield from section("score", old.score, new.score)
        return
    kinds = _computed(old.score), _computed(new.score)
    ranges = (old.score.low, old.score.high), (new.score.low, new.score.high)
    yield from aspects("score", "", "", [("mean", *kinds), ("range", *ranges)])
    before, after = old.score.weights, new.score.weights
    for name in dict.fromkeys((*before, *after)):
        yield from aspects("weight", name, "", [("", before.get(name), after.get(name))])


def _computed(score: Score) -> Word:
    return Word(N_("weighted mean") if score.mean else N_("sum"))


def _cell(old: Model, new: Model) -> Iterator[Change]:
    if old.cell != new.cell:
        yield Change("changed", "cell", old=old.cell or None, new=new.cell or None)


def _verdicts(old: Model, new: Model) -> Iterator[Change]:
    for subject, before, after in (
        ("temperature", old.temperatures, new.temperatures),
        ("stage", old.stages, new.stages),
    ):
        conditions = {v.name: v.when for v in before}, {v.name: v.when for v in after}
        yield from come_and_gone(subject, *conditions)
        for name in (name for name in conditions[0] if name in conditions[1]):
            pair = ("when", conditions[0][name], conditions[1][name])
            yield from aspects(subject, name, "", [pair])
        yield from order(f"{subject}s", *conditions)


def _plays(old: Model, new: Model) -> Iterator[Change]:
    before, after = {p.id: p for p in old.plays}, {p.id: p for p in new.plays}
    yield from come_and_gone("play", before, after)
    for id_ in (id_ for id_ in before if id_ in after):
        names = ("when", "do", "to", "respond_within", "fast_track", "label", "about")
        yield from aspects("play", id_, "", both(before[id_], after[id_], names))
    yield from order("plays", before, after)


def _accounts(old: Model, new: Model) -> Iterator[Change]:
    if old.accounts is None or new.accounts is None:
        yield from section("accounts", old.accounts, new.accounts)
        return
    yield from aspects(
        "accounts", "", "", both(old.accounts, new.accounts, ("rollup", "of", "count"))
    )
