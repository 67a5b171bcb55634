"""Logging in: the same words and the same time whatever was wrong, and not too often."""

from __future__ import annotations

import logging

from sqlalchemy import select, update

from tamis.server import audit
from tamis.server.problems import Problem
from tamis.server.security import sessions
from tamis.server.security.addresses import household
from tamis.server.security.buckets import Buckets, too_many
from tamis.server.security.passwords import hash_password, is_old, is_right
from tamis.server.security.people import LOGIN
from tamis.server.server import Server
from tamis.server.store.tables import access

LOG = logging.getLogger(__name__)
PER_LOGIN, PER_ADDRESS = 10, 50
"""Wrong passwords at once; one more a minute for a login, one every six seconds for an address."""


class Logins:
    """Logs people in; remembers how often a login and an address were wrong."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._by_login = Buckets(capacity=PER_LOGIN, per_minute=1)
        self._by_address = Buckets(capacity=PER_ADDRESS, per_minute=10)

    def log_in(self, login: str, password: str, address: str) -> str:
        """Begin a session; its token. Raises: Problem 401, or 429 for who must wait."""
        kept = self._proven(login.casefold(), password, household(address))
        fresh = hash_password(password) if is_old(kept) else kept
        return self._begin(login.casefold(), kept, fresh)

    def check(self, login: str, password: str, address: str) -> None:
        """Check the password of one who is logged in. Raises: Problem 401, or 429."""
        self._proven(login, password, household(address))

    def _proven(self, login: str, password: str, address: str) -> str:
        # What is no login shares one bucket: a name may be as long as a body.
        name, now = login if LOGIN.fullmatch(login) else "-", self._server.micros
        # Taken before the check: a hundred tries at once are a hundred tries.
        if wait := self._by_address.take(address, now) or self._by_login.take(name, now):
            raise too_many("too many wrong passwords", wait)
        kept = self._kept(name)
        if not is_right(password, kept) or kept is None:
            LOG.warning("a login failed from %s", address or "an unknown address")
            raise wrong()
        self._by_login.forget(name)
        self._by_address.give_back(address, now)
        return kept

    def _kept(self, login: str) -> str | None:
        users = access.users
        query = select(users.c.password).where(users.c.login == login, users.c.disabled.is_(False))
        with self._server.database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def _begin(self, login: str, checked: str, kept: str) -> str:
        users, clock = access.users, self._server.clock
        with self._server.database.write() as connection:
            # Disabled, or the password changed, while it was checked.
            still = (users.c.login == login, users.c.password == checked)
            change = update(users).where(*still, users.c.disabled.is_(False)).values(password=kept)
            if not connection.execute(change).rowcount:
                raise wrong()
            audit.record(connection, clock.now(), login, "user.login", f"user:{login}")
            return sessions.begin(connection, clock, login)


def wrong() -> Problem:
    """The answer to an unknown login, a wrong password and a disabled person alike."""
    return Problem(401, "wrong-login", "Not logged in", "the login or the password is wrong")
