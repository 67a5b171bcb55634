"""Reading: a table of a file, written beside it as numbered rows whose cells are JSON.

The engine reads the file once, with its column maps and manners of writing, as for `tamis score`.
From what it writes, slices are cheap to take wherever an import goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlglot import exp

from tamis.engines.base import Scan
from tamis.engines.duckdb.session import DuckDB
from tamis.errors import Place, SourceError
from tamis.model.spec import FieldType
from tamis.server.ingest import limits
from tamis.server.ingest.bulk.pace import Pace
from tamis.server.ingest.values import NO_IDS
from tamis.sources.cells import (
    EXPECTED,
    FLOATS,
    INSTANTS,
    SMALL,
    TIMESTAMPS,
    cell,
    held,
    is_text,
    trimmed,
)
from tamis.sources.deliver import deliver
from tamis.sources.delivered import Delivered, Given
from tamis.sources.manners import Asked, Writing, writings
from tamis.sources.matching import PROPERTIES, theirs
from tamis.sources.options import Manner, Options, TableName
from tamis.sources.reading import PROBLEM, Part, Reading
from tamis.sources.text_cells import Time
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, named, text, tree, whole

PLACE, BODY, BAD, CLOSE = "row__number", "row__fields", "row__bad", "row__close"
WRITTEN = "rows_written"
FIRST = 5
"""Where the fixed cells begin, behind number, problem, what is bad, fields, and `close`."""
BAD_PLACE = 2
"""Where a row has null unless something is wrong: read for a column that is not there."""
OF_EVENT = ("lead_id", "event", "timestamp", "anonymous_id", "event_id", "bot")
MEMORY = "1GB"
SEEN = r"[^\s\pZ]"
"""A sign that is not white."""
FETCHED = 50_000
"""Rows asked of the engine at once."""
EXACT = 10**9
"""Numbers below it keep their six decimals in a float, which JSON readers make of them."""
Types = Mapping[str, FieldType]
FIXED: Mapping[TableName, Types] = {
    "leads": {"lead_id": "text", "account_id": "text", "owner": "text", "valid_from": "timestamp"},
    "accounts": {"account_id": "text"},
    "events": {
        "lead_id": "text",
        "anonymous_id": "text",
        "event": "text",
        "timestamp": "timestamp",
        "event_id": "text",
        "bot": "boolean",
    },
    "outcomes": {
        "lead_id": "text",
        "outcome": "text",
        "timestamp": "timestamp",
        "amount": "number",
        "outcome_id": "text",
    },
}
"""Columns that are no fields. The first one must be there; of events and outcomes, three."""
NEEDED: Mapping[TableName, tuple[str, ...]] = {
    "leads": ("lead_id",),
    "accounts": ("account_id",),
    "events": ("lead_id", "event", "timestamp"),
    "outcomes": ("lead_id", "outcome"),
}


class InOrder(DuckDB):
    """A session in which rows stay in the order of their file."""

    def __init__(self) -> None:
        super().__init__(memory=MEMORY)
        self.execute("SET preserve_insertion_order = true")


@dataclass(frozen=True)
class How:
    """How tables are read: what live models declare, whose columns are whose, and the time.

    `matching` gives our name of each of their columns that is read, by its name in the file, where
    somebody has looked at all of them; null: the options' maps say it, and nothing is left out.
    """

    fields: Mapping[TableName, Types]
    options: Options
    zone: str
    until: date
    newest: int = 2**62
    matching: Mapping[str, str] | None = None


class Written:
    """A table of a file, read and written down. Close the session after use."""

    def __init__(self, session: InOrder, name: TableName, path: str, how: How) -> None:
        self._session, self._name, self._how = session, name, how
        manner = how.options.manners.get(name, Manner())
        delivered = _matched(deliver(session, name, path, manner), how.matching)
        self._reading = Reading(
            delivered, Relation(name, name, (), ()), self._parts(delivered, manner)
        )
        self.fixed = [p.column.name for p in self._reading.parts if "__" not in p.column.name]
        self.places = [
            self.fixed.index(one) + FIRST if one in self.fixed else BAD_PLACE for one in OF_EVENT
        ]
        target = session.scratch() / f"{name}.parquet"
        session.write(self._query(), target, "parquet")
        session.scan(WRITTEN, Scan("parquet", (str(target),)))
        self.rows = int(str(session.execute(f"SELECT count(*) FROM {WRITTEN}")[0][0]))  # noqa: S608

    def slices(self, after: int, pace: Pace) -> Iterator[list[tuple[Any, ...]]]:
        """Rows after a place: their place, problem, what cannot be read, fields, fixed cells."""
        for start in range(after, self.rows, FETCHED):
            rows = self._session.execute(
                f"SELECT * FROM {WRITTEN} WHERE {PLACE} > {start} AND {PLACE} <= {start + FETCHED} "  # noqa: S608
                f"ORDER BY {PLACE}"
            )
            taken = 0
            while taken < len(rows):
                some = rows[taken : taken + pace.rows]
                taken += len(some)
                yield some

    def reason(self, problem: int) -> tuple[str, str]:
        """The field that cannot be read, and why."""
        part = self._reading.checked[problem - 1]
        name = part.column.name.partition("__")[2] or part.column.name
        return name, f"`{name}` is not {EXPECTED[part.column.type]}"

    # ---------------------------------------------------------------- columns

    def _parts(self, delivered: Delivered, manner: Manner) -> tuple[Part, ...]:
        wanted = [*self._fixed(delivered), *self._others(delivered)]
        asked = [
            Asked(ours.name, given.name, trimmed(given.value.copy()), ours.type)
            for ours, given in wanted
            if is_text(given.type)
        ]
        known = writings(self._session, delivered, manner, asked)
        time = Time(self._how.zone, self._how.until, manner.epoch)
        parts = []
        for ours, given in wanted:
            is_id = ours.name.endswith("_id")
            found = cell(
                self._session, given, ours.type, known.get(ours.name, Writing()), time, is_id=is_id
            )
            if found is None:
                message = (
                    f"column `{given.name}` holds {held(given.type)}, not {EXPECTED[ours.type]}"
                )
                raise SourceError(message, Place(delivered.shown))
            parts.append(Part(ours, given, found))
        return tuple(parts)

    def _fixed(self, delivered: Delivered) -> Iterator[tuple[Column, Given]]:
        for name, type_ in FIXED[self._name].items():
            given = theirs(delivered, name, self._how.options)
            if given is not None:
                yield Column(name, type_, name), given
            elif name in NEEDED[self._name] and not delivered.nothing:
                message = f"no column `{name}`"
                hint = f"name the column with `--map {self._name}.{name}=COLUMN`"
                raise SourceError(message, Place(delivered.shown), hint)
        if self._name == "events":
            given = theirs(delivered, PROPERTIES, self._how.options)
            if given is not None:
                yield Column(PROPERTIES, "text", PROPERTIES), _as_json(given)

    def _others(self, delivered: Delivered) -> Iterator[tuple[Column, Given]]:
        """Every other column: under the name that the maps give it, of the type declared."""
        declared = self._how.fields.get(self._name, {})
        maps = self._how.options.columns.get(self._name, {})
        used = {given.name for _, given in self._fixed(delivered)}
        mapped: dict[str, str] = {}
        for ours in maps:
            given = theirs(delivered, ours, self._how.options)
            if given is not None and given.name not in used:
                mapped[given.name] = ours
        for place, (their, given) in enumerate(delivered.columns.items()):
            if their in used:
                continue
            ours = mapped.get(their, their)
            yield Column(f"f{place}__{ours}", declared.get(ours) or _own(given), ours), given

    # ---------------------------------------------------------------- the query

    def _query(self) -> exp.Select:
        row_number = named(exp.Window(this=exp.RowNumber()), PLACE)
        cells = self._reading.cells(row_number).subquery("c")
        fixed = [_fixed_value(p) for p in self._reading.parts if "__" not in p.column.name]
        return exp.select(
            column(PLACE),
            named(self._reading.problem(), PROBLEM),
            named(self._bad(), BAD),
            named(self._fields(), BODY),
            named(self._close(), CLOSE),
            *fixed,
        ).from_(cells)

    def _bad(self) -> exp.Expr:
        """What stands in the first cell that cannot be read."""
        ifs = [
            exp.If(
                this=self._reading.bad(part),
                true=exp.cast(column(f"raw__{self._reading.parts.index(part)}"), exp.DType.VARCHAR),
            )
            for part in self._reading.checked
        ]
        nothing = exp.cast(exp.null(), exp.DType.VARCHAR)
        return exp.Case(ifs=ifs, default=nothing) if ifs else nothing

    def _close(self) -> exp.Expr:
        """Whether a row of events must be looked at closely: something in it may be wrong."""
        if self._name != "events" or PROPERTIES in self.fixed:
            return exp.true()
        doubts = [
            tree(":p > 0", p=self._reading.problem()),
            tree(":at IS NULL OR epoch_us(:at) < 0", at=column("timestamp")),
            tree("epoch_us(:at) > :newest", at=column("timestamp"), newest=whole(self._how.newest)),
            *_doubtful("event", limits.NAME, ()),
            *(
                d
                for n in ("lead_id", "anonymous_id", "event_id")
                if n in self.fixed
                for d in _doubtful(n, limits.ID, sorted(NO_IDS), null=n != "lead_id")
            ),
            tree("length(:f) > :most", f=self._fields(), most=whole(limits.MESSAGE // 8)),
            tree("contains(:f, :nul)", f=self._fields(), nul=text("\\u0000")),
        ]
        return tree("coalesce(:any, TRUE)", any=exp.or_(*doubts))

    def _fields(self) -> exp.Expr:
        pairs: list[exp.Expr] = []
        for part in self._reading.parts:
            name = part.column.name.partition("__")[2]
            if name:
                pairs += [text(name), _in_json(part)]
        if not pairs:
            return text("{}")
        all_ = exp.Anonymous(this="json_object", expressions=pairs)
        if "valid_from" not in self.fixed:
            # An empty cell says nothing; merging drops what is null.
            all_ = exp.Anonymous(this="json_merge_patch", expressions=[text("{}"), all_])
        return exp.cast(all_, exp.DType.VARCHAR)


def _matched(delivered: Delivered, matching: Mapping[str, str] | None) -> Delivered:
    """The table with its columns under our names, without those that are not matched."""
    if matching is None:
        return delivered
    columns = {
        ours: replace(delivered.columns[their], name=ours)
        for their, ours in matching.items()
        if their in delivered.columns
    }
    return replace(delivered, columns=columns)


def _doubtful(
    name: str, most: int, words: Sequence[str], *, null: bool = False
) -> Iterator[exp.Expr]:
    """Whether a fixed cell of text may be wrong."""
    value: exp.Expr = exp.cast(column(name), exp.DType.VARCHAR)
    if null:
        value = tree("coalesce(:v, 'x')", v=value)
    yield tree("coalesce(NOT regexp_matches(:v, :seen), TRUE)", v=value, seen=text(SEEN))
    yield tree("length(:v) > :most OR contains(:v, chr(0))", v=value, most=whole(most))
    if words:
        yield exp.In(this=exp.Lower(this=value.copy()), expressions=[text(one) for one in words])


def _own(given: Given) -> FieldType:
    """The type of a column that nobody declares: what it is in the data, or text."""
    kind = given.type.this
    kinds: tuple[tuple[FieldType, Collection[exp.DType]], ...] = (
        ("integer", SMALL),
        ("number", (*FLOATS, exp.DType.DECIMAL)),
        ("boolean", (exp.DType.BOOLEAN,)),
        ("date", (exp.DType.DATE,)),
        ("timestamp", (*TIMESTAMPS, *INSTANTS)),
    )
    return next((type_ for type_, some in kinds if kind in some), "text")


def _fixed_value(part: Part) -> exp.Expr:
    value: exp.Expr = column(part.column.name)
    if part.column.type == "timestamp":
        value = exp.func("epoch_us", value, dialect="duckdb")
    elif part.column.type == "number":
        value = exp.cast(value, exp.DType.VARCHAR)
    return named(value, part.column.name)


def _as_json(given: Given) -> Given:
    """A column of objects as their JSON."""
    if is_text(given.type):
        return given
    made = exp.cast(exp.Anonymous(this="to_json", expressions=[given.value]), exp.DType.VARCHAR)
    return Given(given.name, made, exp.DataType.build("VARCHAR"))


def _in_json(part: Part) -> exp.Expr:
    """A cell as a value of JSON."""
    value = column(part.column.name)
    match part.column.type:
        case "number":
            small = exp.LT(this=exp.Abs(this=value.copy()), expression=exp.Literal.number(EXACT))
            as_float = _json(exp.cast(value.copy(), exp.DType.DOUBLE))
            return exp.Case(
                ifs=[exp.If(this=small, true=as_float)],
                default=_json(exp.cast(value, exp.DType.VARCHAR)),
            )
        case "timestamp":
            written = exp.Anonymous(
                this="strftime", expressions=[value, text("%Y-%m-%dT%H:%M:%S.%fZ")]
            )
            return _json(written)
        case _:
            return _json(value)


def _json(value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="to_json", expressions=[value])
