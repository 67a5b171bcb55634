"""Who may do what: each route with each role, keys, and nobody."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler
from tests.server.models.conftest import YAML, World

from tamis.server.models.routes import HANDLERS

READERS = {"marie", "sam", "ada", "admin", "read"}
MARKETING = {"marie", "ada", "admin"}
V = "/v1/models/new-business/versions/1"
POINTS = {"model": "new-business", "dimension": "fit", "points": 5, "reason": "met at a fair"}
ROUTES: list[tuple[str, str, Any, set[str]]] = [
    ("GET", "/v1/models", None, READERS),
    ("GET", "/v1/models/new-business", None, READERS),
    ("GET", V, None, READERS),
    ("GET", f"{V}/history", None, READERS),
    ("GET", f"{V}/changes", None, READERS),
    ("GET", "/v1/models/new-business/shadow", None, READERS),
    ("GET", "/v1/tasks", None, READERS),
    ("GET", "/v1/tasks/1", None, READERS),
    ("POST", "/v1/models", {"yaml": YAML, "owner": "marie"}, MARKETING),
    ("PATCH", V, {"about": "new"}, MARKETING),
    ("POST", f"{V}/propose", {}, MARKETING),
    ("POST", f"{V}/approve/marketing", {}, {"marie", "ada"}),
    ("POST", f"{V}/approve/sales", {}, {"sam", "ada"}),
    ("POST", f"{V}/reject/marketing", {"comment": "no"}, {"marie", "ada"}),
    ("POST", f"{V}/reject/sales", {"comment": "no"}, {"sam", "ada"}),
    ("POST", f"{V}/activate", {}, MARKETING),
    ("POST", f"{V}/retire", {}, MARKETING),
    ("POST", f"{V}/shadow", {}, MARKETING),
    ("DELETE", f"{V}/shadow", None, MARKETING),
    ("POST", "/v1/models/new-business/back", {}, MARKETING),
    ("GET", "/v1/leads/ann/adjustments", None, READERS),
    ("POST", "/v1/leads/ann/adjustments", POINTS, {"marie", "sam", "ada", "admin"}),
    ("DELETE", "/v1/adjustments/1", None, {"marie", "sam", "ada", "admin"}),
]


def test_each_route_asks_for_its_permission(world: World) -> None:
    for method, path, body, allowed in ROUTES:
        for who in world.callers:
            status = world.ask(who, method, path, body).status_code
            assert (status != 403) == (who in allowed), (who, method, path, status)
            assert status != 500
        nobody = world.ask("", method, path, body)
        assert nobody.status_code == 401, (method, path)
        assert nobody.json()["type"] == "urn:tamis:problem:not-logged-in"


def test_no_route_is_forgotten_here() -> None:
    served = 0
    for handler in HANDLERS:
        assert isinstance(handler, HTTPRouteHandler)
        served += 1
    assert served == len(ROUTES)


@pytest.mark.parametrize("who", ["marie", "admin"])
def test_a_side_is_spoken_for_by_its_own_people(world: World, who: str) -> None:
    place = world.draft()
    world.post(f"{place}/propose")
    assert world.ask(who, "POST", f"{place}/approve/sales").status_code == 403
    assert world.get(place)["approvals"] == []


def test_an_administrator_who_approves_for_a_side_is_recorded_as_such(world: World) -> None:
    place = world.draft()
    world.post(f"{place}/propose")
    world.post(f"{place}/approve/sales", who="sam")
    found = world.post(f"{place}/approve/marketing", {"comment": "Marie is away"}, who="ada")
    assert found["state"] == "approved"
    given = [(one["side"], one["made_by"], one["made_as"]) for one in found["approvals"]]
    assert given == [("sales", "sam", "sales"), ("marketing", "ada", "admin")]
    assert found["approvals"][1]["comment"] == "Marie is away"
