"""Models over HTTP: from YAML to an active version and back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.server.models.conftest import YAML, World

from tamis.server.models.lifecycle import shadow_on, switch
from tamis.server.models.versions import live_versions
from tamis.server.store.tables.models import tasks


def work(world: World) -> None:
    """What the worker does with the tasks that wait, when every lead has its score."""
    for task in reversed(world.get("/v1/tasks")):
        if task["state"] == "waiting":
            do = switch if task["kind"] == "activate" else shadow_on
            key, now = task["subject"]["version_key"], world.server.clock.now()
            with world.server.database.write() as connection:
                do(connection, key, now, task["asked_by"])
                chosen = update(tasks).where(tasks.c.task == task["task"])
                connection.execute(chosen.values(state="done", settled_at=world.server.micros))


def live(world: World) -> list[tuple[int, str, bool, bool]]:
    """Number, state, shadow and scored of what is live."""
    with world.server.database.read() as connection:
        found = live_versions(connection)
    assert all(one.model.version == one.number for one in found)
    return [(one.number, one.state, one.shadow, one.scored) for one in found]


def active(world: World) -> int | None:
    """The number of the active version."""
    found: int | None = world.get("/v1/models/new-business")["active"]
    return found


def test_a_version_goes_from_yaml_to_active(world: World) -> None:
    place = world.draft(about="the first", review_day="2027-02-01")
    assert (world.get(place)["state"], live(world)) == ("draft", [])
    assert world.post(f"{place}/propose")["state"] == "proposed"
    assert world.post(f"{place}/approve/marketing")["state"] == "proposed"
    assert world.post(f"{place}/approve/sales", who="sam")["state"] == "approved"
    answer = world.ask("marie", "POST", f"{place}/activate")
    task = answer.json()
    assert (answer.status_code, task["state"], task["kind"]) == (202, "waiting", "activate")
    assert task["subject"] == {"version_key": world.get(place)["version_key"]}
    assert world.get(f"/v1/tasks/{task['task']}") == task
    assert (active(world), live(world)) == (None, [(1, "approved", False, False)])
    assert world.get(place)["activating"]
    work(world)
    assert (active(world), live(world)) == (1, [(1, "active", False, True)])
    [model] = world.get("/v1/models")
    [found] = model["versions"]
    assert (model["name"], found["number"], found["yaml_version"]) == ("new-business", 1, 7)
    assert (found["owner"], found["review_day"], found["about"]) == (
        "marie", "2027-02-01", "the first",
    )  # fmt: skip


def test_the_history_says_who_did_what(world: World) -> None:
    place = world.draft()
    world.post(f"{place}/propose", {"comment": "ready"})
    world.post(f"{place}/reject/sales", {"comment": "too many mql"}, who="sam")
    world.post(f"{place}/propose")
    told = [
        (one["action"], one["side"], one["made_by"], one["comment"])
        for one in world.get(f"{place}/history")
    ]
    assert told == [
        ("drafted", "", "marie", ""),
        ("proposed", "", "marie", "ready"),
        ("rejected", "sales", "sam", "too many mql"),
        ("proposed", "", "marie", ""),
    ]


def test_another_version_replaces_the_active_one_and_one_call_goes_back(world: World) -> None:
    world.post(f"{world.agreed()}/activate")
    work(world)
    second = world.agreed(YAML.replace("points: 60", "points: 70"))
    world.post(f"{second}/activate")
    assert live(world) == [(1, "active", False, True), (2, "approved", False, False)]
    work(world)
    assert live(world) == [(2, "active", False, True)]
    answer = world.ask("marie", "POST", "/v1/models/new-business/back")
    assert answer.status_code == 202
    assert live(world) == [(1, "retired", False, False), (2, "active", False, True)]
    work(world)
    assert live(world) == [(1, "active", False, True)]
    assert len(world.get("/v1/models/new-business")["versions"][1]["approvals"]) == 2


def test_models_are_active_side_by_side(world: World) -> None:
    for name in ("new-business", "customers"):
        world.post(f"{world.agreed(YAML.replace('new-business', name))}/activate")
    work(world)
    found = {model["name"]: model["active"] for model in world.get("/v1/models")}
    assert found == {"customers": 1, "new-business": 1}


def test_two_versions_of_a_model_cannot_be_on_their_way_at_once(world: World) -> None:
    first, second = world.agreed(), world.agreed()
    world.post(f"{first}/activate")
    refused = world.ask("marie", "POST", f"{second}/activate")
    assert refused.status_code == 409
    assert "new-business/1 is being activated" in refused.json()["detail"]


def test_a_version_runs_in_shadow_and_out_of_it(world: World) -> None:
    world.post(f"{world.agreed()}/activate")
    work(world)
    second = world.draft()
    assert world.ask("marie", "POST", f"{second}/shadow").status_code == 409
    world.post(f"{second}/propose")
    world.post(f"{second}/shadow")
    work(world)
    assert live(world) == [(1, "active", False, True), (2, "proposed", True, True)]
    world.post(f"{second}/reject/sales", {"comment": "not so"}, who="sam")
    assert live(world) == [(1, "active", False, True)]
    # Its scores were made by this YAML: another one must be another version.
    refused = world.ask("marie", "PATCH", second, {"yaml": YAML.replace("60", "61")})
    assert (refused.status_code, "shadow" in refused.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("step", "who"),
    [
        ("approve/marketing", "marie"),
        ("activate", "marie"),
        ("retire", "marie"),
        ("shadow", "marie"),
        ("reject/sales", "sam"),
    ],
)
def test_a_draft_is_proposed_before_anything_else(world: World, step: str, who: str) -> None:
    place = world.draft()
    refused = world.ask(who, "POST", f"{place}/{step}", {"comment": "please"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tamis:problem:conflict")
    assert [one["action"] for one in world.get(f"{place}/history")] == ["drafted"]


def test_who_activates_too_early_hears_whose_approval_lacks(world: World) -> None:
    def lacking() -> str:
        refused = world.ask("marie", "POST", f"{place}/activate")
        assert refused.status_code == 409
        return str(refused.json()["detail"])

    place = world.draft()
    assert "is a draft: propose it first" in lacking()
    world.post(f"{place}/propose")
    assert "lacks the approval of marketing and sales:" in lacking()
    world.post(f"{place}/approve/marketing")
    assert "lacks the approval of sales:" in lacking()
    world.post(f"{place}/approve/sales", who="sam")
    assert world.post(f"{place}/activate")["state"] == "waiting"


def test_a_rejection_needs_a_reason(world: World) -> None:
    place = world.draft()
    world.post(f"{place}/propose")
    refused = world.ask("sam", "POST", f"{place}/reject/sales", {"comment": "  "})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "comment")
    assert world.get(place)["state"] == "proposed"


def test_what_changed_is_said_since_the_active_version(world: World) -> None:
    world.post(f"{world.agreed()}/activate")
    work(world)
    world.draft(YAML.replace("points: 60", "points: 65"))
    third = world.draft(YAML.replace("points: 60", "points: 70"))
    told = world.get(f"{third}/changes")
    assert told == {"since": 1, "number": 3, "changes": ["rule `boss`: points 60 → 70"]}
    told = world.get(f"{third}/changes?since=2")
    assert told["changes"] == ["rule `boss`: points 65 → 70"]
    assert world.get(f"{third}/changes?since=3")["changes"] == []


# Drafts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("points: 60", "pints: 60", "yaml:12:", "did you mean `points`?"),
        ("title = 'boss'", "titel = 'boss'", "yaml:12:", "titel"),
        ("name: new-business", "name: a/b", "yaml:2:7", "letters, digits"),
        ("tamis: 1", "tamis: [", "yaml:", "not-yaml"),
        ("tamis: 1", "tamis: 1\0", "yaml:1:9", "U+0000"),
    ],
)
def test_errors_of_a_model_are_told_at_their_place(
    world: World, old: str, new: str, field: str, message: str
) -> None:
    refused = world.ask("marie", "POST", "/v1/models", {"yaml": YAML.replace(old, new)})
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:tamis:problem:wrong-model")
    first = refused.json()["errors"][0]
    assert first["field"].startswith(field), first
    assert message in first["message"], first
    assert world.get("/v1/models") == []


def test_a_draft_is_edited_and_a_proposed_version_is_not(world: World) -> None:
    place = world.draft()
    other = YAML.replace("points: 60", "points: 61")
    assert world.ask("marie", "PATCH", place, {"yaml": other}).json()["yaml"] == other
    renamed = world.ask("marie", "PATCH", place, {"yaml": other.replace("new-business", "x")})
    assert renamed.json()["errors"][0]["field"] == "yaml:2:7"
    world.post(f"{place}/propose")
    refused = world.ask("marie", "PATCH", place, {"yaml": YAML})
    assert (refused.status_code, "add a new version" in refused.json()["detail"]) == (409, True)
    fine = world.ask("marie", "PATCH", place, {"review_day": "2027-01-01", "owner": "sam"}).json()
    assert (fine["review_day"], fine["owner"], fine["yaml"]) == ("2027-01-01", "sam", other)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"owner": "nobody"}, "owner"),
        ({"owner": "a\0b"}, "owner"),
        ({"about": "x\0"}, "about"),
        ({"relies_on": [{"field": "shoe_size", "fresh_within": 3}]}, "relies_on"),
        ({"relies_on": [{"field": "title", "fresh_within": 0}]}, ""),
        ({"review_day": "someday"}, ""),
        ({"reviewday": "2027-01-01"}, ""),
    ],
)
def test_what_is_said_of_a_version_must_make_sense(
    world: World, body: dict[str, Any], field: str
) -> None:
    refused = world.ask("marie", "POST", "/v1/models", {"yaml": YAML, **body})
    assert refused.status_code == 400, refused.text
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert not field or refused.json()["errors"][0]["field"] == field


def test_a_program_names_an_owner(world: World) -> None:
    refused = world.ask("admin", "POST", "/v1/models", {"yaml": YAML})
    assert refused.json()["errors"][0]["field"] == "owner"
    made = world.post("/v1/models", {"yaml": YAML, "owner": "sam"}, who="admin")
    assert (made["owner"], made["made_by"].startswith("key:")) == ("sam", True)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models/other",
        "/v1/models/other/versions/1",
        "/v1/models/new-business/versions/2",
        "/v1/models/new-business/versions/0",
        "/v1/models/new-business/versions/99999999999999999999",
        "/v1/models/a%00b",
        "/v1/models/a%00b/versions/1",
        "/v1/tasks/1",
        "/v1/tasks/99999999999999999999",
        "/v1/leads/a%00b/adjustments",
    ],
)
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    world.draft()
    assert world.ask("marie", "GET", path).status_code == 404


def test_half_a_surrogate_pair_is_refused(world: World) -> None:
    body = b'{"yaml": "tamis: 1\\nname: a\\ndimensions: {fit: {}}", "about": "\\ud800"}'
    headers = {**world.callers["marie"], "content-type": "application/json"}
    assert world.http.post("/v1/models", content=body, headers=headers).status_code == 400
