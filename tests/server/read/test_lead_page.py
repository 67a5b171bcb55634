"""One lead: who it is, what models say and why, its history and its timeline, by any of its ids."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import insert, update
from tests.server.read.conftest import (
    AT,
    MODEL,
    TODAY,
    caller,
    in_json,
    lead,
    score,
    version,
)

from tamis.server.clock import day_number
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.tables import messages, people, scoring


@pytest.fixture
def ann(server: Server) -> int:
    """A lead with all there can be."""
    with server.database.write() as connection:
        version(connection)
        more = {"fields": {"title": "boss"}, "account_id": "acme", "owner": "sam"}
        key = lead(connection, "ann", **more)
        account = {"account_id": "acme", "fields": '{"industry":"software"}', "first_at": AT}
        connection.execute(insert(people.accounts).values(**account))
        for kind, value in (("user", "ann"), ("user", "ann-before"), ("email", "ann@acme.com")):
            row = {"kind": kind, "value": value, "lead": key, "at": AT, "said_by": ""}
            connection.execute(insert(people.identities).values(**row))
        consent = {"lead": key, "purpose": "profiling", "at": AT, "given": True, "source": "form"}
        connection.execute(insert(people.consents).values(**consent))
        given = {"lead": key, "model": "small", "dimension": "fit", "points": 2500}
        given |= {"reason": "met", "made_by": "sam", "made_at": AT, "first_day": day_number(TODAY)}
        connection.execute(insert(people.adjustments).values(**given))
        score(connection, 1, key, "ann", score=3650)
    return key


def got(client: TestClient[Any], path: str, **query: Any) -> Any:
    answer = client.get(f"/v1/leads/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_everything_about_a_lead(client: TestClient[Any], ann: int) -> None:
    assert ann
    page = got(client, "ann")
    assert page["fields"] == {"title": "boss"}
    assert page["account"] == {"account_id": "acme", "fields": {"industry": "software"}}
    assert page["owner"] == "sam"
    assert [one["value"] for one in page["identities"]] == ["ann@acme.com", "ann", "ann-before"]
    assert page["consents"][0]["given"] is True
    assert page["adjustments"][0]["points"] == 2.5
    assert page["adjustments"][0]["first_day"] == "2026-11-22"
    (verdict,) = page["verdicts"]
    assert verdict["score"] == 36.5
    assert verdict["next_stage"] == {"stage": "mql", "points": 13.5}
    assert verdict["parts"] == [
        {
            "dimension": "fit",
            "rule": "boss",
            "points": 60.0,
            "group": None,
            "count": None,
            "last_day": None,
        },
        {
            "dimension": "engagement",
            "rule": "pages",
            "points": 1.811447,
            "group": None,
            "count": 2,
            "last_day": "2026-11-22",
        },
    ]


@pytest.mark.parametrize("name", ["ann-before", "ann@acme.com", "ANN@acme.com"])
@pytest.mark.parametrize("rest", ["", "/history", "/timeline"])
def test_a_lead_is_found_by_what_it_was_called(
    client: TestClient[Any], ann: int, name: str, rest: str
) -> None:
    assert ann
    answer = client.get(f"/v1/leads/{name}{rest}")
    assert answer.status_code == 200
    assert answer.headers["content-location"] == f"/v1/leads/ann{rest}"
    assert "content-location" not in client.get(f"/v1/leads/ann{rest}").headers


def test_the_place_of_a_lead_is_as_a_proxy_shows_it(server: Server, ann: int) -> None:
    assert ann
    server.settings = Settings(path="/tamis")
    with server.database.write() as connection:
        connection.execute(update(people.leads).values(lead_id="ann/é"))
    with caller(server, "read") as behind:
        answer = behind.get("/tamis/v1/leads/ann-before")
        again = behind.get("/tamis/v1/lead", params={"lead_id": "ann/é"})
    assert answer.headers["content-location"] == "/tamis/v1/lead?lead_id=ann%2F%C3%A9"
    assert again.json() == answer.json()


@pytest.mark.parametrize("rest", ["", "/history", "/timeline"])
def test_a_lead_whose_id_has_a_slash_is_asked_for_by_a_parameter(
    client: TestClient[Any], server: Server, ann: int, rest: str
) -> None:
    wanted = client.get(f"/v1/leads/ann{rest}").text
    assert client.get(f"/v1/lead{rest}", params={"lead_id": "ann"}).text == wanted
    with server.database.write() as connection:
        renamed = update(people.leads).where(people.leads.c.lead == ann)
        connection.execute(renamed.values(lead_id="a/n%2Fn"))
    found = client.get(f"/v1/lead{rest}", params={"lead_id": "a/n%2Fn"})
    assert (found.status_code, "content-location" in found.headers) == (200, False)
    if rest == "":
        assert found.json()["lead_id"] == "a/n%2Fn"
        assert found.json()["verdicts"][0]["parts"]
    assert client.get(f"/v1/lead{rest}", params={"lead_id": "ben/"}).status_code == 404
    assert client.get(f"/v1/lead{rest}").status_code == 400


@pytest.mark.parametrize("path", ["bob", "bob/history", "bob/timeline", "%00", "a%00b/history"])
def test_leads_that_there_are_not(client: TestClient[Any], ann: int, path: str) -> None:
    assert ann
    assert client.get(f"/v1/leads/{path}").status_code in (400, 404)


def test_the_history_tells_what_changed_and_why(
    client: TestClient[Any], server: Server, ann: int
) -> None:
    with server.database.write() as connection:
        _event(connection, ann, "m1", AT - 1_000_000)
        row = {"version_key": 1, "lead": ann, "at": AT, "day": day_number(TODAY)}
        row |= {"cause": "events", "messages": '["m1","erased"]', "score_before": 3650}
        row |= {"score_after": 4000, "before": in_json({"score": 3650, "stage": "lead"})}
        row |= {"after": in_json({"score": 4000, "stage": "lead", "dimensions": {"fit": 1205}})}
        connection.execute(insert(scoring.score_history).values(**row))
        hidden = version(connection, number=2, state="approved")
        row |= {"version_key": hidden}
        connection.execute(insert(scoring.score_history).values(**row))
    page = got(client, "ann/history", limit=1)
    (change,) = page["changes"]
    assert (change["score_before"], change["score_after"], change["delta"]) == (36.5, 40.0, 3.5)
    assert change["after"] == {"score": 40.0, "stage": "lead", "dimensions": {"fit": 12.05}}
    assert change["events"] == [
        {"message_id": "m1", "event": "page_view", "at": "2026-11-22T08:59:59.000Z"},
        {"message_id": "erased", "event": None, "at": None},
    ]
    assert (change["model"], change["version"], change["cause"]) == ("small", 1, "events")
    rest = got(client, "ann/history", limit=1, cursor=page["next"])
    assert [one["delta"] for one in rest["changes"]] == [None]
    assert rest["next"] is None


def _event(connection: Any, key: int, message: str, at: int, **more: Any) -> None:
    row = {"message_id": message, "lead": key, "kind": "page", "event": "page_view", "at": at}
    row |= {"received_at": at, "properties": '{"url":"/"}', "context": "{}", **more}
    connection.execute(insert(messages.events).values(**row))


def test_the_timeline_is_whole_whatever_the_size_of_its_pages(
    client: TestClient[Any], server: Server, ann: int
) -> None:
    with server.database.write() as connection:
        for n in range(12):
            _event(connection, ann, f"e{n}", AT + 1 + n // 4, bot="burst" if n == 5 else None)
            row = {"outcome_id": f"o{n}", "lead": ann, "outcome": "won", "at": AT + 1 + n // 3}
            row |= {"received_at": AT, "amount": 12_500_000 if n == 3 else None}
            connection.execute(insert(people.outcomes).values(**row))
        _event(connection, ann, "no event", AT, event=None, kind="identify")
    whole = got(client, "ann/timeline", limit=500)["moments"]
    assert len(whole) == 24
    assert [one["at"] for one in whole] == sorted((one["at"] for one in whole), reverse=True)
    assert {one["id"]: one["bot"] for one in whole}["e5"] == "burst"
    assert {one["id"]: one["amount"] for one in whole}["o3"] == 12.5
    for size in (1, 5, 23, 24):
        found, cursor = [], {}
        while True:
            page = got(client, "ann/timeline", limit=size, **cursor)
            found += page["moments"]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert found == whole


def test_an_answer_that_did_not_change_is_not_sent_again(
    client: TestClient[Any], server: Server, ann: int
) -> None:
    paths = ["/v1/leads", "/v1/leads/ann", "/v1/leads/ann/timeline", "/v1/grid", "/v1/accounts"]
    tags = {path: client.get(path).headers["etag"] for path in paths}
    for path, tag in tags.items():
        answer = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert client.get("/v1/leads?limit=1", headers={"If-None-Match": '"x"'}).status_code == 200
    with server.database.write() as connection:
        _event(connection, ann, "new", AT)
        connection.execute(update(people.leads).values(owner="zoe"))
        connection.execute(update(scoring.scores).values(cell="B1"))
        connection.execute(update(people.accounts).values(fields="{}"))
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200, path


def test_a_day_later_the_answer_is_another(
    client: TestClient[Any], server: Server, ann: int
) -> None:
    assert ann
    from datetime import timedelta

    tag = client.get("/v1/leads").headers["etag"]
    server.clock.pass_by(timedelta(days=1))  # type: ignore[attr-defined]
    assert client.get("/v1/leads", headers={"If-None-Match": tag}).status_code == 200


def test_next_stages_are_told_only_where_the_score_alone_decides() -> None:
    from decimal import Decimal

    from tamis.model.checks import checked_model
    from tamis.server.read.next_stage import next_stage

    model = checked_model(MODEL, "small")
    assert next_stage(model, Decimal(5), None).points == 25  # type: ignore[union-attr]
    assert next_stage(model, Decimal(50), "mql") is None
    assert next_stage(model, None, None) is None
    asks = MODEL.replace("mql: score >= 50", "mql: \"score >= 50 and title = 'boss'\"")
    assert next_stage(checked_model(asks, "small"), Decimal(35), "lead") is None
