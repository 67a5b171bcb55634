"""Who sees and does what with work, by HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from tests.server.one_application import served
from tests.server.security.people_at_hand import bearer, key, session
from tests.server.work.conftest import Office, hire

from tamis.server.work import settling
from tamis.server.work.assigning import assign

Row = dict[str, Any]


class Browser:
    """Requests of somebody who is logged in, or of a program."""

    def __init__(self, office: Office, headers: dict[str, str]) -> None:
        self.client = TestClient(served(office.server), raise_server_exceptions=False)
        self.headers = headers

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/v1/{path}", params=query, headers=self.headers)
        return answer.json() if answer.status_code == 200 else answer.status_code

    def post(self, path: str, body: object = None) -> Any:
        answer = self.client.post(f"/v1/{path}", json=body or {}, headers=self.headers)
        return answer.json() if answer.status_code < 300 else answer.status_code

    def delete(self, path: str) -> int:
        return self.client.delete(f"/v1/{path}", headers=self.headers).status_code

    def refused(self, path: str, body: object) -> str:
        answer = self.client.post(f"/v1/{path}", json=body, headers=self.headers)
        assert answer.status_code >= 400
        return str(answer.json()["detail"])


@pytest.fixture
def full(office: Office) -> Office:
    """Eight leads in `sales`, of which ann and ben have three each; one in `senior`, with cas."""
    with office.server.database.write() as connection:
        hire(connection, "mia", "marketing")
        hire(connection, "adam", "admin")
    office.change("ben", manager="cas")
    for number in range(8):
        office.hold(f"lead {number}", "call", score=6000 + 100 * number)
    office.hold("rich", "vip", score=9500)
    office.assign()
    return office


def of(office: Office, login: str) -> Browser:
    return Browser(office, session(office.server, login))


def test_a_queue_shows_what_waits_in_its_order(full: Office) -> None:
    page = of(full, "ann").get("queues/sales/work")
    told = [(one["lead_id"], one["position"], one["expected_day"]) for one in page["work"]]
    assert told == [("lead 1", 1, None), ("lead 0", 2, None)]
    assert page["work"][0]["score"] == 61
    assert page["next"] is None


def test_a_page_goes_on_where_the_one_before_ended(full: Office) -> None:
    ann, found, cursor = of(full, "ann"), [], None
    for _ in range(4):
        asked = {"state": "assigned", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = ann.get("queues/sales/work", **asked)
        found += [one["lead_id"] for one in page["work"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [f"lead {n}" for n in (7, 6, 5, 4, 3, 2)]
    first = ann.get("queues/sales/work", limit=1)
    second = ann.get("queues/sales/work", limit=1, cursor=first["next"])
    assert second["work"][0]["position"] == 2
    assert ann.get("queues/sales/work", state="accepted", cursor=first["next"]) == 400
    assert ann.get("work", cursor=first["next"]) == 400


def test_the_day_is_told_once_the_pace_is_known(full: Office) -> None:
    """Three hand-offs a week are given: the eleventh in line comes in more than three weeks."""
    start = full.clock.instant
    for number in range(12):
        full.clock.instant = start + timedelta(days=number)
        for work in full.work(owner="ann", state="assigned")[:1]:
            with full.server.database.write() as connection:
                settling.finish(connection, work.handoff, "ann", full.server.micros)
        full.hold(f"new {number}", "call", score=8000)
        assign(full.server)
    full.clock.instant = start + timedelta(days=14)
    for number in range(30):
        full.hold(f"late {number}", "call", score=6500)
    page = of(full, "adam").get("queues/sales/work")
    days = [one["expected_day"] for one in page["work"]]
    assert days == sorted(days)
    assert all(day >= "2026-12-07" for day in days)
    assert days[-1] > days[0]


def test_a_seller_sees_their_own_work_in_order(full: Office) -> None:
    ann = of(full, "ann").get("work", owner="me")
    assert ann["owner"] == "ann"
    assert [one["lead_id"] for one in ann["work"]] == ["lead 7", "lead 5", "lead 3"]
    assert {one["due_at"] for one in ann["work"]} == {"2026-11-23T13:00:00.000Z"}
    assert of(full, "ann").get("work", owner="ben") == 403
    assert len(of(full, "cas").get("work", owner="ben")["work"]) == 3
    assert len(of(full, "mia").get("work", owner="ben")["work"]) == 3
    program = Browser(full, bearer(key(full.server, "read")))
    assert program.get("work") == 400
    assert len(program.get("work", owner="ben")["work"]) == 3


def test_what_is_late_is_said(full: Office) -> None:
    full.clock.pass_by(timedelta(hours=5))
    assert {one["late"] for one in of(full, "ann").get("work")["work"]} == {True}


def test_queues_are_shown_to_whom_they_are_of(full: Office) -> None:
    names = {
        login: [one["queue"] for one in of(full, login).get("queues")["queues"]]
        for login in ("ann", "cas", "zoe", "mia", "adam")
    }
    assert names["ann"] == names["zoe"] == ["sales"]
    assert names["cas"] == names["mia"] == names["adam"] == ["sales", "senior"]
    assert of(full, "ann").get("queues/senior/work") == 403
    assert of(full, "ann").get("queues/nowhere/work") == 404
    assert of(full, "mia").get("queues/nothing/work") == 404


def test_a_queue_says_who_works_and_who_is_skipped(full: Office) -> None:
    full.change("ben", disabled=True)
    (sales, senior) = of(full, "adam").get("queues")["queues"]
    assert (sales["waiting"], sales["assigned"], sales["accepted"]) == (2, 6, 0)
    assert sales["people"] == [
        {"login": "ann", "state": "full", "open": 3, "room": 0},
        {"login": "ben", "state": "disabled", "open": 3, "room": 0},
    ]
    assert sales["skipped"] == {"ben": "disabled"}
    assert senior["people"][0]["state"] == "works"
    full.clock.pass_by(timedelta(hours=12))
    assert of(full, "adam").get("queues")["queues"][1]["people"][0]["state"] == "off"


@pytest.mark.parametrize(
    ("login", "status"), [("ann", 403), ("mia", 403), ("cas", 200), ("zoe", 200), ("adam", 200)]
)
def test_who_may_act_on_the_work_of_ben(full: Office, login: str, status: int) -> None:
    mine = full.work(owner="ben")[0].handoff
    answer = of(full, login).post(f"work/{mine}/done")
    assert (answer if isinstance(answer, int) else 200) == status
    assert full.work()[mine - 1].settled_by == (login if status == 200 else None)


def test_done_makes_room_and_is_done_once(full: Office) -> None:
    ann, mine = of(full, "ann"), full.work(owner="ann")[0].handoff
    done = ann.post(f"work/{mine}/done")
    assert (done["state"], done["settled_by"]) == ("done", "ann")
    assert ann.refused(f"work/{mine}/done", {}) == (
        f"hand-off {mine} was finished by ann on 2026-11-23T09:00:00.000Z"
    )
    assert ann.post(f"work/{full.one('lead 1').handoff}/done") == 409
    assert ann.post("work/999/done") == 404


def test_sales_take_what_waits_and_pass_on_what_is_theirs(full: Office) -> None:
    ann, waiting = of(full, "ann"), full.one("lead 1").handoff
    assert ann.refused(f"work/{waiting}/assign", {"to": "ben"}) == (
        "ann takes waiting work, and gives it to nobody else"
    )
    assert "allows 3" in ann.refused(f"work/{waiting}/assign", {"to": "ann"})
    ann.post(f"work/{full.work(owner='ann')[0].handoff}/done")
    assert ann.post(f"work/{waiting}/assign", {"to": "ann"})["owner"] == "ann"
    bens = full.work(owner="ben")[0].handoff
    of(full, "zoe").post(f"work/{bens}/done")
    assert ann.post(f"work/{waiting}/assign", {"to": "ben"})["owner"] == "ben"
    assert of(full, "mia").post(f"work/{waiting}/assign", {"to": "ann"}) == 403
    assert "gets no work" in of(full, "adam").refused(f"work/{waiting}/assign", {"to": "cas"})


def test_snoozed_work_is_out_of_the_list_until_its_time(full: Office) -> None:
    ann, mine = of(full, "ann"), full.work(owner="ann")[0].handoff
    snoozed = ann.post(f"work/{mine}/snooze", {"until": "2026-11-23T12:00:00+01:00"})
    assert snoozed["snoozed_until"] == "2026-11-23T11:00:00.000Z"
    assert len(ann.get("work")["work"]) == 2
    assert len(ann.get("work", snoozed=True)["work"]) == 3
    full.clock.pass_by(timedelta(hours=2))
    assert len(ann.get("work")["work"]) == 3
    for until in ("2026-11-23T12:00:00", "soon", "2027-11-23T12:00:00Z", "2026-11-22T12:00:00Z"):
        assert ann.post(f"work/{mine}/snooze", {"until": until}) == 400
    assert ann.post(f"work/{mine}/snooze", {"until": None})["snoozed_until"] is None


def test_absences_are_recorded_by_who_answers_for_them(full: Office) -> None:
    days = {"first_day": "2026-11-24", "last_day": "2026-11-25"}
    made = of(full, "ann").post("absences", {**days, "about": "training"})
    assert (made["login"], made["about"]) == ("ann", "training")
    assert of(full, "ann").post("absences", {**days, "login": "ben"}) == 403
    assert of(full, "cas").post("absences", {**days, "login": "ben"})["login"] == "ben"
    assert of(full, "mia").post("absences", {**days, "login": "ben"}) == 403
    assert of(full, "adam").post("absences", {**days, "login": "nobody"}) == 404
    assert of(full, "ann").post("absences", {**days, "last_day": "2026-11-01"}) == 400
    seen = of(full, "mia").get("absences")["absences"]
    assert [(one["login"], one["about"]) for one in seen] == [("ann", ""), ("ben", "")]
    assert [one["login"] for one in of(full, "ann").get("absences")["absences"]] == ["ann"]
    assert of(full, "ben").delete(f"absences/{made['absence']}") == 403
    assert of(full, "adam").delete(f"absences/{made['absence']}") == 200
    assert of(full, "adam").delete(f"absences/{made['absence']}") == 404


def test_nobody_unknown_sees_anything(full: Office) -> None:
    stranger = Browser(full, {})
    assert [stranger.get(path) for path in ("queues", "work", "absences")] == [401] * 3
