"""A run of a job: one day scored and written, or nothing done because it is done already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

from tamis.engines.base import Engine, Session
from tamis.engines.registry import open_engine, open_session
from tamis.errors import UsageError
from tamis.files import whole_file
from tamis.history.keep import keep
from tamis.jobs.into_tables import Merged, Output, Tables, tables_to_write
from tamis.jobs.job_file import FORMATS, OUTPUTS, Job
from tamis.jobs.partitions import (
    DONE,
    alone,
    done,
    partition,
    refuse_foreign,
    whole_partition,
)
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.run import Result, Rows, run
from tamis.sources.in_place import reads_itself, tables_of
from tamis.sources.source_file import Source, load_source


@dataclass(frozen=True)
class Written:
    """The partition of an output: its rows, and whether an earlier run had written it."""

    path: Path
    rows: int
    before: bool

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return {**asdict(self), "path": str(self.path)}


@dataclass(frozen=True)
class Ran:
    """What a run of a job did. `counts` are those of the data; empty when nothing was to do."""

    job: Path
    day: date
    model: str
    version: int
    engine: str
    outputs: Mapping[Output, Written | Merged]
    counts: Mapping[str, object]

    @property
    def nothing_to_do(self) -> bool:
        """Whether an earlier run had written everything."""
        return all(one.before for one in self.outputs.values())

    def to_json(self) -> dict[str, object]:
        """The run as plain values: days and paths as text."""
        outputs = {name: one.to_json() for name, one in self.outputs.items()}
        return {
            "job": str(self.job),
            "day": str(self.day),
            "status": "nothing to do" if self.nothing_to_do else "done",
            "model": self.model,
            "version": self.version,
            "engine": self.engine,
            "outputs": outputs,
            "counts": dict(self.counts),
        }


def run_job(job: Job, day: date, *, again: bool = False) -> Ran:
    """Score a day and write what is not written yet; with `again`, write it all anew.

    What was written counts as done for the same job, model and source files, whatever the data:
    late events of a day come in with `again`. A table holds the rows of one day, and those of a
    later day stay unless `again` is said.

    Raises:
        ModelError, SourceError, EngineError: as `tamis.score`.
        UsageError: for an output that the model does not give, files of others in its place, and
            what does not go with tables.
        BusyError: when another run of the job is at work.
    """
    model, source = load_model(job.model), load_source(job.source)
    read = tables_of(source, job.engine, store=job.store)
    wanted = [name for name in OUTPUTS if name in job.outputs or name in job.tables]
    if "accounts" in wanted and model.accounts is None:
        message = (
            f"{job.file}: the model has no section `accounts:`, so there are no account scores"
        )
        raise UsageError(message)
    mark = _fingerprint(job)
    with ExitStack() as held:
        for folder in job.outputs.values():
            held.enter_context(alone(folder))
        on, tables = _opened(job, model, read, held)
        there = {} if again else dict(_there(job, tables, day, mark))
        lacking = [name for name in wanted if name not in there]
        for name in (name for name in lacking if name in job.outputs):
            files = [f"{name}.{format_}" for format_ in FORMATS]
            refuse_foreign(partition(job.outputs[name], day), files)
        counts: Mapping[str, object] = {}
        if lacking:
            with _scored(job, model, source, day, on) as result:
                folders = [name for name in lacking if name in job.outputs]
                there |= {name: _write(job, name, day, mark, result) for name in folders}
                if tables:
                    into = [name for name in lacking if name in job.tables]
                    there |= tables.write(result, into, mark)
                counts = _plain(vars(result.counts))
        ordered = {name: there[name] for name in wanted}
        ran = Ran(job.file, day, model.name, model.version, job.engine, ordered, counts)
        if job.report:
            _report(job.report, ran)
    return ran


def _opened(
    job: Job, model: Model, read: Sequence[str], held: ExitStack
) -> tuple[Engine | None, Tables | None]:
    """The engine and its tables, held by this run, where results go into tables; else neither."""
    if not job.tables:
        return None, None
    on = held.enter_context(open_engine(job.engine, memory=job.memory, master=job.master))
    tables = tables_to_write(on, model.name, job.tables, read, noting=True)
    tables.hold()
    return on, tables


def _fingerprint(job: Job) -> str:
    """What makes two runs the same: the job's own words, the model and the source file."""
    made = hashlib.sha256(repr((job.engine, job.format, job.missing_as_null)).encode())
    for file in (job.model, job.source):
        made.update(hashlib.sha256(file.read_bytes()).digest())
    return made.hexdigest()[:24]


def _there(
    job: Job, tables: Tables | None, day: date, mark: str
) -> Iterator[tuple[Output, Written | Merged]]:
    if tables:
        yield from tables.there(day, mark)
    for name, folder in job.outputs.items():
        path = partition(folder, day)
        said = done(path)
        rows = said.get("rows") if said and said.get("job") == mark else None
        if isinstance(rows, int) and (path / f"{name}.{job.format}").exists():
            yield name, Written(path, rows, before=True)


@contextmanager
def _scored(
    job: Job, model: Model, source: Source, day: date, on: Engine | None
) -> Iterator[Result]:
    if source.leads is None:
        message = f"{job.source}: no leads are named"
        raise UsageError(message)
    reading = replace(
        source.options,
        missing_as_null=job.missing_as_null,
        accept_rejects=job.accept_rejects,
        rejects=_rejects(job, day),
    )
    with ExitStack() as opened:
        if on is None and job.engine != "duckdb":
            on = open_engine(job.engine, memory=job.memory, master=job.master)
            opened.enter_context(on)
        if on and reads_itself(source, job.engine):
            # What the engine that scores reads by itself is not handed over to it.
            reader, on = cast(Session, on), None
        else:
            reader = opened.enter_context(open_session(memory=job.memory))
        if job.store and source.events:
            keep(reader, model, day, folder=job.store, events=source.events, options=reading)
        yield run(
            reader,
            model,
            day,
            leads=source.leads,
            accounts=source.accounts,
            events=source.events,
            adjustments=source.adjustments,
            options=reading,
            store=job.store,
            on=on,
        )


def _rejects(job: Job, day: date) -> Path | None:
    if job.rejects is None:
        return None
    job.rejects.mkdir(parents=True, exist_ok=True)
    return job.rejects / f"day={day}.csv"


def _write(job: Job, name: Output, day: date, mark: str, result: Result) -> Written:
    path = partition(job.outputs[name], day)
    rows: Rows = getattr(result, name)
    with whole_partition(path) as folder:
        count = rows.write(folder / f"{name}.{job.format}")
        said = {"job": mark, "day": str(day), "rows": count, "model": result.model.name}
        (folder / DONE).write_text(json.dumps(said, indent=1), encoding="utf-8")
    return Written(path, count, before=False)


def _plain(counts: Mapping[str, object]) -> dict[str, object]:
    return {
        name: str(value) if isinstance(value, date) else value for name, value in counts.items()
    }


def _report(folder: Path, ran: Ran) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with whole_file(folder / f"day={ran.day}.json") as temporary:
        temporary.write_text(json.dumps(ran.to_json(), indent=1), encoding="utf-8")
