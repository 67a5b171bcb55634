"""What a command on a store is given beside its own options: where it works, how it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tamis.cli import options
from tamis.cli.grouped import takes
from tamis.cli.output import told
from tamis.cli.speech import LANGUAGE
from tamis.cli.store import DEFAULT, Store, opened

if TYPE_CHECKING:
    from tamis.server.server import Server


@dataclass(frozen=True)
class Call:
    """One field per option."""

    store: Store = DEFAULT
    json: options.Json = False
    quiet: options.Quiet = False
    language: options.Language = LANGUAGE

    @contextmanager
    def server(self) -> Iterator[Server]:
        """A server on the store for the command's work; what goes wrong ends the command."""
        with told(), opened(self.store) as server:
            options.language_of(self.language)
            yield server


NAME: Final = "call"
on_store = takes(NAME, Call)
"""For a command that takes a `call: Call`."""
lists_store = takes(NAME, Call, without=("quiet",))
"""For one that does nothing but say something."""
changes_store = takes(NAME, Call, without=("json",))
"""For one that has no more to say than that it is done."""
