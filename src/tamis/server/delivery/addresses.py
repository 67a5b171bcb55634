"""Which addresses messages may go to: none within our own network, unless a setting allows it.

A name is resolved once, and what it gives is what is connected to: a name server that answers
otherwise the second time changes nothing.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from tamis.errors import UsageError

Address = IPv4Address | IPv6Address
SHARED = ip_network("100.64.0.0/10")
"""Behind a provider's translation (CGNAT): neither private nor public."""
RESERVED = (ip_network("fec0::/10"), ip_network("192.0.0.0/24"))
"""Set aside, where Python's own list has some of it as public."""
CARRIERS: Sequence[tuple[IPv6Network, int]] = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("64:ff9b:1::/48"), 0),
    (IPv6Network("2002::/16"), 80),
    (IPv6Network("::/96"), 0),
)
"""IPv6 networks whose addresses carry an IPv4 address, and the bits that stand after it."""
METADATA = frozenset(
    ip_address(written)
    for written in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254")
)
"""Where clouds tell a machine its credentials: allowed only when named alone, in no network."""


class RefusedAddressError(Exception):
    """A target's address is not connected to; the text says why and names the setting."""


class Guard:
    """Connects to allowed addresses alone. `allowed` are networks that are private and allowed.

    Raises: UsageError for one that is no network.
    """

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = [_network(one) for one in allowed]

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """A socket, connected to an allowed address of a host; `timeout` is for all of them.

        Raises:
            RefusedAddressError: when the host has none.
            OSError: when it has no address at all, or none answers.
        """
        failed: OSError = TimeoutError("timed out")
        ends = None if timeout is None else time.monotonic() + timeout
        for family, address in self.resolve(host, port):
            made = socket.socket(family, socket.SOCK_STREAM)
            try:
                made.settimeout(timeout if ends is None else max(ends - time.monotonic(), 0.001))
                made.connect(address)
            except OSError as error:
                made.close()
                failed = error
            else:
                made.settimeout(timeout)
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return made
        raise failed

    def resolve(self, host: str, port: int) -> list[tuple[int, tuple[object, ...]]]:
        """The allowed addresses of a host, as sockets take them. Raises: as `connect`."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        kept, refused = [], ""
        for family, _, _, _, address in found:
            why = self.refusal(ip_address(str(address[0]).partition("%")[0]))
            refused = refused or why
            if not why:
                kept.append((int(family), tuple(address)))
        if not kept:
            message = f"`{host}` is at {refused}: TAMIS_PRIVATE_TARGETS can allow it"
            raise RefusedAddressError(message)
        return kept

    def refusal(self, address: Address) -> str:
        """Why an address is not connected to, with the address; empty: it may be.

        >>> Guard().refusal(ip_address("10.1.2.3"))
        '10.1.2.3, a private address'
        >>> Guard(["10.0.0.0/8"]).refusal(ip_address("10.1.2.3"))
        ''
        """
        inside = carried(address)
        what = _kind(inside)
        if not what:
            return ""
        whole = [net for net in self._allowed if inside in net or address in net]
        if inside in METADATA:
            whole = [net for net in whole if net.num_addresses == 1]
        return "" if whole else f"{inside}, {what}"


def carried(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for; another address as it is.

    >>> carried(ip_address("::ffff:10.0.0.1")), carried(ip_address("64:ff9b::a00:1"))
    (IPv4Address('10.0.0.1'), IPv4Address('10.0.0.1'))
    """
    if isinstance(address, IPv6Address) and int(address) > 1:
        if address.teredo:
            return address.teredo[1]
        for network, after in CARRIERS:
            if address in network:
                return IPv4Address((int(address) >> after) & 0xFFFFFFFF)
    return address


def _kind(address: Address) -> str:
    """What kind of address it is, of those that are refused; empty: a public one."""
    if address in METADATA:
        return "which tells a machine its credentials"
    if address.is_loopback:
        return "an address of this machine"
    if address.is_link_local:
        return "a link-local address"
    if address in SHARED:
        return "an address shared behind a provider"
    if address.is_multicast:
        return "a multicast address"
    set_aside = any(address in network for network in RESERVED)
    if address.is_unspecified or address.is_reserved or set_aside:
        return "a reserved address"
    return "" if address.is_global else "a private address"


def _network(written: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(written, strict=False)
    except ValueError as error:
        message = f"private_targets: `{written}` is no address or network, as 10.0.0.0/8"
        raise UsageError(message) from error
