"""A webhook: each message is a signed POST; the answer says what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from tamis.model.document import Value
from tamis.server.clock import Clock, micros, written
from tamis.server.delivery.answered import result
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.message import KINDS, Message, Result, Target
from tamis.server.delivery.outbox import SECOND
from tamis.server.delivery.registry import TargetType, Told
from tamis.server.delivery.targets.webhook.signature import WrongSecretError, secret_of, signature
from tamis.server.delivery.web_addresses import web_address

KEYS: Final = ("url", "secret", "old_secret")
HOW: Final = "make one with: echo whsec_$(openssl rand -base64 32)"


@dataclass(frozen=True)
class Webhook:
    """Sends `{"type", "timestamp", "data"}` to one address, signed by each of its secrets."""

    url: Secret
    secrets: tuple[bytes, ...] = field(repr=False)
    http: HttpClient
    clock: Clock
    kinds: frozenset[str] = frozenset(KINDS)

    def send(self, message: Message) -> Result:
        """Send it; the receiver knows a message that it has had by its `webhook-id`."""
        told = {"type": message.kind, "timestamp": written(message.at), "data": message.payload}
        body = msgspec.json.encode(told)
        now = micros(self.clock.now()) // SECOND
        signed = " ".join(signature(one, message.key, now, body) for one in self.secrets)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.key,
            "webhook-timestamp": str(now),
            "webhook-signature": signed,
        }
        return result(self.clock, lambda: self.http.post(self.url.value, body, headers))


def _read(told: Told) -> Target | None:
    url, secrets = web_address(told, "url"), []
    for key in KEYS[1:]:
        if key in told.values:
            secrets.append(_secret(told, key, told.values[key]))
    if url is None or not all(secrets):
        return None
    kept = tuple(one for one in secrets if one)
    return Webhook(url, kept, told.around.http, told.around.clock)


def _secret(told: Told, key: str, value: Value) -> bytes | None:
    secret = told.secret(key)
    try:
        return secret_of(secret.value) if secret else None
    except WrongSecretError as error:
        value.wrong("wrong-secret", str(error), HOW)
        return None


TYPE = TargetType(keys=KEYS, needed=("url", "secret"), read=_read)
