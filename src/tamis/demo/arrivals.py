"""What arrives at the server: what the company had when it began, as files; then one by one.

Nothing of it is later than the instant of the demonstration, and nothing is known before its time:
an account becomes a customer on the day on which it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tamis.company import Company, generate
from tamis.engines.duckdb import DuckDB
from tamis.server.clock import micros
from tamis.server.ingest.message import AccountRow, Item, LeadRow, Message, OutcomeRow
from tamis.sources.options import TableName

EVENTS_PER_LEAD: Final = 40
FIELDS: Final[tuple[str, ...]] = (
    "created_at", "email", "first_name", "last_name", "job_title", "country", "language",
    "source", "phone", "newsletter",
)  # fmt: skip
PROPERTIES: Final[tuple[str, ...]] = (
    "url",
    "seconds",
    "channel",
    "campaign",
    "utm_campaign",
    "product",
    "asset",
)
CRAWLER: Final = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
MILLION: Final = 1_000_000
TABLES: Final[Mapping[TableName, str]] = {
    "accounts": "SELECT * REPLACE (CASE WHEN customer_since < DATE '{day}' THEN customer_since END "
    "AS customer_since) FROM {of}",
    "leads": "SELECT *, created_at AS valid_from FROM {of} WHERE created_at < TIMESTAMP '{at}'",
    "outcomes": "SELECT * FROM {of} WHERE timestamp < TIMESTAMP '{at}'",
    "events": "SELECT *, campaign AS utm_campaign FROM {of} WHERE timestamp < TIMESTAMP '{at}'",
}
"""What is known of each table when the company begins with Tamis."""


@dataclass(frozen=True)
class Arrival:
    """Something that arrives at an instant."""

    at: datetime
    item: Item


@dataclass(frozen=True)
class Arrivals:
    """Files by table, of all that is before the beginning; and what came since, by time."""

    before: Mapping[TableName, Path]
    since: Sequence[Arrival]


def arrivals(
    folder: Path,
    beginning: datetime,
    now: datetime,
    *,
    leads: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Arrivals:
    """Generate a company whose last day is today, and part it at the beginning."""
    with DuckDB() as session:
        company = generate(
            session,
            folder / "company",
            leads=leads,
            events_per_lead=EVENTS_PER_LEAD,
            until=now.date(),
            seed=seed,
            progress=progress,
            reuse=True,
        )
        before = _before(session, company, folder / "company-before", beginning)
        since = sorted(_since(session, company, beginning, now), key=lambda one: one.at)
    return Arrivals(before, since)


def _before(
    session: DuckDB, company: Company, folder: Path, beginning: datetime
) -> Mapping[TableName, Path]:
    folder.mkdir(exist_ok=True)
    day, at = beginning.date(), beginning.replace(tzinfo=None)
    for name, query in TABLES.items():
        sql = query.format(of=_table(company, name), day=day, at=at)
        session.execute(f"COPY ({sql}) TO {_quoted(folder / f'{name}.parquet')} (FORMAT parquet)")
    return {name: folder / f"{name}.parquet" for name in TABLES}


def _table(company: Company, name: str) -> str:
    file = "events/*" if name == "events" else name
    return f"read_parquet({_quoted(company.folder / f'{file}.parquet')})"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _since(
    session: DuckDB, company: Company, beginning: datetime, now: datetime
) -> Iterator[Arrival]:
    span = (beginning, now)
    for row in _rows(session, company, "leads", "created_at", ("account_id", *FIELDS), span):
        yield _lead(row)
    columns: tuple[str, ...] = ("lead_id", "event", "event_id", "bot", *PROPERTIES)
    columns = tuple(name.replace("utm_campaign", "campaign AS utm_campaign") for name in columns)
    for row in _rows(session, company, "events", "timestamp", columns, span):
        yield _event(row)
    outcomes = ("lead_id", "outcome", "amount")
    for row in _rows(session, company, "outcomes", "timestamp", outcomes, span):
        yield _outcome(row)
    # Whoever signs becomes a customer in the evening of that day.
    for row in _rows(session, company, "accounts", "customer_since", ("account_id",), span):
        at = row["at"] + timedelta(hours=18)
        if at <= now:
            fields = {"customer_since": at.date().isoformat()}
            yield Arrival(at, AccountRow(row["account_id"], micros(at), fields))


def _rows(  # noqa: PLR0917 (a question: of which table, when, what, from when to when)
    session: DuckDB,
    company: Company,
    name: str,
    at: str,
    columns: Sequence[str],
    span: tuple[datetime, datetime],
) -> Iterator[dict[str, Any]]:
    """Rows of a span of time as objects without nulls, their instant as `at`."""
    first, last = (one.replace(tzinfo=None) for one in span)
    lead = ("lead_id",) if name == "leads" else ()
    chosen = ", ".join((f"{at}::TIMESTAMP AS at", *lead, *columns))
    sql = (
        f"SELECT {chosen} FROM {_table(company, name)} "  # noqa: S608 (constants)
        f"WHERE {at} >= TIMESTAMP '{first}' AND {at} <= TIMESTAMP '{last}'"
    )
    names = [one.rpartition(" ")[2] for one in ("at", *lead, *columns)]
    for cells in session.execute(sql):
        row = dict(zip(names, cells, strict=True))
        yield {key: value for key, value in row.items() if value is not None} | {
            "at": row["at"].replace(tzinfo=UTC)
        }


def _lead(row: dict[str, Any]) -> Arrival:
    fields = {name: row[name] for name in FIELDS if name in row}
    fields["created_at"] = row["at"].isoformat()
    item = LeadRow(row["lead_id"], micros(row["at"]), fields, account_id=row.get("account_id"))
    return Arrival(row["at"], item)


def _event(row: dict[str, Any]) -> Arrival:
    at = micros(row["at"])
    properties = {name: row[name] for name in PROPERTIES if name in row}
    context = CRAWLER if row.get("bot") else {}
    return Arrival(
        row["at"],
        Message(
            row["event_id"], "track", row["event"], at, at,
            user_id=row["lead_id"], properties=properties, context=context,
        ),
    )  # fmt: skip


def _outcome(row: dict[str, Any]) -> Arrival:
    at, lead = micros(row["at"]), row["lead_id"]
    amount = round(row["amount"] * MILLION) if "amount" in row else None
    return Arrival(row["at"], OutcomeRow(f"deal-{lead}", lead, row["outcome"], at, at, amount))
