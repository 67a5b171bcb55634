"""A learned model as a file: JSON, every key known, every number bounded; reading it runs no code.

The format has a JSON Schema (`schema`), and a reader refuses what the schema and the rules of the
parts do not admit: it names the place as `$.parts[3].groups[1]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from tamis.errors import Place, UserError
from tamis.files import whole_file
from tamis.predict.learned import Learned
from tamis.predict.sound import problems

MOST_BYTES = 5_000_000
DEEPEST = 12
"""A learned model nests no deeper than 6 levels."""


def read_learned(path: Path) -> Learned:
    """The learned model of a file. Nothing in it is run, imported or unpickled.

    Raises: UserError for a file that cannot be read, is larger than 5 MB, is no JSON, holds keys
    that are not known, wrong types, or parts that are not sound.
    """
    place = Place(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"cannot read the file: {error.strerror}"
        raise UserError(message, place) from error
    return learned_of(data, str(path))


def learned_of(data: bytes, file: str) -> Learned:
    """The learned model in the bytes of a file; messages name `file`. Raises: as `read_learned`."""
    place = Place(file)
    if len(data) > MOST_BYTES:
        message = f"the file is larger than {MOST_BYTES // 1_000_000} MB: it is no learned model"
        raise UserError(message, place)
    try:
        raw = msgspec.json.decode(data)
        _forbid_deep(raw)
        _forbid_unknown(raw, Learned, "$")
        learned: Learned = msgspec.convert(raw, Learned)
    except msgspec.ValidationError as error:
        message = f"no learned model: {error}"
        raise UserError(message, place) from error
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"this is not JSON: {error}"
        raise UserError(message, place) from error
    _forbid_unsound(learned, place)
    return learned


def write_learned(path: Path, learned: Learned) -> None:
    """Write a learned model to a file that appears whole or not at all.

    What is as it would be without being said is left out. Raises: UserError for a model that could
    not be read again, or a file that cannot be written.
    """
    data = bytes_of(learned, str(path))
    try:
        with whole_file(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        message = f"cannot write the file: {error.strerror}"
        raise UserError(message, Place(str(path))) from error


def bytes_of(learned: Learned, file: str = "learned model") -> bytes:
    """The bytes of a model's file: the same model, the same bytes. Raises: as `write_learned`."""
    place = Place(file)
    _forbid_unsound(learned, place)
    data = msgspec.json.format(msgspec.json.encode(_plain(learned)), indent=1) + b"\n"
    if len(data) > MOST_BYTES:
        message = f"the learned model would be larger than {MOST_BYTES // 1_000_000} MB"
        raise UserError(message, place, "leave out columns with very many values")
    return data


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a learned model's file."""
    found = msgspec.json.schema(Learned)
    for definition in found["$defs"].values():
        definition["additionalProperties"] = False
        definition.pop("description", None)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**head, "title": "Tamis learned model", **found}


def _forbid_unsound(learned: Learned, place: Place) -> None:
    first = next(problems(learned), None)
    if first is not None:
        message = f"no learned model: {first}"
        raise UserError(message, place)


def _forbid_deep(raw: object) -> None:
    level: list[object] = [raw]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    message = f"nested deeper than {DEEPEST} levels"
    raise msgspec.ValidationError(message)


def _inside(raw: object) -> Iterator[object]:
    if isinstance(raw, dict):
        yield from raw.values()
    elif isinstance(raw, list):
        yield from raw


def _forbid_unknown(raw: object, type_: object, path: str) -> None:
    """Raises: msgspec.ValidationError for a key that the dataclass does not have."""
    inner = _dataclass(type_)
    if isinstance(raw, list):
        for place, one in enumerate(raw):
            _forbid_unknown(one, type_, f"{path}[{place}]")
    elif isinstance(raw, dict) and inner is not None:
        hints = _hints(inner)
        for key, value in raw.items():
            if key not in hints:
                message = f"unknown key `{key[:60]}` - at `{path}`"
                raise msgspec.ValidationError(message)
            _forbid_unknown(value, hints[key], f"{path}.{key}")


@cache
def _hints(class_: type) -> Mapping[str, object]:
    return get_type_hints(class_)


@cache
def _dataclass(type_: object) -> type | None:
    """The dataclass in a type such as `tuple[Part, ...]` or `Saying | None`."""
    if isinstance(type_, type) and is_dataclass(type_):
        return type_
    return next((one for one in map(_dataclass, get_args(type_)) if one), None)


def _plain(value: object) -> object:
    """A value as JSON has it; what a dataclass has by default is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        given = {one.name: getattr(value, one.name) for one in fields(value)}
        usual = {one.name: one.default for one in fields(value) if one.default is not MISSING}
        kept = {name: one for name, one in given.items() if name not in usual or one != usual[name]}
        return {name: _plain(one) for name, one in kept.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
