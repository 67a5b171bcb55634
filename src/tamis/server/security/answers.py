"""What the routes of this part read and answer."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from tamis.server.clock import written
from tamis.server.security.guards import Caller
from tamis.server.security.keys import Key
from tamis.server.security.people import User

RoleName = Literal["sales", "marketing", "admin"]
ScopeName = Literal["ingest", "read", "admin"]
LanguageName = Literal["en", "fr"]


class Login(Struct, forbid_unknown_fields=True):
    """A login and its password."""

    login: str
    password: str


class FirstAdmin(Struct, forbid_unknown_fields=True):
    """The first administrator."""

    login: str
    name: str
    password: str


class NewPassword(Struct, forbid_unknown_fields=True):
    """A password to set."""

    password: str


class ChangedPassword(Struct, forbid_unknown_fields=True):
    """A password to set, and the one before."""

    old: str
    new: str


class NewUser(Struct, forbid_unknown_fields=True):
    """A person to add.

    `zone` and `country` are of their working hours and holidays, null: as the model has them;
    `manager` is the login of who is told when their work is late.
    """

    login: str
    name: str
    role: RoleName
    email: str | None = None
    language: LanguageName = "en"
    zone: str | None = None
    country: str | None = None
    manager: str | None = None


class UserChanges(Struct, forbid_unknown_fields=True):
    """What to change of a person; what is left out stays, null takes away."""

    name: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    role: RoleName | UnsetType = UNSET
    language: LanguageName | UnsetType = UNSET
    zone: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    manager: str | UnsetType | None = UNSET
    disabled: bool | UnsetType = UNSET


class OwnChanges(Struct, forbid_unknown_fields=True):
    """What one may change of oneself; what is left out stays, null takes away."""

    name: str | UnsetType = UNSET
    language: LanguageName | UnsetType = UNSET
    zone: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET


class NewKey(Struct, forbid_unknown_fields=True):
    """A key to make."""

    name: str
    scopes: list[ScopeName]


class HowTo(Struct):
    """What a link is for, and what to send to it."""

    purpose: str
    post: list[str]
    login: str = ""


class Me(Struct):
    """Who calls. `csrf_token` goes into the header X-CSRF-Token; empty for a key."""

    who: str
    role: str
    permissions: list[str]
    language: str
    csrf_token: str


class UserAnswer(Struct):
    """A person; instants in ISO 8601."""

    login: str
    name: str
    email: str | None
    role: str
    language: str
    zone: str | None
    country: str | None
    manager: str | None
    disabled: bool
    has_password: bool
    made_at: str
    last_seen: str | None


class LinkAnswer(Struct):
    """A link to hand over, once; it works once, until `ends_at`."""

    path: str
    ends_at: str


class AddedUser(Struct):
    """A person that was added, and the link by which to set a password."""

    user: UserAnswer
    link: LinkAnswer


class Users(Struct):
    """Everybody."""

    users: list[UserAnswer]


class KeyAnswer(Struct):
    """A key without its secret; instants in ISO 8601."""

    key_id: str
    name: str
    scopes: list[str]
    made_at: str
    made_by: str | None
    last_used: str | None
    revoked_at: str | None


class AddedKey(Struct):
    """A key that was made; `key` is shown now and never again."""

    key: str
    about: KeyAnswer


class Keys(Struct):
    """Every key, revoked ones too."""

    keys: list[KeyAnswer]


class Entry(Struct):
    """A change that somebody made."""

    entry: int
    at: str
    who: str
    action: str
    subject: str
    details: dict[str, object]
    request_id: str


class Entries(Struct):
    """Changes, the latest first; `next` is the cursor of those before, null at the end."""

    entries: list[Entry]
    next: str | None


def me(caller: Caller, csrf: str) -> Me:
    """The answer about a caller."""
    allowed = sorted(caller.permissions)
    return Me(caller.who, caller.role, [str(one) for one in allowed], caller.language, csrf)


def user(one: User) -> UserAnswer:
    """The answer about a person."""
    told = {**vars(one), "made_at": written(one.made_at), "last_seen": instant(one.last_seen)}
    return UserAnswer(**told)


def key(one: Key) -> KeyAnswer:
    """The answer about a key."""
    return KeyAnswer(
        one.key_id,
        one.name,
        list(one.scopes),
        written(one.made_at),
        one.made_by,
        instant(one.last_used),
        instant(one.revoked_at),
    )


def instant(stored: int | None) -> str | None:
    """An instant of the store in ISO 8601."""
    return None if stored is None else written(stored)
