"""Events with unreadable cells: written out with the reason, an error when too many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.files import whole_file
from tamis.sources.audit import Counts
from tamis.sources.lines import places
from tamis.sources.options import Options
from tamis.sources.reading import PROBLEM, Part, Reading
from tamis.sources.verdicts import sentence, values
from tamis.sql.write import column, named, text, whole

MOST = 0.05


def refuse_rejects(session: Session, read: Reading, counts: Counts, options: Options) -> None:
    """Write the rejected events if a file is wanted. Raises: SourceError when they are too many."""
    count = sum(counts.rejected.values())
    if options.rejects:
        _write(session, read, options.rejects)
    if count > MOST * counts.events and not options.accept_rejects:
        reasons = "\n".join(
            f"{n} of {counts.events} events: {reason}" for reason, n in counts.rejected.items()
        )
        hint = "see them with --rejects FILE, or run without them with --accept-rejects"
        example = _example(session, read)
        message = f"more than 5 % of the events are unreadable\n{reasons}\nsuch as {example}"
        raise SourceError(message, Place(read.delivered.shown), hint)


def _example(session: Session, read: Reading) -> str:
    """One unreadable cell, with its line where lines are known."""
    part, bad = next((part, bad) for part in read.checked if (bad := values(session, read, part)))

    def wanted(record: dict[str, str]) -> str:
        cell = record.get(part.given.name, "").strip()
        return sentence(part, cell) if cell in bad else ""

    found = next(places(read.delivered, wanted), None)
    return f"{found[0]}: {found[1]}" if found else sentence(part, bad[0])


def _write(session: Session, read: Reading, path: Path) -> None:
    """One row per rejected event: reason, column, value, file, then the row's own columns."""
    own = [
        named(given.value.copy(), f"own__{i}")
        for i, given in enumerate(read.delivered.columns.values())
    ]
    file = named(read.delivered.file, "own__file")
    cells = read.cells(*own, file)
    judged = exp.select("*", named(read.problem(), PROBLEM)).from_(cells.subquery("c"))
    columns = [
        named(_by_problem(read, lambda part: text(part.reason)), "reason"),
        named(_by_problem(read, lambda part: text(part.given.name)), "column"),
        named(
            _by_problem(
                read,
                lambda part: exp.cast(column(f"raw__{read.parts.index(part)}"), exp.DType.VARCHAR),
            ),
            "value",
        ),
        named(column("own__file"), "file"),
    ]
    taken = {"reason", "column", "value", "file"}
    for i, name in enumerate(read.delivered.columns):
        columns.append(
            named(column(f"own__{i}"), name if name.lower() not in taken else f"{name}_")
        )
    query = exp.select(*columns).from_(judged.subquery("j")).where(column(PROBLEM) > 0)
    with whole_file(path) as temporary:
        session.write(query, temporary, "csv")


def _by_problem(read: Reading, tell: Callable[[Part], exp.Expr]) -> exp.Expr:
    ifs = [
        exp.If(this=whole(number), true=tell(part))
        for number, part in enumerate(read.checked, start=1)
    ]
    return exp.Case(this=column(PROBLEM), ifs=ifs) if ifs else exp.null()
