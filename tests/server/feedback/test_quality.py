"""Data quality: what is missing, invalid, corrected later, stale; by source of the lead."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update
from tests.server.feedback.conftest import Sales

from tamis.server.store.tables.messages import quarantine
from tamis.server.store.tables.people import leads


def field(found: dict[str, Any], name: str, source: str | None = None) -> tuple[int, ...]:
    """Leads, missing, invalid, corrected, stale of a field."""
    [one] = [f for f in found["fields"] if (f["field"], f["source"]) == (name, source)]
    return tuple(one[k] for k in ("leads", "missing", "invalid", "corrected", "stale"))


def test_fields_are_counted_by_source(sales: Sales) -> None:
    sales.lead("ann", employees=3, source="fair")
    sales.lead("ben", source="fair")
    sales.lead("cas", title="", employees=5)
    found = sales.get("/v1/quality")
    assert field(found, "employees") == (3, 1, 0, 0, 0)
    assert field(found, "employees", "fair") == (2, 1, 0, 0, 0)
    assert field(found, "title", "") == (1, 1, 0, 0, 0)
    assert field(found, "title", "fair") == (2, 0, 0, 0, 0)


def test_values_grow_stale_sooner_where_a_version_relies_on_them(sales: Sales) -> None:
    sales.lead("ann", employees=3)
    sales.pass_by(days=31)
    found = sales.get("/v1/quality", "read")
    assert field(found, "employees") == (1, 0, 0, 0, 1)
    assert field(found, "title") == (1, 0, 0, 0, 0)
    sales.pass_by(days=365)
    assert field(sales.get("/v1/quality", "read"), "title") == (1, 0, 0, 0, 1)


def test_a_correction_counts_where_it_followed_another_value(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    facts = {"title": "intern", "employees": 12}
    sales.post(f"/v1/work/{handoff}/reject", {"reason": "wrong_person", "facts": facts})
    found = sales.get("/v1/quality")
    assert field(found, "title") == (1, 0, 0, 1, 0)
    assert field(found, "employees") == (1, 0, 0, 0, 0)


def test_a_field_under_its_name_of_javascript_is_the_same(sales: Sales) -> None:
    sales.lead("ann", created_by="x", createdBy=None)
    assert field(sales.get("/v1/quality"), "createdBy") == (1, 1, 0, 0, 0)
    sales.pass_by(minutes=1)
    sales.lead("ann", createdBy="me")
    assert field(sales.get("/v1/quality"), "createdBy") == (1, 0, 0, 0, 0)


def test_what_cannot_be_read_is_invalid_and_what_was_put_aside_is_told(sales: Sales) -> None:
    lead = sales.lead("ann", employees=3)
    row = {"received_at": sales.server.micros, "kind": "lead", "message": b"{}"}
    wrong = {"code": "wrong-type", "reason": 'fields.employees is "many": a whole number'}
    with sales.server.database.write() as connection:
        # As an earlier model let it in, which did not declare the type.
        many = update(leads).where(leads.c.lead == lead).values(fields='{"employees": "many"}')
        connection.execute(many)
        old = row | {"received_at": row["received_at"] - 91 * 86_400_000_000}
        told = {"code": "no-id", "reason": "`lead_id` is missing"}
        rows = [row | wrong, row | wrong, row | told, old | told]
        connection.execute(insert(quarantine), rows)
    found = sales.get("/v1/quality")
    assert field(found, "employees") == (1, 0, 1, 0, 0)
    assert found["quarantined"] == [
        {"kind": "lead", "code": "wrong-type", "field": "employees", "count": 2},
        {"kind": "lead", "code": "no-id", "field": None, "count": 1},
    ]
