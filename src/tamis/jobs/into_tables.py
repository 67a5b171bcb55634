"""Results merged into tables of the server that scores, all of a run in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, cast

from sqlglot import exp

from tamis import flow
from tamis.engines.base import Engine
from tamis.errors import UsageError
from tamis.history.hold import BusyError
from tamis.run import Result
from tamis.sql.write import named, text

if TYPE_CHECKING:
    from tamis.engines.postgres.places import Name
    from tamis.engines.postgres.session import Postgres

Output = Literal["scores", "contributions", "accounts"]
Gone = Literal["keep", "delete"]
WRITERS = ("postgres",)
"""The engines that write tables."""
RELATIONS: Mapping[Output, str] = {
    "scores": flow.VERDICTS,
    "contributions": flow.CONTRIBUTIONS,
    "accounts": flow.ACCOUNTS,
}
KEYS: Mapping[Output, tuple[str, ...]] = {
    "scores": ("model", "lead_id"),
    "contributions": ("model", "lead_id", "dimension", "rule"),
    "accounts": ("model", "account_id"),
}


@dataclass(frozen=True)
class Into:
    """A table that takes results. Rows of leads that are gone are kept, or deleted.

    `create`: it is made where it is missing, and so is the table of runs beside it.
    """

    table: str
    gone: Gone = "keep"
    create: bool = False


@dataclass(frozen=True)
class Merged:
    """What was done to a table: the rows of the day, and how many of its rows that changed.

    `before`: an earlier run had written it. `holds` is the later day whose rows it keeps; null:
    those of this day.
    """

    table: str
    rows: int
    before: bool
    added: int = 0
    changed: int = 0
    deleted: int = 0
    holds: date | None = None

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return {**vars(self), "holds": str(self.holds) if self.holds else None}


@dataclass(frozen=True)
class Tables:
    """Tables that a session may write, found before any work, for one model."""

    engine: Postgres
    model: str
    into: Mapping[Output, Into]
    names: Mapping[Output, Name]

    def hold(self) -> None:
        """Hold the tables until the session ends. Raises: BusyError when another run does."""
        from tamis.engines.postgres.runs import hold  # noqa: PLC0415 (an optional driver)

        for name in self.names.values():
            if not hold(self.engine, name, self.model):
                message = f"another run is at work in {name}"
                raise BusyError(message)

    def there(self, day: date, mark: str) -> Iterator[tuple[Output, Merged]]:
        """What need not be written: it holds the day as the job would write it, or a later day."""
        from tamis.engines.postgres.runs import noted  # noqa: PLC0415 (an optional driver)

        for output, name in self.names.items():
            run = noted(self.engine, name, self.model)
            if run and run.day > day:
                yield output, Merged(str(name), run.rows, before=True, holds=run.day)
            elif run and (run.day, run.job) == (day, self._mark(output, mark)):
                yield output, Merged(str(name), run.rows, before=True)

    def write(
        self, result: Result, outputs: Sequence[Output], mark: str | None
    ) -> dict[Output, Merged]:
        """Merge results into their tables and note the run, in one transaction.

        Without a `mark` it is no run of a job, and is noted where runs are noted already.
        """
        with self.engine.told(), self.engine.connection.transaction():
            return {output: self._write(result, output, mark) for output in outputs}

    def _write(self, result: Result, output: Output, mark: str | None) -> Merged:
        from tamis.engines.postgres import runs  # noqa: PLC0415 (an optional driver)
        from tamis.engines.postgres.tables import write_table  # noqa: PLC0415

        into, name = self.into[output], self.names[output]
        done = write_table(
            self.engine,
            _with_model(result, output),
            str(name),
            KEYS[output],
            gone=_gone(output, into),
            create=into.create,
            part={"model": self.model},
        )
        if mark is not None or runs.are_noted(self.engine, name):
            job = self._mark(output, mark) if mark else ""
            runs.note(self.engine, name, self.model, runs.Run(result.as_of, job, done.rows))
        changes = (done.added, done.changed, done.deleted)
        return Merged(str(name), done.rows, False, *changes)  # noqa: FBT003 (as it is declared)

    def _mark(self, output: Output, mark: str) -> str:
        return f"{mark} {self.into[output].gone}"


def _gone(output: Output, into: Into) -> Gone:
    """Points that a rule no longer gives are none: they are never kept."""
    return "delete" if output == "contributions" else into.gone


def _with_model(result: Result, output: Output) -> exp.Query:
    """The rows of an output, the model's name before them where they do not have it."""
    rows = result.relation(RELATIONS[output])
    names = result.session.names(rows.query)
    if "model" in names:
        return rows.query
    model = named(text(result.model.name), "model")
    own = [exp.column(exp.to_identifier(name, quoted=True)) for name in names]
    return exp.select(model, *own).from_(rows.query.subquery("q"))


def tables_to_write(
    engine: Engine, model: str, into: Mapping[Output, Into], read: Sequence[str], *, noting: bool
) -> Tables:
    """The tables, found and their rights looked at before any work; `read` are those it reads.

    Raises:
        SourceError: for one that is not there, or is no table.
        EngineError: without a right, with the GRANT that gives it.
        UsageError: for a table that is read, or is to take two results.
    """
    from tamis.engines.postgres import runs  # noqa: PLC0415 (an optional driver)
    from tamis.engines.postgres.places import found, parsed  # noqa: PLC0415
    from tamis.engines.postgres.tables import in_schema, writable  # noqa: PLC0415

    server = cast("Postgres", engine)
    taken = {found(server.ask, parsed(table)) for table in read}
    names: dict[Output, Name] = {}
    for output, one in into.items():
        name = found(server.ask, parsed(one.table)) or in_schema(server, parsed(one.table))
        # Before its rights: nobody should be told to give rights to write to what is read.
        if name in taken:
            message = f"{name} is read or written already in this run: give another table"
            raise UsageError(message)
        taken.add(name)
        writable(server, one.table, gone=_gone(output, one), create=one.create)
        names[output] = name
        if noting or runs.are_noted(server, name):
            runs.may_note(server, name, create=one.create)
    return Tables(server, model, into, names)
