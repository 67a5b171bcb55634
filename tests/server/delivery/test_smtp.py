"""E-mail at a real mail server: encrypted, in both forms, refused for good or for now."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
import trustme
from tests.server.delivery.mail_server import PASSWORD, MailServer, mail_server
from tests.server.delivery.receiver import LOOPBACK, receiver

from tamis.server.clock import SetClock
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.message import Message, Refused, Retry, Sent
from tamis.server.delivery.targets.smtp.target import Smtp

TOLD = {
    "name": "Ann\r\nBcc: evil@example.com",
    "company": "Acme <b>",
    "score": 82.5,
    "reasons": ["Visited prices 3 times", "<script>"],
    "note": "She asked\nfor a call.",
    "owner_email": "paul@example.com",
    "path": "/leads/ann",
}


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def there(authority: trustme.CA) -> Iterator[MailServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with mail_server(context) as made:
        yield made


@pytest.fixture
def target(there: MailServer, authority: trustme.CA, clock: SetClock) -> Smtp:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return Smtp(
        host="localhost",
        port=there.port,
        security="starttls",
        sender="tamis@example.com",
        to=("sales@example.com",),
        to_owner=True,
        guard=Guard(LOOPBACK),
        clock=clock,
        user="tamis",
        password=Secret(PASSWORD.decode()),
        link="https://tamis.example.com",
        context=context,
    )


def message(kind: str = "handoff.assigned", **told: Any) -> Message:
    return Message(1, "mail", kind, 3, told or TOLD, "msg_1", 0)


def test_a_mail_arrives_encrypted_and_in_both_forms(there: MailServer, target: Smtp) -> None:
    assert target.send(message()) == Sent()
    (came,) = there.taken
    assert there.encrypted == [True]
    assert there.users == ["tamis"]
    assert there.to == [["sales@example.com", "paul@example.com"]]
    assert came["Subject"] == "To call: Ann Bcc: evil@example.com (Acme <b>)"
    assert came["Bcc"] is None
    assert came["Message-ID"] == "<msg_1@example.com>"
    assert came["Date"] == "Sun, 22 Nov 2026 09:00:00 +0000"
    plain = came.get_body(("plain",)).get_content()
    assert "Score: 82.5" in plain
    assert "- Visited prices 3 times" in plain
    assert "https://tamis.example.com/leads/ann" in plain
    html = came.get_body(("html",)).get_content()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "She asked<br>for a call." in html
    assert '<a href="https://tamis.example.com/leads/ann">Open in Tamis</a>' in html


def test_an_owner_without_a_good_address_gets_none(there: MailServer, target: Smtp) -> None:
    for wrong in ("", "paul", "a@b.example, c@d.example", "x\n@example.com", 7):
        assert target.send(message(owner_email=wrong)) == Sent()
    assert there.to == [["sales@example.com"]] * 5
    alone = replace(target, to=())
    assert alone.send(message(name="Ann")) == Refused("there is no address to send it to")
    assert alone.send(Message(0, "mail", "test", None, {}, "msg_2", 0)) == Sent()
    assert there.to[-1] == ["tamis@example.com"]


def test_a_wrong_password_is_tried_again_and_not_told(there: MailServer, target: Smtp) -> None:
    result = replace(target, password=Secret("hunter3")).send(message())
    assert result == Retry("answered 535 to user and password")
    assert there.taken == []


def test_what_is_refused_for_now_is_tried_again(there: MailServer, target: Smtp) -> None:
    both = ("sales@example.com", "paul@example.com")
    there.refused = dict.fromkeys(both, "450 greylisted")
    assert target.send(message()) == Retry("refused every address (450)")
    there.refused["sales@example.com"] = "550 no such user"
    assert target.send(message()) == Retry("refused every address (450)")
    there.refused["paul@example.com"] = "550 no such user"
    assert target.send(message()) == Refused("refused every address (550)")
    there.refused = {}
    there.data_answer = "451 try again"
    assert target.send(message()) == Retry("answered (451)")
    there.data_answer = "554 no"
    assert target.send(message()) == Refused("answered (554)")
    assert there.taken == []


def test_one_address_that_is_taken_is_enough(there: MailServer, target: Smtp) -> None:
    there.refused = {"paul@example.com": "550 no such user"}
    assert target.send(message()) == Sent()
    assert there.to == [["sales@example.com"]]


def test_a_server_that_cannot_encrypt_gets_nothing(target: Smtp) -> None:
    with mail_server(None, with_password=False) as plain:
        result = replace(target, port=plain.port).send(message())
        assert isinstance(result, Retry)
        open_ = replace(target, port=plain.port, security="none", user="", password=None)
        assert plain.taken == []
        assert open_.send(message()) == Sent()
        assert plain.encrypted == [False]


def test_a_certificate_of_somebody_else_is_not_taken(there: MailServer, target: Smtp) -> None:
    result = replace(target, context=ssl.create_default_context()).send(message())
    assert result == Retry("`localhost` cannot be asked: SSLCertVerificationError")
    assert there.taken == []


def test_a_private_address_is_not_connected_to(there: MailServer, target: Smtp) -> None:
    result = replace(target, guard=Guard()).send(message())
    assert isinstance(result, Retry)
    assert "TAMIS_PRIVATE_TARGETS" in result.reason
    assert there.taken == []


def test_tls_from_the_first_byte_on(authority: trustme.CA, target: Smtp) -> None:
    # A server of something else that speaks TLS: it is greeted, and then is no mail server.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with receiver(context=context) as other:
        port = int(other.address.rpartition(":")[2])
        result = replace(target, port=port, security="tls", seconds=0.3).send(message())
        assert isinstance(result, Retry)
        assert other.got == []


def test_a_server_that_talks_without_end_is_left(target: Smtp) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    left = Event()

    def talk() -> None:
        with suppress(OSError), listening.accept()[0] as connected:
            while True:
                connected.sendall(b"220-and so on\r\n")
        left.set()

    thread = Thread(target=talk, daemon=True)
    thread.start()
    port = listening.getsockname()[1]
    result = replace(target, port=port, in_all=0.3).send(message())
    assert result == Retry("`localhost` cannot be asked: SMTPServerDisconnected")
    assert left.wait(10)
    listening.close()
