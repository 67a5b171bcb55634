"""What is to be looked at: reviews, targets, fields; and a shadow beside the active version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from tests.server.models.conftest import YAML, World, keep_score
from tests.server.models.test_routes import work

from tamis.server.clock import SetClock
from tamis.server.store.tables import people


def codes(version: dict[str, Any]) -> list[str]:
    """The codes of a version's alerts."""
    return [alert["code"] for alert in version["alerts"]]


def pass_by(world: World, time: timedelta) -> None:
    """Let time pass."""
    clock = world.server.clock
    assert isinstance(clock, SetClock)
    clock.pass_by(time)


def test_an_overdue_review_shows_on_the_day_after(world: World) -> None:
    place = world.agreed(review_day="2026-11-22")
    assert codes(world.get(place)) == []
    # The session has ended by then; a key has not. In Paris the next day begins at 23:00 UTC.
    pass_by(world, timedelta(hours=13, minutes=59))
    assert codes(world.get(place, "read")) == []
    pass_by(world, timedelta(minutes=1))
    [alert] = world.get(place, "read")["alerts"]
    assert alert["code"] == "review-overdue"
    assert alert["message"] == "the review was due on 2026-11-22, 1 day ago"


def test_a_version_that_is_agreed_upon_without_a_review_day_says_so(world: World) -> None:
    assert codes(world.get(world.agreed())) == ["no-review-day"]
    assert codes(world.get(world.draft())) == []


def test_targets_that_no_lead_can_reach_show_with_their_place(world: World) -> None:
    yaml = YAML.replace("  activity:\n    rules:", "  activity:\n    range: [0, 20]\n    rules:")
    place = world.draft(yaml.replace("mql: score >= 50", "mql: score >= 90"))
    [alert] = world.get(place)["alerts"]
    assert (alert["code"], alert["place"].partition(":")[0]) == ("unreachable-verdict", "19")
    assert "`mql`" in alert["message"]
    assert "between 0.00 and 80.00" in alert["message"]
    [listed] = world.get("/v1/models")
    assert listed["versions"][0]["alerts"] == [alert]


def test_fields_relied_on_show_how_many_have_them_and_how_fresh_they_are(world: World) -> None:
    keys = [world.lead(name) for name in ("ann", "bob", "cid", "dan")]
    say(world, keys[0], "title", '"boss"', days=40)
    say(world, keys[1], "title", '"clerk"', days=50)
    say(world, keys[1], "title", "null", days=20)
    say(world, keys[2], "country", '"FR"', days=3)
    fields = [{"field": name, "fresh_within": 30} for name in ("title", "country", "industry")]
    found = world.get(world.draft(relies_on=fields))
    told = {one["field"]: one for one in found["relies_on"]}
    assert (told["title"]["filled"], told["title"]["stale"]) == (0.25, True)
    assert told["title"]["newest"] == "2026-10-13T09:00:00.000Z"
    assert (told["country"]["filled"], told["country"]["stale"]) == (0.25, False)
    assert (told["industry"]["filled"], told["industry"]["newest"]) == (None, None)
    stale = [alert["message"] for alert in found["alerts"] if alert["code"] == "stale-field"]
    assert stale == [
        "the newest value of `title` came on 2026-10-13: over 30 days ago",
        "no value of `industry` has come yet",
    ]


def test_a_count_over_all_leads_is_taken_for_ten_minutes(world: World) -> None:
    key = world.lead("ann")
    place = world.draft(relies_on=[{"field": "title", "fresh_within": 30}])
    assert world.get(place)["relies_on"][0]["stale"]
    say(world, key, "title", '"boss"', days=0)
    pass_by(world, timedelta(minutes=9))
    assert world.get(place)["relies_on"][0]["stale"]
    pass_by(world, timedelta(minutes=1))
    assert not world.get(place)["relies_on"][0]["stale"]


def say(world: World, lead: int, field: str, value: str, days: int) -> None:
    """A value of a lead's field, some days ago."""
    at = world.server.micros - days * 86_400_000_000
    row = {"lead": lead, "field": field, "at": at, "value": value, "source": "api"}
    with world.server.database.write() as connection:
        connection.execute(insert(people.lead_values).values(row))


def test_a_shadow_is_held_against_the_active_version(world: World) -> None:
    first = world.agreed()
    world.post(f"{first}/activate")
    work(world)
    refused = world.ask("marie", "GET", "/v1/models/new-business/shadow")
    assert refused.status_code == 409
    second = world.agreed()
    world.post(f"{second}/shadow")
    work(world)
    active, shadow = (world.get(place)["version_key"] for place in (first, second))
    with world.server.database.write() as connection:
        for lead, name, before, after, turn in (
            (1, "ann", "mql", "mql", 1),
            (2, "bob", None, "mql", 3),
            (3, "cid", "prospect", None, 2),
            (4, "dan", None, None, 4),
        ):
            keep_score(connection, active, lead, name, stage=before, score=5050, cell="A")
            keep_score(connection, shadow, lead, name, stage=after, turn=turn, cell="A")
        keep_score(connection, active, 5, "only scored by the active one", stage="mql")
    [found] = world.get("/v1/models/new-business/shadow")
    assert (found["active"], found["shadow"], found["complete"]) == (1, 2, True)
    assert (found["scored"], found["moved"]) == (4, 2)
    assert [lead["lead_id"] for lead in found["leads"]] == ["cid", "bob"]
    assert found["leads"][1]["active"] == {
        "score": 50.5, "cell": "A", "temperature": None, "stage": None, "play": None,
    }  # fmt: skip
    assert found["leads"][1]["shadow"]["stage"] == "mql"
    assert found["counts"]["stage"] == [
        {"value": "mql", "active": 2, "shadow": 2},
        {"value": "prospect", "active": 1, "shadow": 0},
        {"value": None, "active": 2, "shadow": 2},
    ]
