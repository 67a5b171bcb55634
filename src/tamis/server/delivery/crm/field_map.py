"""The field map: which field of a CRM is which of ours, in a file; each fault has its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tamis.errors import Place
from tamis.model.document import Problems, Value, did_you_mean, parse

VERSION = "1"
ROOT = ("tamis_map", "crm", "model", "objects", "tasks", "audiences", "people", "empty")
NEEDED = ("tamis_map", "crm", "objects")
OBJECT = ("id", "read", "write", "create")
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
"""Names of fields in both CRMs; nothing else gets into a query."""
Role = Literal["lead", "account"]
"""What a record of a CRM is to us."""
Type = Literal["number", "text", "long text"]
Empty = Literal["keep", "clear"]


@dataclass(frozen=True)
class Layout:
    """What a map may name: objects of the CRM by role, what each role is told, tasks or none."""

    crm: str
    objects: Mapping[str, Role]
    told: Mapping[Role, Collection[str]]
    has_tasks: bool = False


@dataclass(frozen=True)
class Named:
    """A field of the CRM, and where the map names it."""

    name: str
    place: Place


@dataclass(frozen=True)
class ObjectMap:
    """How one kind of record is read and written; in each mapping ours is the key.

    Attributes:
        name: the object, as the CRM calls it.
        role: what its records are to us.
        place: where the map names it.
        id: the field that holds our id, unique in the CRM; null: the e-mail says who a lead is.
        read: our fields, each from a field of the CRM.
        write: what is told, each into a field of the CRM.
        create: our fields that a new record gets too; null: none is ever made.
    """

    name: str
    role: Role
    place: Place
    id: Named | None = None
    read: Mapping[str, Named] = field(default_factory=dict)
    write: Mapping[str, Named] = field(default_factory=dict)
    create: Mapping[str, Named] | None = None


@dataclass(frozen=True)
class TaskMap:
    """How a hand-off becomes a task: the field that holds its id, and fixed values of others.

    `named` tells where the map names those others.
    """

    id: Named
    values: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldMap:
    """What a map says.

    Attributes:
        crm: which CRM it is for.
        objects: how each object is read and written.
        model: whose verdicts are told; null: those of the first active model by name.
        tasks: how hand-offs become tasks; null: they do not.
        audiences: lists or campaigns of the CRM by our audiences.
        people: ids of the CRM's users by our logins.
        empty: what an empty field of the CRM does: it says nothing (keep), or empties ours.
    """

    crm: str
    objects: Mapping[str, ObjectMap]
    model: str | None = None
    tasks: TaskMap | None = None
    audiences: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    empty: Empty = "keep"

    @property
    def leads(self) -> Sequence[ObjectMap]:
        """The objects whose records are leads."""
        return [one for one in self.objects.values() if one.role == "lead"]

    def login_of(self, user: object) -> object:
        """Our login of a user of the CRM; a user that the map does not name stays an id."""
        return next((login for login, id_ in self.people.items() if id_ == user), user)


def read_map(text: str, file: str, layout: Layout, problems: Problems) -> FieldMap | None:
    """What a map says; None when nothing can be made of it. Problems are noted."""
    root = parse(text, file, problems)
    if root is None:
        return None
    found = root.entries(ROOT, "a field map")
    root.lacks([key for key in NEEDED if key not in found], ROOT, "a field map")
    if not set(NEEDED) <= set(found):
        return None
    found["tamis_map"].word((VERSION,))
    found["crm"].word((layout.crm,))
    empty = found["empty"].word(("keep", "clear")) if "empty" in found else "keep"
    return FieldMap(
        layout.crm,
        _objects(found["objects"], layout),
        found["model"].text() if "model" in found else None,
        _tasks(found["tasks"], layout) if "tasks" in found else None,
        _texts(found.get("audiences")),
        _texts(found.get("people")),
        "clear" if empty == "clear" else "keep",
    )


def _objects(value: Value, layout: Layout) -> dict[str, ObjectMap]:
    said = value.entries(tuple(layout.objects), "`objects`")
    if value.is_mapping and not said:
        known = ", ".join(layout.objects)
        value.wrong("missing-key", "no object is named", f"there is {known}")
    return {name: _object(name, layout, one) for name, one in said.items()}


def _object(name: str, layout: Layout, value: Value) -> ObjectMap:
    role = layout.objects[name]
    said = value.entries(OBJECT, f"`{name}`")
    return ObjectMap(
        name,
        role,
        value.place,
        _field(said["id"]) if "id" in said else None,
        _fields(said.get("read")),
        _fields(said.get("write"), known=layout.told[role]),
        _fields(said["create"]) if "create" in said else None,
    )


def _tasks(value: Value, layout: Layout) -> TaskMap | None:
    if not layout.has_tasks:
        value.wrong("unknown-key", f"`tasks` are not made in {layout.crm}")
        return None
    said = value.entries(("id", "values"), "`tasks`")
    value.lacks(["id"] if "id" not in said else [], ("id",), "`tasks`")
    id_ = _field(said["id"]) if "id" in said else None
    values = [(key, one.text()) for key, one in said["values"].items()] if "values" in said else []
    named = [(_field(key), text) for key, text in values if text is not None]
    known = [(one, text) for one, text in named if one is not None]
    if id_ is None:
        return None
    return TaskMap(id_, {n.name: text for n, text in known}, {n.name: n.place for n, _ in known})


def _fields(value: Value | None, known: Collection[str] | None = None) -> dict[str, Named]:
    """Fields of the CRM by ours; of ours only what is `known`."""
    found: dict[str, Named] = {}
    for key, one in value.items() if value is not None and not value.is_null else ():
        ours, named = str(key.node.value), _field(one)
        if known is not None and ours not in known:
            hint = did_you_mean(ours, sorted(known))
            key.wrong("unknown-value", f"`{ours}` is nothing that a CRM is told here", hint)
        elif named is not None:
            found[ours] = named
    return found


def _field(value: Value) -> Named | None:
    name = value.text()
    if name is None:
        return None
    if not FIELD.fullmatch(name):
        hint = "write the name that its API has: letters, digits and _"
        value.wrong("no-field", f"`{name}` cannot be a field of a CRM", hint)
        return None
    return Named(name, value.place)


def _texts(value: Value | None) -> dict[str, str]:
    """Texts by name."""
    found = ((str(key.node.value), one.text()) for key, one in value.items()) if value else ()
    return {name: text for name, text in found if text is not None}
