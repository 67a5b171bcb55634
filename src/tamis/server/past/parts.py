"""Parts of the copy: which are still right, and which are written anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlglot import exp

from tamis.engines.base import Scan
from tamis.engines.duckdb import DuckDB
from tamis.model.spec import Model
from tamis.server.past import reading
from tamis.server.past.listed import TABLES, Copy, Part
from tamis.server.read.export_files import write_parquet
from tamis.server.read.export_tables import Cells, Exported
from tamis.server.store.database import Database
from tamis.sql.write import column, table

PRIVATE: Final = 0o700
OWN: Final = 0o600
Parts = Mapping[int, Part]


class StoppedError(Exception):
    """The server ends: what was read so far is let go."""


@dataclass
class Writing:
    """One refresh of the parts in a folder; `renamed` are leads that came, went or got another id.

    `old` is the copy as it is, None: there is none.
    """

    database: Database
    model: Model
    folder: Path
    size: int
    stopping: Callable[[], bool]
    old: Copy | None
    run: str = field(default_factory=lambda: uuid4().hex[:12])
    renamed: set[int] = field(default_factory=set)

    def tables(self) -> dict[str, Parts]:
        """The parts of every table. Raises: StoppedError."""
        given = reading.tables_of(self.model)
        with self.database.read() as connection:
            # Before any row: what changes in between has another mark the next time.
            marks = reading.event_marks(connection, self.size)
        made: dict[str, Parts] = {
            name: dict(self._small(given[name])) for name in TABLES if name != "events"
        }
        # After the leads: events bear their ids.
        return {**made, "events": self._events(given["events"], marks)}

    def _had(self, name: str) -> Parts:
        return self.old.tables[name] if self.old else {}

    def _small(self, asked: Exported) -> Iterator[tuple[int, Part]]:
        """All is read; what is another than before is written."""
        had = self._had(asked.name)
        with self.database.read() as connection:
            numbers = reading.parts_of(connection, asked, self.size)
        for number in numbers:
            self._go_on()
            read = reading.rows_of(self.database, reading.ranged(asked, number, self.size))
            known = had.get(number)
            if known is not None and known.mark == read.mark:
                yield number, known
                continue
            if asked.name == "leads":
                self._compare(known, read.cells)
            pages = [read.cells] if read.cells else []
            yield number, self._write(asked, number, read.mark, pages)
        if asked.name == "leads":
            for number in had.keys() - set(numbers):
                self._compare(had[number], [])

    def _compare(self, known: Part | None, cells: Sequence[Cells]) -> None:
        now = {(int(str(key)), str(lead_id)) for key, lead_id, *_ in cells}
        before = set() if known is None else _ids(self.folder / known.file)
        self.renamed |= {key for key, _ in now ^ before}

    def _events(self, asked: Exported, marks: Mapping[int, str]) -> Parts:
        had = self._had("events")
        stale = {n for n, mark in marks.items() if n not in had or had[n].mark != mark}
        if self.old is not None:
            with self.database.read() as connection:
                stale |= reading.parts_with(connection, self.renamed, self.size)
        return {
            number: self._event_part(asked, number, mark) if number in stale else had[number]
            for number, mark in sorted(marks.items())
        }

    def _event_part(self, asked: Exported, number: int, mark: str) -> Part:
        with self.database.read() as connection:
            pages = reading.ranged(asked, number, self.size).pages(connection)
            return self._write(asked, number, mark, self._unless_stopped(pages))

    def _unless_stopped(self, pages: Iterable[list[Cells]]) -> Iterator[list[Cells]]:
        for page in pages:
            self._go_on()
            yield page

    def _write(
        self, asked: Exported, number: int, mark: str, pages: Iterable[Sequence[Cells]]
    ) -> Part:
        name = f"{asked.name}/{number}_{self.run}.parquet"
        path = self.folder / name
        path.parent.mkdir(exist_ok=True, mode=PRIVATE)
        rows = write_parquet(asked, pages, path)
        path.chmod(OWN)
        return Part(mark, rows, name, path.stat().st_size)

    def _go_on(self) -> None:
        if self.stopping():
            raise StoppedError


def _ids(file: Path) -> set[tuple[int, str]]:
    """The keys and ids of the leads in a part."""
    with DuckDB(threads=1) as session:
        session.scan("part", Scan("parquet", (str(file),)))
        rows = session.rows(exp.select(column(reading.KEY), column("lead_id")).from_(table("part")))
    return {(int(str(key)), str(lead_id)) for key, lead_id in rows}
