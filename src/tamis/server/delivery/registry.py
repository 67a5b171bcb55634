"""Types of targets: what each one's part of `targets.yaml` may say, and how it is made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from tamis.model.document import Value
from tamis.server.clock import Clock
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.credentials import Credentials, Secret
from tamis.server.delivery.message import Target

TYPES: Final[tuple[str, ...]] = (
    "webhook",
    "slack",
    "smtp",
    "csv_drop",
    "hubspot",
    "salesforce",
)
"""The types there are, each a folder of `targets/` of its name, with a `TYPE` in its `__init__`."""


@dataclass(frozen=True)
class Surroundings:
    """What targets are given to work with.

    `link` is where people open Tamis, without a slash at its end; empty: messages have no link.
    """

    clock: Clock
    http: HttpClient
    credentials: Credentials
    link: str = ""


@dataclass(frozen=True)
class Told:
    """What `targets.yaml` says of one target.

    A reader notes what is wrong at the value itself (`value.wrong(...)`), and gives None.
    """

    name: str
    values: Mapping[str, Value]
    folder: Path
    around: Surroundings

    def text(self, key: str, default: str = "") -> str:
        """A text; the default where there is none."""
        return (self.values[key].text() or default) if key in self.values else default

    def word(self, key: str, allowed: Sequence[str]) -> str:
        """One of a few words; the first where there is none."""
        return (self.values[key].word(allowed) or allowed[0]) if key in self.values else allowed[0]

    def whole(self, key: str, default: int, *, low: int, limit: int) -> int:
        """A whole number; the default where there is none."""
        if key not in self.values:
            return default
        found = self.values[key].whole(low=low, limit=limit)
        return default if found is None else found

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list; none where there is no list."""
        return self.values[key].each(Value.text) if key in self.values else ()

    def secret(self, key: str) -> Secret | None:
        """A secret, `{env: NAME}` or `{file: PATH}`; None where there is none, or it is wrong."""
        return (
            self.around.credentials.read(self.values[key], self.folder)
            if key in self.values
            else None
        )

    def path(self, key: str) -> Path:
        """A path, which counts from the folder of `targets.yaml`."""
        return self.folder / self.text(key)


@dataclass(frozen=True)
class TargetType:
    """A type of targets.

    `keys` are those of its own in `targets.yaml`, beside `type`, `kinds`, `at_once` and
    `give_up_after`; of these, `needed` must be there. `read` is called when they are.
    """

    keys: tuple[str, ...]
    needed: tuple[str, ...]
    read: Callable[[Told], Target | None]


def type_of(name: str) -> TargetType:
    """The type of a name in `TYPES`; its packages are imported when it is first used."""
    found = import_module(f"tamis.server.delivery.targets.{name}").TYPE
    assert isinstance(found, TargetType)
    return found
