"""Web addresses of targets: read from the file, or from a secret where knowing one is enough."""

from __future__ import annotations

from urllib.parse import urlsplit

from tamis.server.delivery.credentials import HOW, Secret
from tamis.server.delivery.registry import Told


def web_address(told: Told, key: str, *, secret: bool = False) -> Secret | None:
    """The address that a target is at, None after noting what is wrong; never shown as it is.

    With `secret` it may not stand in the file itself: whoever knows it can send there.
    """
    value = told.values[key]
    if value.is_mapping or secret:
        found = told.secret(key)
    else:
        text = value.text()
        found = None if text is None else Secret(text)
    if found is not None and not is_web_address(found.value):
        hint = f"write it as https://example.com/hook; a key or password apart: {HOW}"
        value.wrong("wrong-address", "this is no web address to send to", hint)
        return None
    return found


def is_web_address(written: str) -> bool:
    """Whether something can be sent to an address, which has no name and no password in it.

    >>> is_web_address("https://example.com/hook"), is_web_address("https://a:b@example.com")
    (True, False)
    """
    try:
        at = urlsplit(written)
        whole = at.scheme in ("http", "https") and bool(at.hostname) and at.port != 0
    except ValueError:
        return False
    plain = written.isascii() and written.isprintable() and " " not in written
    return whole and plain and "@" not in at.netloc
