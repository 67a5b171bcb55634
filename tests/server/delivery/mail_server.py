"""A mail server at a port of its own, with STARTTLS and passwords; it keeps what it takes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = b"hunter2"


@dataclass
class MailServer:
    """What it took, and what it answers to each recipient instead of 250."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 (the server calls it so)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if not self.data_answer.startswith("250"):
            return self.data_answer
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.to.append(envelope.rcpt_tos)
        self.encrypted.append(session.ssl is not None)
        return self.data_answer

    def authenticate(self, *given: Any) -> AuthResult:
        """Whether a password is right."""
        data = given[-1]
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == PASSWORD, handled=False)


class _AtAnyPort(Controller):
    """Tells which port the system chose."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    context: ssl.SSLContext | None, *, with_password: bool = True
) -> Iterator[MailServer]:
    """A mail server on this machine; with a context it asks for STARTTLS first."""
    made = MailServer()
    more: dict[str, Any] = {}
    if context is not None:
        more |= {"tls_context": context, "require_starttls": True}
    if with_password:
        more |= {"authenticator": made.authenticate, "auth_required": True}
    controller = _AtAnyPort(made, hostname="127.0.0.1", port=0, **more)
    controller.start()
    made.port = controller.port
    try:
        yield made
    finally:
        controller.stop()
