"""What moved: alarms that somebody looks at, and changes of market that people declare."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct

from tamis.server.learning.forms import DeclareChange, SettleAlarm
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.pages.learned.deeds import checked
from tamis.web.visit import Visiting

MAY: dict[str, Any] = {
    "guards": [allows(Permission.MODEL)],
    "status_code": 200,
    "sync_to_thread": True,
}


class Words(Struct):
    """What the form beside an alarm sends."""

    comment: str = ""


class Change(Struct):
    """The form of a change of market: its day (ISO), and what changed."""

    day: str = ""
    about: str = ""


@post("/learned/{model:str}/alarms/{alarm:int}", **MAY)
def settle(
    visit: Visiting, model: FromPath[str], alarm: FromPath[int], data: URLEncodedBody[Words]
) -> Response[str]:
    """Say that an alarm was looked at."""
    visit.server.learning.settle(visit.caller, model, alarm, SettleAlarm(comment=data.comment))
    return visit.gone_to("/learned", model=model)


@post("/learned/{model:str}/market", **MAY)
def declare(visit: Visiting, model: FromPath[str], data: URLEncodedBody[Change]) -> Response[str]:
    """Declare that the market changed on a day."""
    change = checked(DeclareChange, {"day": data.day, "about": data.about})
    visit.server.learning.declare(visit.caller, model, change)
    return visit.gone_to("/learned", model=model)


@post("/learned/{model:str}/market/{change:int}/withdraw", **MAY)
def withdraw(visit: Visiting, model: FromPath[str], change: FromPath[int]) -> Response[str]:
    """Take a declared change back."""
    visit.server.learning.withdraw(visit.caller, model, change)
    return visit.gone_to("/learned", model=model)


HANDLERS = (settle, declare, withdraw)
