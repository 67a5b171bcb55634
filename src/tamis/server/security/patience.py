"""Patience with slow clients: a body comes within some seconds, or the request is over.

Who sends a byte now and then would else hold a request for ever, and keep the server from stopping.
"""

from __future__ import annotations

import asyncio

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send

SECONDS = 20.0
"""For the whole of a body, which has at most a million bytes."""


class Patience(ASGIMiddleware):
    """Tells routes that the client has gone, when its body does not come."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on with a body that has an end."""
        deadline = asyncio.get_running_loop().time() + SECONDS
        is_whole = False

        async def body() -> HTTPReceiveMessage:
            nonlocal is_whole
            if is_whole:
                # What comes now is the client's leaving, which streams wait for.
                return await receive()  # type: ignore[return-value]
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}
            is_whole = not message.get("more_body", False)
            return message  # type: ignore[return-value]

        await next_app(scope, body, send)
