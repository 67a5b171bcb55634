"""Slack's incoming webhooks, and what takes the same: Mattermost, Rocket.Chat and others."""

from __future__ import annotations

from tamis.server.delivery.targets.slack.target import TYPE

__all__ = ["TYPE"]
