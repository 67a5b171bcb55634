from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tamis.company import Company, Session, generate

UNTIL = date(2026, 6, 30)
TABLES = ("leads.parquet", "accounts.parquet", "outcomes.parquet", "events/*.parquet")


def rows(session: Session, folder: Path, table: str) -> list[tuple[object, ...]]:
    return session.execute(f"FROM read_parquet('{folder / table}')")


def columns(session: Session, folder: Path, table: str) -> dict[object, object]:
    described = session.execute(f"DESCRIBE FROM read_parquet('{folder / table}')")
    return {name: kind for name, kind, *_ in described}


def temporary_tables(session: Session) -> list[tuple[object, ...]]:
    return session.execute("SELECT table_name FROM duckdb_tables() WHERE temporary")


def test_the_same_arguments_give_the_same_rows_on_any_number_of_threads(
    session: Session, one_thread: Session, tmp_path: Path
) -> None:
    for name, duck in (("one", one_thread), ("two", session)):
        generate(duck, tmp_path / name, leads=5000, events_per_lead=30, until=UNTIL, seed=7)
    for table in TABLES:
        assert rows(session, tmp_path / "one", table) == rows(session, tmp_path / "two", table)


def test_another_seed_gives_other_people(session: Session, tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(session, tmp_path / str(seed), leads=50, until=UNTIL, seed=seed)
    emails = [
        {row[3] for row in rows(session, tmp_path / str(seed), "leads.parquet")} for seed in (1, 2)
    ]
    assert len(emails[0] & emails[1]) <= 1


def test_the_counts_are_those_of_the_files(company: Company, session: Session) -> None:
    folder = Path(str(company.folder).replace("'", "''"))
    counted = [len(rows(session, folder, table)) for table in TABLES]
    assert counted == [company.leads, company.accounts, company.outcomes, company.events]
    assert (company.leads, company.accounts) == (6000, 1500)
    assert company.events == pytest.approx(6000 * 30, rel=0.02)
    assert [path.exists() for path in (company.leads_file, company.accounts_file)] == [True, True]
    assert company.outcomes_file.is_file()


@pytest.mark.parametrize("events_per_lead", [12, 50, 120])
def test_the_number_of_events_is_near_what_was_asked(
    session: Session, tmp_path: Path, events_per_lead: float
) -> None:
    company = generate(
        session, tmp_path / "c", leads=3000, events_per_lead=events_per_lead, until=UNTIL
    )
    assert company.events / company.leads == pytest.approx(events_per_lead, rel=0.06)


@pytest.mark.parametrize("profile", ["company", "plain", "full"])
@pytest.mark.parametrize("leads", [1, 10])
def test_a_few_leads_are_a_company_too(
    session: Session, tmp_path: Path, leads: int, profile: str
) -> None:
    company = generate(session, tmp_path / "c", leads=leads, until=UNTIL, profile=profile)
    written = rows(session, company.folder, "leads.parquet")
    assert len({row[0] for row in written}) == leads
    assert company.accounts == max(1, leads // 4)
    senders = {row[0] for row in rows(session, company.folder, "events/*.parquet")}
    assert senders == {row[0] for row in written}  # each one has a first visit


def test_one_lead_over_a_month_with_hardly_any_events(session: Session, tmp_path: Path) -> None:
    company = generate(
        session, tmp_path / "c", leads=1, events_per_lead=0.5, until=UNTIL, days=30, seed=3
    )
    assert company.events >= 2


def test_event_files_are_in_time_order_inside_and_among_themselves(
    company: Company, session: Session
) -> None:
    latest = None
    for path in company.event_files:
        quoted = str(path).replace("'", "''")
        moments = [moment for (moment,) in session.execute(f"SELECT timestamp FROM '{quoted}'")]
        assert moments == sorted(moments)
        assert latest is None or latest <= moments[0]
        assert path.stem <= str(moments[0])
        latest = moments[-1]
    assert len(company.event_files) >= 4


def test_row_groups_are_small_enough_to_skip(company: Company, session: Session) -> None:
    quoted = str(company.folder / "events" / "*").replace("'", "''")
    described = session.execute(
        "SELECT max(row_group_num_rows), list(DISTINCT compression) "
        f"FROM parquet_metadata('{quoted}.parquet')"
    )
    [(largest, codecs)] = described
    assert isinstance(largest, int)
    assert largest <= 122_880
    assert codecs == ["SNAPPY"]


def test_columns_of_each_profile(session: Session, tmp_path: Path) -> None:
    found = {}
    for profile in ("company", "plain", "full"):
        generate(session, tmp_path / profile, leads=200, until=UNTIL, profile=profile)
        found[profile] = columns(session, tmp_path / profile, "events/*.parquet")
    few = {"lead_id": "VARCHAR", "event": "VARCHAR", "timestamp": "TIMESTAMP"}
    few |= {"url": "VARCHAR", "seconds": "DOUBLE"}
    assert found["plain"] == few | {"lead_id": "BIGINT"}
    assert found["full"] == few | {"event_id": "VARCHAR"}
    assert found["company"] == found["full"] | {
        **dict.fromkeys(("channel", "campaign", "product", "asset"), "VARCHAR"),
        "bot": "BOOLEAN",
    }


def test_profiles_differ_in_columns_only(session: Session, tmp_path: Path) -> None:
    for profile in ("plain", "full"):
        generate(session, tmp_path / profile, leads=200, until=UNTIL, profile=profile)
    chosen = "SELECT event, timestamp, url, seconds FROM read_parquet('{}/events/*.parquet')"
    plain, full = (session.execute(chosen.format(tmp_path / p)) for p in ("plain", "full"))
    assert plain == full


def test_progress_ends_at_the_number_of_events(session: Session, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    company = generate(
        session,
        tmp_path / "c",
        leads=300,
        until=UNTIL,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard == sorted(heard)
    assert heard[-1] == (company.events, company.events)
    assert len(heard) == len(company.event_files)


def test_nothing_is_left_in_the_session_or_beside_the_folder(
    session: Session, tmp_path: Path
) -> None:
    generate(session, tmp_path / "c", leads=20, until=UNTIL)
    assert temporary_tables(session) == []
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_a_run_that_fails_leaves_the_earlier_company_whole(
    session: Session, tmp_path: Path
) -> None:
    generate(session, tmp_path / "c", leads=20, until=UNTIL)
    before = rows(session, tmp_path / "c", "leads.parquet")

    def stop(done: int, total: int) -> None:
        msg = f"stopped at {done} of {total}"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="stopped at"):
        generate(session, tmp_path / "c", leads=30, until=UNTIL, progress=stop)
    assert rows(session, tmp_path / "c", "leads.parquet") == before
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    assert temporary_tables(session) == []


def test_reuse_keeps_a_company_of_the_same_parameters_only(
    session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "c"
    first = generate(session, folder, leads=20, until=UNTIL, reuse=True)
    marked = folder / "company.json"
    marked.write_text(json.dumps(json.loads(marked.read_text())))  # same words, other bytes
    kept = marked.read_text()
    assert generate(session, folder, leads=20, until=UNTIL, reuse=True) == first
    assert marked.read_text() == kept
    assert generate(session, folder, leads=21, until=UNTIL, reuse=True).leads == 21
    generate(session, folder, leads=21, until=UNTIL)
    assert marked.read_text() != kept


def test_a_folder_with_other_files_is_refused(session: Session, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="choose another folder"):
        generate(session, tmp_path, leads=1, until=UNTIL)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_empty_folder_is_filled(session: Session, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    assert generate(session, tmp_path / "c", leads=1, until=UNTIL).leads_file.is_file()


@pytest.mark.parametrize(
    "wrong", [{"leads": 0}, {"days": 29}, {"events_per_lead": 0}, {"profile": "huge"}]
)
def test_parameters_out_of_range_are_refused(
    session: Session, tmp_path: Path, wrong: dict[str, object]
) -> None:
    arguments: dict[str, object] = {"leads": 1, "until": UNTIL} | wrong
    with pytest.raises(ValueError, match=r"needs a lead|unknown profile"):
        generate(session, tmp_path / "c", **arguments)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_the_history_has_the_days_asked_for(session: Session, tmp_path: Path) -> None:
    generate(session, tmp_path / "c", leads=2000, until=UNTIL, days=60, events_per_lead=20)
    [(first, last)] = session.execute(
        f"SELECT min(created_at)::DATE, max(created_at)::DATE FROM '{tmp_path / 'c'}/leads.parquet'"
    )
    assert (first, last) == (UNTIL - timedelta(days=59), UNTIL)
