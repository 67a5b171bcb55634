"""Webhooks as Standard Webhooks has them: signed messages to any address."""

from __future__ import annotations

from tamis.server.delivery.targets.webhook.target import TYPE

__all__ = ["TYPE"]
