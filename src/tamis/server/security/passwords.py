"""Passwords: kept as argon2id, long enough, and checked by a few at a time."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tamis.server.problems import Problem, bad_request
from tamis.server.security.buckets import too_many
from tamis.server.security.tokens import new_token

SHORTEST, LONGEST = 12, 1024
"""Characters."""
FEWEST_DIFFERENT = 5
AT_ONCE = 2
"""Hashes made at once: each takes 64 MiB."""
PATIENCE = 3
"""Seconds that a request waits for its turn: it holds a thread that others need."""
HASHER = PasswordHasher()
TURNS = threading.BoundedSemaphore(AT_ONCE)


def refuse_weak(password: str, login: str) -> None:
    """Raises: Problem 400 for a password that is short or soon guessed.

    Length is what makes a password strong; no digits or signs are asked for.
    """
    weak = ""
    if not SHORTEST <= len(password) <= LONGEST:
        weak = f"a password has {SHORTEST} to {LONGEST} characters"
    elif len(set(password)) < FEWEST_DIFFERENT:
        weak = f"a password has {FEWEST_DIFFERENT} different characters at least"
    elif login.casefold() in password.casefold() and len(password) < SHORTEST + len(login):
        weak = "a password is not the login with a few characters more"
    if weak:
        raise bad_request(weak, [{"field": "password", "message": weak}])


def hash_password(password: str) -> str:
    """What the store keeps of a password. Takes some 50 ms: never inside a transaction."""
    with _turn():
        return HASHER.hash(_bytes(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept; without any kept it takes as long and is wrong."""
    with _turn():
        try:
            HASHER.verify(kept or _nobody(), _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def is_old(kept: str) -> bool:
    """Whether it was hashed as is no longer done."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobody() -> str:
    return HASHER.hash(new_token())


def _bytes(password: str) -> bytes:
    # The same letters typed on two machines may come as different code points.
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


@contextmanager
def _turn() -> Iterator[None]:
    if not TURNS.acquire(timeout=PATIENCE):
        raise busy()
    try:
        yield
    finally:
        TURNS.release()


def busy() -> Problem:
    """The answer when too many passwords are to be checked."""
    return too_many("too many people log in at once", PATIENCE)
