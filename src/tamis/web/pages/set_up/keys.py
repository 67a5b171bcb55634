"""Keys of programs: made, shown once, revoked; and what a site needs to send with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct

from tamis.server.security import keys
from tamis.server.security.asked import Asked
from tamis.server.security.door import Joined
from tamis.server.security.guards import allows
from tamis.server.security.keys import Key
from tamis.server.security.permissions import Permission
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.ADMIN)]
PLACEHOLDER = "tk_…"


@dataclass(frozen=True)
class Keys:
    """Context of `set_up/keys.html`.

    `live` and `revoked` are keys without their secrets; `made` is one that was made just now and
    `shown` its text, which nobody sees again. `server` is the address that clients send to,
    `origins` are sites whose pages may send.
    """

    live: Sequence[Key]
    revoked: Sequence[Key]
    server: str
    origins: Sequence[str]
    made: Key | None = None
    shown: str = ""

    @property
    def key(self) -> str:
        """The key to write into examples: the one made just now, where it is for sending."""
        sends = self.made is not None and "ingest" in self.made.scopes
        return self.shown if sends else PLACEHOLDER


class NewKey(Struct):
    """What the form of a new key sends."""

    name: str = ""
    scope: str = ""


def context(request: Asked, visit: Visit, made: Key | None = None, shown: str = "") -> Keys:
    """The keys, those used last first among the live ones."""
    with visit.server.database.read() as connection:
        found = keys.all_keys(connection)
    live = [key for key in found if key.revoked_at is None]
    live.sort(key=lambda key: -(key.last_used or key.made_at))
    gone = sorted(
        (key for key in found if key.revoked_at), key=lambda key: -cast(int, key.revoked_at)
    )
    settings = visit.server.settings
    return Keys(live, gone, server_address(request, visit), settings.origins, made, shown)


def server_address(request: Asked, visit: Visit) -> str:
    """Where programs reach this server, as far as the browser's request tells."""
    scheme = "https" if visit.server.settings.secure else request.url.scheme
    return f"{scheme}://{request.url.netloc}{visit.server.settings.path}"


@get("/set-up/keys", guards=MAY, sync_to_thread=True)
def shown(request: Asked, visit: Visiting) -> Response[str]:
    """Show the keys, and how to send."""
    return visit.page("set_up/keys.html", context(request, visit))


@post("/set-up/keys", guards=MAY, sync_to_thread=True, status_code=200)
def made(request: Asked, visit: Visiting, data: URLEncodedBody[NewKey]) -> Response[str]:
    """Make a key; the answer alone has its text."""
    server, who = visit.server, visit.caller.who
    with server.database.write() as connection:
        key, text = keys.add_key(connection, server.clock, data.name.strip(), [data.scope], who)
    answer = visit.part("set_up/keys/list.html", context(request, visit, key, text))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post("/set-up/keys/{key_id:str}/revoke", guards=MAY, sync_to_thread=True, status_code=200)
def revoked(request: Asked, visit: Visiting, door: Joined, key_id: FromPath[str]) -> Response[str]:
    """End a key."""
    with visit.server.database.write() as connection:
        keys.revoke_key(connection, visit.server.clock, key_id, visit.caller.who)
    door.keys.forget(key_id)
    return visit.part("set_up/keys/list.html", context(request, visit))


HANDLERS = (shown, made, revoked)
