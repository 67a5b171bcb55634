"""Generates a company: leads, accounts, events and outcomes as Parquet files, any size."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tamis.company.events import write_events
from tamis.company.plan import Plan
from tamis.company.script import Session, number, quoted, run
from tamis.company.tables import drop, prepare

_DESCRIPTION = "company.json"


@dataclass(frozen=True)
class Company:
    """A generated company on disk: where its files are and how many rows they hold.

    Attributes:
        folder: holds ``leads.parquet``, ``accounts.parquet``, ``outcomes.parquet``, ``events/``
            (files named after their first day, in time order inside and among themselves)
            and ``company.json``, the parameters and the counts.
        leads: number of leads.
        accounts: number of accounts.
        events: number of events, repeated rows and those of unknown leads included.
        outcomes: number of leads that were won or lost.
    """

    folder: Path
    leads: int
    accounts: int
    events: int
    outcomes: int

    @property
    def leads_file(self) -> Path:
        """One row per lead."""
        return self.folder / "leads.parquet"

    @property
    def accounts_file(self) -> Path:
        """One row per account."""
        return self.folder / "accounts.parquet"

    @property
    def outcomes_file(self) -> Path:
        """One row per lead that was won or lost, by time."""
        return self.folder / "outcomes.parquet"

    @property
    def event_files(self) -> list[Path]:
        """The files of events, in time order."""
        return sorted((self.folder / "events").glob("*.parquet"))


def generate(
    session: Session,
    folder: Path,
    *,
    leads: int,
    events_per_lead: float = 50,
    seed: int = 1,
    until: date,
    days: int = 540,
    profile: str = "company",
    progress: Callable[[int, int], None] | None = None,
    reuse: bool = False,
) -> Company:
    """Write a generated company into a folder, whole or not at all.

    The rows follow from the arguments alone, whatever the number of threads. A company that the
    generator wrote earlier is replaced; any other folder that is not empty is refused.

    Args:
        session: a DuckDB connection; temporary tables and macros named ``company_*`` are made
            in it, and the tables dropped at the end.
        folder: where the files go; its parent must exist.
        leads: number of leads, at least 1.
        events_per_lead: mean number of events per lead; nearly met from about 10 up.
        seed: another seed, another company.
        until: the last day of the history; a few events with a wrong clock are later.
        days: length of the history in days, at least 30.
        profile: ``company``, or for benchmarks ``plain`` (integer ids, five event columns) or
            ``full`` (ids of 36 characters, and ``event_id``).
        progress: called with the number of events written and the number in all.
        reuse: keep a company that is already there with the same parameters.

    Returns:
        The company's paths and counts.

    Raises:
        ValueError: a parameter is out of range.
        FileExistsError: the folder holds something else.
    """
    plan = Plan(leads, events_per_lead, seed, until, days, profile)
    if reuse and (company := _existing(plan, folder)):
        return company
    _refuse_strangers(folder)
    draft = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "events").mkdir(parents=True)
    try:
        counts = _write(session, plan, draft, progress or _unheard)
        description = {"parameters": plan.as_json(), "counts": counts}
        (draft / _DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        drop(session)
    return Company(folder, **counts)


def _unheard(done: int, total: int) -> None:
    """Progress that nobody follows."""


def _existing(plan: Plan, folder: Path) -> Company | None:
    """The company of this plan that the folder already holds, if it does."""
    description = folder / _DESCRIPTION
    if not description.is_file():
        return None
    stored = json.loads(description.read_text())
    return Company(folder, **stored["counts"]) if stored["parameters"] == plan.as_json() else None


def _refuse_strangers(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _DESCRIPTION).is_file():
        msg = f"{folder} is not empty and was not written by the generator: choose another folder"
        raise FileExistsError(msg)


def _write(
    session: Session, plan: Plan, folder: Path, progress: Callable[[int, int], None]
) -> dict[str, int]:
    values = plan.values()
    prepare(session, plan, values)
    for name in ("leads", "accounts", "outcomes"):
        run(session, name, {**values, "path": quoted(folder / f"{name}.parquet")})
    events = write_events(session, plan, folder / "events", values, progress)
    outcomes = quoted(folder / "outcomes.parquet")
    return {
        "leads": plan.leads,
        "accounts": plan.accounts,
        "events": events,
        "outcomes": number(session, f"FROM read_parquet('{outcomes}')"),
    }
