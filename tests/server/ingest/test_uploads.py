"""Uploads: kept apart from everybody, guessed, tried as they will be imported, and gone."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.server.conftest import NOW

from tamis.server.assemble import assemble
from tamis.server.clock import SetClock
from tamis.server.ingest.uploads.desk import Desk, desk_of
from tamis.server.ingest.uploads.guessing import guessed
from tamis.server.ingest.uploads.looking import MOST_COLUMNS, columns_of
from tamis.server.ingest.uploads.shelf import Shelf, Upload, What
from tamis.server.ingest.uploads.trial import Trial
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.tables import people


@pytest.fixture
def whole(sqlite_url: str) -> Iterator[Server]:
    """A server that stores, without threads of its own."""
    parts = assemble(Settings(store=sqlite_url), SetClock(NOW))
    yield parts.server
    parts.close()


def brought(server: Server, content: bytes, what: What = "leads") -> tuple[Desk, Upload]:
    """A file that somebody brought, its columns guessed."""
    desk = desk_of(server)
    upload = desk.shelf.keep(io.BytesIO(content), "a/b\\fil\u00e9\n.csv", what, "ada")
    upload.columns = columns_of(desk.shelf.table(upload.upload), what)
    upload.matching = guessed(what, [one.name for one in upload.columns])
    desk.shelf.note(upload)
    return desk, upload


def brought_to(server: Server, content: bytes) -> tuple[Desk, Server, Upload]:
    """What a trial of a file of leads asks for."""
    desk, upload = brought(server, content)
    return desk, server, upload


def tried(desk: Desk, server: Server, upload: Upload) -> Trial:
    """The trial, when it is there."""
    while (found := desk.trial(server, upload)) is None:
        pass
    return found


def done(desk: Desk, upload: Upload) -> Upload:
    """The upload when nobody works on it any more."""
    while desk.share(upload.upload) is not None:
        time.sleep(0.01)
    return desk.shelf.found(upload.upload)


@pytest.mark.parametrize(
    ("what", "columns", "declared", "expected"),
    [
        (
            "leads",
            ["Identifiant", "Prénom", "Adresse e-mail", "Fonction", "Commercial"],
            ["email", "job_title"],
            ["lead_id", "Prénom", "email", "job_title", "owner"],
        ),
        ("leads", ["Record ID", "Email", "Job Title"], ["job_title"], None),
        ("accounts", ["SIREN", "Effectif"], ["employees"], ["account_id", "employees"]),
        ("events", ["Email", "Type", "Date"], [], ["lead_id", "event", "timestamp"]),
        ("outcomes", ["ID Contact", "Résultat", "Montant HT"], [], None),
    ],
)
def test_columns_are_guessed_by_what_people_call_them(
    what: What, columns: list[str], declared: list[str], expected: list[str] | None
) -> None:
    found = [guessed(what, columns, declared)[one] for one in columns]
    known = {"Record ID": ["lead_id", "Email", "job_title"]}
    outcomes = ["lead_id", "outcome", "amount"]
    assert found == (expected or known.get(columns[0], outcomes))


def test_no_name_of_ours_is_given_twice() -> None:
    found = guessed("leads", ["lead_id", "Identifiant", "email", "E-mail"], ["email"])
    given = [ours for ours in found.values() if ours]
    assert len(given) == len(set(given))
    assert found["lead_id"] == "lead_id"


def test_a_trial_says_what_the_import_does(whole: Server) -> None:
    content = "Identifiant;Prénom\nu1;Zoé\n;Nul\nu2;Éd\n".encode("cp1252")
    desk, upload = brought(whole, content)
    trial = tried(desk, whole, upload)
    assert (trial.rows, trial.rejected) == (3, 1)
    assert [row.cells.get("Prénom") for row in trial.first] == ["Zoé", "Nul", "Éd"]
    assert [(one.row, one.column) for one in trial.rejects] == [(2, "Identifiant")]
    with whole.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(people.leads)) == 0
    desk.begin(whole, upload, "ada")
    found = done(desk, upload)
    assert found.state == "done"
    assert found.counts == {"taken": 2, "repeated": 0, "quarantined": 1}
    assert not desk.shelf.table(upload.upload).exists()
    with pytest.raises(Problem, match="is being imported, or was"):
        desk.begin(whole, found, "ada")


def test_what_is_left_out_is_not_read(whole: Server) -> None:
    desk, upload = brought(whole, b"id,owner,secret\nu1,sam,x\n")
    upload.matching = {"id": "lead_id", "owner": "seller", "secret": ""}
    (row,) = tried(desk, whole, upload).first
    assert (row.cells["lead_id"], row.cells["seller"]) == ("u1", "sam")
    assert row.cells["owner"] is None
    assert "secret" not in row.cells


def test_a_formula_stays_a_text_in_the_list_of_rejects(whole: Server) -> None:
    desk, upload = brought(whole, b'lead_id;"=cmd|1"\n;=1+1\n')
    upload.matching = {"=cmd|1": "lead_id", "lead_id": ""}
    upload.matching = {"lead_id": "lead_id", "=cmd|1": "=cmd|1"}
    tried(desk, whole, upload)
    written = desk.shelf.rejects(upload.upload).read_text(encoding="utf-8-sig")
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in written.split(","))


def test_an_import_that_was_cut_short_goes_on(whole: Server) -> None:
    desk, upload = brought(whole, b"lead_id\nu1\n")
    upload.state = "importing"
    desk.shelf.note(upload)
    assert desk.share(upload.upload) is None
    desk.begin(whole, desk.shelf.found(upload.upload), "ada")
    assert done(desk, upload).state == "done"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04" + bytes(50),
        b"a,b\n1,\x00\n",
        b",".join(b"c%d" % n for n in range(MOST_COLUMNS + 1)) + b"\n",
        b",".join(b"c%d" % n for n in range(500_000)),
        b"\xff\xfe\x00",
        b"\n\n\n",
        b'"a\n',
    ],
    ids=["empty", "zip", "nul", "wide", "wider", "half-utf-16", "blank", "open-quote"],
)
def test_what_is_no_table_is_refused_soon(whole: Server, content: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(Problem) as refused:
        tried(*brought_to(whole, content))
    assert refused.value.status == 400
    assert time.perf_counter() - started < 10


def test_files_are_private_and_go_after_a_day(tmp_path: Path) -> None:
    clock = SetClock(NOW)
    shelf = Shelf(tmp_path / "uploads", clock)
    upload = shelf.keep(io.BytesIO(b"lead_id\n"), "../../x.csv", "leads", "ada")
    assert upload.name == "x.csv"
    assert {path.stat().st_mode & 0o077 for path in shelf.folder.iterdir()} == {0}
    clock.pass_by(timedelta(hours=23))
    assert [one.upload for one in shelf.all()] == [upload.upload]
    clock.pass_by(timedelta(hours=2))
    assert shelf.all() == []
    assert [*shelf.folder.iterdir()] == []


@pytest.mark.parametrize("name", ["../secret", "", "x" * 16, "0" * 15, "0" * 16])
def test_no_name_leads_out_of_the_shelf(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem, match="no such upload"):
        Shelf(tmp_path, SetClock(NOW)).found(name)
