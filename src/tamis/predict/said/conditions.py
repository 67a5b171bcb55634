"""A group of a part as a condition on a lead."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from tamis.errors import UserError
from tamis.model.spec import Field, Model
from tamis.model.values import PLAIN_NUMBER
from tamis.predict.examples import Saying
from tamis.predict.learned import Group, Part
from tamis.predict.said.naming import in_expression, literal

MILLIONTH = Decimal("0.000001")
"""Numbers have 6 decimals when they are read."""


def field_of(part: Part, saying: Saying, model: Model) -> Field:
    """The declared field that a part looks at. Raises: UserError."""
    field = model.field(saying.scope, saying.field or "")
    if field is None:
        message = f"the model declares no field `{saying.field}` of the {saying.scope}"
        raise UserError(message, hint=f"declare it under `fields: {saying.scope}:`")
    if saying.days_since and field.type in DAYS:
        return field
    if saying.days_since or field.type not in KNOWN[part.kind]:
        message = f"`{field.name}` of the {field.table} is {field.type}; learned was a {part.kind}"
        meant = DAYS[0] if saying.days_since else KNOWN[part.kind][0]
        raise UserError(message, hint=f"declare it as `{meant}`")
    return field


DAYS = ("date", "timestamp")
"""Types of fields whose age in days can be asked for."""
KNOWN = {"number": ("number", "integer"), "text": ("text", "boolean", "integer", "number")}
"""Types of fields whose values a column of a kind can hold."""


def table_of(field: Field, model: Model) -> str:
    """The table that a name needs before it; empty where the name alone says which field."""
    return field.table if len(model.fields_named(field.name, "lead", "account")) > 1 else ""


def name_in_rule(field: Field, model: Model) -> str:
    """The name of a field as `field:` of a rule writes it."""
    table = table_of(field, model)
    return f"{table}.{field.name}" if table else field.name


def condition(part: Part, place: int, field: Field, model: Model) -> str:
    """The condition that holds for the leads of the group at a place, and for no others."""
    name = in_expression(field.name, table_of(field, model))
    group = part.groups[place]
    if field.type in DAYS:
        return _of_age(part, place, f"days_since({name})", name)
    if group.missing:
        return f"{name} is null"
    if part.kind == "number":
        return _between(part, place, name)
    if group.otherwise:
        others = [value for one in part.groups for value in one.values]
        known = _one_of(others, field, name)
        return f"{name} is not null and not ({known})" if known else f"{name} is not null"
    return _one_of(group.values, field, name) or "false"


def _of_age(part: Part, place: int, age: str, name: str) -> str:
    """A day that lies ahead has no age: it counts as missing."""
    group = part.groups[place]
    if group.missing:
        return f"{name} is null or {age} < 0"
    between = _between(part, place, age)
    if group.below:
        return f"{age} >= 0" if between.endswith("null") else f"{age} >= 0 and {between}"
    return between


def _between(part: Part, place: int, name: str) -> str:
    group = part.groups[place]
    bounds = [one.at_least for one in part.groups if one.at_least is not None]
    later = [bound for bound in bounds if group.at_least is None or bound > group.at_least]
    parts = []
    if group.at_least is not None:
        parts.append(f"{name} >= {plain(bound_of(group.at_least))}")
    if later:
        parts.append(f"{name} < {plain(bound_of(later[0]))}")
    return " and ".join(parts) or f"{name} is not null"


def _one_of(values: tuple[str, ...] | list[str], field: Field, name: str) -> str:
    """Equal to one of the values, text without case; empty for none that the field can hold."""
    if field.type == "text":
        texts = dict.fromkeys(value.lower() for value in values)
        written, name = [literal(text) for text in texts], f"lower({name})"
    elif field.type == "boolean":
        written = [value.lower() for value in values if value.lower() in ("true", "false")]
    else:
        written = [value for value in values if PLAIN_NUMBER.fullmatch(value)]
    if len(written) == 1:
        return f"{name} = {written[0]}"
    return f"{name} in ({', '.join(written)})" if written else ""


def bound_of(bound: float) -> Decimal:
    """A bound as exactly as a number is read: 6 decimals.

    >>> str(bound_of(0.1)), str(bound_of(12.0)), str(bound_of(1 / 3))
    ('0.1', '12', '0.333333')
    """
    exact = Decimal(repr(bound)).quantize(MILLIONTH, rounding=ROUND_HALF_UP).normalize()
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def plain(number: Decimal) -> str:
    """A number without an exponent.

    >>> plain(Decimal("1E+3")), plain(Decimal("0.50"))
    ('1000', '0.5')
    """
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def group_at(part: Part, what: str) -> Group:
    """The one group that is `below`, `otherwise` or `missing`.

    Raises: UserError for a part that lacks it: some leads would be in no group.
    """
    found = next((group for group in part.groups if getattr(group, what)), None)
    if found is None:
        message = f"the part `{part.column}` lacks the group `{what}`"
        raise UserError(message)
    return found
