"""The JSON Schema of the model file, so that editors complete and check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tamis.model import keys
from tamis.model.keys import Key
from tamis.model.lifecycle import keys as lifecycle


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a model file.

    It admits every file that `tamis check` admits, as long as its numbers are written as YAML 1.2
    has them (`1000`, not `1_000`); names and expressions are for `check` alone.

    >>> json_schema()["properties"]["tamis"]["enum"]
    [1, '1']
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tamis scoring model",
        **_object({**keys.MODEL, **lifecycle.SECTIONS}),
        "$defs": {
            "label": {"anyOf": [keys.TEXT, {"type": "object", "additionalProperties": keys.TEXT}]},
            "fields": _object(keys.FIELD_TABLES),
            "dimension": _object(keys.DIMENSION),
            "odds": _object(keys.ODDS),
            "group": {"anyOf": [{"type": "null"}, _object(keys.GROUP)]},
            "decay": {
                "anyOf": [
                    {"const": "none"},
                    {**_object(keys.DECAY), "minProperties": 1, "maxProperties": 1},
                ]
            },
            "rule": {
                "anyOf": [_object({**keys.RULE_BASE, **form}) for form in keys.FORMS.values()]
            },
            "total": _object(keys.TOTAL),
            "rate": _object(keys.RATE),
            "score": _object(keys.SCORE),
            "play": _object(keys.PLAY),
            "accounts": _object(keys.ACCOUNTS),
            "lifecycle": _object(lifecycle.LIFECYCLE),
            "status": {
                "anyOf": [{"type": "null"}, {"const": lifecycle.NONE}, _object(lifecycle.STATUS)]
            },
            "step": _object(lifecycle.STEP),
            "feedback": _object(lifecycle.FEEDBACK),
            "queue": {"anyOf": [{"type": "null"}, _object(lifecycle.QUEUE)]},
            "territory": _object(lifecycle.TERRITORY),
            "service": _object(lifecycle.SERVICE),
            "goal": _object(lifecycle.GOAL),
        },
    }


def _object(section: Mapping[str, Key]) -> dict[str, Any]:
    required = [name for name, key in section.items() if key.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": key.about, **key.schema} for name, key in section.items()
        },
        **({"required": required} if required else {}),
    }
