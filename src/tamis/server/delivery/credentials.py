"""Secrets of targets: named in `targets.yaml`, kept in the environment or in files of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tamis.model.document import Value

KEYS: Final = ("env", "file")
HOW: Final = "write `{env: NAME}` for a variable of the environment, or `{file: PATH}`"


@dataclass(frozen=True)
class Secret:
    """A secret: shown nowhere, so that no error and no log has it by mistake."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "***"


@dataclass(frozen=True)
class Credentials:
    """Where secrets are found: in `environment`, or in files."""

    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def read(self, value: Value, folder: Path) -> Secret | None:
        """The secret that a value names; None after noting what is wrong, never with the secret."""
        if not value.is_mapping:
            # What stands here may be the secret itself: it is not shown.
            value.wrong("secret-in-file", "a secret stands here itself, for all to read", HOW)
            return None
        found = value.entries(KEYS, "a secret")
        if len(found) != 1:
            value.wrong("wrong-secret", "a secret is named in one way", HOW)
            return None
        ((key, named),) = found.items()
        text = named.text()
        if text is None:
            return None
        return self._variable(named, text) if key == "env" else _file(named, folder / text)

    def _variable(self, named: Value, name: str) -> Secret | None:
        if found := self.environment.get(name, "").strip():
            return Secret(found)
        named.wrong("no-secret", f"the variable `{name}` of the environment is not set")
        return None


def _file(named: Value, path: Path) -> Secret | None:
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        named.wrong("no-secret", f"the secret cannot be read from `{path}`: {said}")
        return None
    if not found:
        named.wrong("no-secret", f"`{path}` is empty")
        return None
    return Secret(found)
