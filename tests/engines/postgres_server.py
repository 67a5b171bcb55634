"""A server of PostgreSQL for the tests: one that is named, or one of their own while they run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NAMED = "TAMIS_TEST_POSTGRES"
"""A server to use instead, as postgresql://user@host/database; its role must be a superuser."""
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
LOCALE = ("--no-locale",)
UNPRIVILEGED = "postgres"
"""Who runs the server where the tests run as root, which PostgreSQL refuses."""


def binaries() -> Path | None:
    """Where the newest PostgreSQL is installed; None where none is."""
    known = [path for place in PLACES for path in Path("/").glob(place[1:])]
    on_path = shutil.which("initdb")
    found = [*([Path(on_path).resolve().parent] if on_path else []), *known]
    usable = [path for path in found if (path / "initdb").exists()]
    return max(usable, key=_version, default=None)


def _version(path: Path) -> int:
    digits = "".join(sign for sign in path.parent.name if sign.isdigit())
    return int(digits or 0)


def missing() -> str:
    """Why there is no server for the tests; empty when there is."""
    if os.environ.get(NAMED) or binaries():
        return ""
    return f"no PostgreSQL is installed, and {NAMED} names no server"


@contextmanager
def server() -> Iterator[str]:
    """The address of a server, stopped and removed at the end unless it was named."""
    if named := os.environ.get(NAMED):
        yield named
        return
    found = binaries()
    assert found, missing()
    folder = Path(tempfile.mkdtemp(prefix="tamis-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
    try:
        data = ("-D", folder / "data")
        # A French order of words, which must change nothing.
        french = ("--locale-provider=icu", "--icu-locale=fr-FR") if _version(found) >= 15 else ()
        _run(
            found / "initdb", *data, "-U", "tamis", "-A", "trust", "-N", "-EUTF8", *LOCALE, *french
        )
        # A socket in a folder of its own and no port: several servers do not meet.
        options = f"-k {folder} -c listen_addresses='' -F -c shared_buffers=64MB"
        _run(found / "pg_ctl", *data, "-w", "-l", folder / "log", "-o", options, "start")
        yield f"postgresql://tamis@/postgres?host={folder}"
    finally:
        if (folder / "data/postmaster.pid").exists():
            _run(found / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*words: Path | str) -> None:
    command: Sequence[str] = [str(word) for word in words]
    if os.geteuid() == 0:
        command = ["runuser", "-u", UNPRIVILEGED, "--", *command]
    # pg_ctl leaves its output open in the server, and waiting for its end would take for ever.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, stdout=said, stderr=subprocess.STDOUT, cwd="/", check=False)
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")
