"""The request at work: its id, for logs, problems and the audit."""

from __future__ import annotations

from contextvars import ContextVar

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request at work here, in its threads too; empty outside a request."""
