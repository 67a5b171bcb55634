"""Cells of text as values: numbers, dates, times and yes or no, as trees that any engine runs.

Every function takes the trimmed text, null when nothing is written, and gives null when it cannot
be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tamis.sources.manners import GAPS, Writing
from tamis.sources.options import Epoch
from tamis.sql.chain import SQL_TYPES
from tamis.sql.days import local_date, local_midnight
from tamis.sql.relation import Type
from tamis.sql.write import text, tree, whole

YES = ("true", "1", "yes", "y", "t", "oui", "o", "vrai")
NO = ("false", "0", "no", "n", "f", "non", "faux")

EXPONENT = r"([eE][+-]?\d{1,2})?"
PLAIN = rf"^[+-]?(\d+([.]\d*)?|[.]\d+){EXPONENT}$"
PLAIN_WHOLE = r"^[+-]?\d+$"

ISO_DATE = r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{8}"
OTHER_DATE = r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-\d{1,2}-\d{4}|\d{1,2}[.]\d{1,2}[.]\d{4}"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
HALF = r"[AaPp][Mm]"
OFFSET = r"[Zz]|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}"
ONLY_DATE = rf"^(?:{ISO_DATE}|{OTHER_DATE})$"
MOMENT = rf"^(?:{ISO_DATE}|{OTHER_DATE})(?:[Tt]|,? +)(?:{CLOCK})(?: ?{HALF})?(?: ?(?:{OFFSET}))?$"
PLAIN_MOMENT = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}([.]\d{1,6})?$"
FARTHEST = 18 * 3600
EPOCHS: dict[Epoch, int] = {"seconds": 1_000_000, "millis": 1_000, "micros": 1}
WHOLE_NUMBER = r"^-?\d{1,18}$"


@dataclass(frozen=True)
class Time:
    """How moments are read: the model's zone, the day until which it is known, the epoch's unit."""

    zone: str
    until: date
    epoch: Epoch | None = None


def value(cell: exp.Expr, to: Type, writing: Writing) -> exp.Expr:
    """The value of a cell of text that is no date or time."""
    match to:
        case "integer":
            return _integer(cell, writing)
        case "number":
            return _number(cell, writing)
        case "boolean":
            return _boolean(cell)
        case _:
            return cell


def try_cast(cell: exp.Expr, to: Type) -> exp.Expr:
    """A cast that gives null for what does not fit."""
    return exp.TryCast(this=cell.copy(), to=SQL_TYPES[to].copy(), safe=True)


def read(cell: exp.Expr, to: Type) -> exp.Expr:
    """The same of a text, which is told as one: some engines read texts in another way."""
    return try_cast(exp.cast(cell, exp.DType.VARCHAR), to)


def matches(cell: exp.Expr, pattern: str) -> exp.Expr:
    """Whether a pattern is found in the cell."""
    return tree("regexp_matches(:v, :p)", v=cell, p=text(pattern))


def _first_that_matches(*arms: tuple[exp.Expr, exp.Expr]) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition, true=then) for condition, then in arms])


def _grouped(decimal_comma: bool) -> str:  # noqa: FBT001 (a manner, not a switch)
    """The whole part with thousands set apart, always by the same sign."""
    signs = [f"[{GAPS}]", "[.]" if decimal_comma else ","]
    groups = "|".join(rf"\d{{1,3}}(?:{sign}\d{{3}})+" for sign in signs)
    return rf"^[+-]?(?:\d+|{groups})"


def _bare(cell: exp.Expr, writing: Writing) -> exp.Expr:
    """The number without signs between thousands, its decimal sign a point."""
    bare = cell
    for sign in (*GAPS, "." if writing.decimal_comma else ","):
        bare = tree("replace(:v, :sign, '')", v=bare, sign=text(sign))
    return tree("replace(:v, ',', '.')", v=bare) if writing.decimal_comma else bare


def _number(cell: exp.Expr, writing: Writing) -> exp.Expr:
    sign = "," if writing.decimal_comma else "[.]"
    written = rf"(?:{_grouped(writing.decimal_comma)}(?:{sign}\d*)?|^[+-]?{sign}\d+){EXPONENT}$"
    grouped = (matches(cell, written), read(_bare(cell, writing), "number"))
    if writing.decimal_comma:
        return _first_that_matches(grouped)
    return _first_that_matches((matches(cell, PLAIN), read(cell, "number")), grouped)


def _integer(cell: exp.Expr, writing: Writing) -> exp.Expr:
    """A whole number; `12.0` is one, `12.000` might be twelve thousand and is not."""
    sign = "," if writing.decimal_comma else "[.]"
    written = rf"{_grouped(writing.decimal_comma)}(?:{sign}(?:0{{0,2}}|0{{4,}}))?$"
    before = exp.RegexpExtract(
        this=_bare(cell, writing), expression=text(r"^[+-]?\d+"), group=exp.Literal.number(0)
    )
    plain = (matches(cell, PLAIN_WHOLE), read(cell, "integer"))
    return _first_that_matches(plain, (matches(cell, written), read(before, "integer")))


def _boolean(cell: exp.Expr) -> exp.Expr:
    lower = tree("lower(:v)", v=cell)
    return _first_that_matches(
        (exp.In(this=lower, expressions=[text(word) for word in YES]), exp.true()),
        (exp.In(this=lower.copy(), expressions=[text(word) for word in NO]), exp.false()),
    )


def _extract(cell: exp.Expr, pattern: str, group: int = 1) -> exp.Expr:
    return exp.RegexpExtract(
        this=cell.copy(), expression=text(pattern), group=exp.Literal.number(group)
    )


def day(cell: exp.Expr, writing: Writing) -> exp.Expr:
    """The date that a cell begins with; the first stage of dates and times."""

    def built(pattern: str, year: int, month: int, of_month: int) -> tuple[exp.Expr, exp.Expr]:
        parts = [_extract(cell, pattern, group) for group in (year, month, of_month)]
        joined = tree("concat(:y, '-', :m, '-', :d)", y=parts[0], m=parts[1], d=parts[2])
        return matches(cell, pattern), read(joined, "date")

    arms = [
        built(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})", 1, 2, 3),
        built(r"^(\d{4})(\d{2})(\d{2})", 1, 2, 3),
        built(r"^(\d{1,2})[.](\d{1,2})[.](\d{4})", 3, 2, 1),
    ]
    if writing.day_first is not None:
        month, of_month = (2, 1) if writing.day_first else (1, 2)
        arms.append(built(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})", 3, month, of_month))
    begins = tree(":only OR :moment", only=matches(cell, ONLY_DATE), moment=matches(cell, MOMENT))
    return _first_that_matches((begins, _first_that_matches(*arms)))


def moment(cell: exp.Expr, begins: exp.Expr, time: Time) -> exp.Expr:
    """The instant of a cell that tells one, the date it begins with given; the second stage."""
    arms = [(matches(cell, PLAIN_MOMENT), read(cell, "timestamp"))]
    if time.epoch:
        number = read(cell, "integer")
        arms.append((matches(cell, WHOLE_NUMBER), since_epoch(number, time.epoch)))
    arms.append((matches(cell, MOMENT), _moment(cell, begins)))
    return _first_that_matches(*arms)


def date_or_timestamp(
    cell: exp.Expr, begins: exp.Expr, instant: exp.Expr, to: Type, time: Time
) -> exp.Expr:
    """The value, from the cell and both stages: where there is no instant, a date alone counts.

    Stages, because each change of a time zone's offset repeats the tree that it is asked about.
    """
    if to == "date":
        alone, of_instant = begins, local_date(instant, time.zone, time.until)
    else:
        alone, of_instant = local_midnight(begins, time.zone, time.until), instant
    given = exp.not_(instant.copy().is_(exp.null()))
    return _first_that_matches((given, of_instant), (matches(cell, ONLY_DATE), alone))


def since_epoch(number: exp.Expr, unit: Epoch) -> exp.Expr:
    """The timestamp so many units after 1970-01-01; null when that is beyond the year 9999."""
    most = 253_402_300_799 * (1_000_000 // EPOCHS[unit])
    micros = tree(":n * :unit", n=number, unit=whole(EPOCHS[unit]))
    instant = exp.UnixToTime(this=micros, scale=exp.Literal.number(6))
    inside = tree(":n BETWEEN :low AND :most", n=number, low=whole(-most), most=whole(most))
    return _first_that_matches((inside, instant))


def _moment(cell: exp.Expr, begins: exp.Expr) -> exp.Expr:
    """Date and clock joined, an offset taken away."""
    clock = _extract(cell, rf"(?:[Tt]|,? +)({CLOCK})")
    joined = tree(
        "concat(CAST(:day AS VARCHAR), ' ', :clock)",
        day=begins,
        clock=_clock(cell, clock),
    )
    return tree(":t - :s * INTERVAL '1' SECOND", t=read(joined, "timestamp"), s=_offset(cell))


def _clock(cell: exp.Expr, clock: exp.Expr) -> exp.Expr:
    """The clock on 24 hours, a point before fractions of a second."""
    point = tree("replace(:c, ',', '.')", c=clock)
    hour = tree("TRY_CAST(CAST(:h AS VARCHAR) AS INTEGER)", h=_extract(cell, r"[Tt ](\d{1,2}):"))
    rest = _extract(cell, r":(\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)")
    rest = tree("replace(:r, ',', '.')", r=rest)
    hours = tree(
        "CAST(:h % 12 + CASE WHEN :afternoon THEN 12 ELSE 0 END AS VARCHAR)",
        h=hour,
        afternoon=matches(cell, "[Pp][Mm]"),
    )
    twelve = tree(
        "CASE WHEN :h BETWEEN 1 AND 12 THEN concat(:hours, ':', :rest) END",
        h=hour,
        hours=hours,
        rest=rest,
    )
    return tree(
        "CASE WHEN :half THEN :twelve ELSE :point END",
        half=matches(cell, HALF),
        twelve=twelve,
        point=point,
    )


def _offset(cell: exp.Expr) -> exp.Expr:
    """Seconds that local time is ahead of UTC; 0 when nothing is said, null beyond 18 hours."""
    pattern = r":\d{2}.*([+-])(\d{2}):?(\d{2})?$"
    sign = tree("CASE WHEN :s = '-' THEN -1 ELSE 1 END", s=_extract(cell, pattern, 1))
    hours, minutes = (
        tree("coalesce(TRY_CAST(CAST(:n AS VARCHAR) AS INTEGER), 0)", n=_extract(cell, pattern, n))
        for n in (2, 3)
    )
    seconds = tree(":h * 3600 + :m * 60", h=hours, m=minutes)
    return tree(
        "CASE WHEN :m < 60 AND :s <= :most THEN :sign * (:s) END",
        sign=sign,
        s=exp.paren(seconds),
        m=minutes,
        most=whole(FARTHEST),
    )
