"""E-mail by SMTP, for people: to fixed addresses, and to the owner of a lead."""

from __future__ import annotations

from tamis.server.delivery.targets.smtp.target import TYPE

__all__ = ["TYPE"]
