"""Statuses over HTTP: read by those who may, moved by those whose step it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import update
from tests.server.lifecycle.conftest import MODEL, Store
from tests.server.models.conftest import World

from tamis.server import app as joined
from tamis.server.app import application
from tamis.server.lifecycle.routes import HANDLERS
from tamis.server.store.tables import access

ANN = "/v1/leads/ann"


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The server with these routes, should it not have them yet."""
    if not set(HANDLERS) <= set(joined.HANDLERS):
        monkeypatch.setattr(joined, "HANDLERS", (*joined.HANDLERS, *HANDLERS))
    app: Litestar = application(world.server)
    with TestClient(app) as http:
        world.http = http
        yield world


@pytest.fixture
def ann(world: World) -> Store:
    """Ann, a marketing-qualified lead by her score."""
    store = Store(world.server)
    store.activate()
    store.lead("ann", "page_view")
    store.score(("ann", 60))
    return store


def test_where_a_lead_stands_is_read_with_its_history_and_what_one_may_do(
    world: World, ann: Store
) -> None:
    found = world.get(f"{ANN}/status")
    shown = {name: found[name] for name in ("lead_id", "model", "status", "kind", "entry", "label")}
    assert shown == {
        "lead_id": "ann", "model": "new-business", "status": "mql", "kind": "mkg",
        "entry": "inbound", "label": "Marketing-qualified lead (MQL)",
    }  # fmt: skip
    assert (found["since"], found["held_by"]) == ("2026-11-22T09:00:00.000Z", None)
    assert [(row["after"], row["passed"]) for row in found["history"]] == [
        ("prospect", False), ("lead", True), ("mql", False),
    ]  # fmt: skip
    last = found["history"][-1]
    assert (last["cause"], last["score"], last["milestone"]) == ("score", 60.0, "qualified")
    assert {one["to"] for one in found["next"]} == {"lead", "sql", "lost", "recycled"}
    assert [one["reason_needed"] for one in found["next"] if one["to"] == "lost"] == [True]
    assert {one["to"] for one in world.get(f"{ANN}/status", "sam")["next"]} == {"lost", "recycled"}
    assert world.get(f"{ANN}/status", "read")["next"] == []
    assert ann.stands("ann") == ["mql"]


def test_marketing_proposes_and_sales_accept(world: World, ann: Store) -> None:
    told = world.post(f"{ANN}/status", {"seen": "mql", "to": "sql"})
    assert (told["status"], told["history"][-1]["made_by"]) == ("sql", "marie")
    refused = world.ask("sam", "POST", f"{ANN}/status", {"seen": "sql", "to": "sal"})
    assert (refused.status_code, refused.headers["content-type"].split(";")[0]) == (
        409, "application/problem+json",
    )  # fmt: skip
    assert refused.json()["detail"] == "accepted has not been answered by yes"
    [missing] = [
        n["missing"] for n in world.get(f"{ANN}/status", "sam")["next"] if n["to"] == "sal"
    ]
    assert missing == ["accepted"]
    answer = {"question": "accepted", "yes": True, "note": "spoke to her"}
    [kept] = world.post(f"{ANN}/answers", answer, "sam")["answers"]
    assert kept == {
        "question": "accepted", "label": "accepted", "yes": True, "note": "spoke to her",
        "at": "2026-11-22T09:00:00.000Z", "made_by": "sam",
    }  # fmt: skip
    assert world.post(f"{ANN}/status", {"seen": "sql", "to": "sal"}, "sam")["status"] == "sal"
    again = world.ask("sam", "POST", f"{ANN}/status", {"seen": "sql", "to": "sal"})
    assert (again.status_code, "read it again" in again.json()["detail"]) == (409, True)
    assert ann.stands("ann") == ["sal"]


@pytest.mark.parametrize(
    ("who", "status"),
    [("marie", 201), ("ada", 201), ("sam", 403), ("admin", 403), ("read", 403), ("ingest", 403),
     ("nobody", 401)],
)  # fmt: skip
def test_each_role_moves_only_what_is_its_own(
    world: World, ann: Store, who: str, status: int
) -> None:
    answer = world.ask(who, "POST", f"{ANN}/status", {"seen": "mql", "to": "sql"})
    assert answer.status_code == status, answer.text
    assert ann.stands("ann") == ["sql" if status == 201 else "mql"]


@pytest.mark.parametrize("who", ["sam", "marie", "ada", "admin"])
def test_who_works_with_leads_records_answers_and_holds(world: World, ann: Store, who: str) -> None:
    world.post(f"{ANN}/answers", {"question": "meeting", "yes": True}, who)
    assert ann.history("ann")[-1]["milestone"] == "meeting_held"
    told = world.post(f"{ANN}/hold", {"reason": "in talks"}, who)
    assert (told["held_by"], told["held_reason"]) == (
        world.get(f"{ANN}/status")["held_by"], "in talks",
    )  # fmt: skip
    assert world.ask(who, "POST", f"{ANN}/hold", {}).status_code == 409
    assert world.ask(who, "DELETE", f"{ANN}/hold").json()["held_by"] is None
    assert world.ask(who, "DELETE", f"{ANN}/hold").status_code == 409


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "status", {"seen": "mql"}, "to"),
        ("POST", "status", {"seen": "mql", "to": "gold"}, "there is no such status"),
        ("POST", "status", {"seen": "mql", "to": "lost"}, "a text is needed here"),
        ("POST", "status", {"seen": "mql", "to": "sql", "by": "me"}, "by"),
        ("POST", "answers", {"question": "shoe", "yes": True}, "the questions are"),
        ("POST", "answers", {"question": "need", "yes": True, "note": "a\0b"}, "NUL"),
        ("POST", "hold", {"reason": "x" * 3000}, "reason"),
        ("GET", "status?lang=fr", None, "lang"),
    ],
)
def test_what_makes_no_sense_is_refused(
    world: World, method: str, path: str, body: Any, said: str
) -> None:
    before = world.get(f"{ANN}/status")
    refused = world.ask("marie", method, f"{ANN}/{path}", body)
    assert (refused.status_code, said in refused.text) == (400, True), refused.text
    assert world.get(f"{ANN}/status") == before


def test_who_is_not_there_and_what_has_no_lifecycle(world: World, ann: Store) -> None:
    assert world.ask("sam", "GET", "/v1/leads/eve/status").status_code == 404
    ann.lead("ben")
    assert "with its first score" in world.ask("sam", "GET", "/v1/leads/ben/status").text
    # A decision needs no score: who has no status yet gets the first one.
    assert world.post("/v1/leads/ben/hold", {}, "sam")["status"] == "prospect"
    ann.activate(MODEL.replace("lifecycle: taxonomy\n", ""))
    for path in ("/v1/leads/ann/status", "/v1/statuses"):
        refused = world.ask("sam", "GET", path)
        assert (refused.status_code, "no lifecycle" in refused.text) == (404, True)
    assert world.ask("sam", "POST", f"{ANN}/hold", {}).status_code == 404


def test_one_of_several_models_is_named(world: World, ann: Store) -> None:
    ann.activate(MODEL.replace("new-business", "customers"), "customers")
    assert world.ask("sam", "GET", f"{ANN}/status").status_code == 400
    assert world.get(f"{ANN}/status?model=new-business")["status"] == "mql"
    move = {"seen": "mql", "to": "sql", "model": "new-business"}
    assert world.post(f"{ANN}/status", move)["status"] == "sql"


def test_leads_are_listed_by_status_page_by_page_with_counts(world: World, ann: Store) -> None:
    for name, score in (("ben", 60), ("cat", 35), ("dan", 60), ("eve", 5)):
        ann.pass_by(0.001)
        ann.lead(name, "page_view")
        ann.score((name, score))
    page = world.get("/v1/statuses?limit=2")
    counts = {one["status"]: one["leads"] for one in page["counts"] if one["leads"]}
    assert counts == {"prospect": 1, "lead": 1, "mql": 3}
    assert next(one["status"] for one in page["counts"]) == "prospect"
    found, next_ = page["leads"], page["next"]
    while next_:
        page = world.get(f"/v1/statuses?limit=2&cursor={next_}")
        assert page["counts"] is None
        found, next_ = found + page["leads"], page["next"]
    assert [one["lead_id"] for one in found] == ["cat", "ann", "ben", "dan", "eve"]
    only = world.get("/v1/statuses?status=mql&status=lead&model=new-business")
    assert [one["lead_id"] for one in only["leads"]] == ["cat", "ann", "ben", "dan"]
    cursor = world.get("/v1/statuses?limit=1")["next"]
    for path in (f"?status=mql&cursor={cursor}", "?status=gold", "?cursor=x", "?page=2"):
        assert world.ask("sam", "GET", f"/v1/statuses{path}").status_code == 400
    assert world.ask("ingest", "GET", "/v1/statuses").status_code == 403


def test_a_french_person_reads_french_labels(world: World, ann: Store) -> None:
    with ann.server.database.write() as connection:
        own = update(access.users).where(access.users.c.login == "sam")
        connection.execute(own.values(language="fr"))
    label = world.get(f"{ANN}/status", "sam")["label"]
    assert label == "Piste qualifiée par le marketing (MQL)"
