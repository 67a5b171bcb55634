"""A small company at work, filled once for all of these tests and asked through the real server."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import text
from tests.demo.filled import LEADS, NOW, filled_once
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.demo import versions, words
from tamis.demo.fill import STORE, fill
from tamis.demo.people import PASSWORD, PEOPLE
from tamis.model.checks import checked_model
from tamis.server.app import application
from tamis.server.assemble import Assembled, at_work
from tamis.server.clock import SetClock, day_number, micros
from tamis.server.settings import Settings

PEOPLE_BY_LOGIN = {one.login: one for one in PEOPLE}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the company is."""
    return filled_once(tmp_path_factory)


@pytest.fixture(scope="module")
def parts(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assembled]:
    """A server on a copy of it."""
    store = shutil.copy(folder / STORE, tmp_path_factory.mktemp("server"))
    settings = Settings(store=str(store), demo=True)
    with at_work(settings, SetClock(NOW)) as parts:
        yield parts


@pytest.fixture(scope="module")
def http(parts: Assembled) -> Iterator[TestClient[Any]]:
    """A browser."""
    with TestClient(application(parts.server)) as client:
        yield client


def rows(parts: Assembled, sql: str, **values: object) -> list[tuple[Any, ...]]:
    with parts.server.database.read() as connection:
        return [tuple(row) for row in connection.execute(text(sql), values)]


def test_nothing_is_left_of_a_filling_that_was_cut_short(folder: Path) -> None:
    assert [one.name for one in folder.iterdir() if "partial" in one.name] == []


def test_a_store_that_is_there_is_used_as_it_is(folder: Path) -> None:
    before = (folder / STORE).stat()
    assert fill(folder, NOW, leads=LEADS * 100) == folder / STORE
    after = (folder / STORE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("login", PEOPLE_BY_LOGIN)
def test_everybody_can_log_in_and_is_spoken_to_in_their_language(
    http: TestClient[Any], login: str
) -> None:
    answer = http.post("/v1/login", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    person = PEOPLE_BY_LOGIN[login]
    told = answer.json()
    assert (told["who"], told["role"], told["language"]) == (login, person.role, person.language)


def test_every_role_and_language_is_among_them() -> None:
    assert {one.role for one in PEOPLE} == {"sales", "marketing", "admin"}
    assert {one.language for one in PEOPLE} == {"en", "fr"}
    assert [one.login for one in PEOPLE if one.leads_others] == ["dominique"]


def test_sales_have_work_of_every_state(parts: Assembled, http: TestClient[Any]) -> None:
    states = dict(rows(parts, "SELECT state, count(*) FROM handoffs GROUP BY state"))
    assert {"assigned", "accepted", "rejected"} <= set(states)
    http.post("/v1/login", json={"login": "dominique", "password": PASSWORD})
    work = [
        one
        for login in ("camille", "sam", "nadia", "dominique")
        for one in http.get(f"/v1/work?owner={login}").json()["work"]
    ]
    assert any(one["late"] for one in work)
    assert any(one["state"] == "assigned" and not one["late"] for one in work)


def test_sales_give_their_reasons_in_their_language(parts: Assembled) -> None:
    said = rows(parts, "SELECT settled_by, reason FROM handoffs WHERE state = 'rejected'")
    reasons = {one.name for one in checked_model(versions.active(), "yaml").feedback.reasons}
    assert said
    assert {reason for _, reason in said} <= reasons
    notes = rows(parts, "SELECT settled_by, note FROM handoffs WHERE note <> '' AND reason <> ''")
    for login, note in notes:
        assert is_french(note) == (PEOPLE_BY_LOGIN[login].language == "fr"), note


def is_french(note: str) -> bool:
    french = {note for notes in words.REJECTED.values() for note in [notes["fr"]]}
    return note in french


def test_leads_move_on_and_scores_have_a_history(parts: Assembled) -> None:
    found = {row[0] for row in rows(parts, "SELECT DISTINCT status FROM statuses")}
    assert {"prospect", "lead", "won"} <= found
    assert found & {"srl", "sal", "sqo"}
    days = rows(parts, "SELECT count(DISTINCT day) FROM score_history")
    assert days[0][0] > 5


def test_nothing_is_later_than_now_and_scores_are_of_today(parts: Assembled) -> None:
    now = micros(NOW)
    for table, column in (
        *(("events", "at"), ("status_history", "at"), ("score_history", "at")),
        *(("handoff_history", "at"), ("outcomes", "at"), ("audit", "at"), ("lead_values", "at")),
    ):
        assert rows(parts, f"SELECT count(*) FROM {table} WHERE {column} > :now", now=now) == [
            (0,)
        ], table
    latest = rows(parts, "SELECT max(at) FROM events")[0][0]
    assert now - latest < 86_400 * 1_000_000
    active = (
        "SELECT DISTINCT as_of FROM scores JOIN versions USING (version_key) WHERE state = 'active'"
    )
    assert rows(parts, active) == [(day_number(NOW.date()),)]


def test_a_version_is_retired_one_active_and_one_proposed(http: TestClient[Any]) -> None:
    http.post("/v1/login", json={"login": "max", "password": PASSWORD})
    (model,) = http.get("/v1/models").json()
    assert [one["state"] for one in model["versions"]] == ["proposed", "active", "retired"]
    proposed = http.get("/v1/models/b2b/versions/3").json()
    assert [(one["action"], one["made_by"]) for one in proposed["history"]] == [
        ("drafted", "max"), ("proposed", "max"), ("approved", "lea"),
    ]  # fmt: skip
    assert all(one["comment"] for one in proposed["history"])
    assert proposed["warnings"] == []


def test_a_program_has_a_key_and_somebody_is_away(parts: Assembled) -> None:
    assert rows(parts, "SELECT name, scopes FROM keys") == [("website", "ingest")]
    today = day_number(NOW.date())
    away = "SELECT login FROM absences WHERE :today BETWEEN first_day AND last_day"
    assert rows(parts, away, today=today) == [("nadia",)]


def test_the_reports_have_something_to_say(http: TestClient[Any]) -> None:
    http.post("/v1/login", json={"login": "lea", "password": PASSWORD})
    wrong = http.get("/v1/false-positives").json()
    assert wrong["rejected"]["count"] > 0
    assert wrong["by_rule"]
    assert http.get("/v1/quality").json()["quarantined"]
    report = http.get("/v1/alignment").json()
    report = http.get("/v1/alignment").json()["numbers"]
    assert report["goals"]["value"]
    assert report["rejections"]["value"]


def test_the_command_serves_it_and_says_whom_to_log_in_as(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / STORE, tmp_path)
    command = [sys.executable, "-m", "tamis", "demo", "--serve", "--folder", str(tmp_path)]
    command += ["--port", "0", "--language", "fr"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as served:
        assert served.stdout is not None
        try:
            told = [line.decode() for _, line in zip(range(9), served.stdout, strict=False)]
            (address,) = re.findall(r"http://\S+", told[0])
            assert PASSWORD in told[1]
            assert [line.split()[0] for line in told[2:]] == [one.login for one in PEOPLE]
            known = {"login": "sam", "password": PASSWORD}
            assert httpx.post(f"{address}/v1/login", json=known).json()["who"] == "sam"
            page = httpx.get(address, follow_redirects=True)
            assert page.status_code == 200
            assert "text/html" in page.headers["content-type"]
        finally:
            served.send_signal(signal.SIGINT)
        assert served.wait(30) == 0


@pytest.mark.parametrize(
    "arguments", [("--serve", "--template", "b2c"), ("--port", "8080"), ("--host", "127.0.0.1")]
)
def test_options_that_would_be_of_no_use_are_refused(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    shown = CliRunner().invoke(app, ["demo", "--folder", str(tmp_path), *arguments])
    assert shown.exit_code == 2
    assert list(tmp_path.iterdir()) == []
