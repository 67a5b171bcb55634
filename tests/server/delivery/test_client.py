"""Requests: redirects, time, size, certificates."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator

import pytest
import trustme
from tests.server.delivery.receiver import LOOPBACK, Receiver, Reply, receiver
from tests.server.delivery.sending import http

from tamis.server.delivery.addresses import Guard, RefusedAddressError
from tamis.server.delivery.client import LARGEST, HttpClient, NoAnswerError


def port_of(there: Receiver) -> str:
    return there.address.rpartition(":")[2]


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Receiver]:
    with receiver(context=_of_server(authority, "localhost")) as made:
        yield made


def _of_server(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_body_arrives_and_the_answer_comes_back(there: Receiver) -> None:
    there.answer = lambda _: Reply(202, {"X-Word": "yes"}, b"taken")
    answer = http(5.0).post(f"{there.address}/a?b=c", b'{"n":1}', {"X-Mine": "1"})
    assert (answer.status, answer.headers["x-word"], answer.body) == (202, "yes", b"taken")
    (got,) = there.got
    assert (got.method, got.path, got.body) == ("POST", "/a?b=c", b'{"n":1}')
    assert (got.headers["x-mine"], got.headers["user-agent"]) == ("1", "tamis")
    assert got.headers["host"] == f"127.0.0.1:{port_of(there)}"


def test_a_request_without_a_body_has_none(there: Receiver) -> None:
    http(5.0).request("DELETE", f"{there.address}/member")
    assert (there.got[0].method, there.got[0].body) == ("DELETE", b"")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed_with_what_was_sent(there: Receiver, status: int) -> None:
    there.answer = lambda got: (
        Reply(status, {"Location": "/new"}) if got.path == "/old" else Reply()
    )
    answer = http(5.0).post(f"{there.address}/old", b"x", {"Authorization": "Bearer t"})
    assert answer.status == 200
    assert [(got.path, got.method, got.body) for got in there.got] == [
        ("/old", "POST", b"x"),
        ("/new", "POST", b"x"),
    ]
    assert there.got[1].headers["authorization"] == "Bearer t"


def test_another_host_is_not_told_who_we_are(there: Receiver) -> None:
    with receiver() as other:
        there.answer = lambda _: Reply(307, {"Location": f"{other.address}/x"})
        http(5.0).post(f"{there.address}/old", b"x", {"authorization": "Bearer t"})
        assert "authorization" not in other.got[0].headers


def test_a_redirect_to_a_private_address_is_not_followed(there: Receiver) -> None:
    """The first address is allowed, and it sends on to one that is not."""
    with receiver() as inside:
        there.answer = lambda _: Reply(
            302, {"Location": f"http://[::ffff:10.0.0.1]:{port_of(inside)}/"}
        )
        with pytest.raises(RefusedAddressError, match=r"10\.0\.0\.1, a private address"):
            http(5.0).post(f"{there.address}/x", b"")
        there.answer = lambda _: Reply(302, {"Location": f"http://127.0.0.2:{port_of(inside)}/"})
        with pytest.raises(RefusedAddressError, match=r"127\.0\.0\.2, an address of this machine"):
            http(5.0, ("127.0.0.1",)).post(f"{there.address}/x", b"")
        assert inside.got == []


def test_redirects_have_an_end(there: Receiver) -> None:
    there.answer = lambda _: Reply(307, {"Location": "/again"})
    with pytest.raises(NoAnswerError, match="redirects more than 3 times"):
        http(5.0).post(f"{there.address}/x", b"")
    assert len(there.got) == 4


@pytest.mark.parametrize(
    "to", ["ftp://127.0.0.1/x", "file:///etc/passwd", "//[::1", "http://x:99999/"]
)
def test_a_redirect_to_no_web_address_is_not_followed(there: Receiver, to: str) -> None:
    there.answer = lambda _: Reply(307, {"Location": to})
    with pytest.raises(NoAnswerError):
        http(5.0).post(f"{there.address}/x", b"")
    assert len(there.got) == 1


def test_303_is_no_delivery(there: Receiver) -> None:
    there.answer = lambda _: Reply(303, {"Location": "/thanks"})
    assert http(5.0).post(f"{there.address}/x", b"").status == 303
    assert len(there.got) == 1


@pytest.mark.parametrize("kind", ["hangs", "drips"])
def test_no_receiver_holds_a_request_for_longer_than_allowed(there: Receiver, kind: str) -> None:
    there.answer = lambda _: Reply(after=there.closing) if kind == "hangs" else Reply(drip=True)
    began = time.monotonic()
    with pytest.raises(NoAnswerError, match="did not answer in time"):
        http(0.3).post(f"{there.address}/x", b"")
    assert time.monotonic() - began < 5


def test_an_answer_is_read_up_to_a_bound(there: Receiver) -> None:
    there.answer = lambda _: Reply(body=b"x" * (3 * LARGEST))
    assert len(http(5.0).post(f"{there.address}/x", b"").body) == LARGEST


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NoAnswerError, match=r"`127\.0\.0\.1` cannot be asked"):
        http(5.0).post("http://127.0.0.1:9/x", b"")
    with pytest.raises(NoAnswerError, match=r"`no\.such\.host\.invalid` cannot be asked"):
        http(5.0).post("http://no.such.host.invalid/x", b"")


def test_the_certificate_is_held_against_the_name(
    secure: Receiver, trusting: ssl.SSLContext, authority: trustme.CA
) -> None:
    """The connection goes to the address that was looked at; TLS asks for the host by its name."""
    client = HttpClient(Guard(LOOPBACK), context=trusting)
    assert client.post(f"{secure.address}/x", b"").status == 200
    with pytest.raises(NoAnswerError, match="CERTIFICATE_VERIFY_FAILED"):
        client.post(f"https://127.0.0.1:{port_of(secure)}/x", b"")
    with pytest.raises(NoAnswerError, match="CERTIFICATE_VERIFY_FAILED"):
        HttpClient(Guard(LOOPBACK)).post(f"{secure.address}/x", b"")
    with receiver(context=_of_server(authority, "other.example")) as other:
        with pytest.raises(NoAnswerError, match="CERTIFICATE_VERIFY_FAILED"):
            client.post(f"{other.address}/x", b"")
        assert other.got == []


def test_https_is_not_left_for_http(
    secure: Receiver, there: Receiver, trusting: ssl.SSLContext
) -> None:
    secure.answer = lambda _: Reply(307, {"Location": f"{there.address}/plain"})
    with pytest.raises(NoAnswerError, match="from https to http"):
        HttpClient(Guard(LOOPBACK), context=trusting).post(f"{secure.address}/x", b"")
    assert there.got == []


def test_a_receiver_that_wants_no_more_of_the_body_is_heard(there: Receiver) -> None:
    there.answer = lambda _: Reply(413)
    assert http(5.0).post(f"{there.address}/x", b"x" * 5_000_000).status == 413
