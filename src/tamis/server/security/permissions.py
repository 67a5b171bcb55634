"""Permissions: what a role or a key's scope may do. Guards and pages ask here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """Something that one may be allowed to do."""

    INGEST = "ingest"
    """Send events, leads, accounts and outcomes."""
    READ = "read"
    """Read leads, accounts, scores, models."""
    WORK = "work"
    """Give manual points, correct a lead."""
    MODEL = "model"
    """Draft and propose versions of models, comment on them."""
    APPROVE_MARKETING = "approve-marketing"
    APPROVE_SALES = "approve-sales"
    ACTIVATE = "activate"
    """Activate, shadow and retire versions."""
    QUARANTINE = "quarantine"
    """Read, replay and drop messages put aside; mark bots."""
    EXPORT = "export"
    PRIVACY = "privacy"
    """Export and erase a person, record consent."""
    ADMIN = "admin"
    """Users, keys, audit, settings, backups."""


SALES = frozenset({Permission.READ, Permission.WORK, Permission.APPROVE_SALES})
MARKETING = frozenset(
    {
        Permission.READ,
        Permission.WORK,
        Permission.MODEL,
        Permission.APPROVE_MARKETING,
        Permission.ACTIVATE,
        Permission.QUARANTINE,
        Permission.EXPORT,
    }
)
ROLES: Mapping[str, frozenset[Permission]] = {
    "sales": SALES,
    "marketing": MARKETING,
    "admin": frozenset(Permission),
}
SCOPES: Mapping[str, frozenset[Permission]] = {
    "ingest": frozenset({Permission.INGEST}),
    "read": frozenset({Permission.READ, Permission.EXPORT}),
    "admin": frozenset(Permission) - {Permission.APPROVE_MARKETING, Permission.APPROVE_SALES},
}
"""What a key may do; no key approves a model: people do."""
