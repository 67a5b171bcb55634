"""Checks of a field map against the CRM: fields that it lacks, or that cannot take what is told.

What it has is asked of it once for each object, and held against every name in the map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tamis.errors import Problem, UsageError, UserError
from tamis.model.document import did_you_mean
from tamis.server.delivery.crm.faults import LaterError, RefusedError
from tamis.server.delivery.crm.field_map import FieldMap, Named, ObjectMap, Type
from tamis.server.delivery.crm.told import LONGEST, TOLD


@runtime_checkable
class Checkable(Protocol):
    """A target whose field map can be held against its CRM."""

    def checked(self) -> list[Problem]:
        """What of the map the CRM lacks or types otherwise. Raises: LaterError, RefusedError."""


ROOM: Mapping[Type, int] = {"text": 40, "long text": 2_000, "number": 0}
"""Characters that a field needs for what is written into it."""


if TYPE_CHECKING:
    from tamis.server.delivery.configuration import Targets


@dataclass(frozen=True)
class CrmField:
    """A field as the CRM describes it.

    Attributes:
        type: what it is called there.
        takes: what can be written into it.
        writable: whether programs may.
        unique: whether no two records have the same value, so that it can say which is meant.
        length: characters that it takes; 0: as many as are written.
    """

    type: str
    takes: frozenset[Type]
    writable: bool = True
    unique: bool = False
    length: int = 0


Described = Mapping[str, CrmField]


def check(
    map_: FieldMap, described: Callable[[str], Described], tasks: str | None = None
) -> list[Problem]:
    """What of a map the CRM lacks or types otherwise, by place; `tasks` is what it calls them."""
    found: list[Problem] = []
    for object_ in map_.objects.values():
        fields = described(object_.name)
        found += _id(object_.id, object_.name, fields)
        found += [
            one for named in object_.read.values() for one in _there(named, object_.name, fields)
        ]
        found += _written(object_, fields)
        found += [
            one
            for named in (object_.create or {}).values()
            for one in _writable(named, object_.name, fields)
        ]
    if map_.tasks is not None and tasks is not None:
        fields = described(tasks)
        found += _id(map_.tasks.id, tasks, fields)
        for name, place in map_.tasks.named.items():
            found += _writable(Named(name, place), tasks, fields)
    return sorted(set(found))


def checked(targets: Targets, name: str) -> list[Problem]:
    """What is wrong with the field map of a target, by its name or its type where one has it.

    Raises:
        UsageError: for a target that is not there, or is no CRM.
        UserError: when the CRM could not be asked.
    """
    named = [one for one in targets if one.name == name]
    named = named or [one for one in targets if one.type == name]
    if len(named) != 1:
        many = "more than one target is a" if named else "there is no target"
        hint = did_you_mean(name, list(targets.by_name))
        message = f"{many} `{name}`{f': {hint}' if hint else ''}"
        raise UsageError(message)
    target = named[0].target
    if not isinstance(target, Checkable):
        message = f"`{name}` is a `{named[0].type}`, which has no fields to check"
        raise UsageError(message)
    try:
        return target.checked()
    except (LaterError, RefusedError) as error:
        raise UserError(str(error)) from error


def _there(named: Named, object_: str, fields: Described) -> Iterator[Problem]:
    if named.name not in fields:
        message = f"`{object_}` has no field `{named.name}`"
        hint = did_you_mean(named.name, sorted(fields))
        yield Problem(
            named.place, "no-crm-field", message, hint or "make it there, or name another"
        )


def _writable(named: Named, object_: str, fields: Described) -> Iterator[Problem]:
    yield from _there(named, object_, fields)
    if named.name in fields and not fields[named.name].writable:
        message = f"`{named.name}` of `{object_}` cannot be written"
        yield Problem(named.place, "crm-field-read-only", message, "name a field of your own")


def _written(object_: ObjectMap, fields: Described) -> Iterator[Problem]:
    for ours, named in object_.write.items():
        yield from _writable(named, object_.name, fields)
        if (field := fields.get(named.name)) is None:
            continue
        wanted = TOLD[object_.role][ours]
        if wanted not in field.takes:
            message = f"`{named.name}` of `{object_.name}` is of type {field.type}"
            hint = f"`{ours}` needs a {wanted} field"
            yield Problem(named.place, "crm-field-type", message, hint)
        elif 0 < field.length < ROOM[wanted]:
            message = f"`{named.name}` of `{object_.name}` takes {field.length} characters"
            most = LONGEST if wanted == "long text" else ROOM[wanted]
            hint = f"`{ours}` may have {most:,}: what does not fit is refused"
            yield Problem(named.place, "crm-field-short", message, hint, "warning")


def _id(named: Named | None, object_: str, fields: Described) -> Iterator[Problem]:
    if named is None:
        return
    yield from _writable(named, object_, fields)
    if named.name in fields and not fields[named.name].unique:
        message = f"`{named.name}` of `{object_}` is not unique"
        hint = (
            "what says which record is meant must be a unique field, in Salesforce an external id"
        )
        yield Problem(named.place, "crm-field-not-unique", message, hint)
