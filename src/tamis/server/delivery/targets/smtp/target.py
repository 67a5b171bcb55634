"""A mail server that takes our e-mail: each message is one, to all its addresses."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from threading import Timer
from typing import Final

from tamis.language import LANGUAGES
from tamis.model.document import Value
from tamis.server.clock import Clock
from tamis.server.delivery.addresses import Guard, RefusedAddressError
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.message import (
    AUDIENCE,
    KINDS,
    TEST,
    Message,
    Refused,
    Result,
    Retry,
    Sent,
    Target,
)
from tamis.server.delivery.registry import TargetType, Told
from tamis.server.delivery.targets.smtp.mail import mail
from tamis.server.delivery.wording import worded
from tamis.server.identity.links import is_email

KEYS: Final = (
    *("host", "port", "security", "user", "password"),
    *("from", "to", "to_owner", "language"),
)
SECURITY: Final = ("starttls", "tls", "none")
PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
SECONDS: Final = 10.0
"""For one step of the conversation."""
IN_ALL: Final = 45.0
PERMANENT: Final = 500
"""From this reply on, the same mail is refused again."""


@dataclass(frozen=True)
class Smtp:
    """Sends e-mail through one server. `user` and `password` are null where it asks for none."""

    host: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    to_owner: bool
    guard: Guard
    clock: Clock
    user: str = ""
    password: Secret | None = None
    language: str = "en"
    link: str = ""
    seconds: float = SECONDS
    in_all: float = IN_ALL
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    kinds: frozenset[str] = frozenset(KINDS) - set(AUDIENCE)

    def send(self, message: Message) -> Result:
        """Send it. It is sent when the server has taken it for one address at least."""
        to = self._recipients(message)
        if not to:
            return Refused("there is no address to send it to")
        said = worded(message, self.language, self.link)
        made = mail(said, self.language, self.sender, to, message.key, self.clock.now())
        try:
            return self._sent(made, to)
        except RefusedAddressError as error:
            return Retry(str(error))
        except smtplib.SMTPRecipientsRefused as error:
            worst = min(code for code, _ in error.recipients.values())
            return _refused(worst, "refused every address")
        except smtplib.SMTPAuthenticationError as error:
            # Mended in the set-up: the mail is as good as before.
            return Retry(f"answered {error.smtp_code} to user and password")
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, "answered")
        except (smtplib.SMTPException, OSError) as error:
            return Retry(f"`{self.host}` cannot be asked: {type(error).__name__}")

    def _recipients(self, message: Message) -> list[str]:
        owner = message.payload.get("owner_email")
        owners = [owner] if self.to_owner and isinstance(owner, str) and _is_plain(owner) else []
        if message.kind == TEST and not self.to:
            # Whoever is named as the sender is the one address that is known.
            owners = [parseaddr(self.sender)[1]]
        return list(dict.fromkeys([*self.to, *owners]))

    def _sent(self, made: EmailMessage, to: Sequence[str]) -> Result:
        kind = _GuardedTls if self.security == "tls" else _Guarded
        with kind(self) as server:
            if self.security == "starttls":
                server.starttls(context=self.context)
            if self.user and self.password is not None:
                server.login(self.user, self.password.value)
            server.send_message(made, to_addrs=list(to))
        return Sent()


class _Guarded(smtplib.SMTP):
    """Connects to an allowed address alone; TLS still asks for the host by its name.

    The conversation has an end, also with a server that says a little at a time without end.
    """

    def __init__(self, target: Smtp) -> None:
        self._target = target
        self._timer = Timer(target.in_all, self._end)
        self._timer.daemon = True
        super().__init__(target.host, target.port, timeout=target.seconds)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        self._timer.start()
        return self._target.guard.connect(host, port, timeout)

    def _end(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    def close(self) -> None:
        """End the connection."""
        self._timer.cancel()
        super().close()


class _GuardedTls(_Guarded):
    """The same in TLS from the first byte on."""

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)
        return self._target.context.wrap_socket(plain, server_hostname=host)


def _refused(code: int, what: str) -> Result:
    reason = f"{what} ({code})"
    return Refused(reason) if code >= PERMANENT else Retry(reason)


def _read(told: Told) -> Target | None:
    values, around = told.values, told.around
    security = told.word("security", SECURITY)
    sender = _address(values["from"])
    to = values["to"].each(_address) if "to" in values else ()
    password = told.secret("password")
    if ("user" in values) != ("password" in values):
        key = "user" if "user" in values else "password"
        values[key].wrong("missing-key", "`user` and `password` go together")
    to_owner = told.word("to_owner", ("false", "true")) == "true"
    if not to_owner and "to" not in values:
        values["from"].wrong("missing-key", "there is nobody to send to: add `to` or `to_owner`")
    if sender is None:
        return None
    return Smtp(
        host=told.text("host"),
        port=told.whole("port", PORTS[security], low=1, limit=65_535),
        security=security,
        sender=sender,
        to=to,
        to_owner=to_owner,
        guard=around.http.guard,
        clock=around.clock,
        user=told.text("user"),
        password=password,
        language=told.word("language", LANGUAGES),
        link=around.link,
    )


def _address(value: Value) -> str | None:
    written = value.text()
    if written is None or _is_plain(written):
        return written
    value.wrong("wrong-address", f"{value.shown()} is no e-mail address", "as sales@example.com")
    return None


def _is_plain(written: str) -> bool:
    """Whether a text is one address and nothing besides, of signs that every server takes."""
    return is_email(written) and written.isascii() and not set(written) & set(',;:<>()"\\[]')


TYPE = TargetType(keys=KEYS, needed=("host", "from"), read=_read)
