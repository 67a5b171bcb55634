"""A run: facts in through an engine, the chain, results out whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlglot import exp

from tamis import flow
from tamis.engines.base import Engine, OutputKind, Session, WritesFolders
from tamis.engines.registry import open_session
from tamis.errors import UsageError
from tamis.facts.plan import Plan, Shape
from tamis.files import whole_file
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.sources import Counts, Options, Provided, Table, provide
from tamis.sources.hand_over import hand_over
from tamis.sources.store import StoreUse
from tamis.sql.chain import Chain
from tamis.sql.write import column

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

KEPT = ("leads", "measures", "played", "ranks")
"""Steps whose rows are held: each is read by more than one of those below it."""
REVISABLE = ("leads", "measures", "dimension_values", "played", "ranks")
"""What is held where other bounds of grades, stages and plays will be tried on the same leads."""

ENDINGS: Mapping[str, OutputKind] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


@dataclass(frozen=True)
class Rows:
    """A relation of results, handed out in the form asked for.

    It reads from the session of its result, so it must be read before that is closed.
    """

    session: Engine = field(repr=False)
    query: exp.Query = field(repr=False)

    def arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table; needs pyarrow (the extra `frames`)."""
        import pyarrow  # noqa: PLC0415 (an optional package)

        return pyarrow.table(self.session.arrow(self.query))

    def pandas(self) -> pandas.DataFrame:
        """The rows as a pandas frame; needs pandas and pyarrow (the extra `frames`)."""
        frame: pandas.DataFrame = self.arrow().to_pandas()
        return frame

    def polars(self) -> polars.DataFrame:
        """The rows as a Polars frame; needs polars and pyarrow (the extra `frames`)."""
        import polars  # noqa: PLC0415 (an optional package)

        return polars.DataFrame(self.arrow())

    def rows(self) -> list[dict[str, object]]:
        """The rows as dictionaries of Python values; for results that fit in memory."""
        names = list(self.session.names(self.query))
        return [dict(zip(names, row, strict=True)) for row in self.session.rows(self.query)]

    def lines(self, kind: OutputKind) -> Iterator[str]:
        """The rows as lines of text, `csv` or `jsonl`, as a file would hold them."""
        with tempfile.TemporaryDirectory(prefix="tamis-") as folder:
            path = Path(folder) / f"rows.{kind}"
            self.session.write(self.query, path, kind)
            with path.open(encoding="utf-8", newline="") as file:
                yield from file

    def write(self, path: Path) -> int:
        """Write a file, its kind told by its ending; it appears whole or not at all.

        Returns:
            The number of rows.

        Raises:
            UsageError: for an unknown ending.
            EngineError: when the file cannot be written.
        """
        with whole_file(path) as temporary:
            return self.session.write(self.query, temporary, kind_of(path))

    def write_folder(self, address: str) -> int:
        """Write a folder of Parquet files where the engine's workers can, as at s3a://bucket/scores.

        Returns:
            The number of rows.

        Raises:
            UsageError: for an engine that has no workers.
            EngineError: when it cannot be written.
        """
        if not isinstance(self.session, WritesFolders):
            message = f"`{address}` is an address, and this engine writes files of this machine"
            raise UsageError(message)
        return self.session.write_folder(self.query, address, "parquet")


def kind_of(path: Path) -> OutputKind:
    """The kind of a result file, by its ending. Raises: UsageError."""
    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        message = f"unknown kind of file `{path.name}`: it must end in {', '.join(ENDINGS)}"
        raise UsageError(message)
    return kind


@dataclass
class Result:
    """The verdicts of a model on a day. Close it, or use it in a `with`, to free the engine."""

    model: Model
    as_of: date
    chain: Chain = field(repr=False)
    session: Engine = field(repr=False)
    shape: Shape
    counts: Counts
    store: StoreUse | None = None
    hold: tuple[str, ...] = KEPT
    reader: Session | None = field(default=None, repr=False)

    @property
    def scores(self) -> Rows:
        """One row per lead, in the order of calling, excluded leads last."""
        return self.relation(flow.VERDICTS, "rank", "lead_id")

    @property
    def contributions(self) -> Rows:
        """One row per lead and rule with points, and per cap or range that took or added some."""
        return self.relation(flow.CONTRIBUTIONS, "lead_id", "dimension", "rule")

    @property
    def accounts(self) -> Rows:
        """One row per account. Raises: UsageError when the model has no section `accounts`."""
        if flow.ACCOUNTS not in self.chain:
            message = "the model has no section `accounts:`, so there are no account scores"
            raise UsageError(message)
        return self.relation(flow.ACCOUNTS, "account_id")

    def relation(self, name: str, *order: str, where: exp.Expr | None = None) -> Rows:
        """The rows of any step of the chain, ordered, nulls last."""
        query = self.chain.select(name, given=self.hold)
        if where is not None:
            query = query.where(where)
        ordering = [exp.Ordered(this=column(n), nulls_first=False) for n in order]
        return Rows(self.session, query.order_by(*ordering) if ordering else query)

    def close(self) -> None:
        """Free the engine, and the session that read the facts for it."""
        self.session.close()
        if self.reader:
            self.reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def run(
    session: Session,
    model: Model,
    as_of: date,
    *,
    leads: Table,
    accounts: Table | None = None,
    events: Table | None = None,
    adjustments: Table | None = None,
    options: Options | None = None,
    store: Path | None = None,
    on: Engine | None = None,
) -> Result:
    """The verdicts of a checked model on a day, over the given tables.

    With a `store` of kept matches that fits, no event is read; see `Result.store`. `on` is another
    engine that is to score what the session has read; the result then closes both.

    Raises:
        SourceError: for data that cannot be read.
        EngineError: when the engine gives up.
    """
    provided = provide(
        session,
        model,
        as_of,
        leads=leads,
        accounts=accounts,
        events=events,
        options=options or Options(),
        store=store,
        adjustments=adjustments,
    )
    if on is None:
        return judge(session, model, as_of, provided)
    hand_over(session, on, Plan(model, as_of, provided.shape))
    return replace(judge(on, model, as_of, provided), reader=session)


def judge(
    session: Engine,
    model: Model,
    as_of: date,
    provided: Provided,
    *,
    hold: tuple[str, ...] = KEPT,
) -> Result:
    """The verdicts of a checked model on a day, over tables that a session already reads.

    `hold` names the steps whose rows are held: `KEPT` or `REVISABLE`.

    Raises:
        EngineError: when the engine gives up.
    """
    chain = flow.plan(model, as_of, provided.shape)
    for constants in chain.constants:
        session.load(constants)
    held: list[str] = []
    for name in hold:
        if name in chain:
            # What an earlier model left under the name may be a view.
            session.drop([name])
            session.keep(name, chain.select(name, given=held))
            held.append(name)
    known = (provided.shape, provided.counts, provided.store)
    return Result(model, as_of, chain, session, *known, hold=hold)


def score(
    model: Model | str | Path,
    *,
    leads: Table,
    accounts: Table | None = None,
    events: Table | None = None,
    as_of: date,
    adjustments: Table | None = None,
    options: Options | None = None,
    memory: str | None = None,
) -> Result:
    """A model's verdicts on a day: a `Result` with `.scores`, `.contributions`, `.accounts`.

    `model` is a loaded model or the path of its file. `leads`, `accounts`, `events` and
    `adjustments`, which are manual points, are paths, globs, data frames (anything with the Arrow
    interface) or sequences of mappings; `options` says how to read them. `as_of` is the day.
    `memory` such as "2GB" bounds the engine, which then spills to disk.

    Raises:
        ModelError: for a model with errors.
        SourceError: for data that cannot be read.
        EngineError: when the engine gives up.

    >>> from datetime import date
    >>> from tamis.model.checks import checked_model
    >>> model = checked_model(
    ...     "{tamis: 1, name: small, fields: {lead: {title: text}}, dimensions: {fit: {rules: ["
    ...     "{id: boss, when: seniority(title) = 'c_level', points: 40}]}}}",
    ...     "small.yaml",
    ... )
    >>> leads = [{"lead_id": "ann", "title": "CEO"}, {"lead_id": "bob", "title": "Intern"}]
    >>> with score(model, leads=leads, as_of=date(2026, 11, 21)) as result:
    ...     [(row["lead_id"], str(row["fit"])) for row in result.scores.rows()]
    [('ann', '40.00'), ('bob', '0.00')]
    """
    loaded = model if isinstance(model, Model) else load_model(model)
    session = open_session(memory=memory)
    try:
        return run(
            session,
            loaded,
            as_of,
            leads=leads,
            accounts=accounts,
            events=events,
            adjustments=adjustments,
            options=options,
        )
    except BaseException:
        session.close()
        raise
