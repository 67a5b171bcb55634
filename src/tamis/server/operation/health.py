"""Health: what must be well before the server may be sent work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tamis.server.store import migrate
from tamis.server.store.database import Database, StoreError

Check = Callable[[], str]
"""Says what is not well, in a sentence; nothing when all is."""


@dataclass
class Health:
    """The checks of one server, by name; each part adds its own when it starts.

    >>> health = Health()
    >>> health.watch("writer", lambda: "the writer has stopped")
    >>> health.unwell()
    {'writer': 'the writer has stopped'}
    """

    checks: dict[str, Check] = field(default_factory=dict)

    def watch(self, name: str, check: Check) -> None:
        """Add a check, or put it in the place of the one of its name."""
        self.checks[name] = check

    def unwell(self) -> Mapping[str, str]:
        """What is not well, by the name of its check; a check that fails is not well either."""
        found = {name: _asked(check) for name, check in self.checks.items()}
        return {name: said for name, said in found.items() if said}


def _asked(check: Check) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 (whatever it is, this part cannot be said to be well)
        return f"its check failed: {type(error).__name__}"


def store_is_well(database: Database) -> str:
    """Whether the store answers and its tables are of this program's version."""
    try:
        migrate.refuse_unless_current(migrate.state(database))
    except StoreError:
        # Everybody may ask: what the database says can name hosts and roles.
        return "the store does not answer"
    except migrate.WrongStoreError as error:
        return str(error)
    return ""


def queue_is_short(length: Callable[[], int], bound: int) -> Check:
    """A check that fewer messages wait than may."""

    def check() -> str:
        waiting = length()
        return f"{waiting} messages wait, and {bound} may" if waiting >= bound else ""

    return check
