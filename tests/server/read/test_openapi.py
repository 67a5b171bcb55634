"""The description of the API: whole, valid, and true of every error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from tests.server.read.conftest import caller

from tamis.server.app import application
from tamis.server.read.openapi import PROBLEM, completed, configuration, operations
from tamis.server.server import Server

UNKNOWN = {"put", "trace"}


@pytest.fixture
def described(server: Server) -> dict[str, Any]:
    """The description of the whole application."""
    app: Litestar = application(server)
    return completed(app.openapi_schema.to_schema())


def test_the_description_is_valid(described: dict[str, Any]) -> None:
    from schemathesis.specs.openapi.definitions import OPENAPI_31

    assert described["openapi"].startswith("3.1")
    jsonschema.Draft202012Validator(OPENAPI_31).validate(described)
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for reference in references(described):
        found = described
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        assert found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_operation_is_told_apart_and_told_about(described: dict[str, Any]) -> None:
    found = list(operations(described))
    ids = [one["operationId"] for one in found]
    assert len(ids) == len(set(ids))
    assert [one["operationId"] for one in found if not one.get("description")] == []


def test_every_error_is_described_as_a_problem(described: dict[str, Any]) -> None:
    for operation in operations(described):
        errors = {s: r for s, r in operation["responses"].items() if s[0] in "45"}
        assert set(errors) >= {"4XX", "5XX"}
        assert all(r == {"$ref": "#/components/responses/Problem"} for r in errors.values())


def routes(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        yield path.replace("{", "").replace("}", ""), item


def test_every_route_answers_its_errors_in_the_one_shape(
    server: Server, described: dict[str, Any]
) -> None:
    validator = jsonschema.Draft202012Validator(PROBLEM)
    asked = 0
    # Streams of changes end once they have looked.
    server.bell.close()
    with caller(server) as nobody, caller(server, "read", "ingest") as somebody:
        for path, item in routes(described):
            for method in (*item, *(UNKNOWN - set(item))):
                for client in (nobody, somebody):
                    answer = client.request(method, path, content=b"{not json")
                    asked += 1
                    if answer.status_code >= 400:
                        place = f"{method} {path}: {answer.status_code} {answer.text}"
                        kind = answer.headers["content-type"]
                        assert kind.startswith("application/problem+json"), place
                        validator.validate(answer.json())
                        assert answer.json()["status"] == answer.status_code, place
                        assert answer.status_code != 500, place
    assert asked > 20


@pytest.mark.parametrize("path", ["/", "/v1", "/v2/leads", "/v1/schema/x", "/%00", "/v1/leads/a/b"])
def test_what_there_is_not_is_a_problem_too(client: TestClient[Any], path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    jsonschema.validate(answer.json(), PROBLEM)


def test_the_description_is_answered_and_loads_nothing_from_elsewhere(server: Server) -> None:
    app = Litestar([], openapi_config=configuration())
    with TestClient(app) as opened:
        answer = opened.get("/v1/schema/openapi.json")
        assert answer.json()["components"]["schemas"]["Problem"] == PROBLEM
        assert "<script" not in opened.get("/v1/schema").text
    with caller(server) as nobody:
        assert nobody.get("/v1/schema/openapi.json").status_code == 200
        for page in ("swagger", "redoc", "elements", "rapidoc"):
            assert nobody.get(f"/v1/schema/{page}").status_code == 404
