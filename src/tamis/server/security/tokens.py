"""Tokens: random secrets that programs and browsers show, kept as hashes alone.

A token has 256 random bits. Nobody guesses or tries those, so one SHA-256 keeps it: a slow hash
such as argon2id makes guessing dear, which helps passwords that people think up, and would here
cost every request some 50 ms for nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

RANDOM_BYTES = 32


def new_token() -> str:
    """A token of 256 random bits, fit for an address or a header."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def hashed(token: str) -> str:
    """What the store holds of a token: its SHA-256 in hexadecimal.

    >>> hashed("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def fits(token: str, token_hash: str) -> bool:
    """Whether a token is the one kept; takes as long for any wrong one."""
    return hmac.compare_digest(hashed(token), token_hash)


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, compared in constant time."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
