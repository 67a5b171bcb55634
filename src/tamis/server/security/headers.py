"""Headers that every answer carries: what a browser may do with it."""

from __future__ import annotations

from litestar.datastructures import MutableScopeHeaders
from litestar.types import BeforeMessageSendHookHandler, Message, Scope

from tamis.server.settings import Settings

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = "Content-Security-Policy"
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For answers that are no page: nothing is loaded, run or framed. A page sets its own."""
A_YEAR = "max-age=31536000"


def hook(settings: Settings) -> BeforeMessageSendHookHandler:
    """What adds the headers, where the answer has none of the name."""
    headers = {**ALWAYS, POLICY: NOTHING}
    if settings.secure:
        headers["Strict-Transport-Security"] = A_YEAR

    async def add(message: Message, _: Scope) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            answer = MutableScopeHeaders.from_message(message)
            for name, value in headers.items():
                answer.setdefault(name, value)
            # What has a tag may be kept, if it is asked for anew.
            answer.setdefault(
                "Cache-Control", "private, no-cache" if "etag" in answer else "no-store"
            )

    return add
