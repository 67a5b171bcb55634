"""The engines other than DuckDB, as the tests reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.engines import postgres_server, spark_cluster

from tamis.engines.capabilities import ENGINES, FINISHED

OTHERS = [name for name in FINISHED if name != "duckdb"]
IN_WORK = [name for name in ENGINES if name not in FINISHED]

SERVERS: Mapping[str, str] = {"postgres": "postgres_server"}
"""The fixture that gives the master of an engine that runs elsewhere."""
MISSING: Mapping[str, Callable[[], str]] = {
    "postgres": postgres_server.missing,
    "spark": spark_cluster.missing,
}
"""Why an engine cannot be tried here; empty when it can."""
