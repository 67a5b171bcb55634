"""ClickHouse: in this process by chDB, or a server. The one package where its drivers are."""

from __future__ import annotations

from pathlib import Path

from tamis.engines.clickhouse.session import ClickHouse

__all__ = ["ClickHouse", "open_engine"]


def open_engine(memory: str | None, spill: Path | None, master: str | None) -> ClickHouse:
    """A session in this process, or on the server that `master` names as http://host:8123.

    Raises: EngineError when there is no such server, or for a memory limit that it does not know.
    """
    if master:
        from tamis.engines.clickhouse.server import Server, connected  # noqa: PLC0415

        return ClickHouse(Server(connected(master)), memory=memory)
    from tamis.engines.clickhouse.local import Local  # noqa: PLC0415 (slow to import)

    return ClickHouse(Local(spill), memory=memory)
