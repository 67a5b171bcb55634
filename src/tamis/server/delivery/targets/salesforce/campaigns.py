"""Audiences as members of campaigns: added and removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tamis.server.delivery.crm.faults import RefusedError
from tamis.server.delivery.crm.field_map import FieldMap
from tamis.server.delivery.message import AUDIENCE, Message, Refused, Result, Retry, Sent
from tamis.server.delivery.targets.salesforce.records import Found
from tamis.server.delivery.targets.salesforce.saving import codes_of, saved
from tamis.server.delivery.targets.salesforce.soql import query

if TYPE_CHECKING:
    from tamis.server.delivery.targets.salesforce.client import SalesforceClient

CAMPAIGN: Final = "701"
GONE: Final = "ENTITY_IS_DELETED"
COLUMN: Final[Mapping[str, str]] = {"Lead": "LeadId", "Contact": "ContactId"}


def members(
    client: SalesforceClient,
    map_: FieldMap,
    kind: str,
    some: Sequence[Message],
    known: Mapping[int, Found],
) -> dict[int, Result]:
    """Make leads members of campaigns, or members no more; who is one already stays one."""
    results: dict[int, Result] = {}
    campaigns: defaultdict[str, list[Message]] = defaultdict(list)
    for one in some:
        named = map_.audiences.get(str(one.payload.get("audience")))
        if named is None:
            results[one.entry] = Refused("the field map names no campaign for this audience")
        elif one.entry not in known:
            absent = Refused("Salesforce has no record of this lead")
            results[one.entry] = absent if kind == AUDIENCE[0] else Sent()
        else:
            campaigns[named].append(one)
    for named, asked in campaigns.items():
        campaign = _campaign(client, named)
        there = _there(client, campaign, [known[one.entry] for one in asked])
        change = _added if kind == AUDIENCE[0] else _removed
        results |= change(client, campaign, asked, known, there)
    return results


def _campaign(client: SalesforceClient, named: str) -> str:
    """The id of a campaign, which a map names by it or by its name. Raises: RefusedError."""
    if named.startswith(CAMPAIGN) and named.isalnum() and len(named) in (15, 18):
        return named
    asked = query(["Id"], "Campaign", "Name = {}", named, rest=" LIMIT 2")
    found = client.query(asked)["records"]
    if len(found) != 1:
        many = "more than one campaign has" if found else "no campaign has"
        message = f"{many} the name `{named}` in Salesforce"
        raise RefusedError(message)
    return str(found[0]["Id"])


def _there(client: SalesforceClient, campaign: str, some: Sequence[Found]) -> dict[str, str]:
    """The ids of memberships, by the ids of leads and contacts."""
    found: dict[str, str] = {}
    for name, column in COLUMN.items():
        ids = sorted({id_ for object_, id_ in some if object_ == name})
        if ids:
            where = f"CampaignId = {{}} AND {column} IN {{}}"
            asked = query(["Id", column], "CampaignMember", where, campaign, ids)
            members = client.query(asked)["records"]
            found |= {str(one[column]): str(one["Id"]) for one in members}
    return found


def _added(
    client: SalesforceClient,
    campaign: str,
    asked: Sequence[Message],
    known: Mapping[int, Found],
    there: Mapping[str, str],
) -> dict[int, Result]:
    new = [one for one in asked if known[one.entry][1] not in there]
    changes: list[tuple[Message, dict[str, Any]]] = [
        (
            one,
            {
                "attributes": {"type": "CampaignMember"},
                "CampaignId": campaign,
                COLUMN[known[one.entry][0]]: known[one.entry][1],
            },
        )
        for one in new
    ]
    results = saved(client.create, changes)
    # Somebody else may have added them since they were looked for.
    already = "Salesforce: DUPLICATE_VALUE"
    made: dict[int, Result] = {
        entry: Sent() if isinstance(one, Refused) and one.reason == already else one
        for entry, one in results.items()
    }
    return {one.entry: Sent() for one in asked if one not in new} | made


def _removed(
    client: SalesforceClient,
    _campaign: str,
    asked: Sequence[Message],
    known: Mapping[int, Found],
    there: Mapping[str, str],
) -> dict[int, Result]:
    ids = sorted({there[known[one.entry][1]] for one in asked if known[one.entry][1] in there})
    answers = client.delete(ids) if ids else []
    left = [one for one in answers if not one.get("success") and codes_of(one) != {GONE}]
    # Who is in no longer is passed over the next time.
    result: Result = Retry("some members could not be removed") if left else Sent()
    return {one.entry: result for one in asked}
