"""What an expression is worth, given the names it may use: a value, or null (unknown)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.oracle import functions
from tests.oracle.syntax import Literal, Name, Node, Operation, parse
from tests.oracle.values import OracleError, Value, day_of, half_away

TOO_LARGE = 10**18
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Scope:
    """What an expression sees: values by name, the zone, the as-of day, the rules that hit."""

    names: Mapping[str, Value]
    zone: ZoneInfo
    as_of: date
    hits: frozenset[str] | None = None


def holds(condition: str | bool, scope: Scope) -> bool:
    """Whether a condition holds; unknown does not."""
    text = str(condition).lower() if isinstance(condition, bool) else condition
    answer = evaluate(parse(text), scope)
    if answer is not None and not isinstance(answer, bool):
        raise OracleError(f"not a condition: {condition}")
    return answer is True


def evaluate(node: Node, scope: Scope) -> Value:
    """The value of a tree."""
    match node:
        case Literal(value):
            return value
        case Name(name):
            if name not in scope.names:
                raise OracleError(f"unknown or ambiguous name {name}")
            return scope.names[name]
        case Operation("case", parts):
            return case(parts, scope)
        case Operation("coalesce()", parts):
            known = (evaluate(part, scope) for part in parts)
            return next((value for value in known if value is not None), None)
        case Operation("hit()", (Literal(str() as rule),)) if scope.hits is not None:
            return rule in scope.hits
        case Operation(operator, parts):
            return apply(operator, [evaluate(part, scope) for part in parts], scope)
    raise OracleError(f"cannot evaluate {node}")


def case(parts: tuple[Node, ...], scope: Scope) -> Value:
    """The result of the first condition that is true, else the last part."""
    for condition, result in zip(parts[:-1:2], parts[1::2], strict=True):
        if evaluate(condition, scope) is True:
            return evaluate(result, scope)
    return evaluate(parts[-1], scope)


def apply(operator: str, values: list[Value], scope: Scope) -> Value:
    """An operator or function on values already known."""
    match operator, values:
        case "and", [left, right]:
            return both(left, right)
        case "or", [left, right]:
            return opposite(both(opposite(left), opposite(right)))
        case "not", [value]:
            return opposite(value)
        case "is null", [value]:
            return value is None
        case "in", [value, *choices]:
            return one_of(value, choices, scope)
        case "between", [value, low, high]:
            return both(compared(">=", value, low, scope), compared("<=", value, high, scope))
        case _, [left, right] if operator in COMPARISONS:
            return compared(operator, left, right, scope)
        case (("+" | "-" | "*" | "/" | "negative"), _):
            return arithmetic(operator, values)
        case "days_since()", [moment]:
            return days_since(moment, scope)
        case _:
            return call(operator.removesuffix("()"), values)


def truth(value: Value) -> bool | None:
    """The value as a condition."""
    if value is None or isinstance(value, bool):
        return value
    raise OracleError(f"not a condition: {value!r}")


def both(left: Value, right: Value) -> bool | None:
    """`and`: false if either is false, else unknown if either is unknown."""
    sides = (truth(left), truth(right))
    if False in sides:
        return False
    return None if None in sides else True


def opposite(value: Value) -> bool | None:
    """`not`: the opposite of unknown is unknown."""
    condition = truth(value)
    return None if condition is None else not condition


def one_of(value: Value, choices: list[Value], scope: Scope) -> bool | None:
    """`in`: equal to one, else unknown if any comparison is, else false."""
    answers = [compared("=", value, choice, scope) for choice in choices]
    if True in answers:
        return True
    return None if None in answers else False


def compared(sign: str, left: Value, right: Value, scope: Scope) -> bool | None:
    """A comparison of two values of one kind; unknown if either is."""
    if left is None or right is None:
        return None
    left, right = alike(left, right, scope)
    if sign in ("=", "<>"):
        return (left == right) is (sign == "=")
    if isinstance(left, bool):
        raise OracleError("true and false have no order")
    less, equal = bool(left < right), left == right  # type: ignore[operator]
    return {"<": less, "<=": less or equal, ">": not less and not equal, ">=": not less}[sign]


def alike(left: Value, right: Value, scope: Scope) -> tuple[Value, Value]:
    """Both values as one kind: an instant against a day becomes its day in the model's zone."""
    if isinstance(left, date) and isinstance(right, date) and type(left) is not type(right):
        return day_of(left, scope.zone), day_of(right, scope.zone)
    if type(left) is not type(right):
        raise OracleError(f"cannot compare {left!r} with {right!r}")
    return left, right


def arithmetic(operator: str, values: list[Value]) -> Value:
    """Exact `+ - *`, division to 6 decimals; by zero or too large is unknown."""
    if None in values:
        return None
    numbers = [value for value in values if isinstance(value, Fraction)]
    if len(numbers) < len(values):
        raise OracleError(f"{operator} needs numbers, not {values}")
    match operator, numbers:
        case "negative", [number]:
            return bounded(-number)
        case "+", [left, right]:
            return bounded(left + right)
        case "-", [left, right]:
            return bounded(left - right)
        case "*", [left, right]:
            return bounded(left * right)
        case "/", [left, right]:
            return None if right == 0 else bounded(half_away(left / right, 6))
        case _:
            raise OracleError(f"cannot compute {operator}")


def bounded(number: Fraction) -> Fraction | None:
    """The number, or unknown if it has more than 18 integer digits."""
    return None if abs(number) >= TOO_LARGE else number


def days_since(moment: Value, scope: Scope) -> Value:
    """Whole days to the as-of day, negative for a later day."""
    if moment is None:
        return None
    if not isinstance(moment, date | datetime):
        raise OracleError(f"days_since needs a date, not {moment!r}")
    return Fraction((scope.as_of - day_of(moment, scope.zone)).days)


def call(function: str, values: list[Value]) -> Value:
    """A function; a null argument gives null, but mail and title functions decide themselves."""
    if function in functions.TITLES and len(values) == 1:
        answer: Value = functions.titles(function, values[0])
        return answer
    if function not in functions.STRICT:
        raise OracleError(f"no function {function}")
    if None in values:
        return None
    result = functions.STRICT[function](*values)
    return bounded(result) if isinstance(result, Fraction) else result
