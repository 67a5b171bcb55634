"""Routes for who administers keys of programs."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from tamis.server.security import answers, keys
from tamis.server.security.answers import AddedKey, Keys, NewKey
from tamis.server.security.asked import Asked
from tamis.server.security.door import Joined
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission

ADMIN = allows(Permission.ADMIN)


@get("/v1/keys", guards=[ADMIN], sync_to_thread=True)
def list_keys(door: Joined) -> Keys:
    """Every key, revoked ones too, without their secrets."""
    with door.server.database.read() as connection:
        return Keys([answers.key(one) for one in keys.all_keys(connection)])


@post("/v1/keys", guards=[ADMIN], sync_to_thread=True)
def add_key(request: Asked, data: JSONBody[NewKey], door: Joined) -> AddedKey:
    """Make a key; it is answered here and never again."""
    clock, who = door.server.clock, request.user.who
    with door.server.database.write() as connection:
        made, shown = keys.add_key(connection, clock, data.name, data.scopes, who)
    return AddedKey(shown, answers.key(made))


@delete("/v1/keys/{key_id:str}", guards=[ADMIN], sync_to_thread=True)
def revoke_key(request: Asked, key_id: FromPath[str], door: Joined) -> None:
    """End a key: at once on this process, within seconds on others."""
    with door.server.database.write() as connection:
        keys.revoke_key(connection, door.server.clock, key_id, request.user.who)
    door.keys.forget(key_id)


HANDLERS = (list_keys, add_key, revoke_key)
