"""Write the next step from what the tables are and what the steps so far make of them.

    python -m tamis.server.store.migrations.new_revision "Add the team of a user"

Read what it wrote, mend it by hand (a column that may not be null needs a value for the rows that
are there), and run `ruff format` and tests/server/store.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from tamis.server.store import migrate
from tamis.server.store.database import Database


def new_revision(message: str) -> Path:
    """Write a step and return its file."""
    config = migrate.configuration()
    steps = ScriptDirectory.from_config(config)
    name = f"{len(list(steps.walk_revisions())) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(str(Path(folder) / "store.db"))
        with database.write() as connection:
            config.attributes["connection"] = connection
            if steps.get_current_head():
                command.upgrade(config, "head")
            made = command.revision(config, message, autogenerate=True, rev_id=name)
        database.close()
    assert not isinstance(made, list)
    assert made is not None
    return Path(made.path)


if __name__ == "__main__":
    sys.stdout.write(f"{new_revision(sys.argv[1])}\n")
