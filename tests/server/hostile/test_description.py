"""Requests made from the description of the API, good and bad: no 5xx, answers as it tells."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.server.hostile.real_server import RealServer, real_server
from tests.server.read.conftest import MODEL, version

from tamis.server.clock import SystemClock
from tamis.server.security import people, sessions
from tamis.server.security.permissions import ROLES, SCOPES
from tamis.server.store.database import Database

STREAM = "/v1/changes"
"""Has no end, so it is asked elsewhere."""
Headers = Mapping[str, str]


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[RealServer]:
    """A server with people, a model, leads, and messages put aside."""
    database = Database(sqlite_url)
    with database.write() as connection:
        version(connection)
        for role in ROLES:
            people.add_user(
                connection, SystemClock(), f"the-{role}", "system", name=role, role=role
            )
    database.close()
    with real_server(sqlite_url, tmp_path) as opened, opened.client("ingest", "admin") as client:
        fill(client)
        yield opened
        assert opened.stopped() == 0
        assert opened.failures() == []


def fill(client: Any) -> None:
    """Something of everything, so that what is asked for is found."""
    for n in range(3):
        fields = {"title": "boss", "email": f"p{n}@example.org"}
        client.post("/v1/identify", json={"userId": str(n), "traits": fields})
        client.post("/v1/page", json={"userId": str(n), "properties": {"seconds": 70}})
        client.post("/v1/track", json={"userId": str(n)})
    client.post("/v1/accounts", json={"account_id": "0", "fields": {"industry": "software"}})
    client.post("/v1/leads", json={"lead_id": "0", "account_id": "0"})
    client.post("/v1/models", json={"yaml": MODEL})


def session(server: RealServer, login: str) -> Headers:
    """A person who is logged in."""
    database = Database(server.store)
    with database.write() as connection:
        token = sessions.begin(connection, SystemClock(), login)
    database.close()
    cookie = f"{sessions.COOKIE}={token}"
    return {"Cookie": cookie, sessions.CSRF_HEADER: sessions.csrf_of(token)}


def callers(server: RealServer) -> Mapping[str, Headers]:
    """Everybody, with a new session or key: some routes end them."""
    key = {"Authorization": f"Bearer {server.key(*SCOPES)}"}
    roles = {role: session(server, f"the-{role}") for role in ROLES}
    return {**roles, "a key": key, "nobody": {}}


def test_everybody_is_answered_as_the_description_says(server: RealServer) -> None:
    asked = 0
    for operation in operations(server):
        asked += ask(server, operation, good=3, bad=2)
    assert asked > 300


@pytest.mark.verify
def test_many_requests_by_everybody(server: RealServer) -> None:
    for operation in operations(server):
        ask(server, operation, good=100, bad=100)


def operations(server: RealServer) -> Iterator[Any]:
    """Every operation of the description, but the stream."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis

        schema = schemathesis.openapi.from_url(f"{server.address}/v1/schema/openapi.json")
        yield from (
            one for one in map(_described, schema.get_all_operations()) if one.path != STREAM
        )


def _described(result: Any) -> Any:
    return result.ok()


def ask(server: RealServer, operation: Any, *, good: int, bad: int) -> int:
    """Ask for an operation so often, as somebody each time; how often it was."""
    from schemathesis import GenerationMode, checks

    held = [
        checks.CHECKS.get_one(name)
        for name in (
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "response_schema_conformance",
        )
    ]
    who, asked = callers(server), []
    # An administrator gets further than others.
    names = st.sampled_from(["admin"] * 3 + sorted(who))
    for mode, count in ((GenerationMode.POSITIVE, good), (GenerationMode.NEGATIVE, bad)):
        cases = operation.as_strategy(generation_mode=mode)

        @given(case=cases, name=names)
        @settings(max_examples=count, phases=[Phase.generate], deadline=None, database=None,
                  derandomize=True, suppress_health_check=list(HealthCheck))  # fmt: skip
        def once(case: Any, name: str) -> None:
            answer = case.call(headers=who[name], timeout=10)
            asked.append(answer.status_code)
            case.validate_response(answer, checks=held)

        once()
    return len(asked)


@pytest.mark.verify
def test_one_answer_leads_to_the_next_request(server: RealServer, tmp_path: Path) -> None:
    """The program of schemathesis: edges of every value, then requests that follow from answers."""
    key = server.key(*SCOPES)
    command = [
        str(Path(sys.executable).with_name("st")),
        "run",
        f"{server.address}/v1/schema/openapi.json",
        f"--header=Authorization: Bearer {key}",
        f"--exclude-path={STREAM}",
        # It tries what it was told, and would revoke its own.
        "--exclude-path=/v1/keys/{key_id}",
        "--phases=coverage,fuzzing,stateful",
        "--max-examples=60",
        "--seed=1",
        "--no-shrink",
        "--checks=not_a_server_error,status_code_conformance,content_type_conformance,"
        "response_headers_conformance,response_schema_conformance,unsupported_method",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stdout[-8000:]
