"""The engines other than DuckDB, as the tests reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from tests.engines import postgres_server, spark_cluster

QUICK = ["clickhouse", "postgres"]
SLOW = [pytest.param("spark", marks=pytest.mark.spark)]
"""A statement of Spark takes seconds, however few its rows: most cases wait among the long ones."""

SERVERS: Mapping[str, str] = {"postgres": "postgres_server"}
"""The fixture that gives the master of an engine that runs elsewhere."""
MISSING: Mapping[str, Callable[[], str]] = {
    "postgres": postgres_server.missing,
    "spark": spark_cluster.missing,
}
"""Why an engine cannot be tried here; empty when it can."""
