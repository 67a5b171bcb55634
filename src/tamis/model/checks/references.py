"""References: what a section speaks of must be there, and fit."""

from __future__ import annotations

from tamis.errors import Place
from tamis.model.document import Problems, did_you_mean
from tamis.model.spec import (
    BandsRule,
    Field,
    Model,
    Rule,
    SilentRule,
    Table,
    TotalRule,
    ValuesRule,
)
from tamis.model.values import value_of

NUMERIC = ("integer", "number")


def groups(model: Model, problems: Problems) -> None:
    """A rule's group must be declared in its dimension."""
    for dimension in model.dimensions:
        known = [group.name for group in dimension.groups]
        for rule in dimension.rules:
            if rule.group is not None and rule.group not in known:
                message = f"`{dimension.name}` declares no group `{rule.group}`"
                hint = (
                    did_you_mean(rule.group, known)
                    or f"add `groups: {{{rule.group}: {{cap: 40}}}}`"
                )
                problems.error(rule.place("group"), "unknown-group", message, hint)


def rule_fields(model: Model, problems: Problems) -> None:
    """The field that a rule looks at must be there, once, and of a type that the rule can use."""
    for rule in model.rules:
        if isinstance(rule, BandsRule):
            _numeric(named_field(model, rule, problems), rule, "bands", problems)
        elif isinstance(rule, ValuesRule):
            _values(named_field(model, rule, problems), rule, problems)
        elif isinstance(rule, TotalRule):
            _numeric(summed_field(model, rule, problems), rule, "total", problems)


def named_field(model: Model, rule: BandsRule | ValuesRule, problems: Problems) -> Field | None:
    """The lead or account field that a rule names, or None after noting why there is none."""
    return _found(model, rule.field, ("lead", "account"), rule.place("field"), problems)


def summed_field(model: Model, rule: TotalRule, problems: Problems) -> Field | None:
    """The event field that a rule adds up, or None after noting why there is none."""
    return _found(model, rule.field, ("event",), rule.place("total"), problems)


def _found(
    model: Model, name: str, tables: tuple[Table, ...], place: Place, problems: Problems
) -> Field | None:
    found = model.fields_named(name, *tables)
    bare = name.rpartition(".")[2]
    if len(found) == 1 and (len(tables) > 1 or name == bare):
        return found[0]
    if len(found) > 1:
        hint = " or ".join(f"`{f.table}.{bare}`" for f in found)
        problems.error(place, "ambiguous-name", f"`{bare}` is in two tables", f"write {hint}")
    else:
        hint = _unknown_hint(model, bare, tables, is_there=bool(found))
        problems.error(place, "unknown-field", f"unknown field `{name}`", hint)
    return None


def _unknown_hint(model: Model, bare: str, tables: tuple[Table, ...], *, is_there: bool) -> str:
    if is_there:
        return f"write `{bare}` alone"
    elsewhere = [f.table for f in model.fields if f.name == bare and f.table not in tables]
    if elsewhere:
        return f"`{bare}` is a field of the {elsewhere[0]}, which this rule does not see"
    known = [f.name for f in model.fields_of(*tables)]
    return did_you_mean(bare, known) or f"declare it under `fields: {tables[0]}:`"


def _numeric(field: Field | None, rule: Rule, form: str, problems: Problems) -> None:
    if field is not None and field.type not in NUMERIC:
        message = f"`{form}` needs a number; `{field.name}` is {field.type}"
        key = "field" if form == "bands" else "total"
        hint = (
            "use `values`, or `when`" if form == "bands" else "declare it as `number` or `integer`"
        )
        problems.error(rule.place(key), "wrong-type", message, hint)


def _values(field: Field | None, rule: ValuesRule, problems: Problems) -> None:
    if field is None:
        return
    seen: dict[object, str] = {}
    for written, _ in rule.values:
        value = value_of(field.type, written.lower() if field.type == "text" else written)
        if value is None:
            message = f"`{written}` is no value of `{field.name}`, which is {field.type}"
            problems.error(rule.place("values"), "wrong-value", message)
        elif value in seen:
            message = f"`{seen[value]}` and `{written}` are the same value"
            hint = "text is compared without case" if field.type == "text" else ""
            problems.error(rule.place("values"), "equal-values", message, hint)
        else:
            seen[value] = written


def score(model: Model, problems: Problems) -> None:
    """The score weighs or adds dimensions of the model."""
    if model.score is None:
        return
    place = model.score.places.get("weights" if model.score.mean else "sum", model.score.place)
    for name in model.score.weights:
        _dimension(model, name, place, problems)


def cell(model: Model, problems: Problems) -> None:
    """A cell joins grades of different dimensions."""
    place = model.places.get("cell", Place(model.file))
    for name in model.cell:
        if _dimension(model, name, place, problems) and not _graded(model, name):
            hint = f"give `{name}` a section `grades`, or leave it out of the cell"
            problems.error(place, "cell-without-grades", f"`{name}` has no grades to join", hint)
    if len(set(model.cell)) < len(model.cell):
        problems.error(place, "duplicate-dimension", "a dimension stands twice in the cell")


def _dimension(model: Model, name: str, place: Place, problems: Problems) -> bool:
    names = [dimension.name for dimension in model.dimensions]
    if name not in names:
        hint = did_you_mean(name, names)
        problems.error(place, "unknown-dimension", f"unknown dimension `{name}`", hint)
    return name in names


def _graded(model: Model, name: str) -> bool:
    dimension = model.dimension(name)
    return dimension is not None and bool(dimension.grades)


def accounts(model: Model, problems: Problems) -> None:
    """An account's score comes from the leads' score or one of their dimensions."""
    if model.accounts is None:
        return
    if model.accounts.of != "score":
        _dimension(model, model.accounts.of, model.accounts.place, problems)
    elif model.score is None:
        hint = "add a section `score`, or name a dimension in `of`"
        problems.error(model.accounts.place, "no-score", "the model has no score to roll up", hint)


def silence(model: Model, problems: Problems) -> None:
    """Silence cannot be judged by the events of a campaign alone."""
    for dimension in model.dimensions:
        for rule in dimension.rules if dimension.active else ():
            if isinstance(rule, SilentRule):
                message = f"`silent_for` cannot stand in `{dimension.name}`, which has `active`"
                hint = "move the rule to a dimension without `active`"
                problems.error(rule.place("silent_for"), "active-silence", message, hint)
