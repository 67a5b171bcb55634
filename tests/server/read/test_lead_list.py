"""The list of leads: order, filters, cursors, changes, and the day that the numbers are of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import insert, literal, select, update
from tests.server.conftest import NOW
from tests.server.read.conftest import AT, caller, lead, score, version, yesterday

from tamis.server.clock import day_number
from tamis.server.models import lifecycle
from tamis.server.server import Server
from tamis.server.store.tables import scoring


def listed(client: TestClient[Any], **query: Any) -> dict[str, Any]:
    answer = client.get("/v1/leads", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(page: Mapping[str, Any]) -> list[str]:
    return [row["lead_id"] for row in page["leads"]]


def all_ids(client: TestClient[Any], **query: Any) -> list[str]:
    found, page = [], listed(client, **query)
    while True:
        found += ids(page)
        if page["next"] is None:
            return found
        page = listed(client, **{**query, "cursor": page["next"]})


@pytest.fixture
def three(server: Server) -> int:
    """Three leads: `ann` is called first, `cy` is excluded."""
    with server.database.write() as connection:
        key_ = version(connection)
        ann = lead(connection, "ann", owner="sam", account_id="acme", fields={"title": "boss"})
        ben, cy = lead(connection, "ben"), lead(connection, "cy")
        score(connection, key_, ben, "ben", score=1250, at=AT - 7_200_000_000)
        score(connection, key_, ann, "ann", score=7000, play="call", stage="mql", cell="A1")
        nothing = {"dimensions": {}, "grades": {}, "cell": None, "temperature": None}
        nothing |= {"stage": None, "play": None, "known": None, "score": None}
        score(connection, key_, cy, "cy", excluded=True, turn=10**9, **nothing)
    return key_


@pytest.fixture
def filled(client: TestClient[Any], three: int) -> TestClient[Any]:
    """A program that may read three leads."""
    assert three
    return client


def test_leads_stand_in_the_order_of_calling(filled: TestClient[Any]) -> None:
    page = listed(filled)
    assert ids(page) == ["ann", "ben", "cy"]
    assert page["next"] is None
    assert page["leads"][0] == {
        "lead_id": "ann",
        "model": "small",
        "version": 1,
        "as_of": "2026-11-22",
        "excluded": False,
        "score": 70.0,
        "dimensions": {"fit": 70.0, "engagement": 0},
        "grades": {"fit": "A"},
        "cell": "A1",
        "temperature": "cold",
        "stage": "mql",
        "play": "call",
        "known": 0.5,
        "owner": "sam",
        "account_id": "acme",
        "changed_at": "2026-11-22T09:00:00.000Z",
    }
    assert page["leads"][2]["score"] is None


def test_scores_are_numbers_of_two_decimals(filled: TestClient[Any]) -> None:
    answer = filled.get("/v1/leads", params={"lead_id": "ben"})
    assert '"score":12.50,' in answer.text


def test_fields_come_when_asked_for(filled: TestClient[Any]) -> None:
    assert listed(filled, fields=True)["leads"][0]["fields"] == {"title": "boss"}
    assert "fields" not in listed(filled)["leads"][0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"play": "call"}, ["ann"]),
        ({"play": ["call", "keep_warm"]}, ["ann", "ben"]),
        ({"play": ""}, ["cy"]),
        ({"play": ["", "call"]}, ["ann", "cy"]),
        ({"stage": "mql"}, ["ann"]),
        ({"cell": "A2"}, ["ben"]),
        ({"temperature": "hot"}, []),
        ({"owner": "sam"}, ["ann"]),
        ({"owner": ""}, ["ben", "cy"]),
        ({"account_id": "acme"}, ["ann"]),
        ({"min_score": "12.5"}, ["ann", "ben"]),
        ({"min_score": "12.501"}, ["ann"]),
        ({"max_score": "12.509"}, ["ben"]),
        ({"max_score": "-1"}, []),
        ({"excluded": True}, ["cy"]),
        ({"excluded": False}, ["ann", "ben"]),
        ({"lead_id": "ben"}, ["ben"]),
    ],
)
def test_filters(filled: TestClient[Any], query: Any, expected: list[str]) -> None:
    assert ids(listed(filled, **query)) == expected
    assert sorted(ids(listed(filled, order="changed", **query))) == sorted(expected)


def test_a_thousand_equal_scores_are_listed_once_each_by_id(
    client: TestClient[Any], server: Server
) -> None:
    names = [f"{sign}{n}" for n in range(250) for sign in ("a", "Z", "é", "\U0001f600")]
    with server.database.write() as connection:
        key_ = version(connection)
        for name in names:
            score(connection, key_, lead(connection, name), name)
    assert all_ids(client, limit=7) == sorted(names)
    assert all_ids(client, limit=500) == sorted(names)
    assert all_ids(client, limit=99, order="changed") == names


def test_a_cursor_goes_on_although_leads_come_and_go(
    client: TestClient[Any], server: Server
) -> None:
    with server.database.write() as connection:
        key_ = version(connection)
        for name in "bdfh":
            score(connection, key_, lead(connection, name), name)
    page = listed(client, limit=2)
    with server.database.write() as connection:
        connection.execute(scoring.scores.delete().where(scoring.scores.c.lead_id == "d"))
        for name in "ae":
            score(connection, key_, lead(connection, name), name)
    assert ids(page) == ["b", "d"]
    assert ids(listed(client, limit=9, cursor=page["next"])) == ["e", "f", "h"]


@pytest.mark.parametrize(
    "cursor", ["", "x", "eyJhIjoxfQ", "WyJ0dXJuIiwxXQ", "====", "\u00e9", "WzEsMl0", "W" * 9000]
)
def test_a_cursor_that_is_none_is_refused(filled: TestClient[Any], cursor: str) -> None:
    answer = filled.get("/v1/leads", params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:tamis:problem:bad-request"


def test_a_cursor_is_for_the_same_question(filled: TestClient[Any]) -> None:
    cursor = listed(filled, limit=1)["next"]
    answer = filled.get("/v1/leads", params={"cursor": cursor, "play": "call"})
    assert answer.status_code == 400
    assert "same filters" in answer.json()["detail"]


def test_a_cursor_ends_with_its_version(filled: TestClient[Any], server: Server) -> None:
    cursor = listed(filled, limit=1)["next"]
    with server.database.write() as connection:
        retire(connection)
        version(connection, number=2)
    answer = filled.get("/v1/leads", params={"cursor": cursor})
    assert answer.status_code == 400
    assert "another version" in answer.json()["detail"]


def switched(server: Server) -> int:
    """Another version becomes active, by which only `ann` is judged otherwise."""
    with server.database.write() as connection:
        second = version(connection, number=2, state="approved")
        s = scoring.scores.c
        names = [column.name for column in s if column.name != "version_key"]
        rows = select(literal(second), *(s[name] for name in names))
        connection.execute(insert(scoring.scores).from_select(["version_key", *names], rows))
        ann = (s.version_key == second) & (s.lead_id == "ann")
        connection.execute(update(scoring.scores).where(ann).values(score=9000))
        lifecycle.switch(connection, second, NOW + timedelta(hours=1), "ada")
    return second


def test_a_list_by_change_goes_on_after_a_switch(filled: TestClient[Any], server: Server) -> None:
    first = listed(filled, order="changed", limit=1)
    whole = listed(filled, order="changed")
    assert (ids(first), ids(whole)) == (["ben"], ["ben", "ann", "cy"])
    switched(server)
    after = listed(filled, changed_since=whole["resume"])
    assert [(row["lead_id"], row["version"], row["score"]) for row in after["leads"]] == [
        ("ann", 2, 90.0)
    ]
    assert after["leads"][0]["changed_at"] == "2026-11-22T10:00:00.000Z"
    assert ids(listed(filled, order="changed", cursor=first["next"])) == ["cy", "ann"]


def test_a_list_by_change_does_not_go_on_with_another_model(
    filled: TestClient[Any], server: Server
) -> None:
    resume = listed(filled, order="changed")["resume"]
    with server.database.write() as connection:
        version(connection, name="customers")
        version(connection, number=2, state="approved")
    answer = filled.get("/v1/leads", params={"changed_since": resume, "model": "customers"})
    assert answer.status_code == 400
    with caller(server, "admin") as admin:
        query = {"changed_since": resume, "model": "small", "version": 2}
        assert admin.get("/v1/leads", params=query).status_code == 400


def retire(connection: Any) -> None:
    from tamis.server.store.tables import models

    connection.execute(update(models.versions).values(state="retired"))


def test_what_changed_since_an_instant(filled: TestClient[Any]) -> None:
    assert ids(listed(filled, changed_since="2026-11-22T08:59:59Z")) == ["ann", "cy"]
    assert ids(listed(filled, changed_since="2026-11-22T06:00:00")) == ["ben", "ann", "cy"]
    assert ids(listed(filled, changed_since="2026-11-22T10:00:00+01:00")) == ["ann", "cy"]
    assert ids(listed(filled, changed_since="2026-11-23")) == []


def test_changes_are_taken_up_where_they_were_left(
    client: TestClient[Any], server: Server, three: int
) -> None:
    page = listed(client, order="changed")
    assert page["next"] is None
    nothing = listed(client, changed_since=page["resume"])
    assert ids(nothing) == []
    with server.database.write() as connection:
        score(connection, three, lead(connection, "dan"), "dan")
    assert ids(listed(client, changed_since=nothing["resume"])) == ["dan"]


@pytest.mark.parametrize("since", ["2026-13-01", "9" * 30, "yesterday"])
def test_a_since_that_is_none_is_refused(filled: TestClient[Any], since: str) -> None:
    assert filled.get("/v1/leads", params={"changed_since": since}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 501},
        {"limit": "many"},
        {"min_score": "NaN"},
        {"min_score": "1e999999"},
        {"max_score": "-Infinity"},
        {"play": "a\0b"},
        {"order": "name"},
        {"model": "a\0"},
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(filled: TestClient[Any], query: Any) -> None:
    answer = filled.get("/v1/leads", params=query)
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"cell": "Z9"}, "`cell` is `Z9`: there is A1, A2, B1, B2"),
        ({"temperature": "warmish"}, "`temperature` is `warmish`: there is hot, cold"),
        ({"stage": ["lead", "x" * 99]}, f"`stage` is `{'x' * 40}`: there is lead, mql"),
        ({"play": ["", "Call"]}, "`play` is `Call`: there is call, keep_warm"),
        ({"plays": "call"}, "there is no parameter `plays`: there is model, version, cursor,"),
    ],
)
def test_what_no_lead_can_be_is_refused_with_what_there_is(
    filled: TestClient[Any], query: Any, told: str
) -> None:
    answer = filled.get("/v1/leads", params=query)
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["detail"].startswith(told)
    assert [error["field"] for error in problem["errors"]] == list(query)


@pytest.mark.parametrize(
    "path",
    ["accounts", "grid", "changes", "leads/ann", "leads/ann/history", "lead", "export/leads.csv"],
)
def test_parameters_that_there_are_not_are_refused(server: Server, path: str) -> None:
    with caller(server, "admin") as admin:
        answer = admin.get(f"/v1/{path}", params={"modle": "small"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "modle"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"model": "smal"}, "`model` is `smal`: there is customers, small"),
        ({"play": "ring"}, "`play` is `ring`: there is call, keep_warm"),
        ({"model": "small", "stage": "sql"}, "`stage` is `sql`: there is lead, mql"),
    ],
)
def test_changes_that_cannot_come_are_not_waited_for(
    filled: TestClient[Any], server: Server, query: Any, told: str
) -> None:
    with server.database.write() as connection:
        version(connection, name="customers", state="retired")
    answer = filled.get("/v1/changes", params=query)
    assert (answer.status_code, answer.json()["detail"]) == (400, told)


def test_numbers_are_of_today_in_the_zone_of_the_model(
    client: TestClient[Any], server: Server
) -> None:
    with server.database.write() as connection:
        key_ = version(connection)
        score(connection, key_, lead(connection, "ann"), "ann", as_of=day_number(yesterday(9)))
    server.clock.pass_by(timedelta(hours=14, minutes=30))  # type: ignore[attr-defined]
    # 23:30 in UTC is the next day in Paris.
    assert listed(client)["leads"][0]["as_of"] == "2026-11-23"


def test_people_who_opted_out_stand_last_with_no_numbers(filled: TestClient[Any]) -> None:
    # Scoring excludes them as it excludes others: a list by change tells of it.
    assert ids(listed(filled))[-1] == "cy"
    assert ids(listed(filled, order="changed", excluded=True)) == ["cy"]


def test_several_models_are_told_apart_by_name(filled: TestClient[Any], server: Server) -> None:
    with server.database.write() as connection:
        other = version(connection, name="customers")
        score(connection, other, lead(connection, "eve"), "eve")
    answer = filled.get("/v1/leads")
    assert answer.status_code == 400
    assert "`customers`, `small`" in answer.json()["detail"]
    assert ids(listed(filled, model="customers")) == ["eve"]
    assert filled.get("/v1/leads", params={"model": "none"}).status_code == 404


def test_no_model_is_active(client: TestClient[Any]) -> None:
    assert client.get("/v1/leads").status_code == 404


def test_versions_in_the_shadow_are_for_people_on_models(
    filled: TestClient[Any], server: Server
) -> None:
    with server.database.write() as connection:
        shadow = version(connection, number=2, state="approved")
        score(connection, shadow, lead(connection, "eve"), "eve")
    assert filled.get("/v1/leads", params={"version": 2}).status_code == 403
    with caller(server, "admin") as admin:
        assert ids(listed(admin, version=2)) == ["eve"]
        assert admin.get("/v1/leads", params={"version": 2**40}).status_code == 404


@pytest.mark.usefixtures("three")
def test_who_is_not_known_reads_nothing(server: Server) -> None:
    with caller(server) as nobody:
        assert nobody.get("/v1/leads").status_code == 401
    with caller(server, "ingest") as writer:
        assert writer.get("/v1/leads").status_code == 403


def test_leads_that_are_due_are_made_fresh_where_they_are_read(
    client: TestClient[Any], server: Server
) -> None:
    class Tomorrow:
        """Makes every score asked of it 1."""

        def current(self, _: Any, version: int, leads: Any) -> Any:
            assert (version, list(leads)) == (key_, [due])
            return [{"lead": one, "score": 100} for one in leads]

    today, before = day_number(NOW.date()), day_number(yesterday())
    with server.database.write() as connection:
        key_ = version(connection)
        due = lead(connection, "due")
        score(connection, key_, due, "due", as_of=before, next_change=today)
        late = lead(connection, "late")
        score(connection, key_, late, "late", as_of=before, next_change=today + 1)
    server.scores = Tomorrow()  # type: ignore[assignment]
    assert [row["score"] for row in listed(client)["leads"]] == [1.0, 50.0]
