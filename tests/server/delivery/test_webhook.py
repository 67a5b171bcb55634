"""Webhooks, read by the reference library of Standard Webhooks."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Reference
from standardwebhooks.webhooks import WebhookVerificationError
from tests.server.delivery.receiver import Receiver, Reply
from tests.server.delivery.sending import SECRET, WHSEC, configured, http, put, sender, webhook

from tamis.server.clock import SetClock, SystemClock
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.message import Message, Refused, Result, Retry, Sent
from tamis.server.delivery.targets.webhook.signature import WrongSecretError, secret_of
from tamis.server.delivery.targets.webhook.target import Webhook
from tamis.server.store.database import Database

TOLD = {"lead_id": "ann", "score": 82.5, "reasons": ["Prix: 3 visites — “élevé”"]}
MESSAGE = Message(7, "hook", "handoff.assigned", 3, TOLD, "msg_abc", 1_700_000_000_000_000)


@pytest.fixture
def real() -> Iterator[SystemClock]:
    """The machine's clock: the reference library takes no message of another day."""
    return SystemClock()


def test_the_reference_library_verifies_what_is_sent(there: Receiver, real: SystemClock) -> None:
    assert webhook(there.address, real).send(MESSAGE) == Sent()
    (got,) = there.got
    told = Reference(WHSEC).verify(got.body, dict(got.headers))
    assert told == {
        "type": "handoff.assigned",
        "timestamp": "2023-11-14T22:13:20.000Z",
        "data": TOLD,
    }
    assert got.headers["webhook-id"] == "msg_abc"
    assert got.headers["content-type"] == "application/json"


def test_what_was_changed_on_the_way_is_found_out(there: Receiver, real: SystemClock) -> None:
    webhook(there.address, real).send(MESSAGE)
    (got,) = there.got
    for body, headers in (
        (got.body.replace(b"82.5", b"92.5"), got.headers),
        (got.body, {**got.headers, "webhook-id": "msg_abd"}),
    ):
        with pytest.raises(WebhookVerificationError):
            Reference(WHSEC).verify(body, dict(headers))
    other = base64.b64encode(b"y" * 32).decode()
    with pytest.raises(WebhookVerificationError):
        Reference(f"whsec_{other}").verify(got.body, dict(got.headers))


def test_while_a_secret_is_changed_both_verify(there: Receiver, real: SystemClock) -> None:
    new = b"another secret of so many bytes"
    hook = Webhook(Secret(there.address), (new, SECRET), http(5.0), real)
    hook.send(MESSAGE)
    (got,) = there.got
    written = f"whsec_{base64.b64encode(new).decode()}"
    assert Reference(written).verify(got.body, dict(got.headers))
    assert Reference(WHSEC).verify(got.body, dict(got.headers))


def test_another_attempt_is_signed_anew_with_the_same_id(
    sqlite_database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(500)
    put(sqlite_database, clock, "hook", 1)
    one = sender(sqlite_database, clock, configured("hook", webhook(there.address, clock)))
    one.work_off()
    clock.pass_by(timedelta(minutes=10))
    one.work_off()
    first, second = there.got
    assert first.key == second.key
    stamps = [int(got.headers["webhook-timestamp"]) for got in (first, second)]
    assert stamps[1] - stamps[0] == 600
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert first.body == second.body


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (200, Sent()),
        (204, Sent()),
        (303, Retry("answered 303")),
        (400, Refused("answered 400")),
        (401, Retry("answered 401")),
        (404, Retry("answered 404")),
        (410, Refused("answered 410")),
        (429, Retry("answered 429", None, rest=True)),
        (500, Retry("answered 500")),
        (503, Retry("answered 503")),
    ],
)
def test_what_an_answer_means(
    there: Receiver, clock: SetClock, status: int, meaning: Result
) -> None:
    there.answer = lambda _: Reply(status)
    assert webhook(there.address, clock).send(MESSAGE) == meaning


def test_a_private_address_is_not_sent_to(there: Receiver, clock: SetClock) -> None:
    result = webhook(there.address, clock, http(5.0, ())).send(MESSAGE)
    assert isinstance(result, Retry)
    assert result.reason.startswith("`127.0.0.1` is at 127.0.0.1, an address of this machine")
    assert "TAMIS_PRIVATE_TARGETS" in result.reason
    assert there.got == []


@pytest.mark.parametrize(
    "written", ["", "whsec_", "whsec_x", "whsec_" + "A" * 20, "A" * 44, "whsec_" + "A" * 400]
)
def test_a_secret_of_another_form_is_refused(written: str) -> None:
    with pytest.raises(WrongSecretError):
        secret_of(written)
