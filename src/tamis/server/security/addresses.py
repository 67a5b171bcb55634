"""Addresses: from where a request comes, as far as that is to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from litestar.types import Scope

from tamis.errors import UsageError

Address = IPv4Address | IPv6Address
HOME_BITS = 64
"""Leading bits of an IPv6 address that are one home's or one office's."""


def address_of(scope: Scope, trusted: Sequence[str]) -> str:
    """The address that a request comes from; empty where the system tells none.

    X-Forwarded-For is believed from `trusted` addresses and networks alone: of its list, the last
    that is no trusted proxy itself. Anybody may write the others.
    """
    client = scope.get("client")
    nearest = client[0] if client else ""
    if not _is_trusted(nearest, trusted):
        return nearest
    names = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"]
    told = [part.strip() for name in names for part in name.split(",") if part.strip()]
    for address in reversed(told):
        if _read(address) is None:
            break
        nearest = address
        if not _is_trusted(address, trusted):
            break
    return nearest


def refuse_wrong(trusted: Sequence[str]) -> None:
    """Raises: UsageError for a trusted proxy that is no address and no network."""
    for one in trusted:
        try:
            ip_network(one, strict=False)
        except ValueError as error:
            message = f"trusted_proxies: `{one}` is no address or network, as 10.0.0.0/8"
            raise UsageError(message) from error


def household(address: str) -> str:
    """What one caller can change at will left out: the last 64 bits of an IPv6 address.

    >>> household("2001:db8::7:8"), household("192.0.2.1")
    ('2001:db8::/64', '192.0.2.1')
    """
    read = _read(address)
    if isinstance(read, IPv6Address):
        return str(ip_network((int(read), HOME_BITS), strict=False))
    return str(read) if read else address


def _is_trusted(address: str, trusted: Sequence[str]) -> bool:
    read = _read(address)
    return read is not None and any(read in ip_network(one, strict=False) for one in trusted)


def _read(address: str) -> Address | None:
    try:
        read = ip_address(address)
    except ValueError:
        return None
    mapped = getattr(read, "ipv4_mapped", None)
    return mapped or read
