"""The data options: declared once, given to every command that scores."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

from tamis.cli import options
from tamis.cli.grouped import takes
from tamis.cli.output import while_working
from tamis.cli.speech import _
from tamis.engines.base import Engine, Session
from tamis.engines.registry import open_engine, open_session
from tamis.errors import UsageError
from tamis.jobs.into_tables import Into, Output, tables_to_write
from tamis.model.spec import Model
from tamis.run import Result, run
from tamis.sources.in_place import reads_itself, tables_of
from tamis.sources.maps import with_maps
from tamis.sources.paths import find
from tamis.sources.source_file import Source, load_source


@dataclass(frozen=True)
class Data:
    """Which data to score, on which day, and how to read them: one field per option."""

    leads: options.Leads = None
    accounts: options.Accounts = None
    events: options.Events = None
    source: options.SourceFile = None
    as_of: options.AsOf = None
    map_: options.Maps = None
    missing_as_null: options.MissingAsNull = False
    accept_rejects: options.AcceptRejects = False
    rejects: options.Rejects = None
    store: options.Store = None
    count_all: options.CountAll = False
    memory: options.Memory = None
    spill: options.Spill = None
    quiet: options.Quiet = False

    def scored(
        self,
        model: Model,
        written: Iterable[Path] = (),
        *,
        engine: str = "duckdb",
        master: str | None = None,
        into: Mapping[Output, Into] | None = None,
        adjustments: list[str] | None = None,
    ) -> Result:
        """The result of a model over the data, on an engine; close it after use.

        `written` are the files that will be written and `into` the tables, of the engine's server:
        all are looked at before any work. `adjustments` go before those of the source file.
        Raises: UsageError.
        """
        source = self.source_with_leads(model)
        source = replace(source, adjustments=adjustments or source.adjustments)
        tables = tables_of(source, engine, **{"--store": self.store, "--spill": self.spill})
        self.refuse(source, [model], written)
        day = options.day_of(self.as_of, model)
        with ExitStack() as opened:
            on = None
            if engine != "duckdb" or master:
                memory = options.memory_of(self.memory)
                on = open_engine(engine, memory=memory, spill=self.spill, master=master)
                opened.enter_context(on)
                if into:
                    tables_to_write(on, model.name, into, tables, noting=False)
            if on and reads_itself(source, engine):
                # What the engine that scores reads by itself is not handed over to it.
                reader, on = cast(Session, on), None
            else:
                reader = opened.enter_context(self.session())
            result = self._run(reader, model, source, day, on)
            opened.pop_all()
            return result

    def session(self) -> Session:
        """A session of the engine as the options bound it."""
        return open_session(memory=options.memory_of(self.memory), spill=self.spill)

    def source_with_leads(self, model: Model) -> Source:
        """The tables, leads among them. Raises: UsageError without."""
        source = self.source_for(model)
        if source.leads is None:
            raise UsageError(_("no leads: give --leads FILE, or --source FILE"))
        return source

    def refuse(
        self,
        source: Source,
        models: Iterable[Model],
        written: Iterable[Path] = (),
        outcomes: list[str] | None = None,
        others: Iterable[Path] = (),
    ) -> None:
        """Refuse files that cannot be written, or would overwrite what is read, `others` included.

        Raises: UsageError.
        """
        given = (source.leads, source.accounts, source.events, source.adjustments, outcomes)
        read = [Path(path) for table in given if table for path in find(table).paths]
        read += [*(Path(model.file) for model in models), *others]
        read += [self.source] if self.source else []
        files = [*written, *([self.rejects] if self.rejects else [])]
        for path in files:
            options.refuse_unwritable(path)
        if self.spill and not self.spill.is_dir():
            raise UsageError(_("{path} is no directory").format(path=self.spill))
        options.refuse_overwriting(files, read)

    def _run(
        self, reader: Session, model: Model, source: Source, day: date, on: Engine | None
    ) -> Result:
        work = functools.partial(
            run,
            reader,
            model,
            day,
            leads=source.leads,
            accounts=source.accounts,
            events=source.events,
            adjustments=source.adjustments,
            options=source.options,
            store=self.store,
            on=on,
        )
        return while_working(on or reader, _("Scoring"), work, quiet=self.quiet)

    def source_for(self, model: Model) -> Source:
        """The tables and how to read them: what the options say goes before the source file."""
        said = load_source(self.source) if self.source else Source()
        reading = replace(
            with_maps(said.options, model, self.map_ or ()),
            missing_as_null=self.missing_as_null,
            accept_rejects=self.accept_rejects,
            rejects=self.rejects,
            audit="all" if self.count_all else "recent",
        )
        return Source(
            self.leads or said.leads,
            self.accounts or said.accounts,
            self.events or said.events,
            reading,
            said.adjustments,
        )


takes_data = takes("data", Data)
"""For a command that takes a `data: Data`."""
