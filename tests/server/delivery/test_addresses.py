"""The guard: no address within a network of ours, however it is written or named."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from tests.server.delivery.receiver import LOOPBACK, Receiver

from tamis.errors import UsageError
from tamis.server.delivery.addresses import Guard, RefusedAddressError

REFUSED = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "169.254.1.1", "100.64.0.1", "100.127.255.255",
    "100.100.100.200", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1",
    "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1", "2002:a00:1::", "2002:7f00:1::1",
    "2001:0:0:0:0:0:f5ff:fffe",
)  # fmt: skip
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "100.63.255.255", "100.128.0.1",
    "192.169.0.1", "2606:4700:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::", "::ffff:1.1.1.1",
)  # fmt: skip


@pytest.mark.parametrize("written", REFUSED)
def test_addresses_that_are_not_public_are_refused(written: str) -> None:
    assert Guard().refusal(ip_address(written))


@pytest.mark.parametrize("written", PUBLIC)
def test_public_addresses_are_not_refused(written: str) -> None:
    assert Guard().refusal(ip_address(written)) == ""


def test_what_the_setting_names_is_allowed_and_nothing_besides() -> None:
    guard = Guard(["10.1.0.0/16", "fd12::/16"])
    allowed = [
        one for one in (*REFUSED, "10.1.2.3", "fd12::7") if not guard.refusal(ip_address(one))
    ]
    assert allowed == ["10.1.2.3", "fd12::7"]
    assert not guard.refusal(ip_address("::ffff:10.1.2.3"))


@pytest.mark.parametrize("network", ["0.0.0.0/0", "169.254.0.0/16", "169.254.169.254/31"])
def test_no_network_allows_where_a_cloud_tells_credentials(network: str) -> None:
    assert Guard([network]).refusal(ip_address("169.254.169.254"))
    assert not Guard(["169.254.169.254"]).refusal(ip_address("169.254.169.254"))


def test_a_setting_that_is_no_network_says_so() -> None:
    with pytest.raises(UsageError, match=r"`10\.0\.0` is no address or network"):
        Guard(["10.0.0"])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "::1"])
def test_no_way_of_writing_this_machine_is_connected_to(host: str, there: Receiver) -> None:
    port = int(there.address.rpartition(":")[2])
    with pytest.raises(RefusedAddressError, match="TAMIS_PRIVATE_TARGETS"):
        Guard().connect(host, port, 1.0)
    assert there.got == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, there: Receiver
) -> None:
    """A name that is at an allowed address when it is asked for, and at another one later."""
    port = int(there.address.rpartition(":")[2])
    asked: list[str] = []

    def rebinding(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    guard = Guard(["127.0.0.1"])
    with guard.connect("rebinds.example", port, 5.0) as made:
        assert made.getpeername() == ("127.0.0.1", port)
    assert asked == ["rebinds.example"]
    with pytest.raises(RefusedAddressError, match=r"`rebinds\.example` is at 127\.0\.0\.2"):
        guard.connect("rebinds.example", port, 5.0)


def test_of_several_addresses_those_that_are_allowed_are_tried(
    monkeypatch: pytest.MonkeyPatch, there: Receiver
) -> None:
    port = int(there.address.rpartition(":")[2])
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
        for address in ("10.0.0.1", "127.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with Guard(LOOPBACK).connect("two.example", port, 5.0) as made:
        assert made.getpeername() == ("127.0.0.1", port)
