"""What `targets.yaml` says of a CRM, whichever it is: its field map, and how often it is read."""

from __future__ import annotations

from typing import Final

from tamis.server.delivery.crm.faults import absent
from tamis.server.delivery.crm.field_map import FieldMap, Layout, read_map
from tamis.server.delivery.registry import Told

EVERY: Final = 5
"""Minutes between two readings."""
MOST: Final = 1440


def map_of(told: Told, layout: Layout, package: str) -> FieldMap | None:
    """The field map that `fields` names; None after noting what is wrong with it or the set-up."""
    named = told.values["fields"]
    if missing := absent(package, layout.crm):
        named.wrong("not-installed", *missing)
        return None
    path = told.path("fields")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        named.wrong("no-field-map", f"the field map cannot be read from `{path}`: {said}")
        return None
    before = len(named.problems.errors)
    found = read_map(text, str(path), layout, named.problems)
    return found if len(named.problems.errors) == before else None


def minutes_of(told: Told) -> int:
    """Minutes between two readings; 0: the CRM is not read."""
    return told.whole("read_every", EVERY, low=0, limit=MOST)
