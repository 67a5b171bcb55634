"""Sales accept and reject hand-offs: who may, what follows, in one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from tests.server.feedback.conftest import YAML, Sales

from tamis.server.store.tables import access
from tamis.server.store.tables.models import versions
from tamis.server.store.tables.people import lead_values
from tamis.server.store.tables.work import handoffs


def test_an_accepted_hand_off_is_the_sellers_and_its_lead_is_confirmed(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    found = sales.post(f"/v1/work/{handoff}/accept", {"note": "they know us"})
    assert (found["work"]["state"], found["work"]["owner"]) == ("accepted", "sam")
    assert (found["status"], found["corrected"]) == ("srl", [])
    [lead] = [found["work"]["lead_id"]]
    assert lead == "ann"
    with sales.server.database.read() as connection:
        key = connection.scalar(select(handoffs.c.lead))
        noted = select(access.audit.c.action, access.audit.c.subject, access.audit.c.details)
        audit = [tuple(row) for row in connection.execute(noted.order_by(access.audit.c.entry))]
    milestones = [name for name, _ in sales.milestones(key)]
    assert milestones == ["qualified", "proposed", "accepted"]
    assert ("handoff.accept", str(handoff), "{}") in audit
    assert not any("know us" in details for _, _, details in audit)


def test_a_rejected_hand_off_hands_the_lead_back(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    sales.post(f"/v1/work/{handoff}/accept")
    found = sales.post(f"/v1/work/{handoff}/reject", {"reason": "no_budget", "note": "next year"})
    assert (found["work"]["state"], found["work"]["reason"]) == ("rejected", "no_budget")
    assert (found["work"]["note"], found["status"]) == ("next year", "mql")
    again = sales.ask("sam", "POST", f"/v1/work/{handoff}/reject", {"reason": "no_budget"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:tamis:problem:conflict")
    assert "rejected by sam" in again.json()["detail"]


def test_what_waits_is_accepted_only_by_somebody_with_room(sales: Sales) -> None:
    v = versions.c
    with sales.server.database.write() as connection:
        limited = YAML.replace("sales: {people: [sam]}", "sales: {people: [sam], limit: 1}")
        connection.execute(update(versions).where(v.number == 1).values(yaml=limited))
    own, waiting = sales.handoff("ann"), sales.handoff("ben", owner=None)
    refused = sales.ask("sam", "POST", f"/v1/work/{waiting}/accept")
    assert (refused.status_code, "`sales` allows 1" in refused.text) == (409, True)
    assert sales.post(f"/v1/work/{own}/accept")["work"]["state"] == "accepted"
    sales.post(f"/v1/work/{own}/done")
    assert sales.post(f"/v1/work/{waiting}/accept")["work"]["owner"] == "sam"


def test_reasons_are_those_of_the_model(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    for reason in ("timing", "", "no_budget\0"):
        refused = sales.ask("sam", "POST", f"/v1/work/{handoff}/reject", {"reason": reason})
        assert refused.status_code == 400, refused.text
    refused = sales.ask("sam", "POST", f"/v1/work/{handoff}/reject", {"reason": "timing"})
    assert "no_budget, wrong_person, too_small" in refused.json()["detail"]
    assert sales.post(f"/v1/work/{handoff}/reject", {"reason": "too_small"})["work"]["reason"]


WHO = {
    "sam": 200, "ada": 200, "admin": 200, "eve": 403, "marie": 403, "read": 403, "ingest": 403,
    "nobody": 401,
}  # fmt: skip


def test_who_may_reject(sales: Sales) -> None:
    # In one test, for a server with live scores takes its time to begin.
    for who, status in WHO.items():
        handoff, body = sales.handoff(f"lead-for-{who}"), {"reason": "no_budget"}
        assert sales.ask(who, "POST", f"/v1/work/{handoff}/reject", body).status_code == status
        with sales.server.database.read() as connection:
            mine = select(handoffs.c.state).where(handoffs.c.handoff == handoff)
            assert connection.scalar(mine) == ("rejected" if status == 200 else "assigned")


def test_who_may_read_feedback(sales: Sales) -> None:
    allowed = {"sam": 200, "marie": 200, "ada": 200, "read": 200, "admin": 200, "ingest": 403}
    for path in ("/v1/false-positives", "/v1/false-negatives", "/v1/quality"):
        for who, status in allowed.items():
            assert sales.ask(who, "GET", path).status_code == status
        assert sales.ask("sam", "GET", f"{path}?modle=x").status_code == 400


def values(sales: Sales, field: str) -> list[tuple[str, str]]:
    """What was said of a field, and by what."""
    v = lead_values.c
    chosen = select(v.value, v.source).where(v.field == field).order_by(v.at)
    with sales.server.database.read() as connection:
        return [tuple(row) for row in connection.execute(chosen)]  # type: ignore[misc]


def test_corrected_facts_are_kept_and_rescore_the_lead_at_once(sales: Sales) -> None:
    handoff = sales.handoff("ann", employees=200)
    assert sales.score("ann") == 9000
    body = {"reason": "wrong_person", "facts": {"title": "intern", "employees": 200}}
    found = sales.post(f"/v1/work/{handoff}/reject", body)
    assert found["corrected"] == ["title"]
    assert sales.score("ann") == 3000
    assert values(sales, "title") == [('"boss"', "api"), ('"intern"', "correction")]
    assert values(sales, "employees") == [("200", "api")]
    assert sales.get("/v1/leads/ann")["fields"]["title"] == "intern"


def test_a_fact_is_emptied_by_null(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    assert sales.post(f"/v1/work/{handoff}/accept", {"facts": {"title": None}})["corrected"]
    assert sales.score("ann") == 0


WRONG: dict[str, dict[str, Any]] = {
    "facts.shoe": {"shoe": 44},
    "facts.employees": {"employees": "many"},
    "facts.title": {"title": "a\0b"},
    "facts.:owner": {":owner": "eve"},
}


def test_facts_that_cannot_be_change_nothing_at_all(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    for field, facts in WRONG.items():
        body = {"reason": "no_budget", "facts": {"title": "intern", **facts}}
        refused = sales.ask("sam", "POST", f"/v1/work/{handoff}/reject", body)
        assert refused.status_code == 400, refused.text
        assert refused.json()["errors"][0]["field"] == field
    assert (sales.score("ann"), values(sales, "title")) == (6000, [('"boss"', "api")])
    with sales.server.database.read() as connection:
        assert connection.scalar(select(handoffs.c.state)) == "assigned"


def test_what_is_not_there_is_not_found(sales: Sales) -> None:
    for handoff in (0, 77, 2**62):
        for what, body in (("accept", None), ("reject", {"reason": "no_budget"})):
            answer = sales.ask("sam", "POST", f"/v1/work/{handoff}/{what}", body)
            assert answer.status_code == 404
