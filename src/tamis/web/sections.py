"""The sections of the application: what stands in its menu, for whom, and at which address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tamis.server.security.permissions import Permission


@dataclass(frozen=True)
class Section:
    """An entry of the menu: its English label, its path and who sees it."""

    label: str
    path: str
    permission: Permission = Permission.READ


def _(text: str) -> str:
    """Let the catalogue gather a label that is translated where it is shown."""
    return text


SECTIONS = (
    Section(_("My leads"), "/my-leads", Permission.WORK),
    Section(_("Leads"), "/leads"),
    Section(_("Grid"), "/grid"),
    Section(_("Pipeline"), "/pipeline"),
    Section(_("Report"), "/report"),
    Section(_("False positives"), "/false-positives"),
    Section(_("Data quality"), "/data-quality"),
    Section(_("Model"), "/model"),
    Section(_("Learned"), "/learned"),
    Section(_("Set-up"), "/set-up", Permission.QUARANTINE),
)


def address(prefix: str, path: str, asked: Mapping[str, object]) -> str:
    """An address below a proxy's prefix, with the parameters that are not None.

    >>> address("/tamis", "/leads", {"cell": "A4", "stage": None})
    '/tamis/leads?cell=A4'
    """
    given = {name: value for name, value in asked.items() if value is not None}
    return prefix + path + ("?" + urlencode(given, doseq=True) if given else "")
