"""Settings of the server: few, each an option of `tamis serve` or a variable of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tamis.errors import UsageError

PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")
MEMORY = re.compile(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", re.IGNORECASE)
LEAST = {"queue": 1, "batch": 1}
MOST = {"port": 65_535}


@dataclass(frozen=True)
class Settings:
    """How the server runs.

    Attributes:
        store: a database URL, or the path of a SQLite file.
        host: the address to listen at.
        port: the port; 0 lets the system choose.
        path: the prefix under which a proxy shows the server, as `/tamis`; empty: none. Slashes
            around it are set right.
        secure: whether browsers reach the server by HTTPS: cookies are then for HTTPS alone.
        origins: sites whose pages may send events from a browser, as `https://www.example.com`.
        trusted_proxies: addresses whose X-Forwarded-For is believed.
        queue: messages that may wait at once; beyond, 429 is answered.
        batch: messages of one transaction, at most.
        engine_memory: bound of the scoring engine, as `512MB`.
        rate: requests a key may make per minute; 0: any number.
        retention: days that events and quarantine are kept; 0: for ever.
        targets: the file that says which systems are told what happens; empty: none is.
        private_targets: networks within our own to which targets may belong, as `10.0.0.0/8`.
        past: folder of the columnar copy that questions about the past are answered from; empty:
            beside a SQLite file, else `tamis-past` where the server runs.
        demo: whether the store is a generated company, whose people everybody may log in as.
    """

    store: str = "tamis.db"
    host: str = "127.0.0.1"
    port: int = 8080
    path: str = ""
    secure: bool = False
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    queue: int = 20_000
    batch: int = 1_000
    engine_memory: str = "512MB"
    rate: int = 0
    retention: int = 0
    targets: str = ""
    private_targets: tuple[str, ...] = ()
    past: str = ""
    demo: bool = False

    def __post_init__(self) -> None:
        prefix = self.path.strip("/")
        object.__setattr__(self, "path", f"/{prefix}" if prefix else "")
        _refuse(self.path, PATH.fullmatch(self.path), "the path is", "write it as /tamis")
        memory = self.engine_memory
        _refuse(memory, MEMORY.fullmatch(memory), "the engine's memory is", "write it as 512MB")
        for name, value in vars(self).items():
            if isinstance(value, int):
                least, most = LEAST.get(name, 0), MOST.get(name, value)
                said = f"it is {least} or more" if value < least else f"it is {most} at most"
                _refuse(str(value), least <= value <= most, f"`{name}` is", said)

    def given(self, environment: Mapping[str, str]) -> Settings:
        """The settings with what TAMIS_STORE, TAMIS_PORT ... say. Raises: UsageError."""
        changes = {}
        for name, default in vars(self).items():
            variable = f"TAMIS_{name.upper()}"
            if variable in environment:
                changes[name] = _read(variable, environment[variable], default)
        return replace(self, **changes)


def _refuse(value: str, good: object, what: str, instead: str) -> None:
    if not good:
        message = f"{what} `{value}`: {instead}"
        raise UsageError(message)


def _read(variable: str, written: str, default: object) -> Any:  # noqa: ANN401 (as the default)
    if isinstance(default, bool):
        if written.lower() in ("1", "true", "yes", "0", "false", "no"):
            return written.lower() in ("1", "true", "yes")
        message = f"{variable} is `{written}`: it must be true or false"
        raise UsageError(message)
    if isinstance(default, int):
        if written.isascii() and written.isdigit():
            return int(written)
        message = f"{variable} is `{written}`: it must be a whole number"
        raise UsageError(message)
    return tuple(written.split()) if isinstance(default, tuple) else written
