"""Kept matches: the same scores as from events, and only what changed is counted again."""

from __future__ import annotations

import os
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.engines.running import judged
from tests.strategies import written
from tests.strategies.problems import Problem, problems

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.history.keep import Kept, keep
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.run import run
from tamis.sources import Options
from tamis.sources.store import StoreUse, read_store
from tamis.sql import days

Row = dict[str, Any]
TODAY = date(2026, 11, 22)
MODEL = {
    "tamis": 1,
    "name": "small",
    "timezone": "Europe/Paris",
    "fields": {"lead": {"title": "text"}, "event": {"url": "text", "seconds": "number"}},
    "dimensions": {
        "engagement": {
            "decay": {"half_life": "30d"},
            "rules": [
                {
                    "id": "pricing",
                    "event": "view",
                    "where": "url like '%/pricing%'",
                    "points": 8,
                    "within": "90d",
                    "per_day": 2,
                },
                {"id": "read", "event": "view", "total": {"field": "seconds", "bands": {9: 4}}},
                {"id": "opens", "event": "open", "rate": {"over": "sent", "bands": {50: 6}}},
                {"id": "fresh", "event": "*", "recency": {0: 9, 7: 1}, "within": "30d"},
            ],
        }
    },
    "score": {"weights": {"engagement": 1}},
}


def model(**changes: Any) -> Model:
    return checked_model(written({**MODEL, **changes}), "small.yaml")


def event(lead: str, name: str, day: str, **more: Any) -> Row:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=9)
    row = {"lead_id": lead, "event": name, "timestamp": at, "event_id": None, "url": None}
    return {**row, "seconds": None, **more}


SCHEMA = pa.schema(
    [
        ("lead_id", pa.string()),
        ("event", pa.string()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("event_id", pa.string()),
        ("url", pa.string()),
        ("seconds", pa.float64()),
    ]
)
LEADS = [{"lead_id": "ann", "title": "CEO"}, {"lead_id": "bob", "title": None}]
FIRST = [
    event("ann", "view", "2026-11-01", url="/pricing", seconds=4.5),
    event("ann", "view", "2026-11-01", url="/pricing", seconds=6.0),
    event("bob", "sent", "2026-11-02"),
    event("nobody", "view", "2026-11-02", url="/pricing"),
]
SECOND = [event("bob", "open", "2026-11-20"), event("ann", "view", "2026-11-01", url="/pricing")]


def did(**counts: Any) -> Kept:
    """What a run did, where it did nothing else."""
    nothing = {"days": 0, "counted": 0, "new": 0, "changed": 0, "removed": 0, "added": ()}
    return Kept(**{**nothing, "why_all": "", "sums": TODAY, **counts})


def write(file: Path, rows: list[Row]) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), file)


def kept(folder: Path, of: Model | None = None) -> Kept:
    events = str(folder / "*.parquet")
    with DuckDB(threads=1) as session:
        return keep(
            session,
            of or model(),
            TODAY,
            folder=folder / "store",
            events=events,
            options=Options(),
        )


def scores(folder: Path, store: Path | None, of: Model | None = None) -> list[Row]:
    events = str(folder / "*.parquet")
    with (
        DuckDB(threads=1) as session,
        run(session, of or model(), TODAY, leads=LEADS, events=events, store=store) as result,
    ):
        if store:
            assert result.store
            assert result.store.refused == ""
        return result.scores.rows()


# ---------------------------------------------------------------- the same scores


@given(problem=problems(), cut=st.integers(0, 12))
@settings(max_examples=10, phases=(Phase.generate,))
def test_scores_from_a_store_are_those_from_events(problem: Problem, cut: int) -> None:
    facts, loaded = problem.facts, checked_model(written(problem.model), "model.yaml")
    assume(facts.events)
    with TemporaryDirectory() as made, DuckDB(threads=1) as session:
        folder, store = Path(made), Path(made) / "store"
        tables = {"leads": facts.leads, "accounts": facts.accounts or None}
        judged(session, problem.model, (facts.leads, facts.accounts, facts.events), problem.as_of)
        rows = session.arrow(exp.select("*").from_("event_rows__given"))
        parts = [part for part in (rows.slice(0, cut), rows.slice(cut)) if part.num_rows]
        names = list(dict.fromkeys(key for row in facts.events for key in row))
        for place, part in enumerate(parts):
            pq.write_table(part.rename_columns(names), folder / f"{place}.parquet")
            keep(
                session,
                loaded,
                problem.as_of,
                folder=store,
                events=str(folder / "*.parquet"),
                options=Options(),
            )
        tables["events"] = str(folder / "*.parquet")
        found = []
        for chosen in (None, store, without_sums(store)):
            result = run(session, loaded, problem.as_of, **tables, store=chosen)
            assert result.store is None or result.store.refused == ""
            found.append((result.scores.rows(), result.contributions.rows()))
    assert found[0] == found[1] == found[2]


def without_sums(folder: Path) -> Path:
    """A store beside another, with the same matches and no unit sums."""
    other = folder.with_name("without_sums")
    copytree(folder, other)
    store = read_store(other)
    assert store
    replace(store, sums=None).save()
    return other


def test_a_store_gives_the_same_scores_and_says_so(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    assert kept(tmp_path) == did(days=2, counted=2, new=1, why_all="the store is new")
    assert scores(tmp_path, tmp_path / "store") == scores(tmp_path, None)
    write(tmp_path / "2.parquet", SECOND)
    kept(tmp_path)
    assert scores(tmp_path, tmp_path / "store") == scores(tmp_path, None)


def test_other_points_windows_and_bounds_use_the_same_store(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST + SECOND)
    kept(tmp_path)
    rules = [dict(rule) for rule in MODEL["dimensions"]["engagement"]["rules"]]  # type: ignore[index]
    rules[0] |= {"points": 3, "within": "10d", "per_day": 1, "cap": 4}
    other = model(dimensions={"engagement": {"decay": "none", "rules": rules}})
    assert scores(tmp_path, tmp_path / "store", other) == scores(tmp_path, None, other)


# ---------------------------------------------------------------- only what changed


def test_nothing_new_is_nothing_to_do(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "store").rglob("*")}
    assert kept(tmp_path) == did(days=2)
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "store").rglob("*")} == before


def test_a_late_event_has_its_day_counted_again_and_no_other(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    untouched = next((tmp_path / "store").glob("day=20759/*"))
    write(tmp_path / "2.parquet", SECOND)
    assert kept(tmp_path) == did(days=3, counted=2, new=1)
    assert untouched.exists()


def test_a_corrected_or_removed_file_takes_its_events_back(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    write(tmp_path / "2.parquet", SECOND)
    kept(tmp_path)
    write(tmp_path / "2.parquet", SECOND[:1])
    os.utime(tmp_path / "2.parquet", ns=(0, 1))
    assert kept(tmp_path).changed == 1
    assert scores(tmp_path, tmp_path / "store") == scores(tmp_path, None)
    (tmp_path / "2.parquet").unlink()
    assert kept(tmp_path) == did(days=2, counted=1, removed=1)
    assert scores(tmp_path, tmp_path / "store") == scores(tmp_path, None)


def test_an_id_that_comes_again_in_another_file_counts_once(tmp_path: Path) -> None:
    one = event("ann", "view", "2026-11-01", url="/pricing", event_id="x", seconds=10.0)
    write(tmp_path / "1.parquet", [one])
    kept(tmp_path)
    write(tmp_path / "2.parquet", [one])
    kept(tmp_path)
    assert scores(tmp_path, tmp_path / "store") == scores(tmp_path, None)


def test_files_that_the_list_does_not_name_count_for_nothing(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    expected = scores(tmp_path, tmp_path / "store")
    day = next((tmp_path / "store").glob("day=*"))
    found = next(day.glob("*.parquet"))
    (day / "cut_short_0.parquet").write_bytes(found.read_bytes())
    assert scores(tmp_path, tmp_path / "store") == expected


# ---------------------------------------------------------------- what does not fit


def test_a_rule_that_counts_differently_is_not_taken_from_the_store(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    rules = [dict(rule) for rule in MODEL["dimensions"]["engagement"]["rules"]]  # type: ignore[index]
    rules[0]["where"] = "url like '%/price%'"
    other = model(dimensions={"engagement": {"rules": rules}})
    store, events = tmp_path / "store", str(tmp_path / "*.parquet")
    with DuckDB() as session:
        with run(session, other, TODAY, leads=LEADS, events=events, store=store) as result:
            assert result.store
            assert "pricing" in result.store.refused
        with pytest.raises(SourceError, match="pricing"):
            run(session, other, TODAY, leads=LEADS, store=store)
    assert kept(tmp_path, other) == did(days=2, added=("pricing",))
    assert scores(tmp_path, store, other) == scores(tmp_path, None, other)
    # The store now has both conditions, until days are counted again for one model alone.
    assert scores(tmp_path, store) == scores(tmp_path, None)
    write(tmp_path / "2.parquet", SECOND)
    kept(tmp_path, other)
    assert scores(tmp_path, store, other) == scores(tmp_path, None, other)
    with DuckDB() as session, pytest.raises(SourceError, match="pricing"):
        run(session, model(), TODAY, leads=LEADS, store=store)


def test_a_new_rule_is_counted_on_all_days_and_the_others_are_not_again(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST + SECOND)
    kept(tmp_path)
    before = set((tmp_path / "store").glob("day=*/*"))
    rules = [*MODEL["dimensions"]["engagement"]["rules"]]  # type: ignore[index]
    rules.append({"id": "mails", "event": ["open", "sent"], "points": 1})
    more = model(dimensions={"engagement": {"rules": rules}})
    assert kept(tmp_path, more) == did(days=3, added=("mails",))
    after = set((tmp_path / "store").glob("day=*/*"))
    assert before < after
    assert {file.parent.name for file in after - before} == {"day=20759", "day=20777"}
    assert scores(tmp_path, tmp_path / "store", more) == scores(tmp_path, None, more)


def test_a_day_in_many_pieces_is_counted_as_one(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    rules = [*MODEL["dimensions"]["engagement"]["rules"]]  # type: ignore[index]
    for number in range(10):
        rules.append({"id": f"r{number}", "event": "view", "where": f"seconds > 0.{number}"})
        rules[-1]["points"] = 1
        changed = model(dimensions={"engagement": {"rules": rules}})
        kept(tmp_path, changed)
    assert len(list((tmp_path / "store").glob("day=20758/*"))) < 4
    assert scores(tmp_path, tmp_path / "store", changed) == scores(tmp_path, None, changed)


def test_files_given_by_a_relative_path_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("1.parquet"), FIRST)
    assert kept(Path()).counted == 2
    write(Path("2.parquet"), SECOND)
    assert kept(Path()).counted == 2
    assert scores(Path(), Path("store")) == scores(Path(), None)


def test_years_without_an_event_cost_no_range(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", [event("ann", "view", f"{year}-05-01") for year in (2000, 2026)])
    assert kept(tmp_path).counted == 2
    assert scores(tmp_path, tmp_path / "store") == scores(tmp_path, None)


# ---------------------------------------------------------------- unit sums


def test_a_score_of_the_day_reads_sums_and_no_match(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST + SECOND)
    expected = scores(tmp_path, None)
    kept(tmp_path)
    empty_days(tmp_path / "store")
    assert scores(tmp_path, tmp_path / "store") == expected
    assert {row["engagement"] for row in expected} != {0}


def test_sums_of_another_day_or_window_are_not_taken(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST + SECOND)
    store, events = tmp_path / "store", str(tmp_path / "*.parquet")
    kept(tmp_path)
    rules = [dict(rule) for rule in MODEL["dimensions"]["engagement"]["rules"]]  # type: ignore[index]
    rules[0]["within"] = "3d"
    shorter = model(dimensions={"engagement": {"rules": rules}})
    with DuckDB() as session:
        for loaded, day in ((shorter, TODAY), (model(), TODAY - timedelta(days=30))):
            given = {"leads": LEADS, "events": events}
            found = run(session, loaded, day, **given, store=store)
            assert found.store
            assert found.store.refused == ""
            rows = found.scores.rows()
            assert rows == run(session, loaded, day, **given).scores.rows()


def test_a_new_day_has_its_sums_without_new_events(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    tomorrow = TODAY + timedelta(days=1)
    with DuckDB() as session:
        keep(
            session,
            model(),
            tomorrow,
            folder=tmp_path / "store",
            events=str(tmp_path / "*.parquet"),
            options=Options(),
        )
    store = read_store(tmp_path / "store")
    assert store
    assert store.sums
    assert store.sums.day == days.number(tomorrow)
    assert len(list((tmp_path / "store" / "sums").iterdir())) == 1


def empty_days(store: Path) -> None:
    """Leave no row in the matches of a store."""
    for file in store.glob("day=*/*.parquet"):
        pq.write_table(pq.read_table(file, partitioning=None).slice(0, 0), file)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"seconds": "integer"}, {"total": {"field": "seconds", "bands": {9: 4}}}),
        ({"seconds": "text"}, {"points": 1}),
        ({}, {"points": 1}),
    ],
    ids=["the field that is added up", "a field that no rule reads", "a field less"],
)
def test_other_types_of_event_fields_are_counted_anew(
    tmp_path: Path, fields: Row, rule: Row
) -> None:
    """An event with a cell that cannot be read as declared counts for nothing."""
    write(tmp_path / "1.parquet", FIRST)
    rules = {"engagement": {"rules": [{"id": "read", "event": "view", **rule}]}}
    before = model(fields={"event": {"seconds": "number"}}, dimensions=rules)
    after = model(fields={"event": fields or {"url": "text"}}, dimensions=rules)
    if rule.get("total"):
        kept(tmp_path, before)
    else:
        kept(tmp_path, after)
        after = before
    with DuckDB() as session, pytest.raises(SourceError, match="never counted"):
        run(session, after, TODAY, leads=LEADS, store=tmp_path / "store")


def test_new_files_are_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    write(tmp_path / "2.parquet", SECOND)
    events = str(tmp_path / "*.parquet")
    with (
        DuckDB() as session,
        run(
            session, model(), TODAY, leads=LEADS, events=events, store=tmp_path / "store"
        ) as result,
    ):
        assert result.store
        assert result.store.refused == "it has not counted 1 of the files of events as they are now"
        assert result.scores.rows() == scores(tmp_path, None)


def test_files_that_are_no_longer_given_are_not_counted(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    write(tmp_path / "2.parquet", SECOND)
    kept(tmp_path)
    events, store = str(tmp_path / "1.parquet"), tmp_path / "store"
    with DuckDB() as session:
        result = run(session, model(), TODAY, leads=LEADS, events=events, store=store)
        assert result.store
        assert result.store.refused == "it has counted 1 files of events that are not given"
        assert result.counts.events == len(FIRST)


def test_events_read_in_another_way_are_not_taken_from_the_store(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    events, store = str(tmp_path / "1.parquet"), tmp_path / "store"
    mapped = Options(columns={"events": {"url": "event"}})
    with DuckDB() as session:
        given = {"leads": LEADS, "events": events, "options": mapped}
        result = run(session, model(), TODAY, **given, store=store)
        assert result.store
        assert "other maps" in result.store.refused
        did = keep(session, model(), TODAY, folder=store, events=events, options=mapped)
        assert "other maps" in did.why_all
        found = run(session, model(), TODAY, **given, store=store)
        assert found.store == StoreUse(store, date(2026, 11, 2))
        assert found.scores.rows() == run(session, model(), TODAY, **given).scores.rows()


def test_a_list_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    assert read_store(store) is None
    (store / "matches.json").write_text("{")
    with pytest.raises(SourceError, match="the list of kept matches is damaged"):
        read_store(store)


def test_frames_cannot_be_kept() -> None:
    with DuckDB() as session, pytest.raises(SourceError, match="files of events"):
        keep(
            session,
            model(),
            TODAY,
            folder=Path("nowhere"),
            events=pa.table({"lead_id": ["a"]}),
            options=Options(),
        )
    assert not Path("nowhere").exists()


WINDOWED = {
    "engagement": {
        "rules": [
            {"id": "recent", "event": "view", "points": 1, "within": "90d", "where": "url = 'a  b'"}
        ]
    }
}


def test_an_id_counts_once_where_every_rule_has_a_window(tmp_path: Path) -> None:
    one = event("ann", "view", "2026-11-01", url="a  b", event_id="x")
    write(tmp_path / "1.parquet", [one, one, one])
    loaded = model(dimensions=WINDOWED)
    kept(tmp_path, loaded)
    [row] = [row for row in scores(tmp_path, tmp_path / "store", loaded) if row["lead_id"] == "ann"]
    assert row["engagement"] == 1
    assert scores(tmp_path, None, loaded) == scores(tmp_path, tmp_path / "store", loaded)


def test_texts_that_differ_by_a_blank_are_not_the_same_condition(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", [event("ann", "view", "2026-11-01", url="a b")])
    kept(tmp_path, model(dimensions=WINDOWED))
    other = deepcopy(WINDOWED)
    other["engagement"]["rules"][0]["where"] = "url = 'a b'"
    with DuckDB() as session, pytest.raises(SourceError, match="recent"):
        run(session, model(dimensions=other), TODAY, leads=LEADS, store=tmp_path / "store")


@pytest.mark.parametrize("rows", [SECOND, pa.Table.from_pylist(SECOND, schema=SCHEMA)])
def test_events_that_are_no_files_are_read_and_not_the_store(tmp_path: Path, rows: Any) -> None:
    write(tmp_path / "1.parquet", FIRST)
    kept(tmp_path)
    with (
        DuckDB() as session,
        run(session, model(), TODAY, leads=LEADS, events=rows, store=tmp_path / "store") as result,
    ):
        assert result.store
        assert "not files" in result.store.refused
        assert result.counts.events == len(SECOND)
