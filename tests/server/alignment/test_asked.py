"""The report over HTTP, by command and as a page; each number with its definition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from litestar.testing import TestClient
from sqlalchemy import insert
from tests.reports.test_page import Reader
from tests.server.alignment.small_world import NOW, YAML, drawn, keep
from tests.server.one_application import served
from typer.testing import CliRunner

from tamis.cli.alignment import alignment
from tamis.server.alignment.definitions import DEFINITIONS
from tamis.server.clock import SetClock
from tamis.server.security.keys import add_key
from tamis.server.server import Server
from tamis.server.store.database import Database
from tamis.server.store.tables import models

DAYS = "from=2026-09-01&to=2026-10-31"


class Http:
    """A server whose store holds a small world, asked with keys."""

    def __init__(self, http: TestClient[Any], keys: dict[str, str]) -> None:
        self.http, self.keys = http, keys

    def __call__(self, path: str, scope: str = "read") -> Any:
        """An answer."""
        return self.http.get(path, headers={"authorization": f"Bearer {self.keys[scope]}"})


@pytest.fixture
def http(server: Server) -> Iterator[Http]:
    assert isinstance(server.clock, SetClock)
    server.clock.instant = NOW
    with server.database.write() as connection:
        keep(connection, drawn(3, leads=60))
        keys = {
            scope: add_key(connection, server.clock, scope, [scope], "ada")[1]
            for scope in ("read", "ingest")
        }
    with TestClient(served(server)) as client:
        yield Http(client, keys)


def test_every_number_names_its_definition(http: Http) -> None:
    answer = http(f"/v1/alignment?{DAYS}")
    found = answer.json()
    assert answer.status_code == 200, answer.text
    assert found["definitions"].keys() == DEFINITIONS.keys()
    for number in found["numbers"].values():
        assert number["definition"] in DEFINITIONS
    first = found["numbers"]["conversion"]["value"][0]
    assert (first["stage"], first["next"]) == ("entered", "qualified")
    assert 0 < first["share"]["low"] < first["share"]["value"] < first["share"]["high"] < 1
    assert set(found["numbers"]["conversion_by"]["value"]) == {
        *("cell", "source", "campaign", "product", "owner")
    }
    one = http(f"/v1/alignment?{DAYS}&by=source&follow=30&model=new-business").json()
    assert list(one["numbers"]["conversion_by"]["value"]) == ["source"]
    assert one["follow_days"] == 30


@pytest.mark.parametrize(
    ("query", "status"),
    [
        *(("by=shoe", 400), ("follow=0", 400), ("follow=99999", 400), ("model=other", 404)),
        *(("from=2026-10-31&to=2026-09-01", 400), ("from=soon", 400), ("form=2026-09-01", 400)),
        *(("to=0001-01-01", 400), ("from=0001-01-01", 400), ("to=9999-12-31", 400)),
    ],
)
def test_what_cannot_be_meant_is_refused(http: Http, query: str, status: int) -> None:
    for path in ("/v1/alignment", "/v1/alignment/page"):
        assert http(f"{path}?{query}").status_code == status


def test_who_may_not_read_reads_no_report(http: Http) -> None:
    assert http("/v1/alignment", "ingest").status_code == 403
    assert http("/v1/alignment/page", "ingest").status_code == 403


def test_a_model_without_a_lifecycle_has_no_report(http: Http, server: Server) -> None:
    row = {
        "version_key": 9,
        "model": "plain",
        "number": 1,
        "state": "active",
        "scored": True,
        "owner": "ada",
    }
    row |= {"yaml": _plain(), "measures": "[]", "relies_on": "[]", "made_at": 0, "made_by": "ada"}
    with server.database.write() as connection:
        connection.execute(insert(models.versions).values(row))
    answer = http("/v1/alignment?model=plain")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tamis:problem:no-lifecycle")
    assert "add `lifecycle: taxonomy`" in answer.json()["detail"]


def _plain() -> str:
    lines = YAML.replace("name: new-business", "name: plain").partition("lifecycle:")
    return lines[0]


def test_the_page_is_whole_and_ends_with_the_definitions(http: Http) -> None:
    answer = http(f"/v1/alignment/page?{DAYS}")
    assert answer.headers["content-type"].startswith("text/html")
    page = Reader(answer.text)
    assert page.open == []
    assert "script" not in page.tags
    assert "Conversion and time in stage" in page.text
    for name, definition in DEFINITIONS.items():
        assert f"{definition.name} [{name}]:" in page.text


@pytest.fixture
def told(store_url: str, database: Database) -> Any:
    """What the command says of a store with a small world; it must end with `code`."""
    with database.write() as connection:
        keep(connection, drawn(3, leads=60))
    command = typer.Typer()
    command.command()(alignment)

    def say(*words: str, code: int = 0) -> str:
        days = ["--from", "2026-09-01", "--to", "2026-10-31"]
        ran = CliRunner().invoke(command, [*days, *words, "--store", store_url])
        assert ran.exit_code == code, ran.output
        return ran.output

    return say


def test_the_command_prints_json_and_the_page(told: Any, tmp_path: Path) -> None:
    found = json.loads(told("--by", "owner", "--json"))
    assert list(found["numbers"]["conversion_by"]["value"]) == ["owner"]
    path = tmp_path / "alignment.html"
    said = told("--html", str(path))
    assert "What the numbers mean" in said
    assert "Return by source" in Reader(path.read_text(encoding="utf-8")).text
    assert told("--html", str(tmp_path / "x.txt"), code=2)
    assert "by" in told("--by", "shoe", code=1)
    assert told("--follow", "long", code=2)
