"""Manual points: given with a reason, listed, withdrawn, and read by scoring."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.server.conftest import RecordingScores
from tests.server.models.conftest import World
from tests.server.models.test_routes import work

from tamis.server.adjustments.points import points_of
from tamis.server.clock import SetClock, day_number
from tamis.server.store.tables import access
from tamis.server.store.tables.people import identities

TODAY = date(2026, 11, 22)
POINTS = {"model": "new-business", "dimension": "fit", "points": 5, "reason": "met at a fair"}


@pytest.fixture
def lead(world: World) -> int:
    """Ann, and an active version by which she is scored."""
    world.post(f"{world.agreed()}/activate")
    work(world)
    return world.lead("ann")


def give(world: World, **more: Any) -> Any:
    """Points for Ann."""
    return world.post("/v1/leads/ann/adjustments", POINTS | more, who="sam")


def rescored(world: World) -> list[tuple[list[int], str]]:
    """What scoring was asked to do."""
    assert isinstance(world.server.scores, RecordingScores)
    return list(world.server.scores.rescored)


def counted(world: World, *leads: int, model: str = "new-business") -> list[tuple[Any, ...]]:
    """What scoring reads."""
    with world.server.database.read() as connection:
        return [tuple(row) for row in points_of(connection, leads, model)]


def test_points_are_given_scored_listed_and_audited(world: World, lead: int) -> None:
    given = give(world, points=-2.5, last_day="2026-12-31")
    assert given == {
        "adjustment": given["adjustment"],
        "lead_id": "ann",
        "model": "new-business",
        "dimension": "fit",
        "points": -2.5,
        "reason": "met at a fair",
        "made_by": "sam",
        "made_at": "2026-11-22T09:00:00.000Z",
        "first_day": "2026-11-22",
        "last_day": "2026-12-31",
        "withdrawn_at": None,
        "withdrawn_by": None,
    }
    assert rescored(world) == [([lead], "manual")]
    until = day_number(date(2026, 12, 31))
    assert counted(world, lead) == [(lead, "fit", -2500, day_number(TODAY), until)]
    assert world.get("/v1/leads/ann/adjustments") == [given]
    with world.server.database.read() as connection:
        noted = connection.execute(select(access.audit).order_by(access.audit.c.entry.desc()))
        entry = noted.first()
    assert entry
    assert (entry.who, entry.action, entry.subject) == (
        "sam", "adjustment.give", str(given["adjustment"]),
    )  # fmt: skip
    # The audit outlives the person: neither the lead nor the reason is in it.
    assert "ann" not in entry.details
    assert "fair" not in entry.details


def test_withdrawn_points_stay_in_the_list_and_count_no_more(world: World, lead: int) -> None:
    first, second = give(world), give(world, points=7)
    gone = world.ask("marie", "DELETE", f"/v1/adjustments/{first['adjustment']}").json()
    assert (gone["withdrawn_by"], gone["withdrawn_at"]) == ("marie", "2026-11-22T09:00:00.000Z")
    assert rescored(world) == [([lead], "manual")] * 3
    assert [row[2] for row in counted(world, lead)] == [7000]
    assert world.get("/v1/leads/ann/adjustments") == [second, gone]
    again = world.ask("marie", "DELETE", f"/v1/adjustments/{first['adjustment']}")
    assert again.status_code == 409
    assert len(rescored(world)) == 3


def test_points_count_from_the_day_it_is_in_the_models_time_zone(world: World, lead: int) -> None:
    clock = world.server.clock
    assert isinstance(clock, SetClock)
    clock.instant = clock.instant.replace(hour=23, minute=30) - timedelta(days=1)
    assert give(world)["first_day"] == "2026-11-22"
    yesterday = POINTS | {"last_day": "2026-11-21"}
    refused = world.ask("sam", "POST", "/v1/leads/ann/adjustments", yesterday)
    assert refused.json()["errors"][0]["field"] == "last_day"
    assert give(world, last_day="2026-11-22")["last_day"] == "2026-11-22"
    assert len(counted(world, lead)) == 2


def test_scoring_reads_the_leads_and_the_model_that_it_asks_for(world: World, lead: int) -> None:
    give(world)
    assert counted(world, lead + 1) == []
    assert counted(world, lead, model="customers") == []
    assert len(counted(world, *range(lead, lead + 2_500))) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": 0}, "points"),
        ({"points": 10_000.001}, ""),
        ({"points": -1e300}, ""),
        ({"points": 0.0001}, "points"),
        ({"points": "nan"}, ""),
        ({"points": "-Infinity"}, ""),
        ({"points": "many"}, ""),
        ({"points": 1e-300}, "points"),
        ({"points": 1.0000000000001}, "points"),
        ({"points": None}, ""),
        ({"reason": " "}, "reason"),
        ({"reason": "a\0b"}, "reason"),
        ({"reason": "x" * 2_001}, ""),
        ({"dimension": "shoe"}, "dimension"),
        ({"dimension": "a\0b"}, "dimension"),
        ({"last_day": "2026-13-01"}, ""),
        ({"until": "2026-12-01"}, ""),
    ],
)
@pytest.mark.usefixtures("lead")
def test_what_makes_no_sense_is_refused(world: World, change: dict[str, Any], field: str) -> None:
    refused = world.ask("sam", "POST", "/v1/leads/ann/adjustments", POINTS | change)
    assert refused.status_code == 400, refused.text
    assert not field or refused.json()["errors"][0]["field"] == field
    assert (world.get("/v1/leads/ann/adjustments"), rescored(world)) == ([], [])


@pytest.mark.parametrize("points", [10_000, -10_000, 0.001, 12.345, 9_999.999])
def test_points_up_to_the_limits_are_taken_exactly(world: World, lead: int, points: Any) -> None:
    assert give(world, points=points)["points"] == points
    assert counted(world, lead)[0][2] == round(points * 1000)


@pytest.mark.usefixtures("lead")
def test_a_lead_a_model_and_an_entry_must_be_there(world: World) -> None:
    assert world.ask("sam", "POST", "/v1/leads/eve/adjustments", POINTS).status_code == 404
    assert world.ask("sam", "GET", "/v1/leads/eve/adjustments").status_code == 404
    for entry in (0, 77, 2**80):
        assert world.ask("sam", "DELETE", f"/v1/adjustments/{entry}").status_code == 404
    other = POINTS | {"model": "a\0b"}
    assert world.ask("sam", "POST", "/v1/leads/ann/adjustments", other).status_code == 409


def known_as(world: World, lead: int, kind: str, value: str) -> None:
    row = {"kind": kind, "value": value, "lead": lead, "at": 0, "said_by": ""}
    with world.server.database.write() as connection:
        connection.execute(insert(identities).values(row))


@pytest.mark.parametrize("named", ["crm-7", "ann@acme.example", "Ann@Acme.example"])
def test_a_lead_is_found_by_its_user_ids_and_addresses(world: World, lead: int, named: str) -> None:
    known_as(world, lead, "user", "crm-7")
    known_as(world, lead, "email", "ann@acme.example")
    given = world.post(f"/v1/leads/{named}/adjustments", POINTS, who="sam")
    assert given["lead_id"] == "ann"
    assert world.get(f"/v1/leads/{named}/adjustments") == [given]
    assert rescored(world) == [([lead], "manual")]


def test_what_could_be_two_leads_is_no_name(world: World, lead: int) -> None:
    known_as(world, lead, "user", "Ben@acme.example")
    known_as(world, world.lead("ben"), "email", "ben@acme.example")
    refused = world.ask("sam", "POST", "/v1/leads/Ben@acme.example/adjustments", POINTS)
    assert (refused.status_code, "use the lead id" in refused.json()["detail"]) == (409, True)
    assert rescored(world) == []


@pytest.mark.usefixtures("lead")
def test_who_is_not_found_hears_what_was_searched(world: World) -> None:
    refused = world.ask("sam", "POST", "/v1/leads/nobody/adjustments", POINTS)
    assert refused.status_code == 404
    assert "no lead id, user id or e-mail" in refused.json()["detail"]
