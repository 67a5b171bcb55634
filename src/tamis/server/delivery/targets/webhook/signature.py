"""Signatures of Standard Webhooks (www.standardwebhooks.com), version 1: HMAC with SHA-256."""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as the specification asks."""


class WrongSecretError(ValueError):
    """A secret that is not one of Standard Webhooks; the text does not have it."""


def secret_of(written: str) -> bytes:
    """The bytes of a secret, `whsec_` and base64. Raises: WrongSecretError."""
    try:
        found = base64.b64decode(written.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "the secret is not `whsec_` and base64"
        raise WrongSecretError(message) from error
    if not written.startswith(PREFIX) or not SHORTEST <= len(found) <= LONGEST:
        message = f"the secret is not `whsec_` and base64 of {SHORTEST} to {LONGEST} bytes"
        raise WrongSecretError(message)
    return found


def signature(secret: bytes, id_: str, timestamp: int, body: bytes) -> str:
    """One signature of a message; `timestamp` in seconds since 1970.

    >>> signature(b"x" * 24, "msg_1", 0, b"{}")
    'v1,GpXfUH2odabvKW53xjjM0IYZ+QtNVtAD51tJy/vmlJc='
    """
    signed = b".".join((id_.encode(), str(timestamp).encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(secret, signed, sha256)).decode()}"
