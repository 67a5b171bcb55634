"""What a lead is called: by one name on every page, whatever its fields are called."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from tamis.server.assemble import at_work
from tamis.server.clock import SystemClock
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.settings import Settings
from tamis.server.store.tables import people
from tamis.web.leads_of_work import who
from tamis.web.names import COMPANIES, IN_NAME, TITLES, name_of, named, named_by_id
from tamis.web.pages import leads
from tamis.web.pages.lead import company
from tamis.web.pages.lead.person import person
from tamis.web.pages.lead.shown import shown
from tamis.web.visit import Visit

L, A = people.leads.c, people.accounts.c
MODEL = "b2b"
ALL = leads.Question(dict.fromkeys(leads.FILTERS, ""), None, "")
SAID = (
    ({"firstName": "Ada", "lastName": "King", "email": "ada@example.org"}, "Ada King"),
    ({"first_name": "Ada", "last_name": None, "email": "ada@example.org"}, "Ada"),
    ({"fullName": "Ada King", "firstName": "Ada"}, "Ada King"),
    ({"contact_name": " Ada \n King "}, "Ada King"),
    ({"name": "", "first_name": "  ", "email": "ada@example.org"}, "ada@example.org"),
    ({"name": ["Ada"], "full_name": 7, "first_name": {}, "email": True}, "u1"),
    ({"name": "W" * 9_000}, "W" * 200),
    ({}, "u1"),
)


@pytest.mark.parametrize(("fields", "name"), SAID)
def test_a_name_comes_before_an_email_and_an_email_before_an_id(
    fields: Mapping[str, object], name: str
) -> None:
    assert name_of("u1", fields).name == name


def test_a_company_is_that_of_the_account_and_else_the_leads() -> None:
    fields = {"jobTitle": "CEO", "organization": "Of the lead"}
    called = [name_of("u1", fields, account) for account in (None, {}, {"company_name": "Tamis"})]
    assert [one.company for one in called] == ["Of the lead", "Of the lead", "Tamis"]
    assert {one.title for one in called} == {"CEO"}
    assert (name_of("u1", {}).title, name_of("u1", {}, {"name": 7}).company) == ("", "")


def _rename(connection: Connection, ids: list[str]) -> None:
    """Give leads the fields of `SAID`, one each, and one account."""
    account = connection.execute(select(A.account_id).limit(1)).scalar_one()
    spoken = IN_NAME | {*TITLES, *COMPANIES, "email"}
    for lead_id, (said, _) in zip(ids, SAID, strict=True):
        text = connection.execute(select(L.fields).where(L.lead_id == lead_id)).scalar_one()
        kept = {name: value for name, value in json.loads(text).items() if name not in spoken}
        fields = json.dumps(kept | said | {"jobTitle": "CEO", "organisation": "Of the lead"})
        changed = update(people.leads).where(L.lead_id == lead_id)
        connection.execute(changed.values(fields=fields, account_id=account))
    described = update(people.accounts).where(A.account_id == account)
    connection.execute(described.values(fields=json.dumps({"company_name": "Tamis"})))


def test_every_page_calls_a_lead_the_same(demo_store: Path, tmp_path: Path) -> None:
    store = Path(shutil.copy(demo_store, tmp_path / "server.db"))
    with at_work(Settings(store=str(store)), SystemClock()) as parts:
        caller = Caller("admin", ROLES["admin"], "admin")
        visit = Visit(parts.server, caller, "en", "", False, "/leads")
        with parts.server.database.write() as connection:
            first = leads.context(visit, connection, MODEL, ALL).rows
            ids = [one.lead_id for one in first[: len(SAID)]]
            _rename(connection, ids)
        with parts.server.database.read() as connection:
            keys = {
                row.lead_id: row.lead
                for row in connection.execute(select(L.lead, L.lead_id).where(L.lead_id.in_(ids)))
            }
            listed = {
                one.lead_id: one.name for one in leads.context(visit, connection, MODEL, ALL).rows
            }
            of_work, by_key = who(connection, keys.values()), named(connection, keys.values())
            by_id = named_by_id(connection, ids)
            for lead_id, (_, name) in zip(ids, SAID, strict=True):
                page = shown(connection, visit, lead_id, None)
                meant = (lead_id if name == "u1" else name, "CEO", "Tamis")
                called = (
                    listed[lead_id],
                    person(page),
                    of_work[keys[lead_id]],
                    by_key[keys[lead_id]],
                    by_id[lead_id],
                )
                assert [(one.name, one.title, one.company) for one in called] == [meant] * 5
            beside = company.context(page)
    assert beside is not None
    assert beside.name == "Tamis"
    assert {(one.name, one.title) for one in beside.people} >= {("Ada King", "CEO")}
