"""A portrait of won customers: what they are more often than the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from tamis.history.evidence_seen import SEEN, Seen, whole_numbers
from tamis.history.intervals import FEWEST_WON, Interval, difference, proportion
from tamis.model import titles
from tamis.model.spec import BandsRule, Field, Model
from tamis.sql.write import column, query, table

TITLES = ("title", "fonction", "poste", "role")
SIZES = ("employee", "effectif", "headcount", "staff", "salarie", "company_size")
SIZE_BOUNDS = (1, 10, 50, 250, 1000)
"""Classes of size as statistics have them: micro, small, medium, large, very large."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A value that won customers have more often than others, as it stood before they were won.

    `of` is the field, or the function of one such as `seniority(job_title)`. `among_won` and
    `among_others` are its shares, 0 to 1, of those whose field is known; `conversion` is that of
    cases with the value, `lift` how much higher than that of the others with the field known.
    """

    of: str
    value: str
    won: int
    cases: int
    among_won: float
    among_others: float
    conversion: Interval
    lift: Interval


def portrait(seen: Seen) -> tuple[Trait, ...]:
    """The traits over-represented among the won, the strongest lift first; at least 10 won each."""
    found = [trait for of, counts in _asked(seen) for trait in _over(of, counts)]
    return tuple(sorted(found, key=lambda t: (-(t.lift.low or 0.0), t.of, t.value)))


_Counts = Sequence[tuple[str, int, int]]
"""Value, cases, won."""


def _over(of: str, counts: _Counts) -> Iterator[Trait]:
    cases, wins = sum(n for _, n, _ in counts), sum(w for *_, w in counts)
    for value, n, won in counts:
        if won < FEWEST_WON or n == cases:
            continue
        conversion = proportion(won, n)
        lift = difference(conversion, proportion(wins - won, cases - n))
        if lift.above(0):
            others = (n - won) / (cases - wins) if cases > wins else 0.0
            yield Trait(of, value, won, n, won / wins, others, conversion, lift)


def _asked(seen: Seen) -> Iterator[tuple[str, _Counts]]:
    """Everything that may draw the won: texts, sizes, what titles say."""
    for name, of in seen.derived.items():
        yield of, _counts(seen, column(name, "s"))
    for field in seen.model.fields_of("lead", "account"):
        if field.type == "text":
            counts = _counts(seen, column(field.column, "s"))
            yield field.name, counts
            yield from _of_titles(seen, field, counts)
        elif bounds := _bounds(seen.model, field):
            yield field.name, _counts(seen, _banded(field, bounds))


def _counts(seen: Seen, value: exp.Expr) -> _Counts:
    select = query(
        "SELECT v.value, count(*), count(CASE WHEN v.won THEN 1 END) "
        "FROM (SELECT :value AS value, s.won FROM :seen AS s) AS v "
        "WHERE NOT v.value IS NULL GROUP BY v.value ORDER BY v.value",
        value=value,
        seen=table(SEEN),
    )
    rows = seen.session.rows(select)
    return [(str(value), *_pair(counts)) for value, *counts in rows]


def _pair(cells: Sequence[object]) -> tuple[int, int]:
    cases, won = whole_numbers(cells)
    return cases, won


def _of_titles(seen: Seen, field: Field, counts: _Counts) -> Iterator[tuple[str, _Counts]]:
    """What titles say where no rule asks: level and department."""
    if not any(word in field.name.lower() for word in TITLES):
        return
    readings: tuple[tuple[str, Callable[[str], str | None]], ...] = (
        ("seniority", titles.seniority),
        ("job_function", titles.job_function),
    )
    for name, read in readings:
        of = f"{name}({field.name})"
        if of not in seen.derived.values():
            yield of, _said(counts, read)


def _said(counts: _Counts, read: Callable[[str], str | None]) -> _Counts:
    sums: dict[str, tuple[int, int]] = {}
    for title, cases, won in counts:
        if said := read(title):
            before = sums.get(said, (0, 0))
            sums[said] = (before[0] + cases, before[1] + won)
    return [(said, *both) for said, both in sorted(sums.items())]


def _bounds(model: Model, field: Field) -> Sequence[object]:
    """The bounds by which the model, or else statistics, tell sizes apart."""
    for rule in model.rules:
        if isinstance(rule, BandsRule) and field in model.fields_named(
            rule.field, "lead", "account"
        ):
            return [band.bound for band in rule.bands]
    counted = field.type in ("integer", "number")
    return SIZE_BOUNDS if counted and any(word in field.name.lower() for word in SIZES) else ()


def _banded(field: Field, bounds: Sequence[object]) -> exp.Expr:
    """The band of a number, as `10-50`: from the first, below the second."""
    value = column(field.column, "s")
    case = exp.Case()
    for place in range(len(bounds) - 1, -1, -1):
        beyond = f"{bounds[place + 1]}" if place + 1 < len(bounds) else ""
        label = f"{bounds[place]} – {beyond}" if beyond else f"{bounds[place]} +"  # noqa: RUF001
        at_least = exp.GTE(this=value.copy(), expression=exp.Literal.number(str(bounds[place])))
        case = case.when(at_least, exp.Literal.string(label))
    return case
